"""Small pieces of SQL text, quoted; and the connections of an import."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

MEMORY = "1GB"  # for the engine; what does not fit goes into the work directory
# a full-width or no-break space around an id is invisible in a spreadsheet and would make another merchant of it
BLANKS = " \t\r\n\u3000\u00a0"


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def texts(values: Sequence[str]) -> str:
    return ", ".join(text(v) for v in values)


def trimmed(expression: str) -> str:
    return f"nullif(trim(CAST({expression} AS VARCHAR), {text(BLANKS)}), '')"


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the work file. It installs nothing and never reads Python variables as tables."""
    connection = duckdb.connect(
        str(database),
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "memory_limit": MEMORY,
        },
    )
    connection.execute("SET enable_progress_bar = false")  # it would write into what the caller prints
    connection.execute("SET TimeZone = 'UTC'")  # the same file gives the same days on every machine
    return connection


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """From here on the connection reads and writes no file but its own, and cannot be told otherwise."""
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def could_not_write(error: duckdb.Error) -> bool:
    """Whether the engine failed for want of disk or memory, rather than over what it read."""
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.TransactionException | duckdb.FatalException):
        return True
    return isinstance(error, duckdb.OperationalError) and "write" in str(error)


def first_line(error: Exception) -> str:
    """An engine's message without its quotation of the query."""
    return " ".join(str(error).split("\n\nLINE ")[0].split())
