"""Chances are plain counts of others who stood near, with intervals as published; never told of fewer than ten."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from tools.chances_table import Pairs
from tools.odds import chance, likely, what_they_did
from tools.shares import newcombe, wilson

DAY = date(2026, 11, 21)


def pairs_of(
    before: list[float], now: list[float], did: list[int] | None = None, who: list[int] | None = None, name: str = "all"
) -> Pairs:
    size = len(before)
    return Pairs(
        name, "all", DAY - timedelta(days=27), DAY, np.array(before, dtype=float), np.array(now, dtype=float),
        np.array(did or [0] * size), np.array(who or range(size)),
    )  # fmt: skip


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_wilsons(shot: tuple[int, int]) -> None:
    hits, n = shot
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= wilson(hits, n).low <= hits / n <= wilson(hits, n).high <= 1


@pytest.mark.parametrize(
    ("shot", "published"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_newcombes_as_published(
    shot: tuple[int, int, int, int], published: tuple[float, float]
) -> None:
    """Newcombe 1998, Statistics in Medicine 17, table II, method 10."""
    assert newcombe(*shot) == pytest.approx(published, abs=5e-5)


def test_a_chance_counts_who_stood_within_ten_points_and_gained_that_much() -> None:
    before = [40.0] * 8 + [50.0, 60.0, 39.9, 60.1]  # ten within 50 +- 10, the limits included
    now = [45.0] * 3 + [44.9] * 5 + [55.0, 64.0, 99.0, 99.0]
    found = chance(pairs_of(before, now), 50.0, 5.0)
    assert found is not None
    assert (found.managed, found.n, found.share) == (4, 10, 0.4)
    assert (found.low, found.high) == pytest.approx(binomtest(4, 10).proportion_ci(method="wilson"), abs=1e-12)


def test_nobody_is_counted_among_those_alike_to_oneself() -> None:
    others = [50.0] * 11
    found = chance(pairs_of(others, [60.0] + [50.0] * 10), 50.0, 5.0, without=0)
    assert found is not None
    assert (found.managed, found.n) == (0, 10)
    assert chance(pairs_of([50.0] * 10, [60.0] * 10), 50.0, 5.0, without=0) is None


def test_under_ten_merchants_nothing_is_told_however_often_they_are_counted() -> None:
    assert chance(pairs_of([50.0] * 9, [60.0] * 9), 50.0, 5.0) is None
    twice = pairs_of([50.0] * 18, [60.0] * 18, who=[*range(9), *range(9)])
    assert chance(twice, 50.0, 5.0) is None
    assert likely([twice], 50.0, 5.0) is None
    kinds = ("a",)
    many = pairs_of([50.0] * 29, [60.0] * 9 + [50.0] * 20, [1] * 29)
    assert what_they_did([many], kinds, 50.0, 5.0) == ()
    assert what_they_did([pairs_of([50.0] * 30, [60.0] * 10 + [50.0] * 20, [1] * 30)], kinds, 50.0, 5.0) != ()


def test_a_base_under_thirty_widens_and_the_group_used_is_named() -> None:
    near, wide = pairs_of([50.0] * 29, [60.0] * 29, name="a/small"), pairs_of([50.0] * 40, [50.0] * 40, name="a")
    found = likely([near, wide], 50.0, 5.0)
    assert found is not None
    assert (found.group, found.share) == ("a", 0.0)
    enough = pairs_of([50.0] * 30, [60.0] * 30, name="a/small")
    told = likely([enough, wide], 50.0, 5.0)
    assert told is not None
    assert (told.group, told.share) == ("a/small", 1.0)
    assert likely([wide], 50.0, 0.0) is None  # nothing is no gain
    assert likely([], 50.0, 5.0) is None


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=10, max_size=60), st.randoms())
def test_a_larger_gain_is_never_likelier_and_the_order_of_rows_is_nothing(
    rows: list[tuple[float, float]], random: object
) -> None:
    one = pairs_of([b for b, _ in rows], [n for _, n in rows])
    turn = np.random.default_rng(len(rows)).permutation(len(rows))
    other = replace(one, before=one.before[turn], now=one.now[turn], did=one.did[turn], who=one.who[turn])
    shares = []
    for gain in (1.0, 5.0, 5.0, 30.0):
        found = chance(one, 50.0, gain)
        assert found == chance(other, 50.0, gain)
        shares.append(found.share if found else 0.0)
    assert shares == sorted(shares, reverse=True)


def test_what_those_did_is_told_with_both_sides_and_the_largest_difference_first() -> None:
    before, now = [50.0] * 40, [60.0] * 15 + [50.0] * 25
    did = [0b011] * 9 + [0b001] * 6 + [0b001] * 5 + [0b010] * 2 + [0] * 18
    found = what_they_did([pairs_of(before, now, did)], ("stamp_card", "broadcast", "idle"), 50.0, 5.0)
    assert [(d.kind, d.improved, d.improved_n, d.rest, d.rest_n) for d in found] == [
        ("stamp_card", 15, 15, 5, 25),
        ("broadcast", 9, 15, 2, 25),
    ]  # nobody was idle
    assert found[1].difference == pytest.approx(9 / 15 - 2 / 25)
    assert found[1].interval == newcombe(9, 15, 2, 25)
