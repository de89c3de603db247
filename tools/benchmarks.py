"""Published peer curves: what somebody with many shops tells of them, for a shop that has too few peers of its own.

Rows are those of the canonical table `benchmarks`: points of a curve, share(value) as in tools/curves.py (below, and
half of those equal). The importer takes a curve entire or not at all; what is asked for here is checked again, because
a figure of fewer than ten shops must not leave by this door either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from tools.curves import Curve, Floats
from tools.groups import FEWEST

ANY_INDUSTRY = "all"


class Point(NamedTuple):
    """One row of `benchmarks`."""

    metric: str
    industry: str  # the industry key, or `all`
    valid_from: date
    valid_until: date | None
    value: float  # in the metric's own unit
    share: float  # 0..1
    n: int
    source: str


@dataclass(frozen=True, eq=False)
class Benchmark:
    """A published curve and the two marks that a merchant may aim at; None where the points do not reach so far."""

    metric: str
    industry: str
    valid_from: date
    valid_until: date | None
    source: str
    curve: Curve
    median: float | None
    upper_quarter: float | None

    @property
    def group(self) -> str:
        """How the group is named in a measurement: `benchmark:catering`."""
        return f"benchmark:{self.industry}"


def find_benchmark(
    points: Sequence[Point], metric: str, industry: str, on: date, *, lower_is_better: bool = False
) -> Benchmark | None:
    """The curve to compare a shop with at a date: its industry's before that of all, the newest that is valid.

    None where there is none, or where it rests on fewer than ten shops, falls, or has no two different values.
    """
    for group in (industry, ANY_INDUSTRY):
        valid = [p for p in points if (p.metric, p.industry) == (metric, group) and _holds(p, on)]
        newest = max((p.valid_from for p in valid), default=None)
        found = benchmark([p for p in valid if p.valid_from == newest], lower_is_better=lower_is_better)
        if found is not None:
            return found
    return None


def _holds(point: Point, on: date) -> bool:
    return point.valid_from <= on and (point.valid_until is None or on <= point.valid_until)


def benchmark(points: list[Point], *, lower_is_better: bool = False) -> Benchmark | None:
    """The curve that the points of one metric, industry and start make, in any order; None where they make none."""
    if not points:
        return None
    ordered = sorted(points, key=lambda p: (p.value, p.share))
    first = ordered[0]
    values = np.array([p.value for p in ordered])
    shares = np.array([p.share for p in ordered])
    if min(p.n for p in ordered) < FEWEST or not _rises(values, shares):
        return None
    return Benchmark(
        metric=first.metric,
        industry=first.industry,
        valid_from=first.valid_from,
        valid_until=first.valid_until,
        source=first.source,
        curve=Curve(values, shares, first.n),
        median=value_at(values, shares, 0.5),
        upper_quarter=value_at(values, shares, 0.25 if lower_is_better else 0.75),
    )


def _rises(values: Floats, shares: Floats) -> bool:
    told = bool(np.isfinite(values).all() and np.isfinite(shares).all() and shares[0] >= 0 and shares[-1] <= 1)
    return told and values.size > 1 and bool((np.diff(values) > 0).all() and (np.diff(shares) >= 0).all())


def value_at(values: Floats, shares: Floats, wanted: float) -> float | None:
    """The value below which that share of shops lies: linear between points, the middle of a level stretch.

    None outside the points: what a publisher did not tell is not known.
    """
    if not shares[0] <= wanted <= shares[-1]:
        return None
    level = np.flatnonzero(shares == wanted)
    if level.size:
        return float((values[level[0]] + values[level[-1]]) / 2)
    at = int(np.searchsorted(shares, wanted))
    part = (wanted - shares[at - 1]) / (shares[at] - shares[at - 1])
    return float(values[at - 1] + part * (values[at] - values[at - 1]))
