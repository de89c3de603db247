"""Word files: headings by style or outline level, lists, tables. Deleted text, comments and macros stay out."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import docx.opc.exceptions

from knowledge.errors import RefusedFileError
from knowledge.ingest.clean import one_line
from knowledge.ingest.numbering import Numbering
from knowledge.ingest.outline import Line, outline
from knowledge.ingest.tables import EMPTY, Grid, Place, blocks_of
from knowledge.ingest.types import Block, Heading, Item, Paragraph, Reading

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = (f"{_W}del", f"{_W}moveFrom", f"{_W}delText", f"{_W}instrText", _FALLBACK)
_HEADING = re.compile(r"^(?:heading|标题|標題)\s*(\d)$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc|目录|目錄)\b", re.IGNORECASE)
_TITLES = ("title", "标题", "標題")
_MACRO_TYPE = b"application/vnd.ms-word.document.macroEnabled.main+xml"
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def read_docx(data: bytes) -> Reading:
    try:
        data, macros = _without_macros(data)
        document = docx.Document(io.BytesIO(data))
    except (ValueError, KeyError, SyntaxError, docx.opc.exceptions.OpcError) as error:  # SyntaxError: broken XML
        raise RefusedFileError(
            "It is damaged: Word's own parts are missing or broken. Open it and save it again."
        ) from error
    reader = _Reader(document)
    blocks = list(reader.walk(document.element.body))
    title = next((b.text for b in blocks if isinstance(b, Heading) and b.level <= 1), None)
    if not any(isinstance(block, Heading) for block in blocks):
        blocks = _outlined(blocks)
    notes = ("macros ignored",) if macros else ()
    return Reading(blocks, title=title, notes=notes)


def _without_macros(data: bytes) -> tuple[bytes, bool]:
    """A .docm declares itself in one line; renamed there, it opens like a .docx. Its macros are never looked at."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        types = source.read("[Content_Types].xml")
        macros = any(name.endswith("vbaProject.bin") for name in source.namelist())
        if _MACRO_TYPE not in types:
            return data, macros
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                target.writestr(
                    name,
                    types.replace(_MACRO_TYPE, _PLAIN_TYPE) if name == "[Content_Types].xml" else source.read(name),
                )
    return out.getvalue(), True


def _outlined(blocks: list[Block]) -> list[Block]:
    """Without a single heading style, numbered lines are looked for, as in plain text."""
    found: list[Block] = []
    lines: list[Line] = []
    for block in [*blocks, None]:
        if isinstance(block, Paragraph):
            lines += [Line(line, gap=True) for line in block.text.split("\n") if line.strip()]
            continue
        found += outline(lines, wrapped=False)
        lines = []
        if block is not None:
            found.append(block)
    return found


class _Reader:
    def __init__(self, document: Any) -> None:
        self._styles = {s.get(f"{_W}styleId"): s for s in document.styles.element.iterfind(f"{_W}style")}
        self._numbering = Numbering(_numbering_root(document))

    def walk(self, parent: Any) -> Iterator[Block]:
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from blocks_of(self._grid(child), _header_rows(child))
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
                yield from self.walk(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        text = _text(paragraph)
        names = self._names(paragraph)
        if not one_line(text) or any(_CONTENTS.match(name) for name in names):
            return
        level = self._level(paragraph, names)
        label, depth, listed = self._number(paragraph)
        if level is not None:
            yield Heading(level, one_line(f"{label} {text}" if label else text))
        elif listed or any(name.startswith(("list bullet", "list number", "列表")) for name in names):
            plain = re.fullmatch(r"(\d+)[.、)]?", label)
            yield Item(
                depth, f"{plain[1]}." if plain else "-", one_line(text if plain or not label else f"{label} {text}")
            )
        else:
            yield Paragraph(text)

    def _names(self, paragraph: Any) -> list[str]:
        """The style's name and those of the styles it is based on, lower case."""
        found: list[str] = []
        style = self._styles.get(_value(paragraph, "pPr/pStyle"))
        while style is not None and len(found) < 10:
            found.append((_value(style, "name") or "").lower())
            style = self._styles.get(_value(style, "basedOn"))
        return found

    def _level(self, paragraph: Any, names: list[str]) -> int | None:
        if any(name in _TITLES for name in names):
            return 0
        for name in names:
            if match := _HEADING.match(name):
                return int(match[1])
        direct = _value(paragraph, "pPr/outlineLvl")
        return int(direct) + 1 if direct is not None and direct.isdigit() and int(direct) < 6 else None

    def _number(self, paragraph: Any) -> tuple[str, int, bool]:
        """The counted number, the depth, and whether the paragraph is of a list at all; from it or from its style."""
        style = self._styles.get(_value(paragraph, "pPr/pStyle"))
        for owner in (paragraph, style):
            id = _value(owner, "pPr/numPr/numId") if owner is not None else None
            if id is not None:
                depth = int(_value(owner, "pPr/numPr/ilvl") or "0")
                return ("", depth, False) if id == "0" else (self._numbering.label(id, depth), min(depth, 3), True)
        return "", 0, False

    def _grid(self, table: Any) -> Grid:
        grid: Grid = []
        number = 0
        for row in table.iterfind(f"{_W}tr"):
            line: list[Place] = [EMPTY] * int(_value(row, "trPr/gridBefore") or "0")
            for cell in row.iterfind(f"{_W}tc"):
                across = int(_value(cell, "tcPr/gridSpan") or "1")
                merge = cell.find(f"{_W}tcPr/{_W}vMerge")
                continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
                above = grid[-1][len(line)] if continued and grid and len(line) < len(grid[-1]) else None
                number += 1
                spot = above or Place(number, one_line("\n".join(_text(p) for p in cell.iter(f"{_W}p"))))
                line += [spot] * min(across, 100)
            grid.append(line)
        width = max((len(row) for row in grid), default=0)
        return [row + [EMPTY] * (width - len(row)) for row in grid]


def _numbering_root(document: Any) -> Any | None:
    try:
        return document.part.numbering_part.element
    except (NotImplementedError, KeyError):  # the file counts nothing
        return None


def _header_rows(table: Any) -> int | None:
    count = 0
    for row in table.iterfind(f"{_W}tr"):
        if row.find(f"{_W}trPr/{_W}tblHeader") is None:
            break
        count += 1
    return count or None


def _text(paragraph: Any) -> str:
    """What is shown: also inserted text, links and text boxes, not what tracked changes deleted."""
    parts: list[str] = []

    def gather(element: Any) -> None:
        for child in element:
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in (f"{_W}br", f"{_W}cr"):
                parts.append("\n")
            elif child.tag == f"{_W}tab":
                parts.append(" ")
            elif child.tag == f"{_W}noBreakHyphen":
                parts.append("-")
            elif child.tag not in _LEFT_OUT and not _vanishes(child) and child.tag != f"{_W}pPr":
                gather(child)

    gather(paragraph)
    return "".join(parts)


def _vanishes(run: Any) -> bool:
    return bool(run.tag == f"{_W}r" and run.find(f"{_W}rPr/{_W}vanish") is not None)


def _value(element: Any, path: str) -> str | None:
    found = element.find("/".join(f"{_W}{part}" for part in path.split("/")))
    return None if found is None else found.get(f"{_W}val")
