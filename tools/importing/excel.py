"""Reading one sheet of a workbook as rows of text, by the numbers that Excel shows beside them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from tools.errors import MappingError
from tools.importing.complain import did_you_mean
from tools.importing.rows import Rows, checked_header
from tools.importing.source_types import Source

Cell = str | int | float | bool | date | datetime | time | timedelta | None
EXACT = 10**15  # Excel keeps 15 digits of a number: a longer id in a number's cell has lost its end
Book = python_calamine.CalamineWorkbook


class ExcelSheet(Rows):
    """The declared sheet of one workbook (.xlsx, .xlsm, .xlsb, .xls, .ods); the sheet is held in memory."""

    def __init__(self, name: str, source: Source, path: Path) -> None:
        super().__init__(name)
        self.label, self.source = path.name, source
        where = f"source {name}: '{path.name}'"
        try:
            with Book.from_path(path) as book:
                self.sheet = _pick(where, book, source.sheet)
        except python_calamine.PasswordError as error:
            raise MappingError(f"{where} is locked by a password; save a copy without one.") from error
        except (python_calamine.CalamineError, OSError) as error:
            said = " ".join(str(error).split())
            raise MappingError(f"{where} is not a readable workbook ({said}); save it again as .xlsx.") from error
        header = next((row for number, row in self._numbered() if number == source.header_row), [])
        while header and header[-1] in ("", None):
            header.pop()
        if not header:
            raise MappingError(
                f"{where}, sheet '{self.sheet.name}': row {source.header_row} is empty; say in `header_row` which row "
                "holds the column names."
            )
        self.header = checked_header(name, path.name, [_text(cell) or "" for cell in header])

    def records(self) -> Iterator[tuple[int | None, list[str | None]]]:
        width = len(self.header)
        for number, row in self._numbered():
            if number <= self.source.header_row or all(cell in ("", None) for cell in row):
                continue
            fields = [_text(cell) for cell in row]
            fields += [None] * (width - len(fields))
            if any(fields[width:]):
                self._refuse(number, f"the row has cells beyond the {width} named columns", fields)
            elif any(isinstance(cell, int | float) and abs(cell) >= EXACT for cell in row):
                why = "a cell holds a number of 16 digits or more, of which Excel keeps 15; store the column as text"
                self._refuse(number, why, fields)
            else:
                yield number, fields[:width]

    def _refuse(self, number: int, reason: str, fields: list[str | None]) -> None:
        self.reject(number, reason, ",".join(f or "" for f in fields))

    def _numbered(self) -> Iterator[tuple[int, list[Cell]]]:
        """Rows by Excel's own numbers: empty ones above the first are handed out too, empty columns before it not."""
        yield from enumerate(self.sheet.iter_rows(), 1)


def _pick(where: str, book: Book, wanted: str | None) -> python_calamine.CalamineSheet:
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise MappingError(f"{where} has no sheet '{wanted}'{did_you_mean(wanted, book.sheet_names)}")
        return book.get_sheet_by_name(wanted)
    sheets = [s for s in (book.get_sheet_by_name(n) for n in book.sheet_names) if s.start is not None]
    if len(sheets) != 1:
        named = ", ".join(f"'{s.name}'" for s in sheets)
        what = f"has {len(sheets)} sheets with rows ({named}); say which in `sheet`" if sheets else "holds no rows"
        raise MappingError(f"{where} {what}.")
    return sheets[0]


def _text(cell: Cell) -> str | None:
    """A cell as CSV would have it; days and times in ISO form, whole numbers without a point."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
