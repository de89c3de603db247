"""Dates as English says them: last quarter, since Monday, Q3 2026, the last 28 days, by the end of January."""

import re
from datetime import date, timedelta

from bot.answering.embedded import dates_calendar as cal
from bot.answering.embedded.dates_calendar import Span
from bot.answering.embedded.dates_zh import Rule
from bot.answering.embedded.slots_numbers import small_number
from bot.answering.months import MONTHS

_SHORT = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_NUMBERS = {name: i for i, name in enumerate(MONTHS, start=1)} | _SHORT
# May and March are words before they are months: they need a preposition, a year or a day beside them.
_CLEAR = "|".join(sorted((n for n in _NUMBERS if n not in ("may", "march", "mar")), key=len, reverse=True))
_ANY = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNIT = r"days?|weeks?|months?|quarters?|years?"
_COUNT = (
    r"\d{1,3}|a couple of|couple of|a few|few|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
    r"|fourteen|twenty|thirty|sixty|ninety"
)
_HOLIDAYS = {
    r"double (?:11|eleven)|singles'? day": "double_11", r"double (?:12|twelve)": "double_12",
    r"618 (?:sale|festival)": "618",
    r"national day|golden week": "national_day", r"labou?r day|may day": "labour_day",
    r"new year(?:'?s day|'?s eve)?": "new_year",
    r"christmas|xmas": "christmas", r"spring festival|chinese new year|lunar new year": "spring_festival",
    r"mid autumn(?: festival)?": "mid_autumn",
    r"valentine'?s(?: day)?": "valentine",
}  # fmt: skip
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def _unit(word: str) -> str:
    return word.removesuffix("s")


def _day_of_month(year: str | None, name: str, number: str, today: date, ahead: bool) -> Span | None:
    m = _NUMBERS[name]
    if year:
        return cal.valid(int(year), m, int(number))
    spans = [s for y in (today.year - 1, today.year, today.year + 1) if (s := cal.valid(y, m, int(number)))]
    return cal.nearest(spans, today, ahead) if spans else None


