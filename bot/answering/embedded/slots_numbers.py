"""Numbers as people write them: 70, 1,200, 1.5万, 七十, 七成, 百分之十五, half, fifteen percent."""

import re
from dataclasses import dataclass
from typing import Literal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS = (
    {w: i for i, w in enumerate(_SMALL)}
    | _TENS
    | {"hundred": 100, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "a": 1, "an": 1}
)
_SCALE = {"万": 1e4, "亿": 1e8, "k": 1e3, "千": 1e3}

_ARABIC = r"(?P<arabic>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?: ?(?P<scale>万|亿|千|k)(?![a-z]))?"
_HAN = r"(?P<han>[零一二两三四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?)(?P<han_scale>万)?"
_ENGLISH = (
    rf"(?P<word>\b(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_SMALL[1:10])}))?\b|\b(?:{'|'.join(_SMALL)}|hundred)\b)"
)
_UNITS = (
    r" ?(?P<unit>%|percentage points?|percent|per cent|个?百分点|个点|分|成(?:[一二三四五六七八九半])?"
    r"|points?|yuan|块钱?|元|rmb)?"
)
NUMBER = re.compile(
    rf"(?P<half>一半|半数|\bhalf\b)|(?P<sign>[+-](?=\d))?(?P<hundredth>百分之)?(?:{_ARABIC}|{_HAN}|{_ENGLISH}){_UNITS}"
)

# Small number words without a unit are seldom figures: 一下, 上一层楼, "one of my shops".
MOST_UNSAID = 10


@dataclass(frozen=True)
class Number:
    """A number in a text at [start, end): `value` as written, and what stood behind it."""

    start: int
    end: int
    value: float
    unit: Literal["", "share", "score", "yuan"]
    signed: bool = False
    gap: bool = False  # "percentage points": a difference between two shares


def small_number(text: str) -> float | None:
    """Up to four digits or Chinese numerals, 半, or an English number word; None when it is none of these."""
    text = text.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text in ("半", "half", "half a"):
        return 0.5
    if text in _WORDS:
        return float(_WORDS[text])
    tens, _, ones = text.replace("-", " ").partition(" ")
    if tens in _TENS and ones in _WORDS:
        return float(_TENS[tens] + _WORDS[ones])
    return _han(text)


def _han(text: str) -> float | None:
    if not text or any(c not in _DIGITS and c not in _PLACES and c != "点" for c in text):
        return None
    whole, _, fraction = text.partition("点")
    total, digit = 0, 0
    for char in whole:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _PLACES[char]
            digit = 0
    if digit and "零" not in whole and len(whole) > 2 and whole[-2] in "百千":
        digit *= _PLACES[whole[-2]] // 10  # 一千五 is 1,500
    value = float(total + digit)
    return value + sum(_DIGITS[c] / 10 ** (i + 1) for i, c in enumerate(fraction)) if fraction else value


def _value(match: re.Match[str]) -> float | None:
    if match["arabic"]:
        return float(match["arabic"].replace(",", "")) * _SCALE.get(match["scale"] or "", 1)
    if match["han"]:
        value = _han(match["han"])
        return None if value is None else value * _SCALE.get(match["han_scale"] or "", 1)
    return small_number(match["word"])


def _number(match: re.Match[str]) -> Number | None:
    if match["half"]:
        return Number(match.start(), match.end(), 0.5, "share")
    value = _value(match)
    if value is None:
        return None
    unit, sign = match["unit"] or "", match["sign"]
    if not match["arabic"] and not unit and not match["hundredth"] and value <= MOST_UNSAID:
        return None
    value = -value if sign == "-" else value
    at = (match.start(), match.end())
    if unit.startswith("成"):
        tail = 0.5 if unit.endswith("半") else _DIGITS.get(unit[1:], 0)
        return Number(*at, (value + tail / 10 if tail != 0.5 else value + 0.5) / 10, "share")
    if match["hundredth"] or unit in ("%", "percent", "per cent"):
        return Number(*at, value / 100, "share", bool(sign))
    if unit in ("百分点", "个百分点", "个点") or unit.startswith("percentage"):
        return Number(*at, value / 100, "share", bool(sign), gap=True)
    if unit in ("分", "point", "points"):
        return Number(*at, value, "score", bool(sign))
    return Number(*at, value, "yuan" if unit else "", bool(sign))


def find_numbers(text: str) -> list[Number]:
    """All numbers of a plain text, left to right. Shares are of one: 15% is 0.15."""
    return [n for match in NUMBER.finditer(text) if (n := _number(match)) is not None]
