"""Reading CSV so that each row knows its line, and a bad line costs only itself.

The readers inside engines are faster but count rows, not lines, and cannot decode GB18030 without a download; an
operator who is told "line 4711" must find the fault in line 4711.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from tools.errors import MappingError
from tools.importing.complain import did_you_mean
from tools.importing.files import look
from tools.importing.mapping import Source
from tools.types import Frozen

FILE, LINE = "__file", "__line"
BATCH = 50_000
SHOWN = 500  # characters of a bad line that are kept


class BadLine(Frozen):
    """A line that is not a row: it has too few or too many fields, a broken quote, or bytes that do not decode."""

    file: str
    line: int
    reason: str
    text: str


class _Tap:
    """Hands lines on and remembers those of the current record, to be able to show a broken one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.taken.append(line)
        return line


class CsvFile:
    """One CSV file: `header` at once, then `batches()` of Arrow tables of text, and `bad` lines as they are met."""

    def __init__(self, name: str, source: Source, path: Path) -> None:
        look(name, source, path)
        self.name, self.source, self.path = name, source, path
        self.bad: list[BadLine] = []
        self.header = self._header()

    def batches(self, columns: list[str]) -> Iterator[Any]:
        """Arrow tables: `columns` in that order as text, then the line number of each row."""
        if set(columns) != set(self.header):
            missing = sorted(set(columns) ^ set(self.header))
            raise MappingError(
                f"source {self.name}: '{self.path.name}' has other columns than the first file ({', '.join(missing)}); "
                "files of one source have the same columns."
            )
        order = [self.header.index(c) for c in columns]
        # fields of all rows one after another: keeping the rows' own lists makes the garbage collector walk them all
        lines: list[int] = []
        fields: list[str] = []
        for line, row in self._rows():
            lines.append(line)
            fields.extend(row)
            if len(lines) == BATCH:
                yield self._table(columns, order, lines, fields)
                lines, fields = [], []
        if lines:
            yield self._table(columns, order, lines, fields)

    def _open(self) -> Any:
        encoding = "utf-8-sig" if self.source.encoding == "utf-8" else self.source.encoding
        return self.path.open(encoding=encoding, errors="surrogateescape", newline="")

    def _header(self) -> list[str]:
        with self._open() as file:
            names = [n.strip() for n in next((r for r in csv.reader(file, delimiter=self.source.delimiter) if r), [])]
        names = [n or f"column_{i}" for i, n in enumerate(names, 1)]
        folded = [n.casefold() for n in names]
        twice = sorted({n for n in names if folded.count(n.casefold()) > 1})
        if twice:
            raise MappingError(f"source {self.name}: '{self.path.name}' has two columns '{twice[0]}'; rename one.")
        if {FILE, LINE} & set(folded):
            raise MappingError(f"source {self.name}: '{self.path.name}' has a column {FILE} or {LINE}; rename it.")
        return names

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        width, header_seen = len(self.header), False
        with self._open() as file:
            tap = _Tap(file)
            reader = csv.reader(tap, delimiter=self.source.delimiter, strict=True)
            while True:
                first = reader.line_num + 1
                tap.taken.clear()
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    self._reject(first, f"the line is not CSV: {error}", "".join(tap.taken))
                    continue
                if not row:
                    continue
                if not header_seen:
                    header_seen = True
                elif len(row) != width:
                    self._reject(first, f"the line does not have {width} fields as the header does", "".join(tap.taken))
                else:
                    yield first, row

    def _table(self, columns: list[str], order: list[int], lines: list[int], fields: list[str]) -> Any:
        try:
            return self._arrow(columns, order, lines, fields)
        except UnicodeEncodeError:  # an undecodable byte came through as a lone surrogate: only now look for it
            width = len(self.header)
            good_lines: list[int] = []
            good_fields: list[str] = []
            for nth, line in enumerate(lines):
                row = fields[nth * width : (nth + 1) * width]
                if _clean(row):
                    good_lines.append(line)
                    good_fields.extend(row)
                else:
                    reason = f"the line holds bytes that are not {self.source.encoding}"
                    self._reject(line, reason, self.source.delimiter.join(row))
            return self._arrow(columns, order, good_lines, good_fields)

    def _arrow(self, columns: list[str], order: list[int], lines: list[int], fields: list[str]) -> Any:
        width = len(self.header)
        arrays = {c: pa.array(fields[i::width], type=pa.string()) for c, i in zip(columns, order, strict=True)}
        return pa.table(arrays | {LINE: pa.array(lines, type=pa.int64())})

    def _reject(self, line: int, reason: str, text: str) -> None:
        shown = text.rstrip("\r\n").encode("utf-8", "replace").decode("utf-8")
        self.bad.append(BadLine(file=self.path.name, line=line, reason=reason, text=shown[:SHOWN]))


def _clean(row: list[str]) -> bool:
    return not any("\ud800" <= character <= "\udfff" for value in row for character in value)


def check_columns(where: str, wanted: Iterable[str], there: Iterable[str]) -> None:
    """MappingError for the first wanted column that is not there; names compare as SQL does, without case."""
    known = list(there)
    folded = {k.casefold() for k in known}
    for column in wanted:
        if column.casefold() not in folded:
            raise MappingError(f"{where} has no column '{column}'{did_you_mean(column, known)}")
