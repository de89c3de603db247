"""Bytes to text: the encodings that Chinese and English documents come in, and text that was decoded wrongly before."""

import codecs
import unicodedata

from knowledge.errors import RefusedFileError

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = 0.85  # share of everyday characters below which Chinese text was decoded by the wrong table
_LOST = 1 / 200  # share of unreadable characters above which a text is not worth having
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》【】—…·％￥＋－／～　〔〕「」『』")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`; RefusedFileError where no encoding fits. `declared` is tried after a byte order mark."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            marked = _strict(data, name)
            if marked is None:
                raise RefusedFileError(f"It begins as {name} text but is broken further on. Save it again as UTF-8.")
            return marked
    wide = _utf16(data)
    if wide is not None:
        return wide
    for known in ("utf-8", _python_name(declared)):
        text = _strict(data, known) if known else None
        if text is not None:
            return text
    return _guessed(data)


def _guessed(data: bytes) -> str:
    chinese = [
        (everyday(text, narrow, last), text)
        for name, narrow, last in (("gb18030", "gb2312", 0xD7), ("big5hkscs", "big5", 0xC6))
        if (text := _strict(data, name)) is not None
    ]
    best = max(chinese, default=(0.0, ""), key=lambda scored: scored[0])
    if best[0] >= _COMMON:
        return best[1]
    western = _strict(data, "cp1252")
    if western is not None and sum(b > 127 for b in data) <= 0.2 * len(data) and _western(western):
        return western
    raise RefusedFileError("Its encoding cannot be told. Open it where it reads well and save it as UTF-8.")


def everyday(text: str, table: str, last: int) -> float:
    """The share of non-ASCII characters that are punctuation or among the everyday ones of a double-byte table.

    Both tables put everyday characters first, up to the lead byte `last`; the wrong table yields mostly rare ones.
    """
    known = total = 0
    for character in text:
        if character < "\x80":
            continue
        total += 1
        code = character.encode(table, errors="ignore")
        known += character in _PUNCTUATION or (len(code) == 2 and 0xA1 <= code[0] <= last)
    return known / total if total else 0.0


def refuse_mojibake(text: str) -> tuple[str, ...]:
    """Raises where a text was decoded wrongly before it was saved; else notes on single lost characters."""
    lost = text.count("\ufffd")
    if lost > _LOST * max(1, len(text)):
        raise RefusedFileError(
            f"{lost} of its characters are lost (shown as �). Export it again from where it is whole."
        )
    lines = [line for line in text.splitlines() if sum(c > "\x7f" for c in line) >= 4]
    broken = [line for line in lines if _twice_decoded(line)]
    if broken and len(broken) >= 0.2 * len(lines):
        raise RefusedFileError(
            f"Its text is garbled ('{broken[0].strip()[:20]}'): saved after being read in a wrong encoding. "
            "Export it again from where it reads well, as UTF-8."
        )
    return (f"{lost} characters could not be read",) if lost else ()


def _twice_decoded(line: str) -> bool:
    """Whether a line's characters are really the bytes of UTF-8, some of them lost; those of proper text are not."""
    for name in ("gb18030", "cp1252", "latin-1"):
        try:
            repaired = line.strip().encode(name).decode("utf-8", errors="replace")
        except UnicodeError:
            continue
        foreign = [c for c in repaired if c > "\x7f"]
        # everyday Chinese in GBK holds byte pairs that UTF-8 reads as Greek or Arabic letters, but hardly Chinese ones
        good = [c for c in foreign if c != "\ufffd" and (name != "gb18030" or c > "\u2e7f")]
        if len(good) > 0.6 * len(foreign):
            return True
    return False


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark gives itself away by the zero bytes of its spaces and line ends."""
    zeros = (data[0::2].count(0), data[1::2].count(0))
    if max(zeros) < max(1, len(data) // 100) or min(zeros) > 0.1 * max(zeros):
        return None
    text = _strict(data, "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be")
    if text is None or any(unicodedata.category(c) in ("Cc", "Cn", "Co") and c not in "\t\r\n" for c in text[:2000]):
        return None
    return text


def _western(text: str) -> bool:
    return all(c in "\t\r\n" or unicodedata.category(c)[0] in "LPSZN" for c in text)


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None


def _python_name(declared: str | None) -> str | None:
    """gb2312 and gbk are declared where GB18030 is meant, which holds both."""
    if declared is None:
        return None
    name = declared.strip().lower().replace("_", "-")
    if name in ("gb2312", "gbk", "gb-2312", "x-gbk"):
        return "gb18030"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
