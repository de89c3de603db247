"""Headings of text that marks none: underlined lines, and numbers such as 第一章, 一、, （一）, 1. and 1.1."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.ingest.clean import joined
from knowledge.ingest.types import Block, Heading, Item, Paragraph

_N = "[一二三四五六七八九十百零〇]"
_CLASSES = (  # outermost first
    ("chapter", re.compile(rf"^第\s*(?:{_N}+|\d+)\s*[编章部篇]")),
    ("section", re.compile(rf"^第\s*(?:{_N}+|\d+)\s*节")),
    ("article", re.compile(rf"^第\s*(?:{_N}+|\d+)\s*条")),
    ("han", re.compile(rf"^{_N}+\s*[、．.]\s*")),
    ("bracket", re.compile(rf"^[(（]\s*{_N}+\s*[)）]\s*")),
    ("english", re.compile(r"^(?:chapter|section|part|article)\s+(?:\d+|[IVX]+)\b", re.IGNORECASE)),
    ("dotted3", re.compile(r"^\d{1,2}\.\d{1,2}\.\d{1,2}\.?\s*(?=\D)")),
    ("dotted2", re.compile(r"^\d{1,2}\.\d{1,2}\.?\s+(?=\D)")),
    ("number", re.compile(r"^\d{1,2}(?:\.(?!\d)|[、．])\s*")),
)
_ORDER = ("chapter", "english", "section", "article", "han", "bracket", "number", "dotted2", "dotted3")
_BULLET = re.compile(r"^\s*(?:[-*+•●○◦▪■◆·–]|(?:\d{1,2}|[a-z])[.)、](?!\d)|[(（]\d{1,2}[)）]|[①-⑳])\s*")
_UNDERLINE = re.compile(r"^\s*([=\-~—_*])\1{2,}\s*$")
_SENTENCE = re.compile(r"[。！？；;，,.!?:：]$")
_LONGEST = 40  # columns of a numbered heading, a Chinese character counts two... see _short


class Line(NamedTuple):
    text: str
    gap: bool = False  # whether a blank line stands before it


def outline(lines: Sequence[Line], *, wrapped: bool = True) -> list[Block]:
    """Headings, points and paragraphs. `wrapped`: a line may go on in the next one, so such lines are joined."""
    levels = _levels(lines)
    blocks: list[Block] = []
    for place, line in enumerate(lines):
        following = lines[place + 1].text if place + 1 < len(lines) else ""
        if _UNDERLINE.match(line.text):
            continue
        kind = class_of(line.text)
        if _underlined(line.text, following):
            blocks.append(Heading(1 if following.strip()[0] == "=" else 2, line.text.strip()))
        elif kind is not None and kind in levels and _short(line.text):
            blocks.append(Heading(levels[kind], line.text.strip()))
        else:
            _add(blocks, line, wrapped)
    return blocks


def class_of(text: str) -> str | None:
    """The kind of number that a line begins with."""
    stripped = text.strip()
    return next((name for name, pattern in _CLASSES if pattern.match(stripped)), None)


def _levels(lines: Sequence[Line]) -> dict[str, int]:
    """The kinds of numbers that stand over text of their own; a run of such lines is a list instead."""
    over: dict[str, int] = {}
    count: dict[str, int] = {}
    for place, line in enumerate(lines):
        kind = class_of(line.text)
        if kind is None or not _short(line.text):
            if kind is not None:
                count[kind] = count.get(kind, 0) + 1
            continue
        following = lines[place + 1].text if place + 1 < len(lines) else ""
        count[kind] = count.get(kind, 0) + 1
        over[kind] = over.get(kind, 0) + (following.strip() != "" and class_of(following) != kind)
    heads = [kind for kind in _ORDER if over.get(kind, 0) * 2 > count.get(kind, 0)]
    return {kind: place + 3 for place, kind in enumerate(heads)}  # below what is underlined


def _short(text: str) -> bool:
    stripped = text.strip()
    width = sum(2 if c > "\u2e7f" else 1 for c in stripped)
    return width <= 2 * _LONGEST and _SENTENCE.search(stripped) is None


def _underlined(text: str, following: str) -> bool:
    found = _UNDERLINE.match(following)
    return found is not None and found[1] in "=-~" and 0 < len(text.strip()) <= 2 * _LONGEST


def _add(blocks: list[Block], line: Line, wrapped: bool) -> None:
    text = line.text.strip()
    bullet = _BULLET.match(line.text)
    if bullet and bullet.end() < len(line.text):
        indent = len(line.text) - len(line.text.lstrip())
        number = re.match(r"\s*(\d{1,2})[.)、]", line.text)
        mark = f"{number[1]}." if number else "-"
        kept = text if mark == "-" and not re.match(r"[-*+•●○◦▪■◆·–]", text) else line.text[bullet.end() :].strip()
        blocks.append(Item(min(3, indent // 2), mark, kept))
        return
    last = blocks[-1] if blocks else None
    goes_on = wrapped and not line.gap and not (_SENTENCE.search(getattr(last, "text", "")) and _ends(last))
    if isinstance(last, Paragraph) and goes_on:
        blocks[-1] = Paragraph(joined(last.text, text))
    elif isinstance(last, Item) and goes_on and line.text.startswith((" ", "\t", "\u3000")):
        blocks[-1] = Item(last.depth, last.mark, joined(last.text, text))
    elif text:
        blocks.append(Paragraph(text))


def _ends(block: Block | None) -> bool:
    return isinstance(block, Paragraph | Item) and re.search(r"[。！？：:.!?]$", block.text) is not None
