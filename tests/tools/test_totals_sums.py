"""Plain sums of a period: what is covered is said, people are counted once, unknown is not zero."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tools.measuring_desk import NEWEST, ago, measure, shop, visit, write_platform
from tools.insights import Totals, TotalsArguments
from tools.reader import SnapshotMeter
from tools.totals import totals
from tools.types import Access, Period


def span(first: int, last: int) -> Period:
    """From so many days before the newest to so many before it."""
    return Period(start=ago(first), end=ago(last))


def ask(
    meter: SnapshotMeter, period: Period, against: Period | None = None, *, merchant: str = "M1", on: date = NEWEST
) -> Totals:  # fmt: skip
    door = meter.shop(Access(merchants=frozenset({merchant})), merchant)
    today = on + timedelta(days=1)
    return totals(door, TotalsArguments(merchant_id=merchant, on=on, today=today, period=period, against=against))


def values(found: Totals, statistic: str = "total") -> dict[str, float | None]:
    return {m.base: m.value for m in found.figures.values() if m.statistic == statistic}


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    """u0 comes every day, u1 every third with an order of 10.10; nobody on the 13th day back. M2's last day is half."""
    folder = tmp_path_factory.mktemp("totals")
    rows: list[dict[str, Any]] = [visit("u0", ago(n)) for n in range(60) if n != 13]
    rows += [visit("u1", ago(n), orders=1, gmv=10.10, discount=1) for n in range(0, 60, 3)]
    rows += [visit("v", ago(n), merchant="M2", orders=1, gmv=5) for n in range(50)]
    feeds = [{"merchant_id": "M2", "newest_day": NEWEST, "complete": False}]
    return measure(folder, write_platform(folder / "platform", activity=rows, feeds=feeds))


def test_people_are_counted_once_and_money_to_the_cent(meter: SnapshotMeter) -> None:
    found = ask(meter, span(6, 0))
    assert values(found) == {"visits": 10.0, "visitors": 2.0, "new_users": 0.0, "orders": 3.0, "gmv": 30.3}
    assert {m.period for m in found.figures.values()} == {span(6, 0)}
    assert values(ask(meter, span(59, 0)))["new_users"] == 2


def test_a_day_without_rows_inside_the_feed_is_a_zero(meter: SnapshotMeter) -> None:
    assert values(ask(meter, span(13, 13))) == dict.fromkeys(("visits", "visitors", "new_users", "orders", "gmv"), 0.0)


def test_a_period_beyond_the_data_is_cut_and_says_so_with_the_other_as_long(meter: SnapshotMeter) -> None:
    found = ask(meter, Period(start=ago(6), end=ago(-20)), span(34, 8))
    assert (found.period, found.against) == (span(6, 0), span(34, 28))
    assert found.figures["visits.total"].period == span(6, 0)
    assert found.figures["visits.total_before"].period == span(34, 28)
    assert values(found, "total_change")["visits"] == 10 - 9
    assert values(found, "total_change")["gmv"] == pytest.approx(30.3 - 20.2, abs=1e-12)


def test_periods_that_are_both_over_are_compared_as_they_are(meter: SnapshotMeter) -> None:
    found = ask(meter, span(10, 4), span(40, 11))
    assert found.against == span(40, 11)
    assert found.get("visits.total_change") is not None


def test_a_half_day_is_not_part_of_any_sum(meter: SnapshotMeter) -> None:
    found = ask(meter, span(1, 0), merchant="M2")
    assert (found.period, found.as_of) == (span(1, 1), ago(1))
    assert values(found)["orders"] == 1
    assert ask(meter, span(0, 0), merchant="M2").refused == "empty"


def test_there_is_no_change_against_days_before_the_first(meter: SnapshotMeter) -> None:
    found = ask(meter, span(20, 0), span(80, 50))
    assert found.against == span(59, 50)
    assert values(found, "total_before")["visits"] == 10 + 3
    assert values(found, "total_change") == {}
    nothing = ask(meter, span(20, 0), span(200, 180))
    assert nothing.against is None
    assert values(nothing, "total_before") == {}


@pytest.mark.parametrize("period", [span(300, 200), span(-2, -9), Period(start=ago(3), end=ago(5))])
def test_nothing_covered_is_refused(meter: SnapshotMeter, period: Period) -> None:
    found = ask(meter, period)
    assert (found.refused, found.figures) == ("empty", {})


def test_a_run_of_days_too_long_for_the_merchant_is_missing_while_others_have_theirs(tmp_path: Path) -> None:
    rows = [visit("u", ago(n), merchant=m) for m in ("M1", "M2") for n in range(90) if m == "M2" or not 20 <= n < 26]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows))
    gap = span(25, 20)
    within = ask(meter, span(27, 10), span(45, 28))
    assert within.gaps == (gap,)
    assert (within.figures["visits.missing"].value, within.figures["visits.missing"].period) == (6, gap)
    assert values(within) == {**values(within), "visits": 12.0}
    assert values(within, "total_change") == {}
    assert ask(meter, gap).refused == "gap"
    assert ask(meter, span(22, 21)).refused == "gap"
    later = ask(meter, span(10, 0), span(27, 17))
    assert (later.gaps, later.gaps_before) == ((), (gap,))
    assert values(later, "total_change") == {}
    assert ask(meter, span(27, 10), merchant="M2").gaps == ()


def test_a_day_on_which_nobody_has_a_row_is_missing(tmp_path: Path) -> None:
    rows = [visit("u", ago(n), merchant=m) for m in ("M1", "M2") for n in range(60) if n != 5]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows))
    assert ask(meter, span(9, 0)).gaps == (span(5, 5),)


def test_days_since_the_feed_stopped_are_missing_but_a_day_still_coming_in_is_not(
    meter: SnapshotMeter,
) -> None:
    stopped = ask(meter, span(3, -3), on=ago(-2))
    assert stopped.gaps == (span(-1, -2),)
    assert ask(meter, span(3, 0), merchant="M2").gaps == ()


def test_the_question_looks_no_further_than_its_own_day(meter: SnapshotMeter) -> None:
    assert ask(meter, span(9, 0), on=ago(5)).period == span(9, 5)


def test_totals_of_an_operator_without_users_leave_out_what_only_users_could_tell(tmp_path: Path) -> None:
    daily = [{"merchant_id": "M1", "day": ago(n), "visits": 5, "visitors": 4, "gmv": 30.5} for n in range(40)]
    platform = write_platform(tmp_path / "platform", merchants=[shop("M1"), shop("M2")], daily=daily)
    found = measure(tmp_path, platform)
    assert values(ask(found, span(6, 0))) == {"visits": 35.0, "gmv": 213.5}
    assert values(ask(found, span(0, 0))) == {"visits": 5.0, "visitors": 4.0, "gmv": 30.5}
    assert ask(found, span(6, 0), merchant="M2").refused == "empty"
