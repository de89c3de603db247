"""The canonical tables as Ibis tables over a directory of Parquet files; a missing file is a missing table.

Ibis says what is computed and is compiled to SQL; DuckDB runs the SQL. Another engine needs another `Platform`.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from tools.errors import DataMissingError
from tools.tables import SQL_TYPES, TABLES, Kind, Table

SPILL = ".spill"
_IBIS: dict[Kind, str] = {
    "text": "string",
    "integer": "int64",
    "money": "decimal(18, 2)",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
    "number": "float64",
}


class Declared(NamedTuple):
    """What a platform's own manifest says of it, where it has one."""

    as_of: date | None = None  # the day that a historical set speaks of
    currency: str = "CNY"
    absent: frozenset[str] = frozenset()


def declared(directory: Path) -> Declared:
    """Read `manifest.json` of a platform directory; a platform without one is complete, in yuan, and of today."""
    path = directory / "manifest.json"
    if not path.is_file():
        return Declared()
    said = json.loads(path.read_text(encoding="utf-8"))
    return Declared(
        as_of=date.fromisoformat(said["as_of"]) if said.get("as_of") and said.get("as_of_declared", True) else None,
        currency=said.get("currency") or "CNY",
        absent=frozenset(
            f"{table}.{column}" for table, columns in said.get("absent", {}).items() for column in columns
        ),
    )


@ibis.udf.scalar.builtin(signature=(("string",), "date"))
def getvariable(variable):  # type: ignore[no-untyped-def]
    """DuckDB's session variable: a constant to its planner, so windows are pruned as if the date were written out."""


AS_OF: ibis.Value = getvariable("as_of")  # expressions over it are compiled once and run for every date


@dataclass(frozen=True, eq=False)
class Platform:
    """One operator's data: an engine, and the tables that exist there."""

    con: duckdb.DuckDBPyConnection
    tables: dict[str, ibis.Table]
    absent: frozenset[str] = frozenset()  # "table.column" that the source never had: its zeros were not measured

    def has(self, *names: str) -> bool:
        return all(name in self.tables for name in names)

    @property
    def users_known(self) -> bool:
        """Whether there is activity by user, or only totals a day."""
        return "activity" in self.tables

    def set_as_of(self, on: date) -> None:
        self.con.execute(f"SET VARIABLE as_of = DATE '{on.isoformat()}'")

    def sql(self, expression: ibis.Table) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))

    def arrow(self, query: ibis.Table | str) -> pa.Table:
        """Run an expression, or the SQL that `sql` made of one."""
        return self.con.sql(query if isinstance(query, str) else self.sql(query)).to_arrow_table()

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, into a temporary table of that name."""
        self.fill(name, self.sql(expression))
        return ibis.table(expression.schema(), name=name)

    def fill(self, name: str, query: str) -> None:
        """Put what a query returns into a temporary table, in place of what it held."""
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def drop(self, name: str) -> None:
        self.con.execute(f"DROP TABLE {name}")


def open_platform(directory: Path, *, spill: Path | None = None, threads: int | None = None) -> Platform:
    """Open a directory with one Parquet file a canonical table.

    `spill` is where the engine may put what does not fit into memory. DataMissingError when the directory, the
    merchants, or both of activity and daily are missing, or when a file cannot be read or lacks a required column.
    """
    files = {name: directory / f"{name}.parquet" for name in TABLES}
    present = {name: path for name, path in files.items() if path.is_file()}
    if "merchants" not in present or not {"activity", "daily"} & present.keys():
        raise DataMissingError(
            f"{directory}: there is no platform here; it needs merchants.parquet, and activity.parquet or "
            "daily.parquet. Build the demo platform or import your own data first."
        )
    settings: dict[str, str | bool | int | float | list[str]] = {} if threads is None else {"threads": threads}
    if spill is not None:
        settings["temp_directory"] = str(spill / SPILL)
    con = duckdb.connect(config=settings)
    views = {name: _view(con, TABLES[name], path) for name, path in present.items()}
    return Platform(con, views, declared(directory).absent)


def _view(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> ibis.Table:
    try:
        there = set(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise DataMissingError(
            f"{path}: this is no readable Parquet file ({error}); build or import it again."
        ) from error
    lacking = sorted(c.name for c in table.columns if c.required and c.name not in there)
    if lacking:
        raise DataMissingError(f"{path}: the table {table.name} lacks {', '.join(lacking)}; import it again.")
    columns = ", ".join(
        f"CAST({_quoted(c.name) if c.name in there else 'NULL'} AS {SQL_TYPES[c.kind]}) AS {_quoted(c.name)}"
        for c in table.columns
    )
    source = str(path).replace("'", "''")
    con.execute(f"CREATE TEMP VIEW {table.name} AS SELECT {columns} FROM read_parquet('{source}')")
    return ibis.table({c.name: _IBIS[c.kind] for c in table.columns}, name=table.name)


def _quoted(name: str) -> str:
    return f'"{name}"'  # `at` is a word of the language
