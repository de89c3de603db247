"""What an import tells: for each table how many rows were taken, how many were not, and why."""

from datetime import date

from pydantic import Field

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
    reasons: tuple[Reason, ...] = ()  # most frequent first
    absent: tuple[str, ...] = ()  # columns that the mapping does not give: empty, or the schema's default


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
    rates: dict[str, str] = Field(default_factory=dict)  # so much of `currency` for one of these, as the mapping states
    note: str
    sources: tuple[SourceReport, ...]
    tables: tuple[TableReport, ...]

    def table(self, name: str) -> TableReport:
        return next(t for t in self.tables if t.table == name)


def describe(report: ImportReport) -> list[str]:
    """The report as lines for a terminal: each table with its counts, then why rows were rejected, with one example."""
    kind = "declared" if report.as_of_declared else "the newest day"
    lines = [f"Imported {report.source}: the data speak of {report.as_of} ({kind}), money in {report.currency}."]
    lines += [
        f"Amounts in {code} were converted: 1 {code} = {rate} {report.currency}." for code, rate in report.rates.items()
    ]
    for table in report.tables:
        lines.append(f"{table.table}: {table.accepted:,} rows accepted, {table.rejected:,} rejected")
        lines += [f"  {reason.count:,} x {reason.reason}{_example(reason)}" for reason in table.reasons]
        if table.absent:
            lines.append(f"  not in the source: {', '.join(table.absent)}")
    if any(t.rejected for t in report.tables):
        lines.append("Every rejected row is kept with its reason under rejects/.")
    return [*lines, f"Note: {report.note}"] if report.note else lines


def _example(reason: Reason) -> str:
    first = reason.samples[0]
    where = f"{first.file} line {first.line}: " if first.line is not None else ""
    return f", e.g. {where}{first.row[:120]}"
