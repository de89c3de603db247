"""Is the platform's data whole and fresh? What `ccare data check` prints."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tools.errors import DataMissingError
from tools.importing.findings import Problem, TableHealth, find_problems
from tools.importing.sql import first_line, name, text
from tools.tables import TABLES, Table
from tools.types import Frozen


class Health(Frozen):
    """The whole check: what there is, and what is wrong with it (nothing: an empty tuple)."""

    as_of: date | None
    tables: tuple[TableHealth, ...]
    missing: tuple[str, ...]  # optional tables that are not connected
    problems: tuple[Problem, ...]


def check(platform: Path, today: date) -> Health:
    """Look at a directory of canonical tables, imported or generated. DataMissingError if there is none."""
    if not platform.is_dir():
        raise DataMissingError(f"{platform}: there are no data here; run `ccare data demo` or `ccare data import`.")
    problems: list[Problem] = []
    manifest = _manifest(platform, problems)
    with duckdb.connect() as connection:
        there = [t for t in TABLES.values() if (platform / f"{t.name}.parquet").is_file()]
        tables = [h for t in there if (h := _table(connection, platform, t, manifest, problems)) is not None]
        known = {h.table: h for h in tables}
        declared = _as_of(manifest) if manifest.get("as_of_declared") else None
        problems.extend(find_problems(connection, known, declared, today))
    return Health(
        as_of=_as_of(manifest),
        tables=tuple(tables),
        missing=tuple(t for t in TABLES if t not in {h.table for h in tables}),
        problems=tuple(problems),
    )


def report_lines(platform: Path, today: date) -> list[str]:
    """The check as lines for a terminal: the tables, what is not connected, each problem, or that there is none."""
    health = check(platform, today)
    lines = [f"{t.table}: {t.rows:,} rows{_extent(t)}" for t in health.tables]
    if health.missing:
        lines.append(f"Not connected: {', '.join(health.missing)}.")
    if health.as_of:
        lines.append(f"The data speak of {health.as_of}.")
    lines += [f"{'ERROR' if p.severity == 'error' else 'Look'}: {p.sentence}" for p in health.problems]
    return lines if health.problems else [*lines, "Nothing is wrong."]


def _extent(table: TableHealth) -> str:
    merchants = f", {table.merchants:,} merchants" if table.merchants is not None else ""
    days = f", {table.days} days from {table.first_day} to {table.newest_day}" if table.first_day else ""
    rejected = f"; {table.rejected:,} rejected" if table.rejected else ""
    return merchants + days + rejected


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
    columns = {c.name for c in table.columns}
    day = "min(day), max(day), count(DISTINCT day)" if "day" in columns else "NULL, NULL, NULL"
    merchants = "count(DISTINCT merchant_id)" if "merchant_id" in columns else "NULL"
    try:
        file = text(str(platform / f"{table.name}.parquet"))
        connection.execute(f"CREATE VIEW {name(table.name)} AS SELECT * FROM read_parquet({file})")
        rows, *found = connection.execute(f"SELECT count(*), {merchants}, {day} FROM {name(table.name)}").fetchall()[0]
    except duckdb.Error as error:
        sentence = f"{table.name}.parquet cannot be read ({first_line(error)}); import or generate the data again."
        problems.append(Problem(severity="error", table=table.name, sentence=sentence))
        return None
    return TableHealth(
        table=table.name, rows=rows, rejected=rejected,
        merchants=found[0], first_day=found[1], newest_day=found[2], days=found[3],
    )  # fmt: skip
