"""Reading a table or a query of a database as rows of text: PostgreSQL and SQLite, never writing.

Nothing of the URL, which may hold a secret, is kept or shown: not in errors, reports, manifests or rejects.
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tools.errors import MappingError
from tools.importing.rows import Rows, checked_header
from tools.importing.source_types import Source

if TYPE_CHECKING:
    import psycopg

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
CHUNK = 1000  # rows a round trip
SECONDS = 15  # to connect
READING = (  # of SQLite: what a query may do; everything else, attaching a file above all, is denied
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
)  # fmt: skip


def open_database(name: str, source: Source, beside: Path) -> Rows:
    """The rows of a source with a `url`, its columns known. MappingError where it cannot be reached or read."""
    url = _resolved(name, source.url or "")
    scheme = urlsplit(url).scheme.casefold()
    if scheme in ("postgresql", "postgres"):
        return PostgresRows(name, source, url)
    if scheme == "sqlite":
        return SqliteRows(name, source, _sqlite_file(name, url, beside))
    raise MappingError(f"source {name}: its url starts with neither postgresql:// nor sqlite:///; correct it.")


def describe(source: Source) -> str:
    """What a report may show of a database source."""
    return f"table {source.table}" if source.table else "a query"


def _resolved(name: str, url: str) -> str:
    """The URL with its `${NAME}`s filled from the environment. A password written out is refused: files get shared."""
    try:
        password = urlsplit(NAMED.sub("x", url)).password
        written = urlsplit(NAMED.sub("", url)).password
    except ValueError as error:
        raise MappingError(f"source {name}: its url cannot be read; write scheme://user@host/database.") from error
    if (password and written) or re.search(r"[?&](password|sslpassword)=(?!\$\{)", url):
        raise MappingError(
            f"source {name}: its url holds a password in plain text; write ${{NAME}} in its place and set the "
            "environment variable NAME."
        )
    unset = [n for n in NAMED.findall(url) if not os.environ.get(n)]
    if unset:
        raise MappingError(f"source {name}: the environment variable {unset[0]} is not set; set it and import again.")
    return NAMED.sub(lambda found: os.environ[found[1]], url)


class SqliteRows(Rows):
    """Rows of an SQLite file, opened for reading only."""

    label = None

    def __init__(self, name: str, source: Source, path: Path) -> None:
        super().__init__(name)
        self.path, self.source = path, source
        if not path.is_file():
            raise MappingError(f"source {name}: there is no SQLite file '{path.name}' in {path.parent}; correct `url`.")
        self.header = checked_header(name, describe(source), self._columns())

    def records(self) -> Iterator[tuple[int | None, list[str | None]]]:
        with self._cursor() as cursor:
            for row in self._told(cursor):
                yield None, [_sqlite_text(value) for value in row]

    def _columns(self) -> list[str]:
        with self._cursor() as cursor:
            return [column[0] for column in cursor.description or ()]

    def _told(self, cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
        try:
            yield from cursor
        except sqlite3.Error as error:
            raise MappingError(f"source {self.name}: SQLite stopped while reading: {error}.") from error

    def _cursor(self) -> "_Closing":
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY)
        table = '"' + (self.source.table or "").replace('"', '""') + '"'
        try:
            return _Closing(connection, connection.execute(self.source.query or f"SELECT * FROM {table}"))
        except (sqlite3.Error, sqlite3.Warning) as error:
            connection.close()
            raise MappingError(f"source {self.name}: SQLite cannot read {describe(self.source)}: {error}.") from error


class _Closing:
    """A cursor that closes its connection."""

    def __init__(self, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> None:
        self.connection, self.cursor = connection, cursor

    def __enter__(self) -> sqlite3.Cursor:
        return self.cursor

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _sqlite_file(name: str, url: str, beside: Path) -> Path:
    """sqlite:///shop.db lies beside the mapping, sqlite:////data/shop.db where it says."""
    split = urlsplit(url)
    if split.netloc or not split.path.strip("/"):
        raise MappingError(f"source {name}: an SQLite url is sqlite:///file beside the mapping, or sqlite:////path.")
    return beside / unquote(split.path)[1:]


def _sqlite_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


class PostgresRows(Rows):
    """Rows of a PostgreSQL table or query: one read-only transaction, fetched as they come."""

    label = None

    def __init__(self, name: str, source: Source, url: str) -> None:
        super().__init__(name)
        self.source = source
        self.connection = self._connect(url)
        try:
            self.header = checked_header(name, describe(source), self._columns())
        except MappingError:
            self.connection.close()
            raise

    def records(self) -> Iterator[tuple[int | None, list[str | None]]]:
        import psycopg

        try:
            with self.connection, self.connection.cursor() as cursor:
                for row in cursor.stream(self._query(), size=CHUNK):
                    yield None, list(row)
        except psycopg.Error as error:
            raise MappingError(f"source {self.name}: PostgreSQL stopped while reading: {_line(error)}.") from error

    def _connect(self, url: str) -> "psycopg.Connection[Any]":
        try:
            import psycopg
        except ImportError as error:
            raise MappingError(
                f"source {self.name}: reading PostgreSQL needs psycopg; run `pip install 'ccare[postgres]'` first."
            ) from error
        try:
            connection = psycopg.connect(url, connect_timeout=SECONDS)
            connection.read_only = True
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET DateStyle = 'ISO'")
        except psycopg.ProgrammingError:  # its message quotes the url
            raise MappingError(f"source {self.name}: its url cannot be read; write it again by hand.") from None
        except psycopg.Error as error:
            raise MappingError(f"source {self.name}: PostgreSQL cannot be reached: {_line(error)}.") from None
        for known in connection.adapters.types:  # every value as the server writes it
            connection.adapters.register_loader(known.oid, _as_text())
        return connection

    def _columns(self) -> list[str]:
        import psycopg

        try:
            with self.connection.cursor() as cursor:
                # parameters, even none, make it one statement: a second behind a semicolon is refused
                cursor.execute(self._query() + b" LIMIT 0", prepare=True)
                return [column.name for column in cursor.description or ()]
        except psycopg.Error as error:
            what = describe(self.source)
            raise MappingError(f"source {self.name}: PostgreSQL cannot read {what}: {_line(error)}.") from error

    def _query(self) -> bytes:
        parts = (self.source.table or "").split(".")
        rows = ".".join('"' + part.replace('"', '""') + '"' for part in parts)
        if self.source.query:  # inside another query it can only be one that reads
            rows = f"({self.source.query.strip().rstrip(';')}\n)"
        return f"SELECT * FROM {rows} AS rows_of".encode()


def _as_text() -> Any:
    from psycopg.adapt import Loader

    class Text(Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode("utf-8", "surrogateescape")

    return Text


def _line(error: Exception) -> str:
    return " ".join(str(error).split("\n")[0].split()).rstrip(".")
