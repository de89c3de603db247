"""Answers with one digit changed, to see whether the reader notices."""

import re
from collections.abc import Iterator

_FIGURE = re.compile(r"(?<![A-Za-z\d_.])\d+(?:[,.]\d+)*(?![\dA-Za-z_])")
_LEFT_ALONE = re.compile(
    r"\[[MP]\d+(?:,\s*[MP]\d+)*\]|^\s*\d{1,2}[.)、]\s+|(?<![A-Za-z])M\d{4,}|(?:Star Plan |繁星计划\s?)2\.0|\d+x\d+",
    re.MULTILINE,
)


def mutations(text: str) -> Iterator[tuple[str, str]]:
    """(what was changed, changed text): each figure, also those of dates, with its last digit one higher or lower."""
    kept = [m.span() for m in _LEFT_ALONE.finditer(text)]
    for match in _FIGURE.finditer(text):
        if any(low <= match.start() < high for low, high in kept):
            continue
        at = match.end() - 1
        digit = "8" if text[at] == "9" else str(int(text[at]) + 1)
        around = text[max(0, match.start() - 30) : match.end() + 20].replace("\n", " ")
        yield f"{match.group()} -> {text[match.start() : at]}{digit} in {around!r}", text[:at] + digit + text[at + 1 :]
