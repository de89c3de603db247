"""PDF files with a text layer: lines, headings by size of type, ruled tables; running heads stay out."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pdfplumber
from pdfminer.layout import LTChar, LTContainer, LTCurve
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from knowledge.errors import RefusedFileError
from knowledge.ingest.clean import clean, one_line
from knowledge.ingest.encoding import refuse_mojibake
from knowledge.ingest.limits import PAGES
from knowledge.ingest.outline import Line, outline
from knowledge.ingest.tables import EMPTY, Grid, Place, blocks_of
from knowledge.ingest.types import Block, Heading, Reading, Table

_LARGER = 1.12  # times the text's own size: a heading
_MOST_HEADINGS = 0.3  # share of lines; above it size says nothing
_LONGEST = 60
_SPACED = 1.6  # times a line's height between two lines: a new paragraph
_SAME_LINE = 0.4  # of a character's size between the middles of two characters of one line
_BLANK = 0.25  # of a character's size between two characters of one word
_UNREADABLE = re.compile(r"\(cid:\d+\)")


class _Char(NamedTuple):
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


class _Row(NamedTuple):
    """A line of text on a page, or a table in its place."""

    top: float
    height: float
    size: float
    text: str
    grid: Grid | None = None


def read_pdf(data: bytes) -> Reading:
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        pages = _pages(data)
    except PdfminerException as error:
        if any(isinstance(part, PDFPasswordIncorrect) for part in error.args):
            raise RefusedFileError("It is locked with a password. Save it without one.") from error
        raise RefusedFileError("It is a damaged PDF file. Export or download it again.") from error
    except (PDFException, PSException, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise RefusedFileError("It is a damaged PDF file. Export or download it again.") from error
    empty = [number for number, rows in enumerate(pages, start=1) if not rows]
    if len(empty) == len(pages):
        raise RefusedFileError("It holds pictures of pages, no text. Run text recognition (OCR) over it first.")
    text = "\n".join(row.text for rows in pages for row in rows)
    if len(_UNREADABLE.findall(text)) > 0.02 * len(text):
        raise RefusedFileError("Its fonts do not say which characters they show. Export it again, or save it as text.")
    notes = refuse_mojibake(text)
    if empty:
        notes += (f"pages without text left out: {', '.join(map(str, empty))}",)
    return _reading(_without_running_heads(pages), notes)


def _pages(data: bytes) -> list[list[_Row]]:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) > PAGES:
            raise RefusedFileError(f"It has {len(pdf.pages)} pages, more than {PAGES}. Split it.")
        pages = []
        for page in pdf.pages:
            pages.append(_rows(page))
            page.close()  # a page's characters are large
    return pages


def _rows(page: Any) -> list[_Row]:
    """Tables where lines are drawn, and the lines of text around them."""
    things = list(_things(page.layout))
    drawn = any(isinstance(thing, LTCurve) for thing in things)  # lines and boxes are curves, too
    tables = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.columns) > 1] if drawn else []
    rows = [_Row(table.bbox[1], table.bbox[3] - table.bbox[1], 0.0, "", _grid(table)) for table in tables]
    boxes = [table.bbox for table in tables]
    chars = [_char(page, thing) for thing in things if isinstance(thing, LTChar) and thing.upright]
    for line in _lines([char for char in chars if not _within(char, boxes)]):
        text = one_line(_spaced_out(line))
        if text:
            size = Counter(round(char.size * 2) / 2 for char in line).most_common(1)[0][0]
            top = min(char.top for char in line)
            rows.append(_Row(top, max(char.bottom for char in line) - top, size, text))
    return sorted(rows, key=lambda row: row.top)


def _things(container: Any) -> Iterator[Any]:
    """pdfminer's own things, because pdfplumber's way to characters takes three times as long."""
    for thing in container:
        if isinstance(thing, LTContainer):
            yield from _things(thing)
        else:
            yield thing


def _char(page: Any, char: LTChar) -> _Char:
    """In pdfplumber's coordinates, from the page's top left."""
    left, top = page.mediabox[:2]
    down = page.height + top
    return _Char(char.get_text(), char.x0 + left, char.x1 + left, down - char.y1, down - char.y0, char.size)


def _within(char: _Char, boxes: list[tuple[float, float, float, float]]) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in boxes)


def _lines(chars: list[_Char]) -> list[list[_Char]]:
    """Characters by lines; one that is printed twice in a place, as some programs do for bold type, once."""
    lines: list[list[_Char]] = []
    middle, seen = 0.0, set[tuple[str, int, int]]()
    for char in sorted(chars, key=lambda c: c.top + c.bottom):
        place = (char.text, round(char.x0), round(char.top))
        if place in seen:
            continue
        seen.add(place)
        centre = (char.top + char.bottom) / 2
        if not lines or centre - middle > _SAME_LINE * char.size:
            lines.append([])
            middle = centre
        lines[-1].append(char)
    return [sorted(line, key=lambda c: c.x0) for line in lines]


def _spaced_out(line: list[_Char]) -> str:
    """The text of a line; a gap is a blank, whether or not one was printed."""
    text, end = "", line[0].x0
    for char in line:
        text += (" " if char.x0 - end > _BLANK * char.size else "") + char.text
        end = char.x1
    return text


def _grid(table: Any) -> Grid:
    """Cells by position: a merged cell covers every place whose middle lies in it."""
    texts = {cell: one_line(text or "") for row, line in zip(table.rows, table.extract(), strict=True)
             for cell, text in zip(row.cells, line, strict=True) if cell is not None}  # fmt: skip
    numbered = [(number, cell, text) for number, (cell, text) in enumerate(texts.items())]
    xs = sorted({round(edge, 1) for cell in texts for edge in (cell[0], cell[2])})
    ys = sorted({round(edge, 1) for cell in texts for edge in (cell[1], cell[3])})

    def at(x: float, y: float) -> Place:
        for number, (x0, top, x1, bottom), text in numbered:
            if x0 <= x <= x1 and top <= y <= bottom:
                return Place(number, text)
        return EMPTY

    middles = [(a + b) / 2 for a, b in pairwise(xs)]
    return [[at(x, (a + b) / 2) for x in middles] for a, b in pairwise(ys)]


def _without_running_heads(pages: list[list[_Row]]) -> list[list[_Row]]:
    """Lines that stand first or last on at least three pages and on half of them, page numbers read as one."""
    edges = Counter(key for rows in pages for key in {_key(row) for row in (rows[:1] + rows[-1:])} if key)
    often = {key for key, count in edges.items() if count >= max(3, len(pages) / 2)}
    return [
        [row for n, row in enumerate(rows) if not (n in (0, len(rows) - 1) and _key(row) in often)]
        for rows in pages
    ]  # fmt: skip


def _key(row: _Row) -> str:
    return re.sub(r"\d+", "0", row.text) if row.grid is None else ""


def _reading(pages: list[list[_Row]], notes: tuple[str, ...]) -> Reading:
    rows = [row for page in pages for row in page]
    sizes = Counter[float]()
    for row in rows:
        sizes[row.size] += len(row.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    large = [row for row in rows if row.grid is None and _is_heading(row, body)]
    by_size = 0 < len(large) <= max(1, _MOST_HEADINGS * len(rows))
    levels = {size: n for n, size in enumerate(sorted({row.size for row in large}, reverse=True), start=1)}
    levels = levels if by_size else {}
    blocks: list[Block] = []
    lines: list[Line] = []

    def close() -> None:
        """Numbered headings among the text lie below those that are known by their size."""
        found = outline(lines)
        blocks.extend(Heading(b.level + len(levels), b.text) if isinstance(b, Heading) else b for b in found)
        lines.clear()

    for page in pages:
        last: _Row | None = None
        for row in page:
            if row.grid is not None:
                close()
                _add_table(blocks, row.grid, goes_on=last is None)
            elif by_size and _is_heading(row, body):
                close()
                _add_heading(blocks, Heading(levels[row.size], row.text))
            else:
                lines.append(Line(clean(row.text), _apart(last, row)))
            last = row
    close()
    title = max(large, key=lambda row: row.size).text if by_size else None
    return Reading(blocks, title=title, notes=notes)


def _is_heading(row: _Row, body: float) -> bool:
    return row.size >= _LARGER * body and len(row.text) <= _LONGEST and re.search(r"[。；;，,]$", row.text) is None


def _apart(last: _Row | None, row: _Row) -> bool:
    return last is not None and last.grid is None and row.top - last.top > _SPACED * max(last.height, 1.0)


def _add_heading(blocks: list[Block], heading: Heading) -> None:
    """A title over two lines is one."""
    last = blocks[-1] if blocks else None
    if isinstance(last, Heading) and last.level == heading.level == 1:
        blocks[-1] = Heading(1, one_line(f"{last.text}\n{heading.text}"))
    else:
        blocks.append(heading)


def _add_table(blocks: list[Block], grid: Grid, *, goes_on: bool) -> None:
    """A table at the top of a page goes on with the one that ended the page before, if it has as many columns."""
    last = blocks[-1] if blocks else None
    for block in blocks_of(grid):
        like = isinstance(block, Table) and isinstance(last, Table) and len(block.rows[0]) == len(last.rows[0])
        if goes_on and like and isinstance(block, Table) and isinstance(last, Table):
            same = block.rows[: block.header] == last.rows[: last.header]
            blocks[-1] = Table(last.rows + block.rows[block.header if same else 0 :], last.header)
        else:
            blocks.append(block)
        goes_on = False
