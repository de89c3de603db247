"""What if a metric were so much, and what would bring a score: the merchant's card once more, the peers as they are.

Exact, with the curve that the score itself was made of; both ways agree. The peer group stays the same: bands are
fixed for a quarter.
"""

from __future__ import annotations

import math

from tools.catalog import Metric
from tools.footing import Footing, footings, needed_value, refusal
from tools.insights import Refusal, WhatIf, WhatIfArguments
from tools.making import Maker, days_up_to
from tools.odds import Odds, put_chance
from tools.scores import NOTHING
from tools.shop import Shop
from tools.types import Dimension, ScoreCard


def what_if(shop: Shop, arguments: WhatIfArguments) -> WhatIf:
    """The scores if a metric became so much; or what each metric alone would have to be for a score.

    Refused: `unmeasured` (no such base, or no value of one's own), `official`, `no_peers`, `no_score`,
    `out_of_range` (a value that cannot be), `already_there` (the score is the target or more).
    """
    card = shop.card(on=arguments.on, today=arguments.today)
    odds = Odds(shop, card, arguments.on)
    maker = Maker(shop.merchant_id, card.as_of, currency=shop.meter.currency)
    result = WhatIf(merchant_id=shop.merchant_id, as_of=card.as_of, base=arguments.base)
    refused = refusal(card, shop.meter.catalog, arguments.base)
    if refused is not None:
        return result.model_copy(update={"refused": refused})
    metric = shop.meter.catalog.by_id.get(arguments.base)
    if metric is not None:
        return _forward(result, maker, footings(shop, card, metric.dimension), card, metric, arguments, odds)
    return _inverse(result, maker, footings(shop, card, arguments.base), card, arguments, odds)


def possible(metric: Metric, value: float) -> bool:
    """Whether a metric can have this value at all: shares within 0..1, days of visit within the window, else >= 0."""
    low = 1.0 if metric.unit == "days" else 0.0
    high = {"ratio": 1.0, "days": float(metric.window_days)}.get(metric.unit, math.inf)
    return math.isfinite(value) and low <= value <= high


def _forward(
    result: WhatIf, maker: Maker, feet: dict[str, Footing], card: ScoreCard, metric: Metric,
    arguments: WhatIfArguments, odds: Odds,
) -> WhatIf:  # fmt: skip
    here = feet.get(metric.id)
    if here is None:
        return result.model_copy(update={"refused": "unmeasured"})
    copy(maker, card, metric.id)
    value = arguments.value + (here.value if arguments.kind == "by" else 0.0)
    if not possible(metric, value):
        return _done(result, maker, "out_of_range")
    score = here.score(value)
    maker.put(f"{metric.id}.supposed", value, metric.unit, period=days_up_to(card.as_of, metric.window_days))
    copy(maker, card, f"{metric.id}.score")
    maker.put(f"{metric.id}.score_if", score, "score")
    own = card.get(f"{metric.dimension}.score")
    if own is not None and own.value is not None:
        _raise_scores(maker, card, metric.dimension, own.value, here.worth * (score - here.own_score))
    put_chance(maker, f"{metric.id}.chance_if", odds.of(metric.id, score - here.own_score))
    return _done(result, maker)


def _raise_scores(maker: Maker, card: ScoreCard, dimension: Dimension, score: float, gain: float) -> None:
    copy(maker, card, f"{dimension}.score")
    maker.put(f"{dimension}.score_if", score + gain, "score")
    maker.put(f"{dimension}.gain_if", gain, "points")
    overall = card.get("overall.score")
    if overall is not None and overall.value is not None:
        copy(maker, card, "overall.score")
        maker.put("overall.score_if", overall.value + gain / 4, "score")


def _inverse(
    result: WhatIf, maker: Maker, feet: dict[str, Footing], card: ScoreCard, arguments: WhatIfArguments, odds: Odds
) -> WhatIf:  # fmt: skip
    base = arguments.base
    score = card.figures[f"{base}.score"].value or 0.0
    target = arguments.value + (score if arguments.kind == "by" else 0.0)
    copy(maker, card, f"{base}.score")
    if not 0 <= target <= 100:
        return _done(result, maker, "out_of_range")
    maker.put(f"{base}.target", target, "score")
    if target <= score + NOTHING:
        return _done(result, maker, "already_there")
    maker.put(f"{base}.gap", target - score, "points")
    reached: dict[str, tuple[float, float]] = {}
    for name, here in feet.items():
        maker.put(f"{base}.most@{name}", score + here.worth * (here.best_score - here.own_score), "score")
        if _alone(maker, here, target - score):
            copy(maker, card, name)
            more = (target - score) / here.worth
            found = odds.of(name, more)
            put_chance(maker, f"{name}.chance_needed", found)
            reached[name] = (-found.share if found else 1.0, more)
    alone = tuple(sorted(reached, key=lambda name: reached[name]))  # stable: catalog order among equals
    left = tuple(name for name in feet if name not in reached)
    return _done(result.model_copy(update={"alone": alone, "not_alone": left}), maker)


def _alone(maker: Maker, here: Footing, gap: float) -> bool:
    """Put the value that brings `gap` points of base; whether there is one."""
    metric = here.metric
    value = needed_value(here.curve, here.own_score + gap / here.worth, lower_is_better=here.lower)
    if value is None or not possible(metric, value):
        return False
    maker.put(f"{metric.id}.needed", value, metric.unit, period=days_up_to(maker.as_of, metric.window_days))
    return True


def copy(maker: Maker, card: ScoreCard, name: str) -> None:
    """A figure of the card as it stands there, if it has a value."""
    found = card.get(name)
    if found is not None:
        maker.figures[name] = found


def _done(result: WhatIf, maker: Maker, refused: Refusal | None = None) -> WhatIf:
    return result.model_copy(update={"figures": maker.figures, "refused": refused})
