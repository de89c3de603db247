"""Size bands, peer groups, peer curves and the order statistics of a group."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from .rows import Platform
from .values import visitors

ENOUGH, LEAST = 30, 10


def reference_day(day: int, platform: Platform) -> int:
    """The last day of the quarter before; where nobody has 28 days of history by then, the first day somebody has."""
    here = date.fromordinal(day)
    before = date(here.year, 3 * ((here.month - 1) // 3) + 1, 1) - timedelta(days=1)
    starts = [s.first_row for s in platform.shops.values() if s.first_row is not None]
    return max(before.toordinal(), min(starts) + 27) if starts else before.toordinal()


def bands(day: int, platform: Platform) -> dict[str, str]:
    """small, medium or large for each merchant: terciles of 28-day visitors in its industry on the reference day."""
    then = reference_day(day, platform)
    counted = {mid: visitors(shop, then) for mid, shop in platform.shops.items()}
    by_industry: dict[str, list[float]] = {}
    for mid, n in counted.items():
        if n is not None:
            by_industry.setdefault(platform.shops[mid].industry, []).append(n)
    found = {}
    for mid, n in counted.items():
        share = 0.0 if n is None else mid_rank(sorted(by_industry[platform.shops[mid].industry]), n)
        found[mid] = "small" if share < 1 / 3 else "medium" if share < 2 / 3 else "large"
    return found


def groups(mid: str, platform: Platform, band: Mapping[str, str]) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """(level, name, members) from the narrowest group of a merchant to the widest."""
    industry = platform.shops[mid].industry
    same = frozenset(m for m, s in platform.shops.items() if s.industry == industry)
    near = frozenset(m for m in same if band[m] == band[mid])
    return (
        ("industry_band", f"{industry}/{band[mid]}", near),
        ("industry", industry, same),
        ("all", "all", frozenset(platform.shops)),
    )


def choose(
    levels: Sequence[tuple[str, str, frozenset[str]]], having: Mapping[str, float]
) -> tuple[str, str, list[float]]:
    """(level, group, sorted peer values): the first level with 30 values, or all with 10, or nobody."""
    for level, name, members in levels:
        found = sorted(having[m] for m in members if m in having)
        if len(found) >= ENOUGH or (level == "all" and len(found) >= LEAST):
            return level, name, found
    return "own_past", "", []


def mid_rank(ordered: Sequence[float], value: float) -> float:
    """(count below + half the count equal) / n."""
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    return (below + (upto - below) / 2) / len(ordered)


def curve(ordered: Sequence[float]) -> list[tuple[float, float]]:
    """Knots (value, share), one for each distinct value. (Thinning past 1,001 values is not repeated here.)"""
    return [(v, mid_rank(ordered, v)) for v in sorted(set(ordered))]


def share_on(knots: Sequence[tuple[float, float]], value: float) -> float:
    """The curve's share at any value: linear between knots, constant outside."""
    at = bisect_left(knots, (value, float("-inf")))
    if at == len(knots):
        return knots[-1][1]
    if knots[at][0] == value or at == 0:
        return knots[at][1]
    (v0, s0), (v1, s1) = knots[at - 1], knots[at]
    return s0 + (s1 - s0) * (value - v0) / (v1 - v0)


def score(knots: Sequence[tuple[float, float]], value: float, lower_is_better: bool) -> float:
    """0..100, higher is better."""
    share = share_on(knots, value)
    return 100 * (1 - share) if lower_is_better else 100 * share


def median(ordered: Sequence[float]) -> float:
    n = len(ordered)
    return ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def upper_quarter(ordered: Sequence[float], lower_is_better: bool) -> float:
    """Type-2 quantile (the mean of both neighbours at a jump) at 0.75, or at 0.25 where lower is better."""
    fourths = len(ordered) * (1 if lower_is_better else 3)
    at, rest = divmod(fourths, 4)
    return ordered[at] if rest else (ordered[at - 1] + ordered[at]) / 2
