"""When a document begins and ends to hold, taken only from words that say so of the document.

"自2026年3月1日起施行" says it; "新价格自2026年5月1日起" speaks of a price, and a bare date of nothing.
Where a text gives two different days, neither is taken: a person must choose.
"""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from knowledge.ingest.types import Guess
from knowledge.lexicon import simplify

_HAN = "〇零一二三四五六七八九十"
_MONTHS = [m.lower() for m in calendar.month_name[1:]]
_COUNT = rf"(?:\d{{1,2}}|[{_HAN}]{{1,3}})"
_ZH = rf"(?:\d{{4}}|[{_HAN}]{{4}})\s*年\s*{_COUNT}\s*月(?:\s*{_COUNT}\s*[日号])?"
_EN = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[A-Za-z]{3,9}\.?,?\s+\d{4}"
    r"|[A-Za-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|[A-Za-z]{3,9}\s+\d{4})"
)
_LOOKED_AT = 20_000  # characters at each end
_DAY = rf"(?:{_ZH}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|{_EN})"
_SELF_ZH = (
    r"(?:本|此|该)(?:规则|规范|办法|规定|政策|协议|条款|细则|标准|指南|手册|文档|文件|通知|公告|制度|说明|须知|方案|活动规则)"
    r"(?:的)?"
)
_SELF_EN = (
    r"(?:this|these|the\s+present)\s+(?:policy|policies|rules?|document|guide|guidelines?|terms|agreement|notice|"
    r"regulations?|standard|manual|conditions|handbook|version)(?:\s+(?:is|are|becomes?|shall\s+be|will\s+be))?"
)
_NUMBER = rf"(?:第\s*[\d{_HAN}百]+\s*条|[\d{_HAN}]+\s*[、.)）]|[(（]\s*[\d{_HAN}]+\s*[)）]|\d+(?:\.\d+)+)\s*"
_BEGIN = (
    r"(?:^|[。；;！!?？.|]|\*\*|[（(【]|\s{2,})\s*(?:[-*+>•#]+\s*)?"
    rf"(?:{_NUMBER})?(?:{_SELF_ZH}|{_SELF_EN})?[\s*]*"
)
_FORCE = r"(?:正式)?(?:施行|实施|生效|执行)"

_FROM = (
    rf"(?:自|从|于|将于|将自)\s*(?P<day>{_DAY})\s*(?:起|开始|之日起)?\s*(?:，|,)?\s*{_FORCE}",
    rf"(?:生效|施行|实施|执行|启用)(?:日期|时间|日)\s*(?:为|[:：|])?\s*\|?\s*(?:自|从)?\s*(?P<day>{_DAY})",
    rf"(?:valid|effective|in\s+force|applicable)\s+(?:from|as\s+of|as\s+from|on|since|starting)\s*:?\s*(?P<day>{_DAY})",
    rf"effective(?:\s+date)?\s*(?:[:|]|is)?\s*(?P<day>{_DAY})",
    rf"(?:takes?|taking)\s+effect\s+(?:on|from|as\s+of)\s+(?P<day>{_DAY})",
    rf"(?:comes?|enters?)\s+into\s+(?:force|effect)\s+(?:on|from)\s+(?P<day>{_DAY})",
    rf"valid\s+from\s*\|?\s*(?P<day>{_DAY})",
)
_UNTIL = (
    rf"有效期?\s*(?:限)?\s*(?:至|截至|截止至|截止到|到|截止日期?)\s*(?:为|[:：|])?\s*(?P<day>{_DAY})",
    rf"(?:失效|终止|废止|到期)(?:日期|时间|日)\s*(?:为|[:：|])?\s*\|?\s*(?P<day>{_DAY})",
    rf"(?:valid|effective|in\s+force|applicable)\s+(?:until|till|through|to|up\s+to)\s*:?\s*(?P<day>{_DAY})",
    rf"(?:expires|expiring)\s+(?:on\s+)?(?P<day>{_DAY})",
    rf"(?:expiry|expiration)\s+date\s*(?:[:|]|is)?\s*\|?\s*(?P<day>{_DAY})",
    rf"valid\s+until\s*\|?\s*(?P<day>{_DAY})",
)
_RANGE = (
    rf"(?:有效期|有效时间|执行期限?)\s*(?:为|[:：|])?\s*\|?\s*(?:自|从)?\s*(?P<since>{_DAY})\s*(?:起)?\s*(?:至|到|—+|–|~|～|-)\s*(?P<day>{_DAY})",
    rf"(?:自|从)\s*(?P<since>{_DAY})\s*起?\s*(?:至|到)\s*(?P<day>{_DAY})\s*(?:止)?\s*(?:有效|{_FORCE})",
    rf"(?:valid|effective|in\s+force)\s*:?\s*(?:from\s+)?(?P<since>{_DAY})\s*(?:until|till|through|to|–|—|-)\s*(?P<day>{_DAY})",
)
_AFTER_FROM = rf"{_FORCE}\s*[，,]?\s*有效期?(?:至|到)\s*(?P<day>{_DAY})"


