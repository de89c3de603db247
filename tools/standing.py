"""Where everybody stands in one figure at one date: level, peers, median, score."""

from dataclasses import dataclass

import numpy as np

from tools.curves import Curve, Floats, build_curve, median, metric_score, share, upper_quarter
from tools.groups import Bools, Groups, Ints, levels, used_groups


@dataclass(frozen=True)
class PeerCurve:
    """The curve of one group, with the two marks that a merchant may aim at."""

    group: str
    curve: Curve
    median: float
    upper_quarter: float


@dataclass(frozen=True, eq=False)
class Standing:
    """One entry a merchant. Peer figures are NaN (0 peers) without peers; scores also without a value of one's own."""

    level: Ints  # index into groups.LEVELS; OWN_PAST: no peers
    group: list[str | None]
    peers: Ints
    median: Floats
    upper_quarter: Floats
    score: Floats  # S of the own value
    score_at_median: Floats
    score_at_upper: Floats
    rank_share: Floats  # share of peers that it beats, ties half
    curves: list[PeerCurve]


def stand(values: Floats, ok: Bools, groups: Groups, *, lower_is_better: bool = False) -> Standing:
    """Compare all merchants in one figure; only those with `ok` are peers and get a score."""
    level = levels(groups, ok)
    marks = {
        name: np.full(values.size, np.nan) for name in ("median", "upper", "score", "at_median", "at_upper", "rank")
    }
    names: list[str | None] = [None] * values.size
    peers = np.zeros(values.size, dtype=np.int64)
    curves = []
    for index, key, members, here in used_groups(groups, ok, level):
        told = _tell(groups.names[index][key], values[members], lower_is_better)
        curves.append(told)
        marks["median"][here], marks["upper"][here] = told.median, told.upper_quarter
        marks["at_median"][here], marks["at_upper"][here] = metric_score(
            told.curve, [told.median, told.upper_quarter], lower_is_better=lower_is_better
        )
        own = here & ok
        marks["score"][own] = metric_score(told.curve, values[own], lower_is_better=lower_is_better)
        standing = share(told.curve, values[own])
        marks["rank"][own] = 1 - standing if lower_is_better else standing
        peers[here] = told.curve.n
        for merchant in np.flatnonzero(here):
            names[merchant] = told.group
    return Standing(
        level=level,
        group=names,
        peers=peers,
        median=marks["median"],
        upper_quarter=marks["upper"],
        score=marks["score"],
        score_at_median=marks["at_median"],
        score_at_upper=marks["at_upper"],
        rank_share=marks["rank"],
        curves=curves,
    )


def _tell(group: str, values: Floats, lower_is_better: bool) -> PeerCurve:
    return PeerCurve(group, build_curve(values), median(values), upper_quarter(values, lower_is_better=lower_is_better))
