"""Which days a step speaks of: its period, the one it is set against, the last day of a plan."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.answering.embedded.dates import DateMention, find_dates
from bot.answering.embedded.dates_calendar import DAY, Span
from bot.answering.embedded.slots_limits import Limit
from bot.answering.types import Intent
from tools.types import Period

AHEAD: frozenset[Intent] = frozenset({"plan", "forecast", "points"})
# What can only have happened: 改成 7 天之后 is no day to come.
_LOOKS_BACK: frozenset[Intent] = frozenset({"explain", "effect", "compare"})
LONG_AGO = timedelta(days=35)
_THAN = re.compile(
    r"(?:\b(?:than|(?:up|down) on|versus|vs\.?|against|compared? (?:to|with)|relative to)"
    r"(?: (?:it|they|we|i) (?:was|were|had|did))?(?: (?:in|on|at|during|before|around))?(?: the)?"
    r"|[比较]起?|相比|对比|相对)\s*(?:在|于)?\s*$"
)
# Behind a date: 上个月比, 国庆前相比.
_SET_AGAINST = re.compile(
    r"^\s*(?:的时候|那时候?|那会儿?|之前|以前|前|同期)?\s*(?:相比|比起来|比较|比,|比$|比(?=为|怎|是|掉|少|低|差|涨|多))"
)
_BY_BEFORE = re.compile(
    r"\b(?:by|before|until|till|within|in|no later than|end of)(?: the)?\s*$|(?:到|至|在|赶在|截至|截止)\s*$"
)
_BY_AFTER = re.compile(r"^\s*(?:之前|以前|前|之?内|以内|为止|结束前)")
_BY_INSIDE = re.compile(r"[底末内]$|\bend\b|^(?:within|in|inside|over) ")


def _period(span: Span) -> Period:
    return Period(start=span.start, end=span.end)


def is_against(text: str, mention: DateMention) -> bool:
    return bool(_THAN.search(text[: mention.start]) or _SET_AGAINST.match(text[mention.end :]))


def _change(text: str, mentions: Sequence[DateMention], today: date) -> Period | None:
    """The days over which something changed: a period as named, or what has passed since the one it is measured by."""
    earlier = next((m.span for m in mentions if is_against(text, m) and m.span.end < today), None)
    others = [m.span for m in mentions if earlier is None or m.span is not earlier]
    if earlier is None:
        return _period(others[0]) if others else None
    later = next((s for s in others if s.start > earlier.end), None)
    return Period(start=earlier.end + DAY, end=later.end if later else today)


def period_of(text: str, intent: Intent, today: date) -> Period | None:
    """The period that a plain text names; of an explanation the days over which the figure changed."""
    found = find_dates(text, today, ahead=intent in AHEAD, due=intent != "forecast")
    if intent in _LOOKS_BACK:
        found = [m for m in found if m.span.start <= today]
    if intent == "explain":
        return _change(text, found, today)
    if intent == "compare" and len(found) > 1:
        return _period(max((m.span for m in found), key=lambda s: s.end))
    return _period(found[0].span) if found else None


def against_of(text: str, today: date) -> Period | None:
    """The earlier of the two periods that a comparison names; None where it names fewer."""
    found = find_dates(text, today)
    if len(found) < 2:
        return None
    first, second = sorted((m.span for m in found[:2]), key=lambda s: s.end)
    return _period(first) if first != second else None


def since_then(text: str, today: date) -> dict[str, Period]:
    """The slots of sums set against one period: "orders compared with last week" are those of the days since then.

    Empty where two periods are named, or the one named is so long ago that nobody means all the days since.
    """
    found = find_dates(text, today)
    if len(found) != 1 or not is_against(text, found[0]):
        return {}
    span, yesterday = found[0].span, today - DAY
    if not today - LONG_AGO <= span.end < yesterday:
        return {}
    return {"period": Period(start=span.end + DAY, end=yesterday), "against": _period(span)}


def _marked(text: str, mention: DateMention) -> bool:
    said = text[mention.start : mention.end]
    return bool(
        _BY_BEFORE.search(text[: mention.start]) or _BY_AFTER.match(text[mention.end :]) or _BY_INSIDE.search(said)
    )


def deadline_of(text: str, limits: Sequence[Limit], today: date, *, marked: bool = False) -> date | None:
    """The last day of a plan: the last one said to be a deadline, else (unless `marked`) any day to come."""
    ahead = [
        m
        for m in find_dates(text, today, ahead=True)
        if m.span.end > today and all(m.end <= limit.start or m.start >= limit.end for limit in limits)
    ]
    clear = [m for m in ahead if _marked(text, m)]
    chosen = clear or ([] if marked else ahead)
    return chosen[-1].span.end if chosen else None
