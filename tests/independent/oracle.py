"""The second opinion: every figure of every merchant at one day, from raw tables, without the project's code."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from . import peers
from .assets import assets
from .rows import Platform, Shop, load
from .values import DIMENSION_OF, LOWER_IS_BETTER, Value, feed_state, rounded, values

DIMENSIONS = ("scale", "active", "worth", "efficiency")
CATALOG = Path(__file__).parents[2] / "tools" / "catalog.yaml"


@dataclass(frozen=True)
class Card:
    """One merchant at one day.

    `figures` is keyed as a score card is (`return_rate_28d`, `active.score`, `active_rate.gain_at_median`, ...);
    ratios are shares of one, scores and points 0..100, money in yuan. A figure without a value is absent.
    """

    merchant_id: str
    band: str
    feed: str
    values: dict[str, Value]
    levels: dict[str, tuple[str, str]]  # metric or dimension -> (level, group)
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    level: str
    group: str
    ordered: list[float]
    knots: list[tuple[float, float]]


def weights(path: Path = CATALOG) -> dict[str, float]:
    """The weight of each metric inside its dimension, from the catalog."""
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))["metrics"]
    entries = listed.items() if isinstance(listed, dict) else ((m["id"], m) for m in listed)
    return {name: float(entry["weight"]) for name, entry in entries if name in DIMENSION_OF}


@lru_cache(maxsize=24)
def compute(platform: Path, as_of: date) -> dict[str, Card]:
    """Every merchant's card at `as_of`, from a directory of Parquet files. Cached: the result is not to be changed."""
    return compute_from(load(platform), as_of.toordinal(), weights())


def compute_from(platform: Platform, day: int, weight: Mapping[str, float]) -> dict[str, Card]:
    raw = {mid: values(shop, day, platform) for mid, shop in platform.shops.items()}
    band = peers.bands(day, platform)
    levels = {mid: peers.groups(mid, platform, band) for mid in platform.shops}
    cards = {
        mid: Card(mid, band[mid], feed_state(shop, day), raw[mid], {}) for mid, shop in platform.shops.items()
    }  # fmt: skip
    curves = _curves(raw, levels, cards)
    for mid, card in cards.items():
        _score_metrics(card, curves[mid], weight)
    for name in (*DIMENSIONS, "overall"):
        _place_dimension(name, cards, levels)
    for mid, shop in platform.shops.items():
        cards[mid].figures.update(assets(shop, day))
        cards[mid].figures.update(_own_past(cards[mid], shop, day, platform))
    return cards


def _own_past(card: Card, shop: Shop, day: int, platform: Platform) -> dict[str, float]:
    """Four and fifty-two weeks before (the same weekday), for the metrics in which a shop has no peers."""
    lone = [m for m in DIMENSION_OF if card.levels[m][0] == "own_past"]
    if not lone:
        return {}
    past = {"past_4w": values(shop, day - 28, platform), "past_52w": values(shop, day - 364, platform)}
    return {
        f"{m}.{name}": value
        for m in lone
        for name, then in past.items()
        if then[m].state == "ok" and (value := then[m].value) is not None
    }


def differences(card: Card, figures: Mapping[str, float | None], tolerance: float = 1e-9) -> list[str]:
    """Where somebody else's figures, keyed alike, leave the card's; missing on either side counts as a difference."""
    found = []
    for key in sorted({*card.figures, *figures}):
        mine, theirs = card.figures.get(key), figures.get(key)
        if mine is None and theirs is None:
            continue
        if mine is None or theirs is None or abs(mine - theirs) > tolerance * max(1.0, abs(mine)):
            found.append(f"{card.merchant_id} {key}: {theirs} should be {mine}")
    return found


def _curves(
    raw: Mapping[str, Mapping[str, Value]], levels: Mapping[str, Any], cards: Mapping[str, Card]
) -> dict[str, dict[str, Curve]]:
    known: dict[tuple[str, str], Curve] = {}
    found: dict[str, dict[str, Curve]] = {mid: {} for mid in raw}
    for metric in DIMENSION_OF:
        having = {m: v[metric].value for m, v in raw.items() if v[metric].state == "ok"}
        chosen: dict[str, Curve] = {}
        for mid in raw:
            narrowest = levels[mid][0][1]
            if narrowest not in chosen:
                level, group, ordered = peers.choose(levels[mid], having)  # type: ignore[arg-type]
                if (metric, group) not in known:
                    known[metric, group] = Curve(level, group, ordered, peers.curve(ordered))
                chosen[narrowest] = known[metric, group]
            found[mid][metric] = chosen[narrowest]
            cards[mid].levels[metric] = (chosen[narrowest].level, chosen[narrowest].group)
    return found


