"""Scores and what would raise them: pure arithmetic over peer curves. NaN means "does not exist"."""

import numpy as np
from numpy.typing import ArrayLike

from tools.curves import Floats, rounded

COVERAGE = 0.5  # below this share of a dimension's weight there is no score, only the metrics
NOTHING = 1e-9  # points; less is the noise of doubles


def dimension_scores(scores: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    """(score, coverage) of one dimension for many merchants.

    `scores` is merchants x metrics, `weights` one a metric. A score is the weighted mean of what is there, its
    weights renormalised; coverage is the share of weight that is there. Under half of the weight: NaN.
    """
    s, w = np.asarray(scores, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    there = ~np.isnan(s)
    held = there @ w
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, s, 0.0) @ w / held
    coverage = rounded(held / w.sum())
    return rounded(np.where(coverage >= COVERAGE, mean, np.nan)), coverage


def overall_scores(dimensions: ArrayLike) -> Floats:
    """The mean of the four for many merchants (merchants x 4), NaN unless all four exist."""
    return rounded(np.asarray(dimensions, dtype=np.float64).mean(axis=1))


def gains(scores: ArrayLike, targets: ArrayLike, weights: ArrayLike) -> Floats:
    """Points that each metric alone would add to its dimension, moved from its score to its target's score.

    All merchants x metrics, `weights` one a metric. NaN where the metric or its dimension has no score, or nothing
    would be gained.
    """
    s, goal, w = (np.asarray(a, dtype=np.float64) for a in (scores, targets, weights))
    _, coverage = dimension_scores(s, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        gained = rounded(w * (goal - s) / (coverage * w.sum())[:, None])
    return np.where((gained > NOTHING) & (coverage >= COVERAGE)[:, None], gained, np.nan)
