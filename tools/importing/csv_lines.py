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
SHOWN = 500     # characters of a bad line that are kept


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
        """Arrow tables: `columns` in that order as text (None where empty), then file name and line number."""
        if set(columns) != set(self.header):
            missing = sorted(set(columns) ^ set(self.header))
            raise MappingError(
                f"source {self.name}: '{self.path.name}' has other columns than the first file ({', '.join(missing)}); "
                "files of one source have the same columns."
            )
        order = [self.header.index(c) for c in columns]
        batch: list[tuple[int, list[str]]] = []
        for line, row in self._rows():
            batch.append((line, row))
            if len(batch) == BATCH:
                yield self._table(columns, order, batch)
                batch = []
        if batch:
            yield self._table(columns, order, batch)

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
            raise MappingError(f"source {self.name}: '{self.path.name}' names the column '{twice[0]}' twice; rename one.")
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

    def _table(self, columns: list[str], order: list[int], batch: list[tuple[int, list[str]]]) -> Any:
        try:
            return self._arrow(columns, order, batch)
        except UnicodeEncodeError:      # an undecodable byte came through as a lone surrogate: only now look for it
            good = [(line, row) for line, row in batch if _clean(row)]
            for line, row in batch:
                if not _clean(row):
                    text = self.source.delimiter.join(row).encode("utf-8", "replace").decode("utf-8")
                    self._reject(line, f"the line holds bytes that are not {self.source.encoding}", text)
            return self._arrow(columns, order, good)

    def _arrow(self, columns: list[str], order: list[int], batch: list[tuple[int, list[str]]]) -> Any:
        fields = list(zip(*(row for _, row in batch), strict=True)) or [()] * len(columns)
        arrays = {c: pa.array(fields[i], type=pa.string()) for c, i in zip(columns, order, strict=True)}
        arrays[FILE] = pa.array([self.path.name] * len(batch), type=pa.string())
        arrays[LINE] = pa.array([line for line, _ in batch], type=pa.int64())
        return pa.table(arrays)

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
