"""Why a score changed, once more by hand: four terms from everybody's raw values, and a ratio split over its users."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from . import peers
from .oracle import DIMENSIONS, Card, compute, weights
from .plain import Row, first_visits, rows_of, users, visits, within
from .rows import load
from .values import DIMENSION_OF, LOWER_IS_BETTER

weight_of = lru_cache(maxsize=1)(weights)  # reading the catalog takes longer than all else here
Knots = list[tuple[float, float]]
Pair = tuple[Fraction, Fraction]
FEWEST = 10


@lru_cache(maxsize=8)
def curves(platform: Path, day: date) -> dict[tuple[str, str], Knots]:
    """(metric, group) -> curve, of every band, trade and of all, where ten have a value on that day."""
    cards, shops = compute(platform, day), load(platform)
    band = {mid: card.band for mid, card in cards.items()}
    members = {name: ids for mid in cards for _, name, ids in peers.groups(mid, shops, band)}
    found: dict[tuple[str, str], Knots] = {}
    for metric in DIMENSION_OF:
        having = {m: float(c.values[metric].value or 0) for m, c in cards.items() if c.values[metric].state == "ok"}
        for group, ids in members.items():
            values = sorted(having[m] for m in ids if m in having)
            if len(values) >= FEWEST:
                found[metric, group] = peers.curve(values)
    return found


def score(platform: Path, day: date, metric: str, group: str, value: float) -> float | None:
    """S(value; C) of a group on a day; None where it has no curve."""
    knots = curves(platform, day).get((metric, group))
    return None if knots is None else peers.score(knots, value, metric in LOWER_IS_BETTER)


def terms(platform: Path, merchant: str, base: str, before: date, on: date) -> dict[str, float]:
    """Every term that explaining a metric, a dimension or `overall` names, in points; keys as the tool's figures."""
    cards = tuple(compute(platform, day)[merchant] for day in (before, on))
    if base in DIMENSION_OF:
        return _metric_alone(platform, cards, base, before, on)
    names = DIMENSIONS if base == "overall" else (base,)
    share, total, found = 1 / len(names), defaultdict[str, float](float), dict[str, float]()
    for name in names:
        parts = _dimension(platform, cards, name, before, on)
        for key, value in parts.items():
            if key.startswith(f"{name}."):
                total[f"{base}.{key.split('.')[1]}"] += share * value
            else:
                found[key] = share * value
        if base == "overall":
            found[f"{name}.contribution"] = share * (
                cards[1].figures[f"{name}.score"] - cards[0].figures[f"{name}.score"]
            )
    change = cards[1].figures[f"{base}.score"] - cards[0].figures[f"{base}.score"]
    return {**found, **total, f"{base}.score_change": change}


def _metric_alone(platform: Path, cards: tuple[Card, ...], metric: str, before: date, on: date) -> dict[str, float]:
    own, moved, group = _three(platform, cards, metric, before, on)
    first, last = (card.figures[f"{metric}.score"] for card in cards)
    return {
        f"{metric}.own": own, f"{metric}.peers_moved": moved, f"{metric}.group_changed": group,
        f"{metric}.contribution": own + moved + group, f"{metric}.score_change": last - first,
    }  # fmt: skip


def _dimension(platform: Path, cards: tuple[Card, ...], name: str, before: date, on: date) -> dict[str, float]:
    weight = weight_of()
    mine = [m for m, d in DIMENSION_OF.items() if d == name]
    common = [m for m in mine if all(f"{m}.score" in card.figures for card in cards)]
    held = sum(weight[m] for m in common)
    found, sums = dict[str, float](), dict.fromkeys(("own", "peers_moved", "group_changed"), 0.0)
    means = [sum(weight[m] * c.figures[f"{m}.score"] for m in common) / held if held else 0.0 for c in cards]
    for metric in common:
        parts = [weight[metric] / held * p for p in _three(platform, cards, metric, before, on)]
        for term, part in zip(sums, parts, strict=True):
            found[f"{metric}.{term}"] = part
            sums[term] += part
        found[f"{metric}.contribution"] = sum(parts)
    first, last = (card.figures[f"{name}.score"] for card in cards)
    coverage = (last - means[1]) + (means[0] - first)
    return {**found, **{f"{name}.{t}": v for t, v in sums.items()}, f"{name}.coverage_changed": coverage}


