"""Checking the staged rows, all at once in the engine, and writing the good ones and the bad ones apart."""

from datetime import date
from pathlib import Path

import duckdb

from tools.importing.curves import refuse_broken_curves
from tools.importing.reading import Reading
from tools.importing.report import Reason, Sample, TableReport
from tools.importing.rows import FILE, LINE
from tools.importing.rules import refusals
from tools.importing.sources import BAD
from tools.importing.sql import name, text, texts, trimmed
from tools.importing.staging import ROW, STAGED
from tools.importing.values import CURRENCY, cast
from tools.tables import TABLES, Table

RAW, TYPED, REASON = "raw_", "typed_", "__reason"
CHECKED = "checked"  # schema
SAMPLES = 5
STRANGER = "its merchant is not among the accepted merchants"


def check_rows(connection: duckdb.DuckDBPyConnection, table: str, latest: date, readings: dict[str, Reading]) -> None:
    """Make checked.<table>: text and cast value of every column, and the first rule that the row breaks, if any."""
    schema = TABLES[table]
    staged = f"{STAGED}.{name(table)}"
    types = {row[0]: str(row[1]) for row in connection.execute(f"DESCRIBE {staged}").fetchall()}
    pairs = ",\n".join(
        f"{trimmed(name(c.name))} AS {name(RAW + c.name)},"
        f" {cast(c.kind, name(c.name), types[c.name], readings[c.name])} AS {name(TYPED + c.name)}"
        for c in schema.columns
    )
    rules = list(refusals(schema, latest, RAW, TYPED, readings))
    if table != "merchants" and any(c.name == "merchant_id" for c in schema.columns):
        known = f"SELECT {name(TYPED + 'merchant_id')} FROM {CHECKED}.merchants WHERE {REASON} IS NULL"
        rules.append((f"{name(TYPED + 'merchant_id')} NOT IN ({known})", STRANGER))
    cases = "\n".join(f"WHEN {condition} THEN {text(reason)}" for condition, reason in rules)
    connection.execute(
        f"CREATE TABLE {CHECKED}.{name(table)} AS SELECT *, CASE {cases} END AS {REASON}\n"
        f"FROM (SELECT {ROW}, {FILE}, {LINE}{f', {CURRENCY}' if CURRENCY in types else ''}, {pairs} FROM {staged})"
    )
    connection.execute(f"DROP TABLE {staged}")
    if schema.key:
        _refuse_repeats(connection, schema)
    if table == "benchmarks":
        refuse_broken_curves(connection, f"{CHECKED}.{name(table)}", TYPED, REASON)


def _refuse_repeats(connection: duckdb.DuckDBPyConnection, schema: Table) -> None:
    """Of several good rows with one key the first read stays. The window runs only over keys that do repeat."""
    rows = f"{CHECKED}.{name(schema.name)}"
    key = [name(TYPED + c) for c in schema.key]
    repeated = f"SELECT {', '.join(key)} FROM {rows} WHERE {REASON} IS NULL GROUP BY ALL HAVING count(*) > 1"
    if not connection.execute(f"SELECT 1 FROM ({repeated}) LIMIT 1").fetchall():
        return
    same = " AND ".join(f"a.{k} IS NOT DISTINCT FROM b.{k}" for k in key)  # NULL store_id is one store, not many
    alike = ", ".join(f"a.{k}" for k in key)
    later = (
        f"SELECT {ROW} FROM (SELECT a.{ROW}, row_number() OVER (PARTITION BY {alike} ORDER BY a.{ROW}) AS nth"
        f" FROM {rows} AS a JOIN ({repeated}) AS b ON {same} WHERE a.{REASON} IS NULL) WHERE nth > 1"
    )
    reason = text(f"another row has the same {', '.join(schema.key)}")
    connection.execute(f"UPDATE {rows} SET {REASON} = {reason} WHERE {ROW} IN ({later})")


def write_table(connection: duckdb.DuckDBPyConnection, table: str, origins: tuple[str, ...], out: Path) -> TableReport:
    """Write <out>/<table>.parquet and, if any row was refused, <out>/rejects/<table>.parquet."""
    schema = TABLES[table]
    rows = f"{CHECKED}.{name(table)}"
    columns = ", ".join(f"{name(TYPED + c.name)} AS {name(c.name)}" for c in schema.columns)
    good = f"{rows} WHERE {REASON} IS NULL"
    accepted = _count(connection, good)
    _copy(connection, f"SELECT {columns} FROM {good} ORDER BY {_order(schema)}", out / f"{table}.parquet")
    rejects = _rejects(schema, rows, origins)
    rejected = _count(connection, f"({rejects})")
    if rejected:
        (out / "rejects").mkdir(exist_ok=True)
        listed = f"SELECT file, line, reason, row FROM ({rejects}) ORDER BY nth NULLS LAST, file, line"
        _copy(connection, listed, out / "rejects" / f"{table}.parquet")
    return TableReport(
        table=table,
        rows=accepted + rejected,
        accepted=accepted,
        rejected=rejected,
        reasons=_reasons(connection, rejects) if rejected else (),
    )


def _order(schema: Table) -> str:
    """Merchant and day first, as they are read together; then everything, so that files repeat exactly."""
    names = [c.name for c in schema.columns]
    first = [c for c in ("merchant_id", "day") if c in names]
    return ", ".join(name(c) for c in [*first, *(c for c in (*schema.key, *names) if c not in first)])


def _rejects(schema: Table, rows: str, origins: tuple[str, ...]) -> str:
    fields = ", ".join(f"{name(c.name)} := {name(RAW + c.name)}" for c in schema.columns)
    return (
        f"SELECT {ROW} AS nth, {FILE} AS file, {LINE} AS line, {REASON} AS reason,"
        f" CAST(to_json(struct_pack({fields})) AS VARCHAR) AS row FROM {rows} WHERE {REASON} IS NOT NULL"
        f" UNION ALL SELECT NULL, file, line, reason, row FROM bad.{BAD} WHERE source IN ({texts(origins) or 'NULL'})"
    )


def _reasons(connection: duckdb.DuckDBPyConnection, rejects: str) -> tuple[Reason, ...]:
    counting = f"SELECT reason, count(*) FROM ({rejects}) GROUP BY reason ORDER BY 2 DESC, 1"
    counted = connection.execute(counting).fetchall()
    return tuple(
        Reason(
            reason=reason,
            count=count,
            samples=tuple(
                Sample(file=file, line=line, row=row[:500])
                for file, line, row in connection.execute(
                    f"SELECT file, line, row FROM ({rejects}) WHERE reason = {text(reason)}"
                    f" ORDER BY nth NULLS LAST, file, line LIMIT {SAMPLES}"
                ).fetchall()
            ),
        )
        for reason, count in counted
    )


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
