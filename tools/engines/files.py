"""The canonical Parquet files of a platform, looked at before any engine reads them."""

from pathlib import Path
from typing import NamedTuple

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from tools.errors import DataMissingError
from tools.tables import SQL_TYPES, TABLES, Kind, Table

_IBIS: dict[Kind, str] = {
    "text": "string",
    "integer": "int64",
    "money": "decimal(18, 2)",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
    "number": "float64",
}


class Source(NamedTuple):
    """One canonical table's file, and which of the table's columns it holds."""

    table: Table
    path: Path
    there: frozenset[str]

    def casts(self, quote: str, types: dict[Kind, str]) -> list[str]:
        """The select list that makes the file's columns canonical, in an engine's own quotes and types."""
        names = {c.name: f"{quote}{c.name}{quote}" for c in self.table.columns}
        return [
            f"CAST({names[c.name] if c.name in self.there else 'NULL'} AS {types[c.kind]}) AS {names[c.name]}"
            for c in self.table.columns
        ]

    def duckdb(self) -> str:
        """The query by which DuckDB reads the file. Names are quoted: `at` is a word of the language."""
        source = str(self.path).replace("'", "''")
        columns = ", ".join(self.casts('"', SQL_TYPES))
        return f"SELECT {columns} FROM read_parquet('{source}')"

    def ibis(self) -> ibis.Table:
        return ibis.table({c.name: _IBIS[c.kind] for c in self.table.columns}, name=self.table.name)


def find_sources(directory: Path) -> dict[str, Source]:
    """The canonical tables that are there, by name.

    DataMissingError when the directory, the merchants, or both of activity and daily are missing, or when a file
    cannot be read or lacks a required column.
    """
    present = {name: path for name in TABLES if (path := directory / f"{name}.parquet").is_file()}
    if "merchants" not in present or not {"activity", "daily"} & present.keys():
        raise DataMissingError(
            f"{directory}: there is no platform here; it needs merchants.parquet, and activity.parquet or "
            "daily.parquet. Build the demo platform or import your own data first."
        )
    return {name: _look(TABLES[name], path) for name, path in present.items()}


def _look(table: Table, path: Path) -> Source:
    try:
        there = frozenset(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise DataMissingError(
            f"{path}: this is no readable Parquet file ({error}); build or import it again."
        ) from error
    lacking = sorted(c.name for c in table.columns if c.required and c.name not in there)
    if lacking:
        raise DataMissingError(f"{path}: the table {table.name} lacks {', '.join(lacking)}; import it again.")
    return Source(table, path, there)
