"""What moved the sales between two stretches of days: so many people, how often each ordered, what an order brought."""

from math import log


def split(before: tuple[float, ...], now: tuple[float, ...]) -> tuple[float, ...] | None:
    """The change of a product of factors, factor by factor, in its own unit; in whole cents they add up to it.

    Logarithmic means: no factor goes first and nothing is left over but rounding, which the largest part takes. None
    where a factor is zero, for then nothing can be said of the others.
    """
    if min(*before, *now) <= 0:
        return None
    first, last = _product(before), _product(now)
    weight = first if first == last else (last - first) / log(last / first)
    parts = [round(weight * log(b / a), 2) for a, b in zip(before, now, strict=True)]
    left = round(last - first, 2) - sum(parts)
    at = max(range(len(parts)), key=lambda i: abs(parts[i]))
    parts[at] = round(parts[at] + left, 2)
    return tuple(parts)


def _product(factors: tuple[float, ...]) -> float:
    found = 1.0
    for factor in factors:
        found *= factor
    return found
