"""Words of merchants made harmless before they are kept: names of shops, numbers that identify, amounts."""

import re
from collections.abc import Iterable

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://\S+|www\.\S+")
_AMOUNT = re.compile(
    r"(?:[¥￥$€]|rmb|cny)\s*\d[\d,.]*(?:\s*[万亿])?|\d[\d,.]*\s*(?:万|亿)?\s*(?:元|块钱?|yuan|rmb|cny|dollars?)",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,4}[-_]?\d{3,}(?![A-Za-z0-9])")
_DIGITS = re.compile(r"(?<!\d)\+?\d(?:[\s().-]{0,2}\d){5,}(?!\d)")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SHORTEST = 2  # of a shop's name: one character would mask half of a text


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text with ‹shop›, ‹mail›, ‹link›, ‹amount›, ‹id› and ‹number› in place of what could point at somebody."""
    plain = text.translate(_WIDE)
    for name in sorted({n.translate(_WIDE) for n in names if len(n) >= _SHORTEST}, key=len, reverse=True):
        plain = re.sub(re.escape(name), "‹shop›", plain, flags=re.IGNORECASE)
    for pattern, word in (
        (_MAIL, "‹mail›"), (_LINK, "‹link›"), (_AMOUNT, "‹amount›"), (_ID, "‹id›"), (_DIGITS, "‹number›"),
    ):  # fmt: skip
        plain = pattern.sub(word, plain)
    return plain
