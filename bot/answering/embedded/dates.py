"""When a question speaks of: each date expression as inclusive business days, relative to the asker's today."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.answering.embedded import dates_en, dates_zh
from bot.answering.embedded.dates_calendar import DAY, Span

_RULES = (*dates_zh.RULES, *dates_en.RULES)
_HINT = re.compile(
    r"\d|年|月|日|天|今|昨|周|星期|礼拜|季|双十|十一|国庆|春节|五一|元旦|圣诞|中秋|情人节|妇女节|过年|号|day|week"
    r"|month|fortnight|quarter|year|end|today|tomorrow|tonight|christmas|festival|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|[ymqw]td|xmas|valentine"
)
_JOIN = re.compile(r"^\s*(?:到|至|~|-|–|—|to|until|till|through|and)\s*$")
_SINCE_BEFORE = re.compile(r"(?:since|从|自|自从|打)(?: the)?\s*$")
_SINCE_AFTER = re.compile(r"^\s*(?:以来|之后|开始|起|至今|到现在|到今天)")
_UNTIL_BEFORE = re.compile(r"(?:\bby|\buntil|\btill|\bwithin|\bbefore|\bend of|到|在|赶在)(?: the)?\s*$")
_UNTIL_SAID = re.compile(r"(?:\bby|\buntil|\btill|\bwithin|\bbefore|到|赶在|截至|截止)(?: the)?\s*$")
_BEFORE_BEFORE = re.compile(r"\bbefore(?: the)?\s*$")
_BEFORE_AFTER = re.compile(r"^\s*(?:之前|以前|前(?![后半几\d一二两三四五六七八九十]))")
_AFTER_BEFORE = re.compile(r"\b(?:after|following)(?: the)?\s*$")
_AFTER_AFTER = re.compile(r"^\s*(?:之后|以后|过后|后(?!天|面|续|来))")
# What a past day is looked at by: the window that ends on it.
WINDOW = timedelta(days=28)


@dataclass(frozen=True)
class DateMention:
    """A date expression at [start, end) of the plain text."""

    start: int
    end: int
    span: Span


def _matches(text: str, today: date, ahead: bool) -> Iterator[DateMention]:
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text):
            try:
                span = resolve(match, today, ahead)
            except (ValueError, OverflowError):  # a date that no calendar has, such as the year 2099 of a lunar feast
                span = None
            if span is not None:
                yield DateMention(match.start(), match.end(), span)


def _longest(found: list[DateMention]) -> list[DateMention]:
    kept: list[DateMention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
        elif mention.end - mention.start > kept[-1].end - kept[-1].start:
            kept[-1] = mention
    return kept


def _is_week_turned(first: Span, last: Span) -> bool:
    return first.grain == last.grain == "day" and timedelta(0) < first.start - last.start < timedelta(weeks=1)


def _ranges(text: str, mentions: list[DateMention]) -> list[DateMention]:
    """Two dates with "to" between them are one."""
    joined: list[DateMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        if before and _is_week_turned(before.span, mention.span):  # Sunday to Wednesday, said on a Sunday
            week = timedelta(weeks=1)
            before = replace(before, span=Span(before.span.start - week, before.span.end - week, "day"))
        if before and _JOIN.match(text[before.end : mention.start]) and before.span.start <= mention.span.end:
            between = text[before.end : mention.start].strip()
            opened = text[: before.start].rstrip().endswith(("between", "from", "从"))
            if between != "and" or opened:
                joined[-1] = DateMention(before.start, mention.end, Span(before.span.start, mention.span.end, "span"))
                continue
        joined.append(mention)
    return joined


def _since(text: str, mention: DateMention, today: date) -> DateMention:
    """Since Monday, 周一以来: up to today."""
    before, after = _SINCE_BEFORE.search(text[: mention.start]), _SINCE_AFTER.match(text[mention.end :])
    word = after.group().strip() if after else ""
    if not (before or word) or (word == "之后" and not before) or mention.span.start > today:
        return mention
    start = before.start() if before else mention.start
    return DateMention(start, mention.end + (after.end() if after else 0), Span(mention.span.start, today, "span"))


def _beside(text: str, mention: DateMention, today: date) -> DateMention:
    """After National Day, 国庆之后: from the day behind it up to today; before it: the 28 days that end there."""
    head, tail, span = text[: mention.start], text[mention.end :], mention.span
    if span.end >= today:
        return mention
    if _AFTER_BEFORE.search(head) or _AFTER_AFTER.match(tail):
        return DateMention(mention.start, mention.end, Span(span.end + DAY, today, "span"))
    if _BEFORE_BEFORE.search(head) or _BEFORE_AFTER.match(tail):
        last = span.end if text[: mention.end].endswith(("底", "末")) else span.start - DAY
        return DateMention(mention.start, mention.end, Span(last - WINDOW + DAY, last, "span"))
    return mention


def _deadline(text: str, mention: DateMention, today: date) -> DateMention:
    """By Friday, 年底前: from today to that day; "before X" ends the day before X begins."""
    span, head, tail = mention.span, text[: mention.start], text[mention.end :]
    if span.start <= today:
        return mention if span.end < today else DateMention(mention.start, mention.end, Span(today, span.end, "span"))
    excluded = _BEFORE_BEFORE.search(head) or _BEFORE_AFTER.match(tail)
    whole = span.grain in ("month", "quarter", "half", "year")
    if (
        excluded
        and not text[: mention.end].endswith(("底", "末"))
        and not re.search(r"\bend\b", text[mention.start : mention.end])
    ):
        return DateMention(mention.start, mention.end, Span(today, span.start - DAY, "span"))
    ends = text[mention.start : mention.end].endswith(("底", "末")) or re.search(
        r"\bend\b", text[mention.start : mention.end]
    )
    if excluded or ends or _UNTIL_BEFORE.search(head) or (not whole and span.grain != "week"):
        return DateMention(mention.start, mention.end, Span(today, span.end, "span"))
    return mention


def _so_far(mention: DateMention, today: date) -> DateMention:
    """A month or year that is still running has been measured up to today only."""
    span = mention.span
    if not span.start <= today < span.end:
        return mention
    return DateMention(mention.start, mention.end, Span(span.start, today, span.grain))


def _said_until(text: str, mention: DateMention) -> bool:
    """Whether the words around a day to come make it the last of those spoken of: until Friday, 到年底."""
    head, tail = text[: mention.start], text[mention.end :]
    return bool(_UNTIL_SAID.search(head) or _BEFORE_AFTER.match(tail))


def find_dates(text: str, today: date, *, ahead: bool = False, due: bool = True) -> list[DateMention]:
    """All dates that a plain text names, left to right.

    A month or feast without a year is the latest that has begun, or with `ahead` (plans, forecasts) the next one;
    with `ahead` a day to come is a deadline, so that the span runs from today; unless `due` only where it is said so.
    """
    if not _HINT.search(text):
        return []
    mentions = [_since(text, m, today) for m in _ranges(text, _longest(list(_matches(text, today, ahead))))]
    if ahead and not due:
        return [_deadline(text, m, today) if _said_until(text, m) else m for m in mentions]
    return [_deadline(text, m, today) if ahead else _so_far(_beside(text, m, today), today) for m in mentions]


def document_day(span: Span) -> date:
    """The one day at which a rule is asked about.

    A month means its middle: a rule that began or ended inside the month is then judged by where most of the
    month lies, and the first day would miss every rule that starts on the second.
    """
    if span.grain == "month":
        return span.start.replace(day=15)
    return span.start + (span.end - span.start) / 2
