"""Figures, dates and durations to text, by code, in both languages.

A sentence names a figure by reference: `{M3}` prints it with its unit, `{M3:+}` with its sign, `{M3:abs}` without it,
`{M3:bare}` as a number alone, `{M3:whole}` without decimals, `{M3:exact}` in full, and `{M3.numerator}`,
`{M3.denominator}`, `{M3.n}` print what stands behind it, always as a number alone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.answering.statistics import CHANGES, SUMS
from bot.answering.types import Draft, Evidence, Language, Sentence
from prompts.load import Prompts, load_prompts
from tools.types import Measurement

REFERENCE = re.compile(r"\{(M\d+)(?:\.(numerator|denominator|n))?(?::(\+|abs|bare|whole|exact))?\}")
_WAN, _MILLION, _YI = 10_000, 1_000_000, 100_000_000
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_BETWEEN = re.compile(rf"(?<=[{_HAN}])(?=[A-Za-z0-9¥]|[+-]\d)|(?<=[A-Za-z0-9%])(?=[{_HAN}])")
_AFTER_WAN = re.compile(r"(?<=[万亿]) ")
_NEAR_FULL_WIDTH = re.compile(r" +(?=[，。；：？！、（）《》“”])|(?<=[，。；：？！、（）《》“”]) +")


def references(text: str) -> tuple[str, ...]:
    """The measurement ids that a sentence's text names, in order, each once."""
    return tuple(dict.fromkeys(found[1] for found in REFERENCE.finditer(text)))


def figure(measurement: Measurement, language: Language, field: str | None = None, style: str | None = None) -> str:
    """One measurement, or what stands behind it, as text; an em dash where there is no value."""
    if field is not None:
        part = getattr(measurement, field)
        return "—" if part is None else _amount(float(part), _part_decimals(float(part)), language)
    if measurement.value is None:
        return "—"
    value = abs(measurement.value) if style == "abs" else measurement.value
    printed = _PRINTERS[measurement.unit](value, language, measurement, style)
    return f"+{printed}" if style == "+" and value > 0 and not printed.startswith("+") else printed


def render(sentence: Sentence, lookup: Mapping[str, Measurement], language: Language) -> str:
    """The sentence as read. A reference to what is not in `lookup` stays as written: verify refuses it."""

    def place(found: re.Match[str]) -> str:
        measurement = lookup.get(found[1])
        return found[0] if measurement is None else figure(measurement, language, found[2], found[3])

    text = REFERENCE.sub(place, sentence.text)
    return space(text) if language == "zh" else text


def render_draft(draft: Draft, evidence: Evidence, today: date | None = None) -> str:
    """The whole draft as plain text: paragraphs, a numbered list of items, notes and the closing question apart."""
    lookup = {m.id: m for m in evidence.measurements}
    joint = "" if draft.language == "zh" else " "
    blocks: list[str] = []
    before = ""
    item = 0
    for sentence in draft.sentences:
        text = render(sentence, lookup, draft.language)
        if sentence.block == "item":
            item += 1
            text = f"{item}. {text}"
            blocks.append(f"{blocks.pop()}\n{text}" if before == "item" else text)
        elif sentence.block == before == "text":
            blocks.append(f"{blocks.pop()}{joint}{text}")
        else:
            blocks.append(text)
        item = item if sentence.block == "item" else 0
        before = sentence.block
    return "\n\n".join(blocks)


def space(text: str) -> str:
    """Chinese text with one space between Han and Latin characters or digits, none beside full-width signs."""
    return _NEAR_FULL_WIDTH.sub("", _BETWEEN.sub(" ", text))


def date_text(day: date, language: Language, today: date, prompts: Prompts | None = None) -> str:
    """12 月 6 日 or 6 December; with the year when it is not this year."""
    prompts = prompts or load_prompts()
    month = prompts.text(language, "units.months").split()[day.month - 1]
    if day.year == today.year:
        return prompts.text(language, "units.date_this_year", month=month, day=str(day.day))
    return prompts.text(language, "units.date", year=str(day.year), month=month, day=str(day.day))


