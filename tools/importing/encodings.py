"""Which bytes are which text: the declared encodings as codecs, and what a line reads as instead."""

from tools.importing.source_types import Encoding

# what the name stands for where it is written: gb18030 reads all of gbk, and Windows writes cp950 for Big5
CODECS: dict[Encoding, str] = {
    "utf-8": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030", "gbk": "gb18030", "big5": "cp950",
}  # fmt: skip
MULTIBYTE: tuple[Encoding, ...] = ("gb18030", "gbk", "big5")  # decoders that make other words of UTF-8 without a sound


def errors(encoding: Encoding) -> str:
    """How undecodable bytes come through: as surrogates, which single bytes of UTF-16 have no place for."""
    return "replace" if encoding == "utf-16" else "surrogateescape"


def decodes(data: bytes, encoding: Encoding) -> bool:
    try:
        data.decode("utf-8" if encoding == "utf-8" else CODECS[encoding])
    except UnicodeDecodeError:
        return False
    return True


def is_utf8_after_all(line: str, encoding: Encoding) -> bool:
    """Whether a line that was read in a multibyte encoding is really UTF-8 Chinese.

    Two Chinese characters or more and not a byte too many: so long a line of real GBK or Big5 never looks like that.
    """
    if line.isascii() or encoding not in MULTIBYTE:
        return False
    try:
        meant = line.encode(CODECS[encoding], "surrogateescape").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    beyond = [c for c in meant if not c.isascii()]
    return len(beyond) > 1 and all("\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in beyond)


def guess(lines: list[bytes], declared: Encoding) -> Encoding | None:
    """Another encoding in which all lines can be read; None where there is none. A guess for a person to judge."""
    others: tuple[Encoding, ...] = ("utf-8", "gb18030", "big5")
    return next((e for e in others if e != declared and all(decodes(line, e) for line in lines)), None)
