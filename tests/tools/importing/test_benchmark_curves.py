"""A published curve scores a shop as the shops behind it would have; what it does not tell is not made up."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.benchmarks import ANY_INDUSTRY, Point, benchmark, find_benchmark
from tools.curves import build_curve, median, metric_score, upper_quarter

SINCE = date(2026, 1, 1)


def _points(values: list[float], shares: list[float], **other: object) -> list[Point]:
    known = {"metric": "return_rate_28d", "industry": "catering", "valid_from": SINCE, "valid_until": None, "n": 40,
             "source": "an association"}  # fmt: skip
    return [Point(value=v, share=s, **{**known, **other}) for v, s in zip(values, shares, strict=True)]


SHOPS = st.lists(st.integers(0, 1000), min_size=10, max_size=60)


@settings(max_examples=60, deadline=None)
@given(shops=SHOPS, asked=st.integers(-10, 1010), turned=st.booleans(), lower=st.booleans())
def test_the_published_curve_of_some_shops_scores_as_those_shops_do(
    shops: list[int], asked: int, turned: bool, lower: bool
) -> None:
    own = build_curve(shops)
    points = _points(own.knots.tolist(), own.shares.tolist(), n=own.n)
    found = benchmark(points[::-1] if turned else points, lower_is_better=lower)
    if len(set(shops)) == 1:
        assert found is None
        return
    assert found is not None
    assert found.curve.n == len(shops)
    scores = [float(metric_score(c, asked, lower_is_better=lower)) for c in (found.curve, own)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-12)


def test_median_and_upper_quarter_are_read_off_the_points() -> None:
    found = benchmark(_points([0.10, 0.20, 0.40], [0.0, 0.5, 1.0]))
    assert found is not None
    assert (found.median, found.upper_quarter) == (0.20, pytest.approx(0.30))
    found = benchmark(_points([0.10, 0.20, 0.40], [0.0, 0.5, 1.0]), lower_is_better=True)
    assert found is not None
    assert found.upper_quarter == pytest.approx(0.15)
    flat = benchmark(_points([0.1, 0.2, 0.3, 0.4], [0.0, 0.5, 0.5, 1.0]))
    assert flat is not None
    assert flat.median == pytest.approx(0.25)


def test_with_many_different_shops_the_marks_are_those_of_the_shops_themselves() -> None:
    shops = np.random.default_rng(5).gamma(2.0, 50.0, 501)
    own = build_curve(shops)
    found = benchmark(_points(own.knots.tolist(), own.shares.tolist(), n=501))
    assert found is not None
    assert found.median == pytest.approx(median(shops), rel=1e-9)
    assert found.upper_quarter == pytest.approx(upper_quarter(shops), rel=0.02)


def test_a_mark_beyond_the_points_is_not_known() -> None:
    found = benchmark(_points([0.1, 0.2, 0.3], [0.55, 0.6, 0.7]))
    assert found is not None
    assert (found.median, found.upper_quarter) == (None, None)


@pytest.mark.parametrize(
    "points",
    [
        [],
        _points([0.1, 0.2, 0.3], [0.1, 0.5, 0.9], n=9),
        _points([0.1, 0.2, 0.3], [0.5, 0.4, 0.9]),
        _points([0.1, 0.1, 0.3], [0.1, 0.4, 0.9]),
        _points([0.1], [0.5]),
        _points([0.1, float("nan"), 0.3], [0.1, 0.4, 0.9]),
        _points([0.1, 0.2], [-0.1, 0.4]),
        _points([0.1, 0.2], [0.1, 1.4]),
    ],
)
def test_points_that_make_no_curve_of_ten_shops_are_none(points: list[Point]) -> None:
    assert benchmark(points) is None
    assert find_benchmark(points, "return_rate_28d", "catering", date(2026, 6, 1)) is None


def test_the_own_industry_goes_before_all_and_the_newest_valid_curve_before_older_ones() -> None:
    shares = [0.0, 0.5, 1.0]
    old = _points([1, 2, 3], shares, source="old")
    new = _points([2, 3, 4], shares, valid_from=date(2026, 6, 1), valid_until=date(2026, 8, 31), source="new")
    everyone = _points([5, 6, 7], shares, industry=ANY_INDUSTRY, source="everyone")
    elsewhere = _points([8, 9, 10], shares, metric="refund_rate", source="elsewhere")
    points = [*everyone, *new, *elsewhere, *old]

    def source(industry: str, on: date) -> str | None:
        found = find_benchmark(points, "return_rate_28d", industry, on)
        return found.source if found else None

    assert source("catering", date(2026, 5, 31)) == "old"
    assert source("catering", date(2026, 6, 1)) == "new"
    assert source("catering", date(2026, 8, 31)) == "new"
    assert source("catering", date(2026, 9, 1)) == "old"
    assert source("beauty", date(2026, 6, 1)) == "everyone"
    assert source("catering", date(2025, 12, 31)) is None
    found = find_benchmark(points, "return_rate_28d", "beauty", date(2026, 6, 1))
    assert found is not None
    assert (found.group, found.median) == ("benchmark:all", 6.0)


def test_a_curve_of_the_industry_that_rests_on_nine_shops_yields_to_that_of_all() -> None:
    few = _points([1, 2, 3], [0.0, 0.5, 1.0], n=9, source="nine")
    everyone = _points([5, 6, 7], [0.0, 0.5, 1.0], industry=ANY_INDUSTRY, source="everyone")
    found = find_benchmark([*few, *everyone], "return_rate_28d", "catering", date(2026, 6, 1))
    assert found is not None
    assert found.source == "everyone"