def duration_text(hours: float, language: Language, prompts: Prompts | None = None) -> str:
    """Effort as people say it: half an hour, 45 minutes, 1 hour, 2.5 hours."""
    prompts = prompts or load_prompts()
    if hours == 0.5:
        return prompts.text(language, "units.half_hour")
    if hours < 1:
        return prompts.text(language, "units.minutes", value=f"{round(hours * 60)}")
    if hours == 1:
        return prompts.text(language, "units.hour")
    return prompts.text(language, "units.hours", value=f"{hours:g}")


def money_text(amount: float, language: Language) -> str:
    """An amount of yuan with its sign of currency."""
    return _yuan(amount, language, None, None)


def _number(value: float, decimals: int) -> str:
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,}"


def _amount(value: float, decimals: int, language: Language) -> str:
    """A count or an amount: 1.2 万 in Chinese from ten thousand on, 12,000 in English."""
    if language == "zh" and abs(value) >= _WAN:
        unit, word = (_YI, "亿") if abs(value) >= _YI else (_WAN, "万")
        return f"{_number(value / unit, 1).removesuffix('.0')} {word}"
    return _number(value, decimals)


def _part_decimals(value: float) -> int:
    return 0 if value == int(value) or abs(value) >= 1000 else 2


def _unit(language: Language, key: str, number: str, style: str | None) -> str:
    if style == "bare":
        return number
    singular = f"units.{key}_one"
    prompts = load_prompts()
    return _tidy(
        prompts.text(language, singular if number == "1" and prompts.has(singular) else f"units.{key}", value=number)
    )


def _tidy(text: str) -> str:
    return _AFTER_WAN.sub("", text)


def _score(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    return _number(value, 0 if style == "whole" else 1)


def _ratio(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    number = _number(value * 100, 0 if style == "whole" else 1)
    if measurement is not None and measurement.statistic in CHANGES:
        signed = f"+{number}" if style == "+" and value > 0 else number
        return _unit(language, "share_change", signed, style)
    return f"{number}%"


def _users(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    printed = _sum(value, 0, measurement, None) or _amount(value, 0, language)
    return _unit(language, "users", f"-{printed}" if value < 0 and printed[0] != "-" else printed, style)


def _merchants(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    return _unit(language, "merchants", _amount(value, 0, language), style)


def _yuan(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    short = style == "whole" or abs(value) >= 1000 or (measurement is None and value == int(value))
    decimals = 0 if short and style != "exact" else 2
    sign = "+" if style == "+" and value > 0 else "-" if value < 0 else ""
    printed = _sum(value, decimals, measurement, style) or _amount(abs(value), decimals, language)
    known = {"sign": sign, "value": printed}
    if measurement is not None and measurement.currency != "CNY":
        return _tidy(load_prompts().text(language, "units.money", currency=measurement.currency, **known))
    return _tidy(load_prompts().text(language, "units.yuan", **known))


def _count(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    decimals = 0 if style == "whole" else _part_decimals(value)
    sign = "-" if value < 0 else ""
    printed = _sum(value, decimals, measurement, style)
    return _amount(value, decimals, language) if printed is None else f"{sign}{printed}"


def _sum(value: float, decimals: int, measurement: Measurement | None, style: str | None) -> str | None:
    """A total below a million without its sign, to the yuan: rounded to 1.1 万, two sums that differ look the same."""
    of_days = measurement is not None and measurement.statistic in SUMS and abs(value) < _MILLION
    return _number(abs(value), decimals) if of_days or style == "exact" else None


def _times(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    return _unit(language, "times", _number(value, 2), style)


def _days(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    return _unit(language, "days", _number(value, 0 if value == int(value) else 2), style)


def _hours(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    return _number(value, 0 if value == int(value) else 1) if style == "bare" else duration_text(value, language)


def _credits(value: float, language: Language, measurement: Measurement | None, style: str | None) -> str:
    return _unit(language, "credits", _amount(value, 0, language), style)


Printer = Callable[[float, Language, Measurement | None, str | None], str]

_PRINTERS: dict[str, Printer] = {
    "score": _score, "points": _score, "ratio": _ratio, "users": _users, "merchants": _merchants,
    "yuan": _yuan, "count": _count, "times": _times, "days": _days, "hours": _hours,
    "credits": _credits,
}  # fmt: skip
