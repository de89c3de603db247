"""From a mean and a variance to the ends of a band: counts, and money with days on which nothing is sold.

Ends are quantiles of the mid-distribution (below + half of equal), straight between whole numbers: a closed band of
counts then holds its share on average, which bands of whole quantiles, always too wide, do not.
"""

import numpy as np
from scipy import special

from tools.own import Floats

_LARGE = 150.0  # from here on a count is as good as continuous
_TINY = 1e-9
_CENT = 0.01  # the least that is not nothing


def count_ends(mean: Floats, variance: Floats, levels: Floats) -> Floats:
    """(k, q) quantiles of counts with `mean` and `variance` (k,) at `levels` (q,).

    Negative binomial where the variance is above the mean, binomial where it is below.
    """
    ends = gamma_ends(mean, variance, levels)
    small = np.flatnonzero((mean > _TINY) & (mean < _LARGE))
    if small.size:
        mu, spread = mean[small], variance[small]
        most = int(np.ceil((mu + 8 * np.sqrt(spread) + 8).max()))
        counts = np.arange(most + 1, dtype=np.float64)
        below = count_cdf(counts[None, :], mu[:, None], spread[:, None])
        mid = (below + np.concatenate([np.zeros((len(mu), 1)), below[:, :-1]], axis=1)) / 2
        ends[small] = [np.interp(levels, row, counts) for row in mid]
    return ends


def count_cdf(counts: Floats, mean: Floats, variance: Floats) -> Floats:
    """The chance of at most so many, broadcast. Variances within 0.1 % of the mean are moved off it."""
    over = np.maximum(variance, mean * 1.001)
    size = mean**2 / (over - mean)
    negative = special.betainc(size, counts + 1, size / (size + mean))
    under = np.clip(variance, mean * 0.2, mean * 0.999)
    trials = mean**2 / (mean - under)
    left = np.maximum(trials - counts, _TINY)
    binomial = np.where(counts >= trials, 1.0, special.betainc(left, counts + 1, under / mean))
    return np.asarray(np.where(variance >= mean, negative, binomial))


def gamma_ends(mean: Floats, variance: Floats, levels: Floats) -> Floats:
    """(k, q) quantiles of a gamma distribution at `levels` (q,) or (k, q); 0 where the mean is."""
    shape = np.maximum(mean**2 / np.maximum(variance, _TINY), _TINY)
    scale = variance / np.maximum(mean, _TINY)
    ends = special.gammaincinv(shape[:, None], np.atleast_2d(levels)) * scale[:, None]
    return np.asarray(np.where((mean > _TINY)[:, None], ends, 0.0))


def money_ends(mean: Floats, variance: Floats, nothing: Floats, levels: Floats) -> Floats:
    """(k, q) quantiles of an amount that is 0 with the chance `nothing` (k,), else gamma distributed.

    The lump at 0 counts at the middle of its own chance, as every whole number of a count does.
    """
    sold = np.maximum(1 - nothing, _TINY)
    part = mean / sold
    spread = np.maximum(variance / sold - nothing * part**2, 0.02 * part**2)
    rest = np.clip((levels[None, :] - nothing[:, None]) / sold[:, None], _TINY, 1 - _TINY)
    ends = gamma_ends(part, spread, rest)
    lump = nothing[:, None]
    return np.asarray(np.where(levels[None, :] <= lump / 2, 0.0, np.maximum(ends, np.minimum(_CENT, part)[:, None])))
