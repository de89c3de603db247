"""English number words: what counts as one, and its value."""

import re

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: i for i, word in enumerate(_ONES)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_SCALE = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
          "fifth": 5, "fifths": 5, "sixth": 6, "eighth": 8, "tenth": 10, "tenths": 10}  # fmt: skip
_TIMES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "doubles": 2.0, "doubling": 2.0, "thrice": 3.0, "triple": 3.0,
          "tripled": 3.0, "triples": 3.0, "quadruple": 4.0, "quadrupled": 4.0, "halved": 0.5}  # fmt: skip
_ORDINALS = {"fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}

_WORD = "|".join(sorted((*_SMALL, "hundred", "thousand", "million"), key=len, reverse=True))
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
ENGLISH = (
    rf"(?:{_WORD}|a|an|\d+) in (?:every )?(?:{_WORD}|\d+)|(?:{_WORD}|\d+|a|another)[- ](?:{_PART})|half an hour|half"
    rf"|{'|'.join(_TIMES)}|(?:{_WORD})(?:(?:[- ]| and )(?:{_WORD}))*|{'|'.join(_ORDINALS)}"
    r"|third(?= of)|a quarter|quarter(?= of)"
)
_IN = re.compile(r"^(\S+) in (?:every )?(\S+)$")
_SPLIT = re.compile(r"[- ]+(?:and[- ]+)?")


def english_value(text: str) -> tuple[float, float, str] | None:
    """(value, step, noun) of number words; noun "" where what follows decides. None where they count nothing."""
    text = text.lower()
    if text in _TIMES:
        return _TIMES[text], 0.1, "times"
    if text == "half an hour":
        return 0.5, 0.0, "hours"
    if text == "half":
        return 0.5, 0.02, "share"
    if text in ("third", "quarter"):
        return 1 / _PARTS[text], 0.02, "share"
    if text in _ORDINALS:
        return float(_ORDINALS[text]), 0.0, "ordinal"
    if (found := _IN.match(text)) is not None:
        over, under = _whole(found[1]), _whole(found[2])
        return (over / under, 0.02, "share") if over and under else None
    return _part(text) or _count(text)


def _part(text: str) -> tuple[float, float, str] | None:
    words = _SPLIT.split(text)
    if len(words) != 2 or words[1] not in _PARTS:
        return None
    over = _whole(words[0])
    return (over / _PARTS[words[1]], 0.02, "share") if over else None


def _count(text: str) -> tuple[float, float, str] | None:
    value = _whole(text)
    if value is None or (value == 1 and text == "one"):
        return None
    return value, 1.0, ""


def _whole(text: str) -> float | None:
    if text in ("a", "an", "another"):
        return 1.0
    if text.isdigit():
        return float(text)
    total = current = 0
    for word in _SPLIT.split(text):
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _SCALE:
            total += (current or 1) * _SCALE[word]
            current = 0
        else:
            return None
    return float(total + current)
