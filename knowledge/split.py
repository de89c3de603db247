"""A document into passages: one a section, long sections at paragraph ends, tables whole; the only file that splits.

The text that is embedded and indexed carries the title and the section path, because a section often relies on them
("each of 1 to 8 characters" says nothing without "trigger words").
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.types import Document, Frozen

if TYPE_CHECKING:
    from langchain_text_splitters import MarkdownHeaderTextSplitter

LIMIT = 400  # estimated tokens of one passage with its heading; the model's own limit is 512
_HEADERS = [("#", "h1"), ("##", "h2"), ("###", "h3"), ("####", "h4")]
_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+")
_WIDE = re.compile(r"[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]")


class Piece(Frozen):
    """A passage before it is indexed. `number` is its section's place in the document; 0 stands before any heading."""

    passage_id: str
    document_id: str
    number: int
    section: str
    text: str
    indexed: str


def split_document(
    document: Document, body: str, *, limit: int = LIMIT, count: Callable[[str], int] | None = None
) -> list[Piece]:
    """Passages in reading order; `count` measures tokens (by default an estimate that errs on the high side)."""
    measure = count or estimate_tokens
    pieces: list[Piece] = []
    for number, path, text in _sections(document.title, body):
        room = max(40, limit - measure(indexed_text(document, path, "")))
        for part, content in enumerate(_parts(text, room, measure), start=1):
            mark = f"{number}" if part == 1 else f"{number}.{part}"
            pieces.append(
                Piece(
                    passage_id=f"{document.id}#{mark}",
                    document_id=document.id,
                    number=number,
                    section=path,
                    text=content,
                    indexed=indexed_text(document, path, content),
                )
            )
    return pieces


def indexed_text(document: Document, section: str, text: str) -> str:
    """What is embedded of a passage."""
    return " > ".join(p for p in (document.title, section) if p) + "\n" + text


def estimate_tokens(text: str) -> int:
    """An upper estimate for the bundled model: in prose 0.6 tokens a Chinese letter and 0.25 a Latin one."""
    wide = len(_WIDE.findall(text))
    return int(wide + (len(text) - wide) * 0.6) + 4


@lru_cache(maxsize=1)
def _splitter() -> "MarkdownHeaderTextSplitter":
    from langchain_text_splitters import MarkdownHeaderTextSplitter  # 0.3 s, only a build pays it

    return MarkdownHeaderTextSplitter(_HEADERS, strip_headers=True)


def _sections(title: str, body: str) -> list[tuple[int, str, str]]:
    """(number, heading path, text) of every section with text; a heading that repeats the title is not a section."""
    sections: list[tuple[int, str, str]] = []
    number = 0
    for chunk in _splitter().split_text(body):
        names = [str(chunk.metadata[key]) for _, key in _HEADERS if key in chunk.metadata]
        if names and names[0].strip() == title.strip():
            names = names[1:]
        number += 1 if names else 0
        text = "\n".join(line.rstrip() for line in chunk.page_content.replace("  \n", "\n\n").split("\n")).strip()
        if text and not names and sections:  # the title stands below some text: one opening section, one number
            last = sections.pop()
            sections.append((last[0], last[1], f"{last[2]}\n\n{text}"))
        elif text:
            sections.append((number, " > ".join(names), text))
    return sections


def _parts(text: str, room: int, measure: Callable[[str], int]) -> list[str]:
    """Blocks packed greedily into parts of at most `room` tokens."""
    parts: list[str] = []
    for block in _blocks(text, room, measure):
        joined = f"{parts[-1]}\n\n{block}" if parts else block
        if parts and measure(joined) <= room:
            parts[-1] = joined
        else:
            parts.append(block)
    return parts


def _blocks(text: str, room: int, measure: Callable[[str], int]) -> list[str]:
    blocks: list[str] = []
    for block in (b.strip("\n") for b in re.split(r"\n{2,}", text)):
        if measure(block) <= room:
            blocks.append(block)
        elif block.lstrip().startswith("|"):
            blocks.extend(_table_rows(block, room, measure))
        else:
            blocks.extend(_sentences(block, room, measure))
    return [b for b in blocks if b.strip()]


def _table_rows(block: str, room: int, measure: Callable[[str], int]) -> list[str]:
    """A table that no passage can hold: each part repeats its header, so that no row loses its meaning."""
    lines = block.split("\n")
    header, parts = "\n".join(lines[:2]), []
    current = header
    for line in lines[2:]:
        if current != header and measure(f"{current}\n{line}") > room:
            parts.append(current)
            current = header
        current = f"{current}\n{line}"
    return [*parts, current]


def _sentences(block: str, room: int, measure: Callable[[str], int]) -> list[str]:
    parts: list[str] = []
    units = [u for line in block.split("\n") for u in [*_SENTENCE_END.split(line), "\n"] if u]
    for unit in units:
        for bit in _hard(unit, room, measure):
            glue = "" if not parts or _WIDE.match(parts[-1][-1:]) or bit == "\n" or parts[-1].endswith("\n") else " "
            joined = f"{parts[-1]}{glue}{bit}" if parts else bit
            if parts and measure(joined) <= room:
                parts[-1] = joined
            elif bit != "\n":
                parts.append(bit)
    return [p.strip() for p in parts]


def _hard(unit: str, room: int, measure: Callable[[str], int]) -> list[str]:
    """A sentence without an end in sight is cut by length: better two halves than one that the model cuts silently."""
    if measure(unit) <= room:
        return [unit]
    half = len(unit) // 2
    return [*_hard(unit[:half], room, measure), *_hard(unit[half:], room, measure)]
