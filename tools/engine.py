"""The canonical tables as Ibis tables on one engine: DuckDB, PostgreSQL or Spark; a missing file is a missing table.

Ibis says what is computed and compiles it to the engine's SQL; a `Platform` runs that SQL and hands Arrow over.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, get_args

import ibis
import pyarrow as pa

from tools.engines.files import Source, find_sources
from tools.errors import EngineError

SPILL = ".spill"
BATCH = 65_536  # rows
Engine = Literal["duckdb", "postgres", "spark"]


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
    """DuckDB's session variable: a constant to its planner, so windows are pruned as if the date were written out.

    Engines without one write the date into the compiled SQL in its place.
    """


AS_OF: ibis.Value = getvariable("as_of")  # expressions over it are compiled once and run for every date
AS_OF_SQL = "GETVARIABLE('as_of')"  # how it reads when compiled, on every engine


class Statement(str):
    """An expression's SQL, for one engine. `schema`: the Arrow types of its rows, the same on every engine."""

    schema: pa.Schema


class Platform(ABC):
    """One operator's data: an engine, the tables that exist there, and those that were kept.

    Used as a context manager or closed by hand. One thread at a time; several platforms may be open side by side.
    """

    dialect: ClassVar[str]  # of SQL, as Ibis calls it

    def __init__(self, sources: Mapping[str, Source], absent: frozenset[str]) -> None:
        self.tables: dict[str, ibis.Table] = {name: source.ibis() for name, source in sources.items()}
        self.absent = absent  # "table.column" that the source never had: its zeros were not measured

    def has(self, *names: str) -> bool:
        return all(name in self.tables for name in names)

    @property
    def users_known(self) -> bool:
        """Whether there is activity by user, or only totals a day."""
        return "activity" in self.tables

    def sql(self, expression: ibis.Table) -> Statement:
        """Compile an expression: pays off where it runs more than once."""
        statement = Statement(ibis.to_sql(expression, dialect=self.dialect, pretty=False))
        statement.schema = expression.schema().to_pyarrow()
        return statement

    def arrow(self, query: ibis.Table | str) -> pa.Table:
        """Run an expression, or the SQL that `sql` made of one; columns have the types that the expression says."""
        statement = query if isinstance(query, str) else self.sql(query)
        return _typed(self._table(statement), statement)

    def batches(self, query: ibis.Table | str, rows: int = BATCH) -> Iterator[pa.RecordBatch]:
        """The same piece by piece, for results larger than memory. Read to the end before anything else is asked."""
        statement = query if isinstance(query, str) else self.sql(query)
        for batch in self._batches(statement, rows):
            yield from _typed(pa.Table.from_batches([batch]), statement).to_batches()

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, into a temporary table of that name."""
        self.fill(name, self.sql(expression))
        return ibis.table(expression.schema(), name=name)

    def __enter__(self) -> "Platform":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def set_as_of(self, on: date) -> None:
        """The date that AS_OF stands for from here on."""

    @abstractmethod
    def fill(self, name: str, query: str) -> None:
        """Put what a query returns into a temporary table, in place of what it held."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Forget a temporary table."""

    @abstractmethod
    def close(self) -> None:
        """Give back whatever was opened: nothing of this platform stays on the engine."""

    @abstractmethod
    def _table(self, query: str) -> pa.Table: ...

    @abstractmethod
    def _batches(self, query: str, rows: int) -> Iterator[pa.RecordBatch]: ...


def _typed(table: pa.Table, statement: str) -> pa.Table:
    # Engines differ in how wide a sum of integers is, and in whether a date less some days is still a date.
    schema = getattr(statement, "schema", None)
    return table if schema is None or table.schema.equals(schema) else table.cast(schema)


def open_platform(
    directory: Path, *, engine: str = "duckdb", database: str | None = None,
    spill: Path | None = None, threads: int | None = None,
) -> Platform:  # fmt: skip
    """Open a directory with one Parquet file a canonical table.

    `engine`: duckdb, postgres (`database` is its URL) or spark (a session of this process, or the master that
    SPARK_MASTER names). `spill` is where the engine may put what does not fit into memory; `threads` how many it may
    use (not PostgreSQL, which decides for itself). DataMissingError when the directory, the merchants, or both of
    activity and daily are missing, or when a file cannot be read or lacks a required column; EngineError when the
    engine is unknown, not installed or not reachable.
    """
    if engine not in get_args(Engine):
        raise EngineError(f"There is no engine {engine!r}; choose one of {', '.join(get_args(Engine))}.")
    sources, absent = find_sources(directory), declared(directory).absent
    if engine == "postgres":
        from tools.engines.postgres import open_postgres

        return open_postgres(sources, absent, database=database)
    if engine == "spark":
        from tools.engines.spark import open_spark

        return open_spark(sources, absent, spill=spill, threads=threads)
    from tools.engines.duck import open_duckdb

    return open_duckdb(sources, absent, spill=spill, threads=threads)