class Found(NamedTuple):
    day: date
    words: str


def validity(text: str) -> tuple[Guess, Guess]:
    """(valid_from, valid_until) of a document, each with the words that say so, or None and why."""
    text = simplify(_opening_and_end(text))
    since: list[Found] = []
    until: list[Found] = []
    for match in _matches(_RANGE, text):
        _keep(since, match["since"], match[0], last=False)
        _keep(until, match["day"], match[0], last=True)
    for match in _matches(_FROM, text):
        _keep(since, match["day"], match[0], last=False)
    for match in [*_matches(_UNTIL, text), *re.finditer(_AFTER_FROM, text)]:
        _keep(until, match["day"], match[0], last=True)
    start, end = _one(since, "begins"), _one(until, "ends")
    if start.value and end.value and end.value < start.value:
        return start, Guess(value=None, why=f"its end {end.value} would lie before its start")
    return start, end


def _opening_and_end(text: str) -> str:
    """Where documents speak of themselves; runs of white space shortened, which would make the search slow."""
    text = re.sub(r"[ \t]{3,}", "  ", re.sub(r"\s*\n\s*", "\n", text))
    return text if len(text) <= 2 * _LOOKED_AT else f"{text[:_LOOKED_AT]}\n{text[-_LOOKED_AT:]}"


def _matches(patterns: Iterable[str], text: str) -> list[re.Match[str]]:
    return [m for p in patterns for m in re.finditer(_BEGIN + p, text, re.IGNORECASE | re.MULTILINE)]


def _keep(found: list[Found], day: str, words: str, *, last: bool) -> None:
    read = parse_day(day, last=last)
    if read is not None:
        found.append(Found(read, " ".join(words.strip(" \n。；;.|*#-（(【").split())))


def _one(found: list[Found], what: str) -> Guess:
    days = sorted({f.day for f in found})
    if not days:
        return Guess(value=None, why=f"no words say when it {what}")
    if len(days) > 1:
        named = ", ".join(str(day) for day in days)
        return Guess(value=None, why=f"several days are given for when it {what} ({named}); choose one")
    return Guess(value=days[0].isoformat(), why=f"from '{found[0].words[:80]}'")


def parse_day(text: str, *, last: bool = False) -> date | None:
    """A day as documents write it; a month alone is its first day, or its `last`. 03/04/2026 is not read: it is two."""
    parts = _chinese(text) or _numeric(text) or _english(text)
    if parts is None:
        return None
    year, month, day = parts
    try:
        return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))
    except (ValueError, calendar.IllegalMonthError):
        return None


def _chinese(text: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(rf"([\d{_HAN}]{{4}})\s*年\s*([\d{_HAN}]+)\s*月(?:\s*([\d{_HAN}]+)\s*[日号])?", text.strip())
    return None if found is None else (_year(found[1]), _count(found[2]), _count(found[3] or "0"))


def _numeric(text: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text.strip())
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


def _english(text: str) -> tuple[int, int, int] | None:
    words = re.findall(r"[A-Za-z]+|\d+", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text))
    names = [w for w in words if w.isalpha() and w.lower() != "of"]
    numbers = [int(w) for w in words if w.isdigit()]
    month = _month(names[0]) if names else None
    if month is None or not numbers or numbers[-1] < 1000:
        return None
    return numbers[-1], month, numbers[0] if len(numbers) > 1 else 0


def _month(name: str) -> int | None:
    short = name.lower().rstrip(".")
    return next((n for n, full in enumerate(_MONTHS, start=1) if full.startswith(short) and len(short) >= 3), None)


def _year(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() else int("".join(str(_digit(c)) for c in text))


def _digit(character: str) -> int:
    return 0 if character in "〇零" else _HAN.index(character) - 1


def _count(text: str) -> int:
    """1 to 31, in digits or as 二十一."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _digit(text[-1])
    return 10 * (_digit(tens[-1]) if tens else 1) + (_digit(ones[-1]) if ones else 0)
