"""Peer curves: where a value stands among its peers, as a share of them.

share(v) = (peers below v + half of those equal to v) / n, a definition that ties cannot upset. A curve keeps the
values at which it is told (knots); it is linear between them and constant outside. Group by value, count, running
sum: nothing here ranks, so every engine agrees.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MAX_KNOTS = 1001  # up to so many distinct values all are knots
STEPS = 1000  # beyond, equal steps of rank: 0.1 point each
HEAVY = 0.001  # a value held by more than this share keeps both its neighbours
DIGITS = 12
POWERS: Floats = np.array([float(f"1e{n}") for n in range(23)])  # those of ten that a double holds exactly


@dataclass(frozen=True, eq=False)
class Curve:
    """Cumulative mid-rank shares of `n` peers at ascending knots."""

    knots: Floats
    shares: Floats
    n: int


def rounded(values: ArrayLike) -> Floats:
    """Doubles to 12 significant digits, so that equal quotients are equal whoever divided; NaN stays NaN.

    Exact for magnitudes from 1e-11 to 1e22, far beyond any figure here; smaller ones keep 22 decimals.
    """
    result = np.array(values, dtype=np.float64)
    known = np.isfinite(result) & (result != 0)  # of a metric that is not connected there is nothing to round
    x = result[known]
    decimals = np.clip(DIGITS - 1 - np.floor(np.log10(np.abs(x))), -22, 22).astype(np.int64)
    up, down = POWERS[np.maximum(decimals, 0)], POWERS[np.maximum(-decimals, 0)]
    result[known] = np.rint(x * up / down) / up * down
    return result


def build_curve(values: ArrayLike) -> Curve:
    """The curve of at least one value; order does not matter. NaN is not a value: leave it out before."""
    x = np.asarray(values, dtype=np.float64)
    distinct, counts = np.unique(x, return_counts=True)
    shares = (np.cumsum(counts) - counts / 2) / x.size
    if distinct.size > MAX_KNOTS:
        keep = _kept(counts / x.size, shares)
        distinct, shares = distinct[keep], shares[keep]
    return Curve(distinct, shares, int(x.size))


def _kept(weights: Floats, shares: Floats) -> NDArray[np.int64]:
    # Both sides of each step are kept, so nothing left out lies more than one step from its line.
    steps = np.searchsorted(shares, np.arange(STEPS + 1) / STEPS)
    heavy = np.flatnonzero(weights > HEAVY)
    last = shares.size - 1
    wanted = np.concatenate(([0, last], steps, steps - 1, heavy - 1, heavy, heavy + 1))
    return np.unique(np.clip(wanted, 0, last)).astype(np.int64)


def share(curve: Curve, values: ArrayLike) -> Floats:
    """C(v): the share of peers below, ties counted half; 0..1."""
    return np.asarray(np.interp(np.asarray(values, dtype=np.float64), curve.knots, curve.shares))


def metric_score(curve: Curve, values: ArrayLike, *, lower_is_better: bool = False) -> Floats:
    """S(v; C): 0..100, more is better whichever way the metric points."""
    c = share(curve, values)
    return np.asarray(100 * (1 - c) if lower_is_better else 100 * c)


def quantile(values: ArrayLike, p: float) -> float:
    """Type-2 quantile: the middle of the two values at a step of the distribution. At 0.5 the ordinary median."""
    x = np.sort(np.asarray(values, dtype=np.float64))
    low = max(int(np.ceil(x.size * p)) - 1, 0)
    high = min(int(np.floor(x.size * p)), x.size - 1)
    return float((x[low] + x[high]) / 2)


def median(values: ArrayLike) -> float:
    """The middle value, or the mean of the middle two."""
    return quantile(values, 0.5)


def upper_quarter(values: ArrayLike, *, lower_is_better: bool = False) -> float:
    """The value that the better quarter of peers reaches."""
    return quantile(values, 0.25 if lower_is_better else 0.75)
