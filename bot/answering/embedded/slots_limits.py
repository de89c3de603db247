"""What a plan may cost: two hours a week, 预算 500 块, without spending any money, at most 3,000 points."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.answering.embedded.slots_numbers import small_number

Kind = Literal["hours", "yuan", "credits"]

_N = (
    r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零一两二三四五六七八九十百千]{1,6}|半"
    r"|\b(?:half an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|a couple of|an?)\b)"
    r"(?P<scale> ?(?:万|千|k\b))?"
)
# Of money no "a": "with a budget" is no yuan.
_SUM = (
    r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零一两二三四五六七八九十百千]{1,6})(?P<scale> ?(?:万|千|k\b))?"
)
_PER = {
    r"(?:每|一)个?(?:周|星期|礼拜)|\b(?:a|per|each|every) week\b|\bweekly\b|/ ?(?:week|wk|w)\b": 7,
    r"(?:每|一)天|每[日晚]|天天|\b(?:a|per|each|every) (?:day|night|evening|morning)\b|\bdaily\b|/ ?(?:day|d)\b": 1,
    r"(?:每|一)个?月|\b(?:a|per|each|every) month\b|\bmonthly\b": 30,
}
# Amounts of money that are a limit by their words; a bare amount is one only where no figure is meant by it.
_BUDGET = (
    r"(?:(?:钱|手头|手里|手上|兜里)(?:不多|紧|少)? ?,?(?:就|只有|有|剩|才)|预算|经费|成本(?=控制|不超|别超|最多)"
    r"|(?:能|想|肯|要|只|多|再|别|愿意)花|花个?|投入|拿出?|出得起"
    r"|\bbudget(?: of| is|:)?|\bspend(?:ing)?|\binvest(?:ing)?)"
)
_AT_MOST = (
    r"(?: ?(?:是|为|在|只有|只能|就|最多|不超过|不要超过|不能超过|顶多|控制在|大概|大约|约|了|超过|at most|no more than"
    r"|more than|up to|only|just|around|about|max(?:imum)?))* ?"
)
_MONEY = r" ?(?:元|块钱?|人民币|rmb\b|yuan\b|cny\b|kuai\b)"
_RULES: tuple[tuple[Kind, bool, re.Pattern[str]], ...] = (
    ("hours", True, re.compile(
        rf"{_N} ?个?(?P<half>半)? ?(?:小时|钟头|hours?\b|hrs?\b)(?P<more>半|\W*(?:and a half))?"
        r"(?! ?(?:之?内|以内|后|前|ago|later))")),
    ("hours", True, re.compile(rf"{_N} ?(?P<minutes>分钟|minutes?\b|mins?\b)")),
    ("credits", True, re.compile(
        rf"{_N} ?个?(?:激励点数?|点数|积分|credits?\b|(?:of (?:my|our|the) )?(?:incentive|promotion) points?\b)")),
    ("credits", False, re.compile(rf"{_N} ?(?:点(?![钟半数])|points?\b)")),
    ("yuan", True, re.compile(
        rf"{_BUDGET}{_AT_MOST}[¥￥]?{_SUM}(?:{_MONEY})?"
        r"(?! ?(?:%|个?百分|percent|分|小时|钟头|个|点|points?|hours?|days?|weeks?|months?|天|周|家|人|people|\d))")),
    ("yuan", True, re.compile(rf"{_SUM}(?:{_MONEY})?(?= ?(?:的?预算|budget))")),
    ("yuan", True, re.compile(rf"{_SUM}{_MONEY}(?= ?(?:以内|之内|封顶|to spend|to invest|at most|max))")),
    ("yuan", True, re.compile(rf"\b(?:with|under|within|for)(?: only| just| less than)? {_SUM}{_MONEY}")),
    ("yuan", False, re.compile(rf"[¥￥] ?{_SUM}")),
    ("yuan", False, re.compile(rf"{_SUM}{_MONEY}")),
)  # fmt: skip
_NOTHING: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("yuan", re.compile(
        r"(?:不想?再?|不要|不用|不能|不愿意?|别|没有?)(?:多|再|额外)?(?:花|掏|出)(?:一分)?(?:钱|费用|本钱)"
        r"|一分钱(?:都|也)?不(?:想|能|用|肯)?(?:花|掏)|零(?:成本|预算|花费|投入)"
        r"|没有?(?:预算|钱)|不用钱|免费|\b(?:without|w/o) (?:spending|paying)(?: (?:any|more|extra|a))*"
        r"(?: (?:money|cent|penny|yuan|thing|anything|cash))?|\b(?:no|zero) (?:budget|money|cost|spending|spend)\b"
        r"|\bfor free\b|\bfree of charge\b|\bspend(?:ing)? (?:nothing|no money|a cent)|\bcosts? (?:me )?nothing"
        r"|\b(?:not|don't|won't|can't|cannot) (?:want to |going to )?(?:spend|pay)(?:ing)?(?: any)?(?: more)?"
        r"(?: money)?\b")),
    ("credits", re.compile(
        r"(?:不|别)(?:想|要|能)?再?(?:动|用|花|碰)(?:我的|那些|激励)*点数?|\bkeep(?:ing)? my (?:points|credits)"
        r"|\b(?:without|not|don't|no) (?:using |touch(?:ing)? |spend(?:ing)? |use )?(?:any |my |the )*(?:of my )?"
        r"(?:incentive )?(?:points|credits)\b")),
)  # fmt: skip
MOST_SCORE = 100  # nobody's score is higher: 2,000 points are incentive points


@dataclass(frozen=True)
class Limit:
    """At [start, end): so many hours, yuan or credits, each `days` days where a rhythm is said (0: in all).

    `sure` is False for a bare amount, which may be what a figure of money should become.
    """

    start: int
    end: int
    kind: Kind
    value: float
    days: int = 0
    sure: bool = True


def _rhythm(text: str, match: re.Match[str], amounts: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """(start, end, days) with "a week" behind the amount or 每周 a little before it.

    "3 hours a week and 500 yuan", 每周3小时500块: what belongs to another amount says nothing of this one.
    """
    start, end = match.start(), match.end()
    for pattern, days in _PER.items():
        behind = re.match(rf" ?(?:{pattern})", text[end:])
        if behind:
            return start, end + behind.end(), days
        before = re.search(rf"(?:{pattern})[^,.;?!]{{0,8}}$", text[:start])
        apart = before and all(b <= before.start() or a >= start for a, b in amounts)
        behind_another = (
            before
            and before.group().isascii()
            and any(b <= before.start() and text[b : before.start()] in ("", " ") for _, b in amounts)
        )
        if before and apart and not behind_another:
            return before.start(), end, days
    return start, end, 0


def _value(match: re.Match[str]) -> float | None:
    groups = match.groupdict()
    value = small_number(groups["n"].replace(",", "").removesuffix(" an"))
    if value is None:
        return None
    value *= {"万": 1e4, "千": 1e3, "k": 1e3}.get((groups["scale"] or "").strip(), 1)
    value += 0.5 if groups.get("half") or groups.get("more") else 0
    return round(value / 60, 4) if groups.get("minutes") else value


def find_limits(text: str) -> list[Limit]:
    """What a plain text allows a plan to cost, left to right, one of each kind."""
    found: dict[Kind, Limit] = {}
    amounts = [match.span() for _, _, pattern in _RULES for match in pattern.finditer(text)]
    for kind, sure, pattern in _RULES:
        for match in pattern.finditer(text):
            value = _value(match)
            if value is None or kind in found or (kind == "credits" and not sure and value <= MOST_SCORE):
                continue
            start, end, days = (match.start(), match.end(), 0) if kind == "credits" else _rhythm(text, match, amounts)
            found[kind] = Limit(start, end, kind, value, days, sure or kind == "credits")
    for kind, pattern in _NOTHING:
        none = pattern.search(text)
        if none and (kind not in found or not found[kind].sure):
            found[kind] = Limit(none.start(), none.end(), kind, 0.0)
    return sorted(found.values(), key=lambda limit: limit.start)


def in_all(limits: Sequence[Limit], today: date, by: date | None) -> dict[str, float | int]:
    """The limits as slots. What is said a week counts for all weeks until `by`; without a day hours are a pace.

    A day's or a month's hours are a week's share of them then.
    """
    slots: dict[str, float | int] = {}
    for limit in limits:
        value = limit.value
        if limit.days and by is not None:
            value = round(value * max(((by - today).days + 1) / limit.days, 1.0), 2)
        elif limit.days and limit.kind == "hours":
            slots["weekly_hours"] = round(value * 7 / limit.days, 2)
            continue
        slots[limit.kind] = round(value) if limit.kind == "credits" else value
    return slots
