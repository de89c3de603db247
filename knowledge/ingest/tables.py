"""Cells with spans to a rectangle in which every row can be read by itself under its headers."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from knowledge.errors import RefusedFileError
from knowledge.ingest.clean import one_line
from knowledge.ingest.limits import CELLS
from knowledge.ingest.types import Block, Paragraph, Table

MAX_HEADERS = 3


class Cell(NamedTuple):
    text: str
    across: int = 1
    down: int = 1


class Place(NamedTuple):
    """One place of the rectangle; places of one merged cell have the same number."""

    cell: int
    text: str


EMPTY = Place(-1, "")
Grid = list[list[Place]]


def place(rows: Sequence[Sequence[Cell]]) -> Grid:
    """Rows of cells, as HTML and Word give them, laid out: each covers `across` columns and `down` rows."""
    taken: dict[tuple[int, int], Place] = {}
    number = 0
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            across, down = max(1, min(cell.across, 100)), max(1, min(cell.down, len(rows) - y))
            spot = Place(number, one_line(cell.text))
            taken.update({(y + dy, x + dx): spot for dy in range(down) for dx in range(across)})
            number, x = number + 1, x + across
            if len(taken) > CELLS:
                raise RefusedFileError(
                    f"One of its tables has more than {CELLS:,} cells. Split it, or keep what matters."
                )
    width = max((x for _, x in taken), default=-1) + 1
    return [[taken.get((y, x), EMPTY) for x in range(width)] for y in range(len(rows))]


def blocks_of(grid: Grid, header: int | None = None) -> list[Block]:
    """A table with the line above it that spans its width; a single column becomes paragraphs.

    `header`: how many rows are headers, where the file says so.
    """
    grid = _trimmed(grid)
    before: list[Block] = []
    while len(grid) > 1 and len(grid[0]) > 1 and _spans(grid[0]):
        before.append(Paragraph(next(spot.text for spot in grid[0] if spot.text)))
        grid, header = grid[1:], header - 1 if header else header
    if not grid:
        return before
    if len(grid[0]) == 1:
        return [*before, *(Paragraph(row[0].text) for row in grid)]
    count = _headers(grid) if header is None else max(1, min(header, len(grid)))
    return [*before, Table(tuple(tuple(spot.text for spot in row) for row in grid), count)]


def _headers(grid: Grid) -> int:
    """One row, and one more below each that groups columns: the names stand under the group."""
    count = 1
    while count < min(MAX_HEADERS, len(grid) - 1) and _groups(grid[count - 1]):
        count += 1
    return count


def _groups(row: list[Place]) -> bool:
    return any(a.cell == b.cell and a.cell >= 0 for a, b in pairwise(row))


def _spans(row: list[Place]) -> bool:
    """One merged cell over the whole width, or a lone text in the first place with nothing beside it."""
    return len({spot.cell for spot in row if spot.text}) == 1 and (
        row[0].text != "" and row[-1].cell in (row[0].cell, -1)
    )


def _trimmed(grid: Grid) -> Grid:
    rows = [row for row in grid if any(spot.text for spot in row)]
    columns = [x for x in range(len(rows[0]) if rows else 0) if any(row[x].text for row in rows)]
    return [[row[x] for x in columns] for row in rows]
