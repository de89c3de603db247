"""Which dates a snapshot speaks of, and which of them a card may use."""

from datetime import date, timedelta

import pytest

from tests.tools.measuring_desk import NEWEST, ago
from tools.asof import as_of_dates, feed_state, newest_until

DAY = timedelta(days=1)


def first_of(month: int) -> date:
    return date(2026, month, 1)


def test_the_calendar_is_daily_then_weekly_then_month_ends() -> None:
    dates = as_of_dates(NEWEST, ago(500))
    assert dates == sorted(set(dates))
    assert {ago(n) for n in range(35)} <= set(dates)
    sundays = {date(2026, 11, 15) - timedelta(weeks=n) for n in range(26)}  # whatever weekday the newest is
    months = {date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), *(first_of(m) - DAY for m in range(2, 12))}
    assert set(dates) == {ago(n) for n in range(35)} | sundays | months | {ago(364)}


def test_a_newest_sunday_is_both_a_day_and_a_week() -> None:
    sunday = date(2026, 11, 22)
    assert {d for d in as_of_dates(sunday, ago(500)) if d.weekday() == 6} >= {
        sunday - timedelta(weeks=n) for n in range(26)
    }


def test_no_date_lies_before_the_first_full_window() -> None:
    assert min(as_of_dates(NEWEST, ago(40))) == ago(40) + timedelta(days=27)
    assert as_of_dates(NEWEST, ago(3)) == [NEWEST]


def test_a_lone_shop_finds_its_own_past_for_every_recent_day() -> None:
    dates = set(as_of_dates(NEWEST, ago(500), lone=True))
    assert {ago(n + back) for n in range(35) for back in (0, 28, 364)} <= dates


def test_the_newest_date_not_after_a_limit_is_found_or_there_is_none() -> None:
    dates = [ago(9), ago(2), ago(0)]
    assert [newest_until(dates, ago(n)) for n in (10, 9, 3, 2, -5)] == [None, ago(9), ago(9), ago(2), ago(0)]


@pytest.mark.parametrize(
    ("newest", "complete", "on", "today", "expected"),
    [
        (ago(0), True, ago(-1), ago(-1), ("ok", ago(-1))),
        (ago(2), True, ago(0), ago(-1), ("ok", ago(0))),
        (ago(0), False, ago(-1), ago(-1), ("partial", ago(1))),
        (ago(0), False, ago(0), ago(0), ("partial", ago(1))),
        (ago(0), False, ago(1), ago(0), ("ok", ago(1))),
        (ago(5), True, ago(0), ago(0), ("stale", ago(5))),
        (ago(5), False, ago(0), ago(0), ("stale", ago(6))),
        (ago(5), True, ago(20), ago(0), ("ok", ago(20))),
        (None, True, ago(0), ago(0), ("empty", ago(0))),
    ],
)
def test_a_feed_is_judged_by_the_days_that_are_asked_about(
    newest: date | None, complete: bool, on: date, today: date, expected: tuple[str, date]
) -> None:
    assert feed_state(newest, complete, on=on, today=today) == expected


def test_the_calendar_of_the_next_day_needs_two_dates_more() -> None:
    for n in range(40):
        today, tomorrow = (set(as_of_dates(NEWEST + timedelta(days=n + k), ago(600))) for k in (0, 1))
        new = {NEWEST + timedelta(days=n + 1), NEWEST + timedelta(days=n + 1 - 364)}
        assert tomorrow - today <= new
