"""DuckDB inside this process: the default, and the fastest on one machine."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from tools.engine import SPILL, Platform
from tools.engines.files import Source


class DuckPlatform(Platform):
    """Views over the Parquet files; what is kept is a temporary table of this connection."""

    dialect = "duckdb"

    def __init__(self, con: duckdb.DuckDBPyConnection, sources: Mapping[str, Source], absent: frozenset[str]) -> None:
        super().__init__(sources, absent)
        self.con = con

    def set_as_of(self, on: date) -> None:
        self.con.execute(f"SET VARIABLE as_of = DATE '{on.isoformat()}'")

    def fill(self, name: str, query: str) -> None:
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def drop(self, name: str) -> None:
        self.con.execute(f"DROP TABLE {name}")

    def close(self) -> None:
        self.con.close()

    def _table(self, query: str) -> pa.Table:
        return self.con.sql(query).to_arrow_table()

    def _batches(self, query: str, rows: int) -> Iterator[pa.RecordBatch]:
        yield from self.con.sql(query).to_arrow_reader(rows)


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
