"""The snapshot's table of effects: which days, which matches, and why there is no figure."""

from datetime import timedelta

import numpy as np
import pytest

from tests.tools.effect_desk import DAYS, NEWEST, Row, acted, ago, effects_of, ordinary
from tools.effect_reading import CANDIDATES, sample
from tools.groups import FEWEST
from tools.matching import MATCHES, windows


def only(rows: list[Row] | None, series: str = "visits", no: int = 0) -> Row:
    assert rows is not None
    (row,) = [r for r in rows if r["series"] == series and r["no"] == no]
    return row


@pytest.mark.parametrize(
    ("length", "since_start", "days"),
    [
        (0, 90, 28),  # still running, or for good
        (1, 90, 28),  # a broadcast
        (13, 90, 28),
        (14, 90, 14),
        (35, 90, 35),
        (56, 90, 56),
        (90, 90, 56),
        (35, 20, 20),  # not over yet
        (0, 5, 5),
    ],
)
def test_the_days_after_are_the_actions_own_as_far_as_the_data_go(length: int, since_start: int, days: int) -> None:
    one = np.array([0])
    start = one + 300
    found = windows(one, start, one + length, one, start + since_start - 1)
    assert found.after.tolist() == [days]
    assert found.before.tolist() == [28]


def test_a_planted_lift_is_found_in_every_outcome() -> None:
    visits = ordinary(40)
    visits[0, DAYS - 35 :] = np.round(visits[0, DAYS - 35 :] * 1.5)
    rows = effects_of(visits, [acted(0, start=34, days=35)])
    for series, tolerance in (("visits", 0.12), ("orders", 0.12), ("gmv", 0.12)):
        row = only(rows, series)
        assert row["effect"] == pytest.approx(0.5, abs=tolerance)
        assert row["low"] > 0
        assert (row["before_days"], row["after_days"], row["refused"]) == (28, 35, None)
        assert row["effect"] == pytest.approx(
            (row["after"] / row["before"]) / (row["matched_after"] / row["matched_before"]) - 1
        )
        assert row["total"] == pytest.approx(35 * (row["after"] - row["after"] / (1 + row["effect"])))
    own = visits[0, DAYS - 63 :]
    assert only(rows)["before"] == pytest.approx(own[:28].mean())
    assert only(rows)["after"] == pytest.approx(own[28:].mean())
    assert only(rows, "gmv")["after"] == pytest.approx(10 * (own[28:] // 2).mean())


def test_what_shops_do_at_the_same_time_makes_them_no_match() -> None:
    same = [acted(no, start=40) for no in range(10, 25)]
    rows = effects_of(ordinary(40), [acted(0, start=35), *same])
    assert only(rows)["matches"] == 24
    other = [acted(no, "broadcast", start=40, days=1) for no in range(10, 25)]
    rows = effects_of(ordinary(40), [acted(0, start=35), *other])
    assert only(rows)["matches"] == 39  # they come after the quiet ones, but forty are looked for
    long_ago = [acted(no, start=150) for no in range(10, 25)]
    rows = effects_of(ordinary(40), [acted(0, start=35), *long_ago])
    assert only(rows)["matches"] == 39
    still = [acted(no, start=150, days=None) for no in range(10, 25)]
    rows = effects_of(ordinary(40), [acted(0, start=35), *still])
    assert only(rows)["matches"] == 24


def test_a_wide_band_is_enough_and_a_narrow_one_widens_to_the_industry() -> None:
    band = ["catering/small"] * 35 + ["catering/large"] * 20
    rows = effects_of(ordinary(55), [acted(0, start=35), acted(40, start=35)], band=band)
    small, large = only(rows), only(rows, no=40)
    assert (small["matches"], small["group_id"], small["group_level"]) == (33 + 1, "catering/small", "industry_band")
    assert (large["matches"], large["group_id"], large["group_level"]) == (MATCHES, "catering", "industry")


def test_nobody_is_matched_outside_the_industry() -> None:
    industry = ["catering"] * FEWEST + ["cafe"] * 40
    rows = effects_of(ordinary(50), [acted(0, start=35), acted(20, start=35)], industry=industry)
    few = only(rows)
    assert (few["refused"], few["matches"]) == ("few_matches", FEWEST - 1)
    assert few["effect"] is None
    assert few["matched_before"] is None
    assert only(rows, no=20)["matches"] == 39


def test_why_there_is_no_figure() -> None:
    visits = ordinary(45)
    visits[3] = np.where(np.arange(DAYS) % 3 == 0, 1.0, 0.0)
    late = {1: DAYS - 60 - 13}
    actions = [acted(0, start=12), acted(1, start=60), acted(2, start=100, days=60), acted(3, start=50)]
    actions += [acted(4, start=-2)]
    rows = effects_of(visits, actions, first=late, newest={2: ago(90)}, orders_known=False)
    assert only(rows)["refused"] == "too_recent"
    assert only(rows, no=1)["refused"] == "few_days"
    assert only(rows, no=2)["refused"] == "too_recent"  # its feed stopped eleven days after the start
    assert only(rows, no=3)["refused"] == "too_small"
    assert only(rows, no=4)["refused"] == "too_recent"  # planned
    assert {only(rows, "orders", no)["refused"] for no in range(5)} == {"unmeasured"}


def test_a_day_that_is_not_whole_does_not_count() -> None:
    rows = effects_of(ordinary(45), [acted(0, start=20), acted(1, start=20)], partial=[1])
    assert (only(rows)["after_days"], only(rows, no=1)["after_days"]) == (21, 20)


def test_actions_of_long_ago_are_not_measured() -> None:
    rows = effects_of(ordinary(20), [acted(0, start=180), acted(1, start=181)])
    assert rows is not None
    assert {row["no"] for row in rows} == {0}


def test_without_a_log_of_actions_there_is_no_table() -> None:
    assert effects_of(ordinary(3), None) is None


def test_a_log_without_recent_actions_makes_an_empty_table() -> None:
    assert effects_of(ordinary(3), [acted(0, start=300)]) == []


def test_the_order_of_rows_is_irrelevant_to_the_table() -> None:
    visits = ordinary(60)
    actions = [acted(no, kind, start=30 + no) for no in range(0, 60, 3) for kind in ("campaign", "broadcast")]
    assert effects_of(visits, actions) == effects_of(visits, actions, shuffle=9)


def test_the_same_action_told_twice_is_measured_once() -> None:
    rows = effects_of(ordinary(20), [acted(0, start=40), {**acted(0, start=40), "note": "again"}])
    assert only(rows)["note"] == "again"


def test_of_many_shops_a_sample_of_each_band_may_be_matched_the_same_in_any_order() -> None:
    ids = [f"M{n:05d}" for n in range(2000)]
    groups = [0 if n % 4 else 1 for n in range(2000)]
    chosen = {ids[row] for row in sample(ids, groups)}
    assert len(chosen) == 2 * CANDIDATES
    backwards = sample(ids[::-1], groups[::-1])
    assert {ids[::-1][row] for row in backwards} == chosen
    assert sum(groups[ids.index(id)] == 1 for id in chosen) == CANDIDATES


def test_days_after_end_with_the_newest_whole_day() -> None:
    rows = effects_of(ordinary(40), [acted(0, start=34, days=None)])
    row = only(rows)
    assert row["started_on"] + timedelta(days=row["after_days"] - 1) <= NEWEST
    assert row["after_days"] == 28
