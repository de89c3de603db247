"""Is the platform's data whole and fresh, and what do they allow? What `ccare data check` finds."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tools.catalog import load_catalog
from tools.errors import DataMissingError
from tools.importing.coverage import Bar, bar
from tools.importing.findings import find_problems
from tools.importing.problems import Problem, TableHealth
from tools.importing.report import Reason, Sample
from tools.importing.sql import first_line, name, text
from tools.importing.unlocks import Contents, Filled, TotalsOnly, Unlock, available, filled, totals_only, unlocks
from tools.tables import DAILY, SQL_TYPES, TABLES, Table
from tools.types import Frozen

SAMPLES = 2


class Health(Frozen):
    """The whole check: what there is, what it allows, and what is wrong with it (nothing: an empty tuple)."""

    as_of: date | None
    tables: tuple[TableHealth, ...]
    missing: tuple[str, ...]  # optional tables that are not connected
    problems: tuple[Problem, ...]
    bars: dict[str, Bar]  # by table, where it has days
    rejects: dict[str, tuple[Reason, ...]]  # by table, most frequent first
    metrics: tuple[str, ...]  # that can be computed, by id
    unlocks: tuple[Unlock, ...]
    filled: tuple[Filled, ...]
    totals_only: TotalsOnly | None

    @property
    def broken(self) -> bool:
        """Whether anything is wrong that answers cannot be given with."""
        return any(p.severity == "error" for p in self.problems)


def check(platform: Path, today: date) -> Health:
    """Look at a directory of canonical tables, imported or generated. DataMissingError if there is none."""
    if not platform.is_dir():
        raise DataMissingError(f"{platform}: there are no data here; run `ccare data demo` or `ccare data import`.")
    problems: list[Problem] = []
    manifest = _manifest(platform, problems)
    catalog = load_catalog()
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")  # it would write into what the caller prints
        there = [t for t in TABLES.values() if (platform / f"{t.name}.parquet").is_file()]
        tables = [h for t in there if (h := _table(connection, platform, t, manifest, problems)) is not None]
        known = {h.table: h for h in tables}
        declared = _as_of(manifest) if manifest.get("as_of_declared") else None
        problems.extend(find_problems(connection, known, declared, today))
        bars = {h.table: days for h in tables if (days := bar(connection, h)) is not None}
        rejects = {t: reasons for t in known if (reasons := _rejects(connection, platform, t))}
        contents = _contents(connection, known, manifest)
    missing = tuple(t for t in TABLES if t not in known)
    return Health(
        as_of=_as_of(manifest),
        tables=tuple(tables),
        missing=missing,
        problems=tuple(problems),
        bars=bars,
        rejects=rejects,
        metrics=tuple(available(catalog, contents)),
        unlocks=unlocks(catalog, contents, missing),
        filled=filled(catalog, contents),
        totals_only=totals_only(catalog, contents),
    )


def _manifest(platform: Path, problems: list[Problem]) -> dict[str, Any]:
    """An import writes one; generated data need none, because their newest day is the day they speak of."""
    path = platform / "manifest.json"
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    except (OSError, ValueError):
        pass
    sentence = "manifest.json is broken, so nobody knows which day the data speak of; import the data again."
    problems.append(Problem(severity="error", table=None, sentence=sentence))
    return {}


def _as_of(manifest: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(manifest.get("as_of")))
    except ValueError:
        return None


def _table(
    connection: duckdb.DuckDBPyConnection,
    platform: Path,
    table: Table,
    manifest: dict[str, Any],
    problems: list[Problem],
) -> TableHealth | None:
    rejected = int(manifest.get("rejected", {}).get(table.name, 0))
    names = {c.name for c in table.columns}
    day = "min(day), max(day), count(DISTINCT day)" if "day" in names else "NULL, NULL, NULL"
    merchants = "count(DISTINCT merchant_id)" if "merchant_id" in names else "NULL"
    file = f"read_parquet({text(str(platform / f'{table.name}.parquet'))})"
    try:
        there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()}
        lacking = [c.name for c in table.columns if c.required and c.name not in there]
        if lacking:
            raise DataMissingError(f"it lacks {', '.join(lacking)}")
        cells = ", ".join(
            f"CAST({name(c.name) if c.name in there else 'NULL'} AS {SQL_TYPES[c.kind]}) AS {name(c.name)}"
            for c in table.columns
        )
        connection.execute(f"CREATE VIEW {name(table.name)} AS SELECT {cells} FROM {file}")
        rows, *found = connection.execute(f"SELECT count(*), {merchants}, {day} FROM {name(table.name)}").fetchall()[0]
    except (duckdb.Error, DataMissingError) as error:
        sentence = f"{table.name}.parquet cannot be read ({first_line(error)}); import or generate the data again."
        problems.append(Problem(severity="error", table=table.name, sentence=sentence))
        return None
    return TableHealth(
        table=table.name, rows=rows, rejected=rejected,
        merchants=found[0], first_day=found[1], newest_day=found[2], days=found[3],
    )  # fmt: skip


def _rejects(connection: duckdb.DuckDBPyConnection, platform: Path, table: str) -> tuple[Reason, ...]:
    """What the import put aside, by reason, with the earliest samples."""
    path = platform / "rejects" / f"{table}.parquet"
    if not path.is_file():
        return ()
    sample = "{'file': file, 'line': line, 'row': row[:500]}"
    try:
        found = connection.execute(
            f"SELECT reason, count(*), list({sample} ORDER BY nth)[:{SAMPLES}]"
            f" FROM (SELECT *, row_number() OVER () AS nth FROM read_parquet({text(str(path))}))"
            " GROUP BY reason ORDER BY 2 DESC, 1"
        ).fetchall()
    except duckdb.Error:
        return ()
    return tuple(
        Reason(reason=reason, count=count, samples=tuple(Sample(**s) for s in samples))
        for reason, count, samples in found
    )


def _contents(
    connection: duckdb.DuckDBPyConnection, known: dict[str, TableHealth], manifest: dict[str, Any]
) -> Contents:
    """What metrics may read. A daily column without a single value was not sent."""
    columns: frozenset[str] = frozenset()
    if "daily" in known:
        sums = [c.name for c in DAILY.columns if not c.required]
        counted = connection.execute(f"SELECT {', '.join(f'count({c})' for c in sums)} FROM daily").fetchall()[0]
        columns = frozenset(c for c, count in zip(sums, counted, strict=True) if count)
    absent = manifest.get("absent", {})
    return Contents(
        tables=frozenset(known),
        absent=frozenset(f"{table}.{column}" for table, columns in absent.items() for column in columns),
        daily=columns,
    )