def _score_metrics(card: Card, curves: Mapping[str, Curve], weight: Mapping[str, float]) -> None:
    figures, scored = card.figures, dict[str, float]()
    for metric, value in card.values.items():
        if value.value is not None:
            figures[metric] = value.value
        curve = curves[metric]
        if not curve.ordered:
            continue
        lower = metric in LOWER_IS_BETTER
        figures[f"{metric}.peer_median"] = peers.median(curve.ordered)
        figures[f"{metric}.peer_upper_quarter"] = peers.upper_quarter(curve.ordered, lower)
        figures[f"{metric}.peers"] = len(curve.ordered)
        if value.state == "ok" and value.value is not None:
            scored[metric] = figures[f"{metric}.score"] = peers.score(curve.knots, value.value, lower)
    for name in DIMENSIONS:
        _score_dimension(name, card, curves, scored, weight)
    known = [figures[f"{d}.score"] for d in DIMENSIONS if f"{d}.score" in figures]
    figures["overall.coverage"] = len(known) / len(DIMENSIONS)
    if len(known) == len(DIMENSIONS):
        figures["overall.score"] = sum(known) / len(known)


def _score_dimension(
    name: str, card: Card, curves: Mapping[str, Curve], scored: Mapping[str, float], weight: Mapping[str, float]
) -> None:
    mine = [m for m, d in DIMENSION_OF.items() if d == name]
    have = [m for m in mine if m in scored]
    available = sum(weight[m] for m in have)
    coverage = available / sum(weight[m] for m in mine)
    card.figures[f"{name}.coverage"] = coverage
    if coverage < 0.5 - 1e-12:
        return
    card.figures[f"{name}.score"] = sum(weight[m] * scored[m] for m in have) / available
    for metric in have:
        for target, gain in (("peer_median", "gain_at_median"), ("peer_upper_quarter", "gain_at_upper_quarter")):
            there = peers.score(curves[metric].knots, card.figures[f"{metric}.{target}"], metric in LOWER_IS_BETTER)
            points = weight[metric] / available * (there - scored[metric])
            if points > 0:
                card.figures[f"{metric}.{gain}"] = points


def _place_dimension(name: str, cards: Mapping[str, Card], levels: Mapping[str, Any]) -> None:
    having = {m: rounded(c.figures[f"{name}.score"]) for m, c in cards.items() if f"{name}.score" in c.figures}
    for mid, card in cards.items():
        level, group, ordered = peers.choose(levels[mid], having)
        card.levels[name] = (level, group)
        if mid not in having or not ordered:
            continue
        card.figures[f"{name}.peer_median"] = peers.median(ordered)
        card.figures[f"{name}.peers"] = len(ordered)
        card.figures[f"{name}.rank_share"] = peers.mid_rank(ordered, having[mid])


def card_day(platform: Path, merchant_id: str, today: date) -> tuple[date, str]:
    """The day that a merchant's card speaks of when asked on `today`, and the feed's state: ok, partial or stale."""
    everything = load(platform)
    shop, newest = everything.shops[merchant_id], min(everything.newest, today.toordinal() - 1)
    if shop.newest is None:
        return date.fromordinal(newest), "empty"
    complete = shop.newest if shop.complete else shop.newest - 1
    state = "stale" if shop.newest < today.toordinal() - 3 else "ok" if complete == shop.newest else "partial"
    day = newest if state == "ok" else min(newest, complete)
    return date.fromordinal(day), state


def main() -> None:
    """`python -m tests.independent.oracle PLATFORM DAY MERCHANT`: prints one merchant's figures."""
    card = compute(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))[sys.argv[3]]
    print(card.merchant_id, card.band, card.feed)
    for metric, value in card.values.items():
        print(f"{metric:28} {value.state:14} {value.value} {card.levels[metric]}")
    for key, figure in sorted(card.figures.items()):
        print(f"{key:40} {figure}")


if __name__ == "__main__":
    main()
