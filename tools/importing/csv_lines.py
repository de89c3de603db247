"""Reading CSV so that each row knows its line, and a bad line costs only itself.

The readers inside engines are faster but count rows, not lines, and cannot decode GB18030 without a download; an
operator who is told "line 4711" must find the fault in line 4711.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tools.errors import MappingError
from tools.importing.encodings import CODECS, errors, is_utf8_after_all
from tools.importing.files import look
from tools.importing.rows import Rows, checked_header
from tools.importing.source_types import Source


class _Tap:
    """Hands lines on, remembers those of the current record, and takes back all but its first."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.back: list[str] = []
        self.taken: list[str] = []
        self.number = 0  # of the line handed on last

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.pop() if self.back else next(self.lines)
        self.number += 1
        self.taken.append(line)
        return line

    def keep_only_the_first(self) -> None:
        """A quote that was never closed swallows lines that are rows of their own: they are read again."""
        rest = self.taken[1:]
        self.back.extend(reversed(rest))
        self.number -= len(rest)
        del self.taken[1:]


class CsvFile(Rows):
    """One CSV file."""

    def __init__(self, name: str, source: Source, path: Path) -> None:
        super().__init__(name)
        look(name, source, path)
        self.source, self.path, self.label = source, path, path.name
        self.encoding = source.encoding
        try:
            with self._open() as file:
                first: list[str] = next((r for r in self._reader(file) if r), [])
        except csv.Error as error:
            raise MappingError(
                f"source {name}: the column names of '{path.name}' are not CSV ({error}); correct its first line."
            ) from error
        self.header = checked_header(name, path.name, first)

    def records(self) -> Iterator[tuple[int | None, list[str | None]]]:
        width, header_seen = len(self.header), False
        with self._open() as file:
            tap = _Tap(file)
            reader = self._reader(tap)
            while True:
                first = tap.number + 1
                tap.taken.clear()
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    tap.keep_only_the_first()
                    self.reject(first, f"the line is not CSV: {error}", tap.taken[0])
                    reader = self._reader(tap)
                    continue
                if not row:
                    continue
                if not header_seen:
                    header_seen = True
                elif fault := self._fault(row, width, tap.taken):
                    tap.keep_only_the_first()
                    self.reject(first, fault, tap.taken[0])
                else:
                    yield first, row

    def _fault(self, row: list[str], width: int, lines: list[str]) -> str | None:
        if len(row) != width:
            return f"the line does not have {width} fields as the header does"
        for line in lines:
            if "\0" in line:
                return "the line holds empty (NUL) bytes, as after a broken copy"
            if self.encoding == "utf-16" and "\ufffd" in line:
                return "the line holds bytes that are not utf-16"
            if is_utf8_after_all(line, self.source.encoding):
                return f"the line is UTF-8 in a file that is declared as {self.encoding}"
        return None

    def _reader(self, lines: Iterator[str]) -> Any:
        return csv.reader(lines, delimiter=self.source.delimiter, strict=True)

    def _open(self) -> Any:
        encoding = self.source.encoding
        return self.path.open(encoding=CODECS[encoding], errors=errors(encoding), newline="")
