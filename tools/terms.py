"""A change of a score taken apart, without residue: pure arithmetic over scores. NaN means "does not exist".

With C0, C1 the peer curves and G0, G1 the peer groups at the earlier and the later date, four scores of each metric
say it all: S(v0; C0,G0), S(v1; C0,G0), S(v1; C1,G0) and S(v1; C1,G1). From one to the next only one thing changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tools.curves import Floats
from tools.insights import Cause

STEADY = 0.05  # points; a smaller change is none
MAIN = 2 / 3  # of all that goes the way of the change, for one term to be called the cause
AGAINST = 1 / 2  # of that term: so much may go against it
TERMS = ("own", "peers_moved", "group_changed", "coverage_changed")
_CAUSES: Mapping[str, Cause] = {
    "own": "own", "peers_moved": "peers", "group_changed": "group", "coverage_changed": "coverage"
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Terms:
    """Points of the score: three terms merchants x metrics, NaN where a metric is not there at both dates; coverage
    one a merchant. All of a merchant's terms together are the change of its score."""

    own: Floats
    peers_moved: Floats
    group_changed: Floats
    coverage_changed: Floats

    @property
    def contribution(self) -> Floats:
        """What each metric did to the score, whoever moved it."""
        return np.asarray(self.own + self.peers_moved + self.group_changed)

    def sums(self) -> dict[str, Floats]:
        """Each of TERMS, one a merchant."""
        return {
            "own": np.nansum(self.own, axis=-1),
            "peers_moved": np.nansum(self.peers_moved, axis=-1),
            "group_changed": np.nansum(self.group_changed, axis=-1),
            "coverage_changed": self.coverage_changed,
        }


def take_apart(
    before: ArrayLike, own: ArrayLike, moved: ArrayLike, after: ArrayLike,
    *, weights: ArrayLike, score_before: ArrayLike, score_after: ArrayLike,
) -> Terms:  # fmt: skip
    """The terms of many merchants' changes of one weighted score.

    Merchants x metrics: `before` S(v0; C0,G0), `own` S(v1; C0,G0), `moved` S(v1; C1,G0), `after` S(v1; C1,G1);
    `weights` one a metric; `score_before` and `score_after` one a merchant, the scores whose change is explained.
    `moved` is NaN where the old group has no curve at the later date: peers and group cannot be told apart there, and
    all that is not one's own is the group's. Metrics are weighted over those available at both dates; what only one
    date has is the coverage term, and with nothing in common everything is.
    """
    s00, s10, s110, s11, w = (np.asarray(a, dtype=np.float64) for a in (before, own, moved, after, weights))
    first, last = (np.asarray(a, dtype=np.float64) for a in (score_before, score_after))
    common = ~np.isnan(s00) & ~np.isnan(s10) & ~np.isnan(s11)
    held = np.where(common, w, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        held = held / np.nansum(held, axis=-1, keepdims=True)
    s110 = np.where(np.isnan(s110), s10, s110)
    common_before, common_after = (np.nansum(held * s, axis=-1) for s in (s00, s11))
    same = (np.isnan(s00) == np.isnan(s11)).all(axis=-1) & (common == ~np.isnan(s00)).all(axis=-1)
    # With the same metrics at both dates only the rounding of the stored scores is left: not a change of coverage.
    coverage = np.where(same & common.any(axis=-1), 0.0, (last - common_after) + (common_before - first))
    return Terms(held * (s10 - s00), held * (s110 - s10), held * (s11 - s110), np.asarray(coverage))


def cause_of(change: float, terms: Mapping[str, float]) -> Cause:
    """What to call a change of a score by its terms (points).

    `steady` under 0.05 points. Else the largest term, if it goes the way of the change, makes up two thirds of all
    that goes that way, and is at least twice all that goes against it; else `mixed`.
    """
    if abs(change) < STEADY:
        return "steady"
    way = 1.0 if change > 0 else -1.0
    along = {name: way * term for name, term in terms.items()}
    main = max(along, key=lambda name: along[name])
    helped = sum(term for term in along.values() if term > 0)
    hindered = -sum(term for term in along.values() if term < 0)
    if along[main] >= MAIN * helped and hindered <= AGAINST * along[main]:
        return _CAUSES[main]
    return "mixed"
