"""Spans of days on the calendar: weeks, months, quarters, holidays, and the last so many days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

Grain = Literal["day", "week", "month", "quarter", "half", "year", "span"]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Business days, both ends included, and how coarsely they were named."""

    start: date
    end: date
    grain: Grain


# First days of the lunar festivals: they follow no rule of the solar calendar.
SPRING_FESTIVAL = {
    2019: (2, 5), 2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29),
    2026: (2, 17), 2027: (2, 6),
    2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11),
}  # fmt: skip
MID_AUTUMN = {
    2019: (9, 13), 2020: (10, 1), 2021: (9, 21), 2022: (9, 10), 2023: (9, 29), 2024: (9, 17), 2025: (10, 6),
    2026: (9, 25), 2027: (9, 15),
    2028: (10, 3), 2029: (9, 22), 2030: (9, 12), 2031: (10, 1), 2032: (9, 19),
}  # fmt: skip
FIXED = {
    "double_11": (11, 11, 1), "double_12": (12, 12, 1), "618": (6, 18, 1), "national_day": (10, 1, 7),
    "labour_day": (5, 1, 5),
    "new_year": (1, 1, 1), "christmas": (12, 25, 1), "valentine": (2, 14, 1), "women": (3, 8, 1),
}  # fmt: skip


def day(d: date) -> Span:
    return Span(d, d, "day")


def week(d: date) -> Span:
    """Monday to Sunday around d."""
    monday = d - timedelta(days=d.weekday())
    return Span(monday, monday + timedelta(days=6), "week")


def month(year: int, number: int) -> Span:
    return Span(date(year, number, 1), date(year, number, monthrange(year, number)[1]), "month")


def quarter(year: int, number: int) -> Span:
    return Span(date(year, 3 * number - 2, 1), month(year, 3 * number).end, "quarter")


def half(year: int, number: int) -> Span:
    return Span(date(year, 6 * number - 5, 1), month(year, 6 * number).end, "half")


def year_span(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31), "year")


def around(d: date, unit: str) -> Span:
    """The calendar unit that holds d."""
    if unit == "week":
        return week(d)
    if unit == "month":
        return month(d.year, d.month)
    if unit == "quarter":
        return quarter(d.year, (d.month + 2) // 3)
    if unit == "half":
        return half(d.year, (d.month + 5) // 6)
    return year_span(d.year) if unit == "year" else day(d)


def step(unit: str, n: float) -> relativedelta:
    whole = int(n)
    if unit == "half":
        return relativedelta(months=6 * whole)
    if unit == "quarter":
        return relativedelta(months=3 * whole)
    if unit == "month":
        # Half a month is fifteen days; nobody means a quarter of February.
        return relativedelta(months=whole, days=15 if n > whole else 0)
    if unit == "year":
        return relativedelta(years=whole, months=6 if n > whole else 0)
    return relativedelta(weeks=whole) if unit == "week" else relativedelta(days=whole)


def shifted(today: date, unit: str, n: int, ahead: bool) -> Span:
    """The calendar unit n units from today; the running one counts up to today, or from today when one looks ahead."""
    whole = around(today + step(unit, n), unit)
    if n != 0:
        return whole
    return Span(today, whole.end, whole.grain) if ahead else Span(whole.start, today, whole.grain)


def last(today: date, unit: str, n: float) -> Span:
    """The last n units that are complete: today is still running, so they end yesterday."""
    return Span(today - step(unit, n), today - DAY, "span")


def coming(today: date, unit: str, n: float) -> Span:
    """From today on, n units, both ends included."""
    return Span(today, today + step(unit, n) - DAY, "span")


def nearest(candidates: list[Span], today: date, ahead: bool) -> Span:
    """Of the same thing in several years: the latest that has begun, or the first that has not ended yet."""
    if ahead:
        return min((s for s in candidates if s.end >= today), key=lambda s: s.start)
    return max((s for s in candidates if s.start <= today), key=lambda s: s.start)


def holiday(name: str, year: int) -> Span | None:
    """A festival in one year; None for a lunar one beyond the table."""
    lunar = {"spring_festival": SPRING_FESTIVAL, "mid_autumn": MID_AUTUMN}.get(name)
    if lunar is not None:
        if year not in lunar:
            return None
        first = date(year, *lunar[year])
        return Span(first, first + 6 * DAY, "span") if name == "spring_festival" else day(first)
    number, first_day, days = FIXED[name]
    first = date(year, number, first_day)
    return Span(first, first + (days - 1) * DAY, "day" if days == 1 else "span")


def nearest_holiday(name: str, today: date, ahead: bool) -> Span | None:
    spans = [s for y in (today.year - 1, today.year, today.year + 1) if (s := holiday(name, y))]
    return nearest(spans, today, ahead) if spans else None


def nearest_month(number: int, today: date, ahead: bool) -> Span:
    return nearest([month(y, number) for y in (today.year - 1, today.year, today.year + 1)], today, ahead)


def nearest_quarter(number: int, today: date, ahead: bool) -> Span:
    return nearest([quarter(y, number) for y in (today.year - 1, today.year, today.year + 1)], today, ahead)


def part(span: Span, name: str) -> Span:
    """The beginning, middle or end of a span: ten days of a month, one month of anything longer."""
    if span.grain in ("quarter", "half", "year"):
        d = {"start": span.start, "end": span.end}.get(name, span.start + (span.end - span.start) / 2)
        inner = month(d.year, d.month)
        return Span(inner.start, inner.end, "span")
    if span.grain != "month":
        return span
    tenth, twentieth = span.start + 9 * DAY, span.start + 19 * DAY
    ends = {"start": (span.start, tenth), "middle": (tenth + DAY, twentieth), "end": (twentieth + DAY, span.end)}
    return Span(*ends[name], "span")


def end_week(span: Span, which: str) -> Span:
    """The `first` or `last` seven days of a span."""
    if which == "first":
        return Span(span.start, span.start + 6 * DAY, "span")
    return Span(span.end - 6 * DAY, span.end, "span")


def nearest_day(number: int, today: date, ahead: bool) -> Span | None:
    """The latest day of that number in a month which has begun, or the first that has not ended yet."""
    months = (today + relativedelta(months=n) for n in (-2, -1, 0, 1, 2))
    spans = [s for m in months if (s := valid(m.year, m.month, number))]
    return nearest(spans, today, ahead) if spans else None


def days_between(first: Span | None, last_day: int) -> Span | None:
    """From a day to another of the same month; None where that lies before it or does not exist."""
    end = valid(first.start.year, first.start.month, last_day) if first else None
    return Span(first.start, end.end, "span") if first and end and end.end >= first.start else None


def valid(year: int, number: int, day_number: int) -> Span | None:
    try:
        return day(date(year, number, day_number))
    except ValueError:
        return None
