"""The dates of an answer: what each is said to be, and whether the shop, the question or the catalog knows it."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from .moves import Move
from .reading import When, dates

Role = Literal["as_of", "since", "again", "on"]
_BEFORE: tuple[tuple[Role, str], ...] = (
    ("as_of", r"(?:截至|截止到?|\bas (?:of|at)|\bup to)\s*$"),
    ("since", r"(?:\bsince|\bagainst|\bcompared with|\bthan on|\bfrom|自|从|[和与跟]|相比|对比)\s*$"),
    ("again", r"(?:\blook again (?:on|at)|\bback on|\bcheck on)\s*$"),
)
_BEHIND: tuple[tuple[Role, str], ...] = (
    ("again", r"\s*(?:再|回来看|回看|复看|看一?次)"),
    ("since", r"\s*(?:相?比|以来|起|之后)"),
    ("as_of", r"\s*(?:为止|的数据|止)"),
)
_LAST_MONTH = re.compile(r"\blast month|\bprevious month|\bmonth before|上个?月|前一个月", re.IGNORECASE)
_LAST_WEEK = re.compile(r"\blast week|\bprevious week|上(?:个|一)?(?:周|星期|礼拜)", re.IGNORECASE)
_YESTERDAY = re.compile(r"\byesterday|昨[天日]", re.IGNORECASE)
_LAST_YEAR = re.compile(r"\blast year|\ba year (?:ago|earlier)|去年|同比", re.IGNORECASE)


def role(text: str, when: When) -> Role:
    """How the words right around a date use it."""
    ahead, behind = text[: when.start], text[when.end :]
    for name, pattern in _BEFORE:
        if re.search(pattern, ahead, re.IGNORECASE):
            return name
    return next((name for name, pattern in _BEHIND if re.match(pattern, behind)), "on")


def asked_days(question: str, today: date) -> set[date]:
    """The days that a question names: the last of each date or month in it, the ends of last month and last week."""
    found = {min(w.last, today - timedelta(days=1)) for w in dates(question, today)}
    if _LAST_MONTH.search(question):
        found.add(today.replace(day=1) - timedelta(days=1))
    if _LAST_WEEK.search(question):
        found.add(today - timedelta(days=today.weekday() + 1))
    if _YESTERDAY.search(question):
        found.add(today - timedelta(days=1))
    if _LAST_YEAR.search(question):
        found |= {today - timedelta(days=365), today - timedelta(days=364)}
    return found


def known(how: Role, when: When, day: date, today: date, question: str, moves: Sequence[Move]) -> bool:
    """Whether a date may be said: the card's day, the day four or 52 weeks before to compare with, a day that was asked
    for, or, to look again, today and the days that the step takes."""
    if how == "again":
        return when.first in {today + timedelta(days=m.look_again) for m in moves}
    usual = {day} if how == "as_of" else {day, day - timedelta(days=28), day - timedelta(days=364)}
    return when.last in usual | asked_days(question, today)
