"""Which days of the year before a question sets its own against."""

from datetime import date

import pytest

from bot.answering.embedded import dates_calendar as cal
from bot.answering.embedded.dates_calendar import Span
from bot.answering.embedded.slots_year import against_last_year, year_before

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        (cal.week(date(2026, 11, 11)), date(2025, 11, 10), date(2025, 11, 16)),  # the same weekdays
        (cal.month(2025, 2), date(2024, 2, 1), date(2024, 2, 29)),  # a whole month, however long
        (cal.month(2024, 2), date(2023, 2, 1), date(2023, 2, 28)),
        (cal.day(date(2026, 11, 11)), date(2025, 11, 11), date(2025, 11, 11)),
        (Span(date(2026, 10, 1), date(2026, 10, 7), "span"), date(2025, 10, 1), date(2025, 10, 7)),  # National Day
        (Span(date(2026, 2, 17), date(2026, 2, 23), "span"), date(2025, 1, 29), date(2025, 2, 4)),  # Spring Festival
        (Span(date(2026, 10, 25), date(2026, 11, 21), "span"), date(2025, 10, 26), date(2025, 11, 22)),  # 28 days
        (Span(date(2026, 11, 1), TODAY, "month"), date(2025, 11, 1), date(2025, 11, 22)),  # not over yet
    ],
)
def test_the_same_days_a_year_before(span: Span, start: date, end: date) -> None:
    found = year_before(span)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "sales last year",
        "去年卖了多少",
        "去年国庆卖了多少",
        "sales in november last year",
        "october vs september",
        "营业额",
    ],
)
def test_a_question_about_last_year_alone_compares_nothing(text: str) -> None:
    assert against_last_year(text, TODAY) == {}
