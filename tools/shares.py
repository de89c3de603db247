"""Shares of a few merchants, each with the interval that says how little a few tell."""

import math
from typing import NamedTuple

Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 %


class Interval(NamedTuple):
    low: float
    high: float


def wilson(hits: int, n: int) -> Interval:
    """The Wilson score interval (95 %) of a share of n > 0; never outside 0..1, also at no hit or nothing but hits."""
    p, z2 = hits / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    # At the ends the formula is exact in reals only; doubles would leave 1e-17 below zero.
    return Interval(0.0 if hits == 0 else middle - half, 1.0 if hits == n else middle + half)


def newcombe(hits: int, n: int, other_hits: int, other_n: int) -> Interval:
    """The interval (95 %) of the difference of two independent shares, hits / n - other_hits / other_n.

    Newcombe's hybrid score interval (1998, method 10): made of the two Wilson intervals, and as good at the ends.
    """
    p, q = hits / n, other_hits / other_n
    one, other = wilson(hits, n), wilson(other_hits, other_n)
    return Interval(
        p - q - math.hypot(p - one.low, other.high - q),
        p - q + math.hypot(one.high - p, q - other.low),
    )
