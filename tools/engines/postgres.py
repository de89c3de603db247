"""A PostgreSQL server: everything lives in temporary tables of one connection, so jobs never meet and nothing stays.

Rows go in and out by COPY in CSV, which Arrow writes and reads at some million values a second.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.csv as pc

from tools.engine import AS_OF_SQL, BATCH, Platform
from tools.engines.files import Source
from tools.errors import EngineError
from tools.tables import Kind

if TYPE_CHECKING:
    import psycopg

# Text compares by bytes, as on the other engines: which channel is the smallest must not depend on a locale.
_TYPES: dict[Kind, str] = {
    "text": 'TEXT COLLATE "C"',
    "integer": "BIGINT",
    "money": "DECIMAL(18, 2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "number": "DOUBLE PRECISION",
}
_ARROW: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "numeric": pa.decimal128(38, 10),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
# pg_temp alone: a table that the platform lacks is never found among the operator's own tables.
_SETTINGS = (
    "SET search_path = pg_temp; SET temp_buffers = '128MB'; SET work_mem = '64MB'; SET jit = off; SET TimeZone = 'UTC'"
)


class PostgresPlatform(Platform):
    """Temporary tables of one connection, gone with it."""

    dialect = "postgres"

    def __init__(self, con: "psycopg.Connection[Any]", sources: Mapping[str, Source], absent: frozenset[str]) -> None:
        super().__init__(sources, absent)
        self._con = con
        self._as_of = "NULL"

    def set_as_of(self, on: date) -> None:
        self._as_of = f"DATE '{on.isoformat()}'"

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        kept = super().keep(name, expression)
        if "day" in expression.columns:  # most are stored by day: an index of a few pages spares a third of the time
            self._run(f"CREATE INDEX ON pg_temp.{name} USING brin (day)")
        return kept

    def fill(self, name: str, query: str) -> None:
        self.drop(name)
        self._run(f"CREATE TEMP TABLE {name} AS {query}")
        self._run(f"ANALYZE pg_temp.{name}")  # nobody else does it for temporary tables

    def drop(self, name: str) -> None:
        self._run(f"DROP TABLE IF EXISTS pg_temp.{name}")

    def close(self) -> None:
        self._con.close()

    def load(self, source: Source) -> None:
        """Copy a Parquet file into a temporary table of its name."""
        name = source.table.name
        columns = ", ".join(f'"{c.name}" {_TYPES[c.kind]}' for c in source.table.columns)
        self._run(f"CREATE TEMP TABLE {name} ({columns})")
        into = f"COPY pg_temp.{name} FROM STDIN (FORMAT csv)"
        with duckdb.connect() as reader, _sentences(), self._con.cursor() as cursor, cursor.copy(into) as copy:
            for batch in reader.sql(source.duckdb()).to_arrow_reader(BATCH):
                text = BytesIO()
                pc.write_csv(batch, text, pc.WriteOptions(include_header=False))
                copy.write(text.getbuffer())
        self._run(f"ANALYZE pg_temp.{name}")

    def _table(self, query: str) -> pa.Table:
        with self._reader(query, 1 << 20) as reader:
            return reader.read_all()

    def _batches(self, query: str, rows: int) -> Iterator[pa.RecordBatch]:
        with self._reader(query, rows * 64) as reader:
            for batch in reader:
                yield from (batch.slice(at, rows) for at in range(0, batch.num_rows, rows))

    @contextmanager
    def _reader(self, query: str, size: int) -> Iterator[pc.CSVStreamingReader]:
        """A query's rows as they arrive, `size` bytes at a time. Empty text is quoted, NULL is not."""
        query = self._dated(query)
        with _sentences(), self._con.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({query}) AS columns_of LIMIT 0".encode())
            types = self._types(cursor)
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)".encode()) as copy:
                yield pc.open_csv(
                    BufferedReader(_Pipe(copy), size),  # COPY sends row by row; Arrow takes each read for a block
                    pc.ReadOptions(block_size=size, use_threads=False),
                    pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                    pc.ConvertOptions(
                        column_types=types, null_values=[""], true_values=["t"], false_values=["f"],
                        strings_can_be_null=True, quoted_strings_can_be_null=False,
                    ),
                )  # fmt: skip

    def _types(self, cursor: "psycopg.Cursor[Any]") -> dict[str, pa.DataType]:
        names = self._con.adapters.types
        found = {}
        for column in cursor.description or ():
            known = names.get(column.type_code)
            found[column.name] = _ARROW.get(known.name if known else "", pa.string())
        return found

    def _run(self, statement: str) -> None:
        with _sentences():
            self._con.execute(self._dated(statement).encode())

    def _dated(self, query: str) -> str:
        return query.replace(AS_OF_SQL, self._as_of)


class _Pipe(RawIOBase):
    """What COPY sends, as a file that Arrow can read."""

    def __init__(self, copy: "psycopg.Copy") -> None:
        self._chunks = iter(copy)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


@contextmanager
def _sentences() -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise EngineError(
            f"PostgreSQL gave up ({_first_line(error)}); see to that on the server, or measure with another engine."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def open_postgres(sources: Mapping[str, Source], absent: frozenset[str], *, database: str | None) -> PostgresPlatform:
    """Connect and load the platform's files. EngineError where psycopg, the URL or the server is not there."""
    con = _connect(database)
    platform = PostgresPlatform(con, sources, absent)
    try:
        platform._run(_SETTINGS)
        for source in sources.values():
            platform.load(source)
    except BaseException:
        con.close()
        raise
    return platform


def _connect(database: str | None) -> "psycopg.Connection[Any]":
    try:
        import psycopg
    except ImportError as error:
        raise EngineError("PostgreSQL needs psycopg; install it with: pip install 'ccare[postgres]'.") from error
    if not database:
        raise EngineError("PostgreSQL needs to know where: give --database postgresql://user@host:5432/name.")
    try:
        return psycopg.connect(database, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise EngineError(
            f"PostgreSQL cannot be reached ({_first_line(error)}); see that the server runs and that the URL is right."
        ) from error
    except psycopg.Error as error:  # its words may repeat a password
        raise EngineError("That is no URL of a PostgreSQL database; write postgresql://user@host:5432/name.") from error
