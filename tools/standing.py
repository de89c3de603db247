"""Where everybody stands in one figure at one date: level, peers, median, score."""

from dataclasses import dataclass

import numpy as np

from tools.curves import Curve, Floats, build_curve, median, metric_score, share, upper_quarter
from tools.groups import FEWEST, Bools, Groups, Ints, levels, used_groups


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
    curves: list[PeerCurve]  # of every group of ten or more: a change is explained by the curve of the old group


def stand(values: Floats, ok: Bools, groups: Groups, *, lower_is_better: bool = False) -> Standing:
    """Compare all merchants in one figure; only those with `ok` are peers and get a score."""
    level = levels(groups, ok)
    marks = {
        name: np.full(values.size, np.nan) for name in ("median", "upper", "score", "at_median", "at_upper", "rank")
    }
    names = np.full(values.size, None, dtype=object)
    peers = np.zeros(values.size, dtype=np.int64)
    curves = _curves(values, ok, groups, lower_is_better)
    for index, key, _, here in used_groups(groups, ok, level):
        told = curves[index, key]
        marks["median"][here], marks["upper"][here] = told.median, told.upper_quarter
        marks["at_median"][here], marks["at_upper"][here] = metric_score(
            told.curve, [told.median, told.upper_quarter], lower_is_better=lower_is_better
        )
        own = here & ok
        marks["score"][own] = metric_score(told.curve, values[own], lower_is_better=lower_is_better)
        standing = share(told.curve, values[own])
        marks["rank"][own] = 1 - standing if lower_is_better else standing
        peers[here] = told.curve.n
        names[here] = told.group
    return Standing(
        level=level,
        group=names.tolist(),
        peers=peers,
        median=marks["median"],
        upper_quarter=marks["upper"],
        score=marks["score"],
        score_at_median=marks["at_median"],
        score_at_upper=marks["at_upper"],
        rank_share=marks["rank"],
        curves=list(curves.values()),
    )


def _curves(values: Floats, ok: Bools, groups: Groups, lower_is_better: bool) -> dict[tuple[int, int], PeerCurve]:
    """By level and key. Nobody is compared in a group of fewer than ten, so every group that is used is among them."""
    found: dict[tuple[int, int], PeerCurve] = {}
    if not ok.any():
        return found
    for index, key in enumerate(groups.keys):
        order = np.argsort(key[ok], kind="stable")
        numbers, starts = np.unique(key[ok][order], return_index=True)
        for number, members in zip(numbers, np.split(values[ok][order], starts[1:]), strict=True):
            if members.size >= FEWEST:
                found[index, int(number)] = _tell(groups.names[index][number], members, lower_is_better)
    return found


def _tell(group: str, values: Floats, lower_is_better: bool) -> PeerCurve:
    return PeerCurve(group, build_curve(values), median(values), upper_quarter(values, lower_is_better=lower_is_better))
