"""Which days a question means, for the tools that measure them."""

from datetime import date

import pytest

from bot.answering.measure_tools import preceding, stretch
from tools.types import Period

NEWEST = date(2026, 11, 21)


def days(start: tuple[int, int], end: tuple[int, int]) -> Period:
    return Period(start=date(2026, *start), end=date(2026, *end))


@pytest.mark.parametrize(
    ("period", "before", "on"),
    [
        (None, (10, 24), (11, 21)),  # no period: against four weeks before
        (days((10, 1), (10, 31)), (9, 30), (10, 31)),  # last month: from the end of the month before it
        (days((10, 1), (11, 22)), (9, 30), (11, 21)),  # since 1 October: up to the newest day
        (days((11, 16), (11, 22)), (11, 15), (11, 21)),  # this week, which is not over
        (days((12, 1), (12, 31)), (10, 24), (11, 21)),  # a time to come explains nothing
    ],
)
def test_a_change_is_told_between_two_days(period: Period | None, before: tuple[int, int], on: tuple[int, int]) -> None:
    assert stretch(period, NEWEST) == (date(2026, *before), date(2026, *on))


@pytest.mark.parametrize(
    ("period", "other"),
    [
        (days((11, 21), (11, 21)), days((11, 14), (11, 14))),  # a day: the same weekday before
        (days((11, 9), (11, 15)), days((11, 2), (11, 8))),  # a week: the week before
        (days((11, 20), (11, 22)), days((11, 13), (11, 15))),  # three days: the same weekdays
        (days((10, 1), (10, 31)), days((8, 31), (9, 30))),  # longer: as many days right before
    ],
)
def test_a_sum_is_set_beside_as_many_days_before(period: Period, other: Period) -> None:
    found = preceding(period)
    assert found == other
    assert found.end < period.start
    assert (found.end - found.start) == (period.end - period.start)
