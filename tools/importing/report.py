"""What an import tells: for each table how many rows were taken, how many were not, and why."""

from datetime import date

from tools.types import Frozen


class Sample(Frozen):
    """One rejected row, as text. `file` and `line` (1 is the header's) where the source is a CSV file."""

    file: str | None
    line: int | None
    row: str


class Reason(Frozen):
    """Why rows were rejected: the first rule that each of them broke. At most five samples, the earliest rows."""

    reason: str
    count: int
    samples: tuple[Sample, ...] = ()


class TableReport(Frozen):
    """One canonical table. `rows` counts what was read, so `accepted + rejected == rows`."""

    table: str
    rows: int
    accepted: int
    rejected: int
    reasons: tuple[Reason, ...] = ()    # most frequent first


class SourceReport(Frozen):
    """One declared source: its files by name, its readable rows, and the lines that are not even rows."""

    name: str
    files: tuple[str, ...]
    rows: int
    unreadable: int = 0


class ImportReport(Frozen):
    """The whole import. `as_of` is the day that the data speak of, declared or the newest day."""

    source: str
    as_of: date
    as_of_declared: bool
    currency: str
    note: str
    sources: tuple[SourceReport, ...]
    tables: tuple[TableReport, ...]

    def table(self, name: str) -> TableReport:
        return next(t for t in self.tables if t.table == name)
