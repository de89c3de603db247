"""An operator's own data into the canonical tables: `import_data`."""

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from tools.errors import DiskError, MappingError
from tools.importing.mapping import Mapping, read_mapping
from tools.importing.reading import readings
from tools.importing.report import ImportReport, SourceReport, TableReport
from tools.importing.sources import load_sources
from tools.importing.sql import connect, could_not_write, lock, name
from tools.importing.staging import STAGED, stage
from tools.importing.validate import CHECKED, REASON, TYPED, check_rows, write_table
from tools.importing.values import business_day
from tools.tables import TABLES

Progress = Callable[[str, float], None]
WORK = ".work"
FACTS = ("activity", "daily")


def import_data(mapping: Path, out: Path, *, progress: Progress | None = None) -> ImportReport:
    """Load, check and write every table that `mapping` declares into the empty directory `out`.

    Writes `<out>/<table>.parquet` (accepted rows, in a fixed order), `<out>/rejects/<table>.parquet` (file, line,
    reason, row as text) where rows were refused, and `<out>/manifest.json`; the same input gives the same files.
    `progress` hears what is being done and a share from 0 to 1. Raises MappingError (mapping, source files, or a
    required table left without rows) and DiskError; the caller throws `out` away then.
    """
    tell = progress or (lambda what, share: None)
    declared = read_mapping(mapping)
    with _disk(out):
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise DiskError(f"{out}: an import writes into an empty directory; name another.")
        work = out / WORK
        work.mkdir()
        try:
            report = _import(declared, mapping.resolve().parent, out, work / "import.duckdb", tell)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        _write_manifest(out, report)
    tell("done", 1.0)
    return report


def _import(mapping: Mapping, beside: Path, out: Path, database: Path, tell: Progress) -> ImportReport:
    names = [t for t in TABLES if t in mapping.tables]  # merchants first: the others are checked against them
    read = {table: readings(mapping, table) for table in names}
    with connect(database) as connection:
        sources = load_sources(connection, mapping, beside, lambda what, share: tell(what, 0.5 * share))
        _say_if_empty(mapping, sources)
        connection.execute(f"CREATE SCHEMA {STAGED}")
        if mapping.timezone:
            connection.execute(f"CREATE MACRO business_day(value, zone) AS {business_day(mapping.timezone)}")
        lock(connection)
        origins = {}
        for done, table in enumerate(names):
            tell(f"preparing {table}", 0.5 + 0.2 * done / len(names))
            origins[table] = stage(connection, mapping, table)
    # a new connection, because a lock cannot be opened again; from here on only this package's SQL runs
    with connect(database) as connection:
        connection.execute(f"CREATE SCHEMA {CHECKED}")
        latest = mapping.as_of or _today(mapping.timezone)
        reports = []
        for done, table in enumerate(names):
            tell(f"checking {table}", 0.7 + 0.3 * done / len(names))
            check_rows(connection, table, latest, read[table])
            written = write_table(connection, table, origins[table], out)
            absent = tuple(c.name for c in TABLES[table].columns if c.name not in mapping.tables[table].columns)
            reports.append(written.model_copy(update={"absent": absent}))
        _refuse_without_rows(reports)
        as_of = mapping.as_of or _newest_day(connection, names)
    return ImportReport(
        source=mapping.name,
        as_of=as_of,
        as_of_declared=mapping.as_of is not None,
        currency=mapping.currency,
        rates={code: str(rate) for code, rate in sorted(mapping.rates.items())},
        note=" ".join(mapping.note.split()),
        sources=sources,
        tables=tuple(reports),
    )


def _today(zone: str | None) -> date:
    """Without a declared day, what lies after today cannot have happened; without a zone, after today in every zone."""
    return datetime.now(ZoneInfo(zone) if zone else timezone(timedelta(hours=14))).date()


def _newest_day(connection: duckdb.DuckDBPyConnection, names: list[str]) -> date:
    days = " UNION ALL ".join(
        f"SELECT {name(TYPED + 'day')} AS day FROM {CHECKED}.{t} WHERE {REASON} IS NULL" for t in FACTS if t in names
    )
    newest: date = connection.execute(f"SELECT max(day) FROM ({days})").fetchall()[0][0]
    return newest


def _say_if_empty(mapping: Mapping, sources: tuple[SourceReport, ...]) -> None:
    for source in sources:
        used = [t for t, m in mapping.tables.items() if m.source == source.name and (t == "merchants" or t in FACTS)]
        if used and not source.rows and not source.unreadable:
            raise MappingError(
                f"source {source.name}: {', '.join(source.files)} has column names but no rows, and {used[0]} needs "
                "some; export the file again."
            )


def _refuse_without_rows(reports: list[TableReport]) -> None:
    accepted = {r.table: r for r in reports}
    facts = [accepted[t] for t in FACTS if t in accepted]
    empty = [accepted["merchants"]] if not accepted["merchants"].accepted else []
    if not empty and not any(f.accepted for f in facts):
        empty = facts
    if empty:
        raise MappingError(" ".join(_why_empty(r) for r in empty))


def _why_empty(report: TableReport) -> str:
    if not report.rows:
        return f"table {report.table}: its source gave no rows; check the file and the query."
    top = report.reasons[0]
    sample = top.samples[0]
    where = f" ({sample.file} line {sample.line})" if sample.line else ""
    return (
        f"table {report.table}: none of {report.rows} rows was accepted; {top.count} times: {top.reason}, "
        f"first{where}: {sample.row[:200]}. Correct the file or the mapping's columns."
    )


def _write_manifest(out: Path, report: ImportReport) -> None:
    manifest: dict[str, object] = {
        "as_of": report.as_of.isoformat(),
        "as_of_declared": report.as_of_declared,
        "source": report.source,
        "currency": report.currency,
        "note": report.note,
        "counts": {t.table: t.accepted for t in report.tables},
        "rejected": {t.table: t.rejected for t in report.tables},
        "absent": {t.table: list(t.absent) for t in report.tables if t.absent},  # zeros here were never measured
    }
    if report.rates:
        manifest["rates"] = report.rates  # so much of the currency for one of these
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (out / "manifest.json").write_text(text + "\n", encoding="utf-8")


@contextmanager
def _disk(out: Path) -> Iterator[None]:
    """Trouble with writing becomes one sentence; reading troubles are told where the source is known."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "the disk is full" if full else f"it cannot be written ({error.strerror})"
        raise DiskError(
            f"{out}: {what}; nothing was published. Make room or name another directory, then import again."
        ) from error
    except duckdb.Error as error:
        if not could_not_write(error):
            raise
        raise DiskError(
            f"{out}: the import ran out of disk or memory; nothing was published. Make room, then import again."
        ) from error
