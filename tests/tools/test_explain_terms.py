"""A change of a score is the sum of its terms, whatever the curves, groups and gaps."""

import numpy as np
import pytest

from tools.curves import Floats, build_curve, metric_score
from tools.scores import dimension_scores
from tools.terms import TERMS, cause_of, take_apart

NONE = float("nan")
METRICS, GROUPS = 5, 3


def _world(rng: np.random.Generator, merchants: int) -> dict[str, Floats]:
    """Scores of random merchants at two dates, from random curves: ties, gaps, changed groups, lower-is-better."""
    weights = rng.dirichlet(np.ones(METRICS))
    group = rng.integers(0, GROUPS, (2, merchants, METRICS))
    group[1] = np.where(rng.random((merchants, METRICS)) < 0.7, group[0], group[1])
    values = np.round(rng.normal(0, 1, (2, merchants, METRICS)), 1)  # coarse: many ties
    values[1] = np.where(rng.random((merchants, METRICS)) < 0.2, values[0], values[1])
    values[rng.random(values.shape) < 0.2] = NONE
    lower = rng.random(METRICS) < 0.3
    curves = {
        (date, metric, g): build_curve(np.round(rng.normal(0.3 * date * g, 1, rng.integers(10, 60)), 1))
        for date in (0, 1) for metric in range(METRICS) for g in range(GROUPS)
    }  # fmt: skip

    def placed(when: int, of: int, groups: int) -> Floats:
        found = np.full((merchants, METRICS), NONE)
        for (date, metric, g), curve in curves.items():
            here = (group[groups][:, metric] == g) & ~np.isnan(values[of][:, metric])
            if date == when:
                found[here, metric] = metric_score(curve, values[of][here, metric], lower_is_better=bool(lower[metric]))
        return found

    moved = placed(1, 1, 0)
    moved[(group[0] != group[1]) & (rng.random(moved.shape) < 0.3)] = NONE  # the old group has no curve any more
    return {
        "before": placed(0, 0, 0), "own": placed(0, 1, 0), "moved": moved, "after": placed(1, 1, 1),
        "weights": weights, "same_value": values[0] == values[1], "same_group": group[0] == group[1],
    }  # fmt: skip


def test_the_terms_of_ten_thousand_random_changes_add_up() -> None:
    rng = np.random.default_rng(11)
    tried = 0
    while tried < 10_000:
        world = _world(rng, 500)
        weights, same_value, same_group = (world.pop(k) for k in ("weights", "same_value", "same_group"))
        # an earlier score is missing where under half of the weight was there; nothing can be explained then
        first, last = (dimension_scores(world[k], weights)[0] for k in ("before", "after"))
        known = ~np.isnan(first) & ~np.isnan(last)
        terms = take_apart(**world, weights=weights, score_before=first, score_after=last)
        total = sum(terms.sums()[name] for name in TERMS)
        assert np.abs(total - (last - first))[known].max() < 1e-9
        assert (np.nan_to_num(terms.own)[same_value] == 0).all()
        assert (np.nan_to_num(terms.group_changed)[same_group & ~np.isnan(world["moved"])] == 0).all()
        tried += int(known.sum())


def test_a_change_by_hand() -> None:
    # own 60 -> 70 on the old curve, peers take 20 of it, the new group gives 5; the other metric is new
    terms = take_apart(
        [60.0, NONE], [70.0, NONE], [50.0, NONE], [55.0, 90.0], weights=[0.6, 0.4], score_before=60.0,
        score_after=0.6 * 55 + 0.4 * 90,
    )  # fmt: skip
    sums = {name: float(value) for name, value in terms.sums().items()}
    assert sums == pytest.approx(
        {"own": 10.0, "peers_moved": -20.0, "group_changed": 5.0, "coverage_changed": 0.4 * (90 - 55)}
    )


def test_without_a_curve_of_the_old_group_all_that_is_not_own_is_the_groups() -> None:
    terms = take_apart([60.0], [70.0], [NONE], [40.0], weights=[1.0], score_before=60.0, score_after=40.0)
    assert (terms.own[0], terms.peers_moved[0], terms.group_changed[0]) == (10.0, 0.0, -30.0)


def test_with_nothing_in_common_all_is_coverage() -> None:
    terms = take_apart(
        [60.0, NONE], [NONE, NONE], [NONE, NONE], [NONE, 80.0], weights=[0.5, 0.5], score_before=60.0, score_after=80.0
    )
    assert {k: float(v) for k, v in terms.sums().items()} == {
        "own": 0.0, "peers_moved": 0.0, "group_changed": 0.0, "coverage_changed": 20.0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "terms", "cause"),
    [
        (-10.0, (-12.0, 2.0, 0.0, 0.0), "own"),
        (-10.0, (0.0, -10.0, 0.0, 0.0), "peers"),
        (-27.0, (1.0, 0.5, -28.5, 0.0), "group"),
        (4.0, (0.0, 0.5, 0.0, 3.5), "coverage"),
        (0.04, (5.0, -4.96, 0.0, 0.0), "steady"),
        (1.0, (5.0, -4.0, 0.0, 0.0), "mixed"),  # what goes against it is more than half of it
        (-6.0, (-3.5, -2.5, 0.0, 0.0), "mixed"),  # less than two thirds of what goes that way
        (3.0, (2.1, 0.9, 0.0, 0.0), "own"),
    ],
)
def test_the_cause_is_a_term_that_outweighs_the_others(
    change: float, terms: tuple[float, ...], cause: str
) -> None:  # fmt: skip
    assert cause_of(change, dict(zip(TERMS, terms, strict=True))) == cause
    assert cause_of(-change, {name: -term for name, term in zip(TERMS, terms, strict=True)}) == cause
