"""Dates that a text states, in both languages: ISO, 2026 年 12 月 6 日, 12 月, 6 December 2026, in 2026."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.answering.months import MONTHS

_BY_NAME = (
    {name: i for i, name in enumerate(MONTHS, start=1)}
    | {name[:3]: i for i, name in enumerate(MONTHS, start=1)}
    | {"sept": 9}
)
_NAME = "|".join(sorted(_BY_NAME, key=len, reverse=True))
# Two searches: most texts hold neither kind, and each is quick to say so.
_FROM_DIGIT = re.compile(
    r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})(?:[-/.](?P<d1>\d{1,2}))?(?!\d)"
    r"|(?P<y2>\d{4}) ?年(?: ?(?P<m2>\d{1,2}) ?月(?: ?(?P<d2>\d{1,2}) ?[日号])?)?"
    r"|(?P<m3>\d{1,2}) ?月(?: ?(?P<d3>\d{1,2}) ?[日号](?!\d)|(?![份个]?[内间]))"
    rf"|(?P<d4>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<n4>{_NAME})\b\.?,?(?: (?P<y4>\d{{4}}))?",
    re.IGNORECASE,
)
_FROM_WORD = re.compile(
    rf"\b(?:(?P<n1>{_NAME})\b\.?,? "
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\b(?!%)(?:,? (?P<y1>\d{4}))?|(?P<y2>\d{4})\b)"
    r"|(?:in|since|of|until|by|from|year) (?P<y3>(?:19|20)\d{2})\b(?![-.,]?\d))",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class StatedDate:
    """A date as far as it was said; None for what was left out."""

    start: int
    end: int
    text: str
    year: int | None
    month: int | None
    day: int | None

    def fits(self, day: date, today: date) -> bool:
        """Whether it can mean `day`. Without a year: a day of this year, or within half a year of today."""
        if self.year is None and self.month is not None and day.year != today.year and abs((day - today).days) > 183:
            return False
        return self.year in (None, day.year) and self.month in (None, day.month) and self.day in (None, day.day)

    def among(self, days: Iterable[date], today: date) -> bool:
        return any(self.fits(day, today) for day in days)


def dates(text: str) -> list[StatedDate]:
    """All dates of a text, by position."""
    if _DIGIT.search(text) is None:
        return []
    found = [_stated(match) for match in _FROM_DIGIT.finditer(text) if not _within_number(text, match.start())]
    if _LETTER.search(text) is not None:
        taken = [(d.start, d.end) for d in found]
        words = (_stated(match) for match in _FROM_WORD.finditer(text))
        found += [d for d in words if all(d.end <= start or end <= d.start for start, end in taken)]
    return sorted(found, key=lambda d: d.start)


def _within_number(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1].isdigit() or text[start - 1] in ".,") and text[max(0, start - 2)].isdigit()


def _stated(match: re.Match[str]) -> StatedDate:
    parts = match.groupdict()

    def part(letter: str) -> int | None:
        value = next((parts[name] for name in parts if name[0] == letter and parts[name]), None)
        return int(value) if value else None

    name = next((parts[n] for n in parts if n[0] == "n" and parts[n]), None)
    month = _BY_NAME[name.lower()] if name else part("m")
    start = match.start("y3") if parts.get("y3") else match.start()
    return StatedDate(start, match.end(), match[0], part("y"), month, part("d"))
