"""What the metrics of a base could bring, how likely that is, and what those did who managed it."""

from __future__ import annotations

from typing import Any, Literal

from tools.footing import Footing, footings, refusal
from tools.insights import ChanceArguments, Chances
from tools.making import Maker
from tools.odds import Did, Odds, put_chance
from tools.scores import NOTHING
from tools.shop import Shop
from tools.types import Period
from tools.what_if import copy

Level = Literal["median", "upper_quarter"]
SHOWN = 5  # kinds of action a metric; the differences of the others are smaller


def chances(shop: Shop, arguments: ChanceArguments) -> Chances:
    """Gains at the peers' median and upper quarter with the share of others that gained as much within 28 days.

    Refused: `unmeasured`, `official`, `no_peers`, `no_score`, `already_there` (no metric would gain anything).
    """
    card = shop.card(on=arguments.on, today=arguments.today)
    catalog = shop.meter.catalog
    result = Chances(merchant_id=shop.merchant_id, as_of=card.as_of, base=arguments.base)
    refused = refusal(card, catalog, arguments.base)
    if refused is not None:
        return result.model_copy(update={"refused": refused})
    metric = catalog.by_id.get(arguments.base)
    feet = footings(shop, card, metric.dimension if metric else arguments.base)
    if not feet or (metric is not None and metric.id not in feet):
        return result.model_copy(update={"refused": "unmeasured" if feet else "no_peers"})
    odds = Odds(shop, card, arguments.on)
    maker = Maker(shop.merchant_id, card.as_of, currency=shop.meter.currency)
    did = {}
    for name, here in feet.items():
        if metric is not None and metric.id != name:
            continue
        gained = {level: gain for level, gain in gains_by_level(here).items() if gain > NOTHING}
        for level, gain in gained.items():
            copy(maker, card, f"{name}.gain_at_{level}")
            put_chance(maker, f"{name}.chance_at_{level}", odds.of(name, gain))
        found = odds.did(name, min(gained.values()))[:SHOWN] if gained else ()
        for one in found:
            _put_did(maker, name, one)
        if found:
            did[name] = tuple(one.kind for one in found)
    update: dict[str, Any] = {"figures": maker.figures, "did": did}
    return result.model_copy(update=update if maker.figures else {"refused": "already_there"})


def gains_by_level(here: Footing) -> dict[Level, float]:
    """Points of metric score from here to the peers' median and upper quarter; below zero where one is past them."""
    marks: dict[Level, float | None] = {"median": here.median, "upper_quarter": here.upper_quarter}
    return {level: here.score(value) - here.own_score for level, value in marks.items() if value is not None}


def _put_did(maker: Maker, metric: str, one: Did) -> None:
    shared: dict[str, Any] = {
        "of_peers": True, "period": Period(start=one.since, end=one.as_of), "as_of": one.as_of, "group": one.group,
        "group_level": one.level,
    }  # fmt: skip
    sides = {"improved": (one.improved, one.improved_n), "rest": (one.rest, one.rest_n)}
    for side, (hits, n) in sides.items():
        name = f"{metric}.did_{side}@{one.kind}"
        maker.put(name, hits / n, "ratio", numerator=hits, denominator=n, n=n, **shared)
    shared["n"] = one.improved_n + one.rest_n
    maker.put(f"{metric}.did_difference@{one.kind}", one.difference, "ratio", **shared)
    maker.put(f"{metric}.did_difference_low@{one.kind}", one.interval.low, "ratio", **shared)
    maker.put(f"{metric}.did_difference_high@{one.kind}", one.interval.high, "ratio", **shared)