def _month_day(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return _day_of_month(m[3], m[1], m[2], today, ahead)


def _day_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return _day_of_month(m[3], m[2], m[1], today, ahead)


def _days_of_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """10 to 15 November, November 10-15; "and" joins two days only behind "between"."""
    if m["join"].strip() == "and" and not m.string[: m.start()].rstrip().endswith("between"):
        return None
    return cal.days_between(_day_of_month(m["year"], m["month"], m["first"], today, ahead), int(m["last"]))


def _week_of_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """Its first or last seven days."""
    whole = cal.month(int(m[3]), _NUMBERS[m[2]]) if m[3] else cal.nearest_month(_NUMBERS[m[2]], today, ahead)
    return cal.end_week(whole, m[1])


def _the_day(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return cal.nearest_day(int(m[1]), today, ahead)


def _fortnight(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    past = not ahead or (m[1] or "").strip() in ("last", "past", "previous")
    return cal.last(today, "week", 2) if past else cal.coming(today, "week", 2)


def _half_unit(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    past = not ahead or (m[1] or "").strip() in ("last", "past", "previous")
    return cal.last(today, m[2], 0.5) if past else cal.coming(today, m[2], 0.5)


def _month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    number = _NUMBERS[m["month"]]
    which, year = (m["which"] or "").strip(), m["year"] or m["years"]
    if year:
        years = {"last year": today.year - 1, "this year": today.year, "next year": today.year + 1}
        return cal.month(years.get(year) or int(year), number)
    if which == "next":
        return cal.nearest_month(number, today, True)
    return cal.nearest_month(number, today, ahead and which != "last")


def _shift(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    n = {"last": -1, "previous": -1, "next": 1, "coming": 1, "following": 1}.get(m[1], 0)
    return cal.shifted(today, m[2], n, ahead)


def _before_last(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return cal.shifted(today, m[1], -2, ahead)


def _rolling(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    n = small_number(m[1] or "one")
    return cal.last(today, _unit(m[2]), n) if n else None


def _coming(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    n = small_number(m[1])
    return cal.coming(today, _unit(m[2]), n) if n else None


def _within(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return (_coming if ahead else _rolling)(m, today, ahead)


def _lasting(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    """Bare "two months" is a time to come in a plan; in other questions it is the length of something."""
    return _coming(m, today, ahead) if ahead else None


def _ago(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    n, unit = small_number(m[1]), _unit(m[2])
    return cal.around(today - cal.step(unit, n), unit) if n else None


def _named_day(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    days = {
        "the day before yesterday": -2,
        "yesterday": -1,
        "today": 0,
        "tonight": 0,
        "this morning": 0,
        "tomorrow": 1,
        "the day after tomorrow": 2,
    }
    return None if m[0] == "this morning" else cal.day(today + timedelta(days=days[m[0]]))


def _weekday(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    d = cal.week(today).start + timedelta(days=_DAYS.index(m[2]))
    if m[1] == "last":
        return cal.day(d if d < today else d - timedelta(weeks=1))
    if m[1] == "next":
        return cal.day(d + timedelta(weeks=1))
    return cal.day(d + timedelta(weeks=1 if ahead and d < today else -1 if not ahead and d > today else 0))


def _weekend(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    saturday = cal.week(today).start + timedelta(days=5)
    saturday += timedelta(weeks={"last": -1, "next": 1}.get(m[1], 0))
    return Span(saturday, saturday + cal.DAY, "span")


def _to_date(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    unit = {"y": "year", "m": "month", "q": "quarter", "w": "week"}[(m[1] or m[2])[0]]
    return Span(cal.around(today, unit).start, today, "span")


def _quarter(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    number = int(m[2]) if m[2] else _ORDINALS[m[3]]
    year = m[1] or m[4]
    return cal.quarter(int(year), number) if year else cal.nearest_quarter(number, today, ahead)


def _half(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    number = 1 if m[1] == "first" else 2
    year = {"last year": today.year - 1, "this year": today.year, "the year": today.year}.get(m[2]) or int(m[2])
    return cal.half(year, number)


def _holiday(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    name = next(n for pattern, n in _HOLIDAYS.items() if re.fullmatch(pattern, m[2]))
    which, year = m[1], m[3]
    if year or which in ("last year's", "this year's"):
        return cal.holiday(name, int(year) if year else today.year - (which == "last year's"))
    return cal.nearest_holiday(name, today, ahead)


def _end_of(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    whole = cal.around(today, m[2] or m[3])
    return cal.part(whole, "start" if m[1] and m[1].startswith(("begin", "start")) else "end")


def _end_of_month(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    span = cal.month(int(m[3]), _NUMBERS[m[2]]) if m[3] else cal.nearest_month(_NUMBERS[m[2]], today, ahead)
    which = "start" if m[1].startswith(("begin", "start", "early")) else "middle" if m[1].startswith("mid") else "end"
    return cal.part(span, which)


def _year(m: re.Match[str], today: date, ahead: bool) -> Span | None:
    return cal.year_span(int(m[1]))


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), function)
    for pattern, function in (
        (
            rf"\b(?P<first>\d{{1,2}})(?:st|nd|rd|th)?(?P<join> ?(?:-|–|~) ?| (?:to|and|until|till|through) )(?:the )?"
            rf"(?P<last>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_ANY})\b\.?(?:,? (?P<year>20\d\d))?",
            _days_of_month,
        ),
        (
            rf"\b(?P<month>{_ANY})\.? (?P<first>\d{{1,2}})(?:st|nd|rd|th)?"
            rf"(?P<join> ?(?:-|–|~) ?| (?:to|and|until|till|through) )(?:the )?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?"
            rf"(?![\d%])(?:,? (?P<year>20\d\d))?",
            _days_of_month,
        ),
        (rf"\b(?:the )?(first|last) week (?:of|in) ({_ANY})\b(?:,? (20\d\d))?", _week_of_month),
        (
            r"(?:(?<=\bbetween )|(?<=\band )|(?<=\bon )|(?<=\bsince )|(?<=\bfrom )|(?<=\bby )|(?<=\bto )"
            r"|(?<=\buntil )|(?<=\bbefore )"
            r"|(?<=\bafter ))the (\d{1,2})(?:st|nd|rd|th)\b(?! (?:of|quarter|month|week|time|day|shop|one|place))",
            _the_day,
        ),
        (r"\b(?:(?:in |within )?(?:a|the|one) )?((?:last|past|previous|next|coming) )?fortnight\b", _fortnight),
        (r"\b((?:last|past|previous|next|coming) )?half an? (month|quarter|year)\b", _half_unit),
        (rf"\b({_ANY})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?!\d|%)(?:,? (20\d\d))?", _month_day),
        (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_ANY})\b\.?(?:,? (20\d\d))?", _day_month),
        (
            rf"\b(?P<which>last |next |this )?(?P<month>{_CLEAR})\b\.?(?:,? (?:of )?(?P<year>20\d\d)"
            rf"| (?:of )?(?P<years>last year|this year|next year))?",
            _month,
        ),
        (
            rf"\b(?P<which>(?:last|next|this) )?(?P<month>{_ANY})\b\.?,? (?:of )?(?:(?P<year>20\d\d)"
            rf"|(?P<years>last year|this year|next year))",
            _month,
        ),
        (
            rf"(?:(?<=\bin )|(?<=\bof )|(?<=\bby )|(?<=\bfor )|(?<=\bsince )|(?<=\bfrom )|(?<=\buntil )"
            rf"|(?<=\bduring )|(?<=\bbefore ))"
            rf"(?P<which>last |next |this )?(?P<month>{_ANY})\b(?P<year>(?!))?(?P<years>(?!))?",
            _month,
        ),
        (r"\b(last|this|next|previous|coming|following|current) (week|month|quarter|year)\b", _shift),
        (r"\bthe (week|month|quarter|year) before last\b", _before_last),
        (rf"\b(?:last|past|previous|recent|latest|trailing) ({_COUNT}) ({_UNIT})\b", _rolling),
        (r"\bpast (?:())?(week|month|quarter|year)\b", _rolling),
        (rf"\b(?:next|coming|following|upcoming) ({_COUNT}) ({_UNIT})\b", _coming),
        (rf"\b(?:within|inside|in|over) (?:the )?({_COUNT}|a) ({_UNIT})\b", _within),
        (rf"\b({_COUNT}) ({_UNIT})(?= (?:\w+ )?(?:plan|roadmap|schedule|programme))", _within),
        (rf"\b({_COUNT}) ({_UNIT})\b(?! ago)", _lasting),
        (rf"\b({_COUNT}|a) ({_UNIT}) ago\b", _ago),
        (
            r"\bthe day before yesterday|\bthe day after tomorrow|\byesterday\b|\btoday\b|\btonight\b|\btomorrow\b",
            _named_day,
        ),
        (rf"\b(?:(last|next|this) )?({'|'.join(_DAYS)})\b(?: next week)?", _weekday),
        (r"\b(last|this|next) weekend\b", _weekend),
        (r"\b(?:(year|month|quarter|week) to date|([ymqw])td)\b", _to_date),
        (
            r"\b(?:(20\d\d) ?)?(?:q([1-4])|(first|second|third|fourth|1st|2nd|3rd"
            r"|4th) quarter)\b(?:,? (?:of )?(20\d\d))?",
            _quarter,
        ),
        (r"\b(first|second) half of (20\d\d|last year|this year|the year)\b", _half),
        (
            rf"\b(?:(last year's|this year's) )?({'|'.join(_HOLIDAYS)})(?: (?:sale|holiday|event))?(?: (20\d\d)\b)?",
            _holiday,
        ),
        (
            r"\b(?:(end|beginning|start|begin|close) of (?:the |this )?(week|month|quarter|year)|(month|year"
            r"|quarter) end)\b",
            _end_of,
        ),
        (rf"\b(end|beginning|start|early|late|mid|middle)(?: of| in)? ({_ANY})\b(?:,? (20\d\d))?", _end_of_month),
        (r"(?<![\d.,])\b(20[12]\d)\b(?![\d.,]*[%\d]| (?:users|followers|points|yuan|visitors))", _year),
    )
)
