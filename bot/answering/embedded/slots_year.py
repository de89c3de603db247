"""Set against the year before: 同比, 和去年比, "this November against last year"; the same days, a year earlier."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.answering.embedded.dates import WINDOW, DateMention, find_dates
from bot.answering.embedded.dates_calendar import DAY, FIXED, MID_AUTUMN, SPRING_FESTIVAL, Span, holiday
from bot.answering.embedded.slots_periods import is_against
from tools.types import Period

_WEEKS = timedelta(weeks=52)  # the same weekdays
_YEAR_ON_YEAR = re.compile(
    r"同比|去年同|\b(?:year[ -](?:on|over)[ -]year|yoy|y/y)\b"
    r"|\b(?:same (?:days?|weeks?|months?|time|period|stretch)|compared? (?:to|with)|than|versus|vs\.?|against)"
    r"(?: a| one)? (?:last year|(?:the )?(?:previous|prior) year|(?:a |one )?year (?:ago|earlier|before))\b"
)
_LUNAR = {"spring_festival": SPRING_FESTIVAL, "mid_autumn": MID_AUTUMN}


def against_last_year(text: str, today: date) -> dict[str, Period]:
    """The slots of a question that sets some days against the same ones of the year before; empty where none does.

    Without days of its own, the question is about the last 28.
    """
    found = find_dates(text, today)
    of_then = [m for m in found if _is_last_year(m.span, today)]
    others = [m for m in found if m not in of_then and m.span.start <= today]
    said = bool(_YEAR_ON_YEAR.search(text)) or any(is_against(text, m) for m in of_then)
    if not (said or (of_then and others)) or _names_both(others):
        return {}
    span = others[0].span if others else Span(today - WINDOW, today - DAY, "span")
    return {"period": Period(start=span.start, end=span.end), "against": year_before(span)}


def _is_last_year(span: Span, today: date) -> bool:
    return span.grain == "year" and span.start.year == today.year - 1


def _names_both(others: Sequence[DateMention]) -> bool:
    """Whether the question names the other days itself: October 2026 and October 2025."""
    return len({m.span for m in others}) > 1


def year_before(span: Span) -> Period:
    """The same days a year before: feasts by their own date, weeks by their weekdays, all else by the calendar."""
    for name in (*FIXED, *_LUNAR):
        if holiday(name, span.start.year) == span and (before := holiday(name, span.start.year - 1)):
            return Period(start=before.start, end=before.end)
    days = (span.end - span.start).days + 1
    if span.grain == "week" or (span.grain == "span" and days % 7 == 0):
        return Period(start=span.start - _WEEKS, end=span.end - _WEEKS)
    start, end = (day - relativedelta(years=1) for day in (span.start, span.end))
    if (span.end + DAY).day == 1:  # the end of February is the end of February
        end = end.replace(day=monthrange(end.year, end.month)[1])
    return Period(start=start, end=end)