def _three(platform: Path, cards: tuple[Card, ...], metric: str, before: date, on: date) -> tuple[float, float, float]:
    """own, peers moved, group changed, in points of the metric's own score."""
    groups = [card.levels[metric][1] for card in cards]
    value = float(cards[1].values[metric].value or 0)
    first, last = (card.figures[f"{metric}.score"] for card in cards)
    own = score(platform, before, metric, groups[0], value)
    assert own is not None
    moved = score(platform, on, metric, groups[0], value)
    between = own if moved is None else moved
    return own - first, between - own, last - between


# ---- segments --------------------------------------------------------------------------------------------------------


def _returned(rows: list[Row], day: date) -> tuple[dict[str, Fraction], dict[str, Fraction], list[Row]]:
    window = within(rows, day, 56)
    earlier, now = [[r for r in visits(window) if (day - r["day"]).days // 28 == back] for back in (1, 0)]
    bottom = dict.fromkeys(users(earlier), Fraction(1))
    return {u: Fraction(1) for u in bottom if u in users(now)}, bottom, earlier


def _converted(rows: list[Row], day: date) -> tuple[dict[str, Fraction], dict[str, Fraction], list[Row]]:
    month = within(rows, day, 28)
    bought = users(r for r in month if r["orders"] > 0)
    return dict.fromkeys(bought, Fraction(1)), dict.fromkeys(users(visits(month)), Fraction(1)), visits(month)


def _order_value(rows: list[Row], day: date) -> tuple[dict[str, Fraction], dict[str, Fraction], list[Row]]:
    month = within(rows, day, 28)
    top, bottom = defaultdict[str, Fraction](Fraction), defaultdict[str, Fraction](Fraction)
    for r in month:
        top[r["user_id"]] += Fraction(r["gmv"]) - Fraction(r["refunds"])
        bottom[r["user_id"]] += r["orders"]
    return top, bottom, visits(month)


OF: Mapping[str, Callable[[list[Row], date], tuple[Mapping[str, Fraction], Mapping[str, Fraction], list[Row]]]] = {
    "return_rate_28d": _returned, "conversion_rate": _converted, "average_order_value": _order_value,
}  # fmt: skip


def segment_sums(platform: Path, merchant: str, metric: str, day: date, kind: str) -> dict[str, Pair]:
    """segment -> (numerator, denominator), by `channel` or `users` of the first visit in the denominator's window."""
    rows = [r for r in rows_of(platform, "activity", merchant) if r["day"] <= day]
    top, bottom, window = OF[metric](rows, day)
    ever, inside = first_visits(rows), first_visits(window)
    found = defaultdict[str, list[Fraction]](lambda: [Fraction(0), Fraction(0)])
    for user in {*top, *bottom}:
        if user not in inside:
            segment = "none"
        elif kind == "channel":
            segment = inside[user][1]
        else:
            segment = "new" if ever[user][0] == inside[user][0] else "returning"
        found[f"{kind}:{segment}"][0] += top.get(user, Fraction(0))
        found[f"{kind}:{segment}"][1] += bottom.get(user, Fraction(0))
    return {s: (a, b) for s, (a, b) in found.items() if a or b}


def effects(
    platform: Path, merchant: str, metric: str, before: date, on: date, kind: str
) -> dict[str, tuple[Fraction | None, Fraction | None, Fraction, Fraction]]:
    """segment -> (rate before, rate after, rate effect, mix effect), exactly."""
    then, now = (segment_sums(platform, merchant, metric, day, kind) for day in (before, on))
    whole = [sum((b for _, b in side.values()), Fraction(0)) for side in (then, now)]
    found = {}
    for segment in {*then, *now}:
        (a0, b0), (a1, b1) = (side.get(segment, (Fraction(0), Fraction(0))) for side in (then, now))
        m0, m1 = b0 / whole[0], b1 / whole[1]
        rates = (a0 / b0 if b0 else None, a1 / b1 if b1 else None)
        r0, r1 = (rates[0] if b0 else rates[1]), (rates[1] if b1 else rates[0])
        if r0 is None or r1 is None:  # nobody to divide by on either day: all of it is rate effect
            found[segment] = (*rates, a1 / whole[1] - a0 / whole[0], Fraction(0))
        else:
            # what a day without a denominator still has above it is no rate: it belongs to the rate effect
            loose = (Fraction(0) if b1 else a1 / whole[1]) - (Fraction(0) if b0 else a0 / whole[0])
            found[segment] = (*rates, (r1 - r0) * (m0 + m1) / 2 + loose, (m1 - m0) * (r0 + r1) / 2)
    return found
