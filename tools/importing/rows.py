"""Rows of text from anywhere: a header, batches for the engine, and what was not a row at all, each with its place."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from tools.errors import MappingError
from tools.importing.complain import did_you_mean
from tools.types import Frozen

FILE, LINE = "__file", "__line"
BATCH = 50_000
SHOWN = 500  # characters of a bad line that are kept


class BadLine(Frozen):
    """A line that is not a row: it has too few or too many fields, a broken quote, or bytes that do not decode."""

    file: str | None
    line: int | None
    reason: str
    text: str


class Rows(ABC):
    """One file, sheet or table: `header` at once, then `batches()` of Arrow tables of text; `bad` fills on the way.

    `label` is what rejects name as the file; None where rows have no place of their own (a database).
    """

    label: str | None
    header: list[str]
    encoding = "utf-8"

    def __init__(self, name: str) -> None:
        self.name = name
        self.bad: list[BadLine] = []

    @abstractmethod
    def records(self) -> Iterator[tuple[int | None, list[str | None]]]:
        """Line number and fields, in the order of `header`, of every row that is one."""

    def batches(self, columns: list[str]) -> Iterator[Any]:
        """Arrow tables: `columns` in that order as text, then the line number of each row."""
        if set(columns) != set(self.header):
            missing = sorted(set(columns) ^ set(self.header))
            raise MappingError(
                f"source {self.name}: '{self.label}' has other columns than the first file ({', '.join(missing)}); "
                "files of one source have the same columns."
            )
        order = [self.header.index(c) for c in columns]
        # fields of all rows one after another: keeping the rows' own lists makes the garbage collector walk them all
        lines: list[int | None] = []
        fields: list[str | None] = []
        for line, row in self.records():
            lines.append(line)
            fields.extend(row)
            if len(lines) == BATCH:
                yield self._table(columns, order, lines, fields)
                lines, fields = [], []
        if lines:
            yield self._table(columns, order, lines, fields)

    def reject(self, line: int | None, reason: str, text: str) -> None:
        shown = text.rstrip("\r\n").encode("utf-8", "replace").decode("utf-8")
        self.bad.append(BadLine(file=self.label, line=line, reason=reason, text=shown[:SHOWN]))

    def _table(self, columns: list[str], order: list[int], lines: list[int | None], fields: list[str | None]) -> Any:
        try:
            return self._arrow(columns, order, lines, fields)
        except UnicodeEncodeError:  # an undecodable byte came through as a lone surrogate: only now look for it
            width = len(self.header)
            good_lines: list[int | None] = []
            good_fields: list[str | None] = []
            for nth, line in enumerate(lines):
                row = fields[nth * width : (nth + 1) * width]
                if _clean(row):
                    good_lines.append(line)
                    good_fields.extend(row)
                else:
                    self.reject(
                        line, f"the line holds bytes that are not {self.encoding}", ",".join(f or "" for f in row)
                    )
            return self._arrow(columns, order, good_lines, good_fields)

    def _arrow(self, columns: list[str], order: list[int], lines: list[int | None], fields: list[str | None]) -> Any:
        width = len(self.header)
        arrays = {c: pa.array(fields[i::width], type=pa.string()) for c, i in zip(columns, order, strict=True)}
        return pa.table(arrays | {LINE: pa.array(lines, type=pa.int64())})


def _clean(row: list[str | None]) -> bool:
    return not any("\ud800" <= character <= "\udfff" for value in row if value for character in value)


def checked_header(name: str, label: str, fields: Iterable[str]) -> list[str]:
    """Column names without blanks around them, nameless ones numbered; MappingError where two are alike."""
    names = [field.strip() or f"column_{i}" for i, field in enumerate(fields, 1)]
    folded = [n.casefold() for n in names]
    twice = sorted({n for n in names if folded.count(n.casefold()) > 1})
    if twice:
        raise MappingError(f"source {name}: '{label}' has two columns '{twice[0]}'; rename one.")
    if {FILE, LINE} & set(folded):
        raise MappingError(f"source {name}: '{label}' has a column {FILE} or {LINE}; rename it.")
    return names


def check_columns(where: str, wanted: Iterable[str], there: Iterable[str]) -> None:
    """MappingError for the first wanted column that is not there; names compare as SQL does, without case."""
    known = list(there)
    folded = {k.casefold() for k in known}
    for column in wanted:
        if column.casefold() not in folded:
            raise MappingError(f"{where} has no column '{column}'{did_you_mean(column, known)}")
