"""Text as a document may hold it: one form of line end, no control or invisible characters."""

import re
import unicodedata

_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_BREAK = re.compile(rf"(?<={_WIDE})[ \t]*\n[ \t]*(?={_WIDE})")
_RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6))
}
_LONGEST_RUN = 40  # blanks or marks in a row; more says nothing, and makes searches slow
_RUN = re.compile(r"([ \t\u3000._=*~—-])\1{39,}")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Keeps every visible character. Invisible ones go: they split words, turn lines round, or hide orders."""
    text = _LINE_ENDS.sub("\n", text).replace("\u00a0", " ").translate(_RADICALS)  # PDF fonts give radicals as letters
    text = _RUN.sub(lambda found: found[0][:_LONGEST_RUN], text)
    return "".join(
        c for c in text if c in "\n\t\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn", "Cs")
    )


def one_line(text: str) -> str:
    """All white space to single blanks; none between Chinese characters that only a line break kept apart."""
    return " ".join(_BREAK.sub("", clean(text)).split())


def joined(first: str, second: str) -> str:
    """Two lines of one paragraph: a blank between them, unless Chinese meets Chinese or a hyphen stands at the end."""
    tight = re.search(rf"{_WIDE}$", first) and re.match(_WIDE, second)
    return first + ("" if tight or re.search(r"[A-Za-z]-$", first) else " ") + second
