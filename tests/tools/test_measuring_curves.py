"""Peer curves: monotone, bounded, blind to order, true to their definition; quantiles and rounding likewise."""

from itertools import pairwise
from statistics import median as ordinary_median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.curves import (
    MAX_KNOTS,
    build_curve,
    median,
    metric_score,
    quantile,
    rounded,
    share,
    upper_quarter,
)

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(
    lambda x: float(rounded(x))
)  # as every value is, before it is grouped
samples = st.lists(st.one_of(numbers, st.sampled_from([0.0, 0.5, 1.0])), min_size=1, max_size=60)


def defined_share(values: list[float], v: float) -> float:
    return (sum(x < v for x in values) + sum(x == v for x in values) / 2) / len(values)


@given(samples)
def test_a_curve_says_what_the_definition_says_at_every_observed_value(values: list[float]) -> None:
    curve = build_curve(values)
    for v in values:
        assert share(curve, v) == pytest.approx(defined_share(values, v), abs=1e-12)


@given(samples, st.lists(numbers, min_size=2, max_size=20))
def test_scores_never_fall_as_a_metric_improves_and_stay_within_0_and_100(
    values: list[float], asked: list[float]
) -> None:
    curve, ascending = build_curve(values), sorted([*asked, *values])
    up = metric_score(curve, ascending)
    down = metric_score(curve, ascending, lower_is_better=True)
    assert all(a <= b + 1e-9 for a, b in pairwise(up))
    assert all(a >= b - 1e-9 for a, b in pairwise(down))
    assert 0 <= up.min() <= up.max() <= 100
    assert up + down == pytest.approx(np.full(up.size, 100.0))


@given(samples, st.randoms(use_true_random=False))
def test_a_curve_does_not_depend_on_the_order_of_peers(values: list[float], random: object) -> None:
    turned = list(values)
    random.shuffle(turned)  # type: ignore[attr-defined]
    one, two = build_curve(values), build_curve(turned)
    assert (one.knots == two.knots).all()
    assert (one.shares == two.shares).all()
    assert one.n == two.n == len(values)


def test_between_knots_a_curve_is_linear_and_outside_it_is_constant() -> None:
    curve = build_curve([1.0, 2.0, 2.0, 4.0])
    assert share(curve, [0, 1, 1.5, 2, 3, 4, 9]).tolist() == [0.125, 0.125, 0.3125, 0.5, 0.6875, 0.875, 0.875]


def test_equal_peers_all_stand_in_the_middle() -> None:
    assert metric_score(build_curve([0.2] * 40), 0.2) == 50


@pytest.mark.parametrize("seed", range(4))
def test_a_thinned_curve_stays_within_a_tenth_of_a_point_and_keeps_its_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heavy = rng.choice([0.1, 0.2, 0.7], 4000)
    values = rounded(np.concatenate([rng.lognormal(0, 2, 9000), heavy]))
    curve = build_curve(values)
    assert np.unique(values).size > MAX_KNOTS
    assert curve.knots.size < np.unique(values).size / 2
    assert (curve.knots[0], curve.knots[-1]) == (values.min(), values.max())
    distinct, counts = np.unique(values, return_counts=True)
    defined = (np.cumsum(counts) - counts / 2) / values.size
    assert np.abs(share(curve, distinct) - defined).max() <= 0.001
    for value in (0.1, 0.2, 0.7):  # values that many hold keep both their neighbours
        at = int(np.searchsorted(distinct, value))
        assert set(distinct[at - 1 : at + 2]) <= set(curve.knots)


def test_up_to_a_thousand_and_one_distinct_values_all_are_knots() -> None:
    assert build_curve(np.arange(MAX_KNOTS)).knots.size == MAX_KNOTS


@given(samples)
def test_the_median_is_the_ordinary_one(values: list[float]) -> None:
    assert median(values) == pytest.approx(ordinary_median(values), rel=1e-12, abs=1e-300)


@given(samples, st.sampled_from([0.25, 0.5, 0.75]))
def test_quantiles_average_at_discontinuities(values: list[float], p: float) -> None:
    assert quantile(values, p) == pytest.approx(np.quantile(values, p, method="averaged_inverted_cdf"), abs=1e-9)


def test_the_upper_quarter_is_the_low_one_where_lower_is_better() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    assert (upper_quarter(values), upper_quarter(values, lower_is_better=True)) == (3.5, 1.5)


@given(st.floats(1e-9, 1e12) | st.floats(-1e12, -1e-9))
def test_rounding_keeps_twelve_digits(x: float) -> None:
    assert float(rounded(x)) == pytest.approx(float(f"{x:.12g}"), rel=2e-12)


@pytest.mark.parametrize("x", [1 / 3, 2 / 3, 0.1 + 0.2, 1e15 / 7, 22 / 7e6, 0.0])
def test_rounding_twice_changes_nothing_and_gives_the_double_of_the_decimal(x: float) -> None:
    assert float(rounded(x)) == float(f"{x:.12g}") == float(rounded(rounded(x)))


def test_a_missing_value_stays_missing() -> None:
    assert np.isnan(rounded(np.nan))


def test_many_are_rounded_as_each_is() -> None:
    values = np.array([[1 / 3, np.nan, 0.0, 2e-30 / 3], [np.inf, -np.inf, -2e20 / 3, 1e15 / 7]])
    np.testing.assert_array_equal(rounded(values), [[float(rounded(x)) for x in row] for row in values])
    assert rounded([]).size == 0
    before = values.copy()
    rounded(values)
    np.testing.assert_array_equal(values, before)
