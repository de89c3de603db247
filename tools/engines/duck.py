"""DuckDB inside this process: the default, and the fastest on one machine."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from tools.engine import SPILL, Platform, Statement
from tools.engines.files import Source

_INTEGERS = {pa.int32(): "INTEGER", pa.int64(): "BIGINT"}


class DuckPlatform(Platform):
    """Views over the Parquet files; what is kept is a temporary table of this connection."""

    dialect = "duckdb"

    def __init__(self, con: duckdb.DuckDBPyConnection, sources: Mapping[str, Source], absent: frozenset[str]) -> None:
        super().__init__(sources, absent)
        self.con = con

    def set_as_of(self, on: date) -> None:
        self.con.execute(f"SET VARIABLE as_of = DATE '{on.isoformat()}'")

    def fill(self, name: str, query: str) -> None:
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_narrow(query)}")

    def drop(self, name: str) -> None:
        self.con.execute(f"DROP TABLE {name}")

    def close(self) -> None:
        self.con.close()

    def _table(self, query: str) -> pa.Table:
        return self.con.sql(query).to_arrow_table()

    def _batches(self, query: str, rows: int) -> Iterator[pa.RecordBatch]:
        yield from self.con.sql(query).to_arrow_reader(rows)


def _narrow(query: str) -> str:
    """The query with integers as wide as its expression says: DuckDB makes 128 bits of every sum, slow to add again."""
    if not isinstance(query, Statement):
        return query
    columns = ", ".join(
        f'CAST("{f.name}" AS {_INTEGERS[f.type]}) AS "{f.name}"' if f.type in _INTEGERS else f'"{f.name}"'
        for f in query.schema
    )
    return f"SELECT {columns} FROM ({query})"


def open_duckdb(
    sources: Mapping[str, Source], absent: frozenset[str], *, spill: Path | None, threads: int | None
) -> DuckPlatform:
    settings: dict[str, str | bool | int | float | list[str]] = {} if threads is None else {"threads": threads}
    if spill is not None:
        settings["temp_directory"] = str(spill / SPILL)
    con = duckdb.connect(config=settings)
    con.execute("SET enable_progress_bar = false")  # it would be drawn on standard output
    for name, source in sources.items():
        con.execute(f"CREATE TEMP VIEW {name} AS {source.duckdb()}")
    return DuckPlatform(con, sources, absent)
