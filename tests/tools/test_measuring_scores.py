"""Dimension scores are weighted means of what is there; gains say what one metric alone would add."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.scores import dimension_scores, gains, overall_scores

NONE = float("nan")
scores = st.floats(0, 100)
rows = st.lists(st.one_of(st.just(NONE), scores), min_size=4, max_size=4)
WEIGHTS = [0.35, 0.25, 0.2, 0.2]


@given(st.lists(rows, min_size=1, max_size=10))
def test_a_dimension_score_lies_between_its_lowest_and_highest_metric(found: list[list[float]]) -> None:
    result, coverage = dimension_scores(found, WEIGHTS)
    for row, score, covered in zip(found, result, coverage, strict=True):
        there = [s for s in row if s == s]
        expected = sum(w for w, s in zip(WEIGHTS, row, strict=True) if s == s)
        assert covered == pytest.approx(expected)
        if covered >= 0.5:
            assert min(there) - 1e-9 <= score <= max(there) + 1e-9
        else:
            assert np.isnan(score)


def test_missing_metrics_leave_the_others_their_weights_in_proportion() -> None:
    score, coverage = dimension_scores([[40.0, NONE, 80.0, NONE]], WEIGHTS)
    assert coverage[0] == pytest.approx(0.55)
    assert score[0] == pytest.approx((0.35 * 40 + 0.2 * 80) / 0.55)


def test_half_of_the_weight_is_enough_and_less_is_not() -> None:
    score, _ = dimension_scores([[50.0, NONE, NONE], [NONE, 50.0, NONE]], [0.5, 0.3, 0.2])
    assert score[0] == 50
    assert np.isnan(score[1])


@given(st.lists(st.floats(1, 100), min_size=4, max_size=4), st.randoms(use_true_random=False))
def test_a_dimension_score_does_not_depend_on_the_order_of_merchants(column: list[float], random: object) -> None:
    found = [[s, NONE, 50.0, 60.0] for s in column]
    order = list(range(4))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, _ = dimension_scores(found, WEIGHTS)
    turned, _ = dimension_scores([found[i] for i in order], WEIGHTS)
    assert turned.tolist() == straight[order].tolist()


def test_overall_is_the_mean_of_four_and_needs_all_four() -> None:
    found = overall_scores([[10.0, 20.0, 30.0, 60.0], [10.0, NONE, 30.0, 60.0]])
    assert found[0] == 30
    assert np.isnan(found[1])


@given(st.lists(scores, min_size=4, max_size=4), st.lists(scores, min_size=4, max_size=4))
def test_a_gain_is_what_the_dimension_score_rises_when_only_that_metric_moves(
    own: list[float], goal: list[float]
) -> None:
    before, _ = dimension_scores([own], WEIGHTS)
    gained = gains([own], [goal], WEIGHTS)[0]
    for metric in range(4):
        moved = [goal[metric] if at == metric else s for at, s in enumerate(own)]
        after, _ = dimension_scores([moved], WEIGHTS)
        rise = after[0] - before[0]
        if np.isnan(gained[metric]):
            assert rise <= 1e-7
        else:
            assert gained[metric] == pytest.approx(rise, abs=1e-7)
            assert gained[metric] > 0


def test_a_gain_counts_only_the_weights_that_are_there() -> None:
    assert gains([[40.0, NONE, 80.0, NONE]], [[60.0, 60.0, 60.0, 60.0]], WEIGHTS)[0, 0] == pytest.approx(
        0.35 * 20 / 0.55
    )


def test_there_is_no_gain_without_a_dimension_score() -> None:
    assert np.isnan(gains([[40.0, NONE, NONE, NONE]], [[60.0] * 4], WEIGHTS)).all()
