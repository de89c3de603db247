"""Targets said as a multiple of what is now: halve it, in half, 打对折, 翻一番, 多三成, 砍掉三分之一."""

import re

from bot.answering.embedded.slots_numbers import small_number
from bot.answering.types import Target

_N = r"[一二两三四五六七八九十\d]+"
_TIMES: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(
        r"\bhalv(?:e|es|ed|ing)\b|\b(?:in|by) half\b|\bhalf (?:of )?(?:what|as (?:much|many|high))\b"
        r"|\bhalf (?:its|the|my) (?:current|present)|减半|砍(?:掉)?一?半|少一半|(?:降低?|减少)一半|打?对折|打五折|腰斩"
    ), 0.5),
    (re.compile(
        r"\bdoubl(?:e|es|ed|ing)\b|\btwice (?:as|what|the|its)\b"
        r"|翻一?[番倍]|加倍|(?:多|涨|增加|提高)一倍"
    ), 2.0),
    (re.compile(r"\btripl(?:e|es|ed|ing)\b|(?:翻|多|涨)两倍"), 3.0),
    (re.compile(r"\bquadrupl(?:e|es|ed|ing)\b|翻两番"), 4.0),
)  # fmt: skip
_LESS = r"(?:少|砍|砍掉|砍去|减|减掉|减去|减少|降|降掉|降低|下降|缩减)"
_MORE = r"(?:多|多出|再多|加|增加|涨|涨了|上涨)"
# A share of what is now: tenths and fractions with a verb of more or less directly before them.
_TENTHS = re.compile(
    rf"(?:(?P<less>{_LESS})|(?P<more>{_MORE}))了?个?(?P<n>[一二两三四五六七八九])成(?P<half>半)?(?![员本交功为])"
)
_FRACTION = re.compile(rf"(?:(?P<less>{_LESS})|(?P<more>{_MORE}))了?个?(?P<bottom>{_N})分之(?P<top>{_N})")
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_EN_LESS = re.compile(r"\b(?:cut|reduc\w*|lower\w*|drop\w*|fell|fall\w*|shrink\w*|shrank|trim\w*|less|decreas\w*)\b")
_EN = re.compile(
    r"\bby (?:a|one|(?P<two>two)) (?P<part>third|quarter|fifth|tenth)s?\b"
    r"|\b(?:a|one|(?P<two2>two)) (?P<part2>third|quarter|fifth|tenth)s? (?P<way>more|less|fewer|higher|lower)\b"
)


def relative_target(text: str) -> Target | None:
    """The factor that a plain text asks for, as a target of kind `times`; None where it names no such thing."""
    for pattern, factor in _TIMES:
        if pattern.search(text):
            return Target(value=factor, kind="times")
    share = _tenths(text) or _fraction(text) or _english(text)
    return None if share is None else Target(value=round(1 + share, 9), kind="times")


def _tenths(text: str) -> float | None:
    found = _TENTHS.search(text)
    if found is None:
        return None
    share = ((small_number(found["n"]) or 0) + (0.5 if found["half"] else 0)) / 10
    return -share if found["less"] else share


def _fraction(text: str) -> float | None:
    found = _FRACTION.search(text)
    if found is None:
        return None
    top, bottom = small_number(found["top"]), small_number(found["bottom"])
    if not top or not bottom or bottom == 100:  # 百分之 is a share of its own
        return None
    return -top / bottom if found["less"] else top / bottom


def _english(text: str) -> float | None:
    found = _EN.search(text)
    if found is None:
        return None
    share = (2 if found["two"] or found["two2"] else 1) / _PARTS[found["part"] or found["part2"]]
    less = found["way"] in ("less", "fewer", "lower") or (not found["way"] and _EN_LESS.search(text[: found.start()]))
    return -share if less else share
