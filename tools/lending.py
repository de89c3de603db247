"""Shops without peers of their own borrow a published curve, where an operator sent one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from tools.benchmarks import Benchmark, Point, find_benchmark
from tools.curves import Floats, metric_score, share
from tools.groups import BENCHMARK, OWN_PAST, Bools
from tools.standing import PeerCurve, Standing


def lend(
    standing: Standing, values: Floats, ok: Bools, *, metric: str, industries: Sequence[str],
    points: Sequence[Point], on: date, lower_is_better: bool,
) -> Standing:  # fmt: skip
    """The standing with level `benchmark` for those who had no peers and whose industry has a curve on that day.

    A curve without a median or an upper quarter inside its points lends its score and nothing to aim at there.
    """
    alone = standing.level == OWN_PAST
    if not points or not alone.any():
        return standing
    of_industry = np.asarray(list(industries), dtype=object)
    lent = replace(
        standing, level=standing.level.copy(), group=list(standing.group), peers=standing.peers.copy(),
        median=standing.median.copy(), upper_quarter=standing.upper_quarter.copy(), score=standing.score.copy(),
        score_at_median=standing.score_at_median.copy(), score_at_upper=standing.score_at_upper.copy(),
        rank_share=standing.rank_share.copy(), curves=list(standing.curves),
    )  # fmt: skip
    for industry in sorted(set(of_industry[alone])):
        found = find_benchmark(points, metric, industry, on, lower_is_better=lower_is_better)
        if found is not None:
            here = alone & (of_industry == industry)
            _place(lent, found, here, here & ok, values, lower_is_better)
    return lent


def _place(lent: Standing, found: Benchmark, here: Bools, own: Bools, values: Floats, lower_is_better: bool) -> None:
    marks = [np.nan if mark is None else mark for mark in (found.median, found.upper_quarter)]
    at_median, at_upper = (
        np.nan if np.isnan(mark) else float(metric_score(found.curve, [mark], lower_is_better=lower_is_better)[0])
        for mark in marks
    )
    lent.level[here], lent.peers[here] = BENCHMARK, found.curve.n
    lent.median[here], lent.upper_quarter[here] = marks
    lent.score_at_median[here], lent.score_at_upper[here] = at_median, at_upper
    lent.score[own] = metric_score(found.curve, values[own], lower_is_better=lower_is_better)
    beaten = share(found.curve, values[own])
    lent.rank_share[own] = 1 - beaten if lower_is_better else beaten
    for merchant in np.flatnonzero(here):
        lent.group[merchant] = found.group
    if all(curve.group != found.group for curve in lent.curves):
        lent.curves.append(PeerCurve(found.group, found.curve, *marks))
