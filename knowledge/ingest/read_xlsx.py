"""Workbooks: a section a sheet, each value as a person sees it. Formulas are never worked out.

openpyxl, not calamine: it knows a cell's format (15 %, not 0.15) and which cells are merged.
"""

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.errors import RefusedFileError
from knowledge.ingest.clean import one_line
from knowledge.ingest.limits import CELLS
from knowledge.ingest.tables import EMPTY, Grid, Place, blocks_of
from knowledge.ingest.types import Block, Heading, Reading

_MONEY = re.compile(r'"([^"]{1,6})"|\[\$([^\-\]]{1,4})[^\]]*\]|([¥￥$€£])')


def read_xlsx(data: bytes) -> Reading:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out; charts and the like are no text
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(data), keep_links=False) if _has_formulas(data) else None
    blocks: list[Block] = []
    hidden, lost = [], 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(sheet.title)
            continue
        lost += _uncached(sheet, formulas[sheet.title]) if formulas else 0
        content = [block for part in _parts(_grid(sheet)) for block in blocks_of(part)]
        if content:
            blocks += [Heading(2, one_line(sheet.title)), *content]
    if not blocks:
        raise RefusedFileError(
            "Its visible sheets hold no text or values. Fill them, or save the workbook after opening it."
        )
    notes = [f"{lost} formulas have no stored value and are left empty; open and save the workbook"] if lost else []
    notes += [f"hidden sheets left out: {', '.join(hidden)}"] if hidden else []
    notes += ["macros ignored"] if _has_macros(data) else []
    return Reading(blocks, notes=tuple(notes))


def _grid(sheet: Worksheet) -> Grid:
    used = [
        place for place, cell in sheet._cells.items() if cell.value is not None
    ]  # max_row counts coloured cells, too
    height, width = max((y for y, _ in used), default=0), max((x for _, x in used), default=0)
    if height * width > CELLS:
        raise RefusedFileError(f"Sheet '{sheet.title}' has more than {CELLS:,} cells. Keep what a person would read.")
    shown = [x for x in range(1, width + 1) if not _hidden_column(sheet, x)]
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        corner = (area.min_row, area.min_col)
        merged.update({place: corner for row in area.rows for place in row})
    grid: Grid = []
    for y in range(1, height + 1):
        if sheet.row_dimensions[y].hidden:
            continue
        grid.append([_place(sheet, *merged.get((y, x), (y, x))) for x in shown])
    return grid


def _place(sheet: Worksheet, y: int, x: int) -> Place:
    text = shown_value(sheet.cell(y, x))
    return Place(y * 20_000 + x, text) if text else EMPTY


def _hidden_column(sheet: Worksheet, number: int) -> bool:
    return any(d.hidden and (d.min or 0) <= number <= (d.max or 0) for d in sheet.column_dimensions.values())


def _parts(grid: Grid) -> list[Grid]:
    """The tables of a sheet: an empty row ends one."""
    parts: list[Grid] = [[]]
    for row in grid:
        if any(spot.text for spot in row):
            parts[-1].append(row)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def shown_value(cell: Any) -> str:
    """A cell's value as text, exactly: a percentage as such, a date as ISO, a sum of money with its sign."""
    value, style = cell.value, str(cell.number_format or "General")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, style)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return one_line(str(value))


def _number(value: float, style: str) -> str:
    exact = Decimal(format(value, ".15g"))  # the digits that a workbook keeps
    style = style.split(";")[0]
    if "%" in style:
        return f"{_plain(exact * 100)}%"
    text = f"{exact:,f}" if "," in style and exact == exact.to_integral_value() else _plain(exact)
    found = _MONEY.search(style)
    sign = next((part for part in found.groups() if part), "") if found else ""
    digits = min((style.find(c) for c in "0#" if c in style), default=0)
    return text if not sign else f"{sign}{text}" if found and found.start() < digits else f"{text}{sign}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml")]
        return any(re.search(rb"<(?:\w+:)?f[\s/>]", archive.read(name)) for name in sheets)


def _has_macros(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(name.endswith("vbaProject.bin") for name in archive.namelist())


def _uncached(values: Worksheet, formulas: Worksheet) -> int:
    return sum(
        cell.data_type == "f" and values.cell(cell.row, cell.column).value is None
        for row in formulas.iter_rows()
        for cell in row
    )
