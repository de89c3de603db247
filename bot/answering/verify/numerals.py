"""Every number that a text states, in both languages: where it stands, its value, how precisely, and of what.

Read are Arabic digits (full-width too, with separators, decimals, signs, 万/亿/k/million), percent, Chinese numerals
(三成, 一万二, 百分之三十, 四分之一, 两倍, 半), English number words, fractions (half, two thirds, one in five),
multiples (twice, double) and ordinals. A lone 一 or "one" counts nothing and is left out.
"""

import re
from dataclasses import dataclass

from bot.answering.verify.chinese import CHINESE, chinese_value
from bot.answering.verify.english import ENGLISH, english_value

WIDE = str.maketrans("０１２３４５６７８９％＋－．", "0123456789%+-.")
_SCALES = {"万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2, "k": 1e3, "m": 1e6, "bn": 1e9,
           "thousand": 1e3, "hundred": 1e2, "million": 1e6, "billion": 1e9, "dozen": 12.0}  # fmt: skip
_ARABIC = (
    r"(?P<sign>(?<![A-Za-z0-9.)\]])[+\-−])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(?P<scale>[万亿千百]|thousand\b|hundred\b|million\b|billion\b|dozen\b)|(?P<letter>bn\b|[kKmM]\b))?(?P<cheng>\s?成)?"
)
_FRACTION = r"(?P<over>\d+)\s?/\s?(?P<under>\d+)(?![\d/])"
_KINDS = rf"(?P<fraction>{_FRACTION})|(?P<arabic>{_ARABIC})|(?P<chinese>{CHINESE})"
_NUMERAL = re.compile(rf"{_KINDS}|(?P<english>\b(?:{ENGLISH})\b)", re.IGNORECASE)
_NUMERAL_ZH = re.compile(rf"{_KINDS}|(?P<english>(?!))")  # a text without letters holds no English words
_ORDINAL_BEFORE = re.compile(r"第\s?$")
_ORDINAL_AFTER = re.compile(r"(?:st|nd|rd|th)\b")
_NOUNS = (
    ("share", r"%|percent\b|per cent\b|pct\b"),
    ("share_change", r"个?百分点|percentage[- ]points?\b|pp\b|pts\b"),
    ("yuan", r"元|块钱?|人民币|圆|yuan\b|rmb\b|cny\b"),
    ("merchants", r"家|shops?\b|merchants?\b|stores?\b|peers\b|businesses\b"),
    ("users", r"人(?!均)|位|名|users?\b|people\b|visitors?\b|customers?\b|buyers?\b|followers?\b|members?\b|guests\b"),
    ("hours", r"个?小时|个?钟头|hours?\b|hrs?\b"),
    ("minutes", r"分钟|minutes?\b|mins?\b"),
    ("days", r"天|日(?!常|期)|days?\b|-days?\b"),
    ("weeks", r"个?星期|周|个?礼拜|weeks?\b"),
    ("months", r"个月|个?月份?|months?\b"),
    ("years", r"年|years?\b"),
    ("times", r"倍|times\b|x\b|×|-fold\b"),
    ("score", r"分(?!之|钟|店)|points?\b"),
    ("things", r"[个件处项条张笔种步样枚]"),
)
_NOUN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _NOUNS), re.IGNORECASE)
_CURRENCY = re.compile(r"(?:[¥￥]|RMB|CNY)\s?$")
_SIGN_BEFORE_CURRENCY = re.compile(r"(?<![A-Za-z0-9.)\]])([+\-−])[¥￥]$")  # -¥15.50


@dataclass(frozen=True)
class Numeral:
    """One stated number. `value` is in units of `noun` (shares are of one); `step` is what one unit of its last digit
    is worth, so that it stands for value ± step / 2. `signed` says that a sign was written."""

    start: int
    end: int
    text: str
    value: float
    step: float
    noun: str = ""
    signed: bool = False


_LETTER = re.compile(r"[A-Za-z]")


def numerals(text: str) -> list[Numeral]:
    """All numbers of a text, by position. Offsets are those of the text as given."""
    text = text.translate(WIDE)
    pattern = _NUMERAL if _LETTER.search(text) else _NUMERAL_ZH
    found = (_numeral(match, text) for match in pattern.finditer(text))
    return [numeral for numeral in found if numeral is not None]


def _numeral(match: re.Match[str], text: str) -> Numeral | None:
    start, end = match.span()
    if match["fraction"] and not text[max(0, start - 1) : start].isdigit() and int(match["under"]):
        return Numeral(start, end, match[0], int(match["over"]) / int(match["under"]), 0.02, "share")
    if match["chinese"]:
        return _worded(
            match, text, chinese_value(match["chinese"], text[end : end + 3], text[max(0, start - 3) : start])
        )
    if match["english"]:
        return _worded(match, text, english_value(match["english"]))
    return _arabic(match, text)


def _arabic(match: re.Match[str], text: str) -> Numeral | None:
    start, end = match.span()
    if match["digits"] is None:  # a fraction over zero: digits all the same
        return Numeral(start, end, match[0], float("nan"), 0.0)
    digits = match["digits"].replace(",", "")
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return Numeral(start, end, match[0], float("nan"), 0.0)  # 012 is no way to write a figure
    scale = _SCALES.get((match["scale"] or match["letter"] or "").lower(), 1.0)
    decimals = len(digits.partition(".")[2])
    value, step = float(digits) * scale, 10.0**-decimals * scale
    noun, end = ("share", end) if match["cheng"] else _noun(text, start, end)
    if match["cheng"]:
        value, step = value / 10, step / 10
    if noun in ("share", "share_change") and not match["cheng"]:
        value, step = value / 100, step / 100
    outside = _SIGN_BEFORE_CURRENCY.search(text, max(0, start - 3), start)
    sign = match["sign"] or (outside[1] if outside else None)
    return Numeral(start, end, text[start:end], -value if sign in ("-", "−") else value, step, noun, sign is not None)


def _worded(match: re.Match[str], text: str, read: tuple[float, float, str] | None) -> Numeral | None:
    """A number in words; the reader gives value, step and noun, or None where the words count nothing."""
    if read is None:
        return None
    start, end = match.span()
    value, step, noun = read
    if not noun:
        noun, end = _noun(text, start, end)
    if noun == "share_change":
        value, step = value / 100, step / 100
    return Numeral(start, end, text[start:end], value, step, noun)


def _noun(text: str, start: int, end: int) -> tuple[str, int]:
    """What is counted, and where the number with its noun ends."""
    if _ORDINAL_BEFORE.search(text, max(0, start - 2), start):
        return "ordinal", end
    if after := _ORDINAL_AFTER.match(text, end):
        return "ordinal", after.end()
    if _CURRENCY.search(text, max(0, start - 4), start):
        return "yuan", end
    at = end + 1 if text[end : end + 1] in (" ", "-") and text[end : end + 2] not in ("- ", "--") else end
    noun = _NOUN.match(text, at)
    return (str(noun.lastgroup), noun.end()) if noun else ("", end)
