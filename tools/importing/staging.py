"""The only place where SQL from a mapping runs: on a locked connection, into one untyped table per canonical table."""

import re

import duckdb

from tools.errors import MappingError
from tools.importing.mapping import Mapping, TableMapping
from tools.importing.rows import FILE, LINE, check_columns
from tools.importing.sql import first_line, name, trimmed
from tools.importing.values import CURRENCY
from tools.tables import TABLES

ROW = "__row"  # order of the rows as they were read
STAGED = "staged"  # schema


def stage(connection: duckdb.DuckDBPyConnection, mapping: Mapping, table: str) -> tuple[str, ...]:
    """Fill staged.<table> with every canonical column, uncast; give the names of the sources it was made from."""
    wanted = mapping.tables[table]
    if wanted.query is not None:
        origins = _origins(connection, mapping, table, wanted.query)
        rows, place = f"({wanted.query}\n)", f"NULL::VARCHAR AS {FILE}, NULL::BIGINT AS {LINE}"
    else:
        origins = (str(wanted.source),)
        rows, place = name(str(wanted.source)), f"{FILE}, {LINE}"
        if FILE not in _columns(connection, table, rows):
            place = f"NULL::VARCHAR AS {FILE}, NULL::BIGINT AS {LINE}"
        place += _currency(connection, mapping, table, rows)
    named = [c.column for c in wanted.columns.values() if c.column is not None]
    where = f"table {table}: its {'query' if wanted.query else 'source'}"
    check_columns(where, named, _columns(connection, table, rows))
    picked = ",\n".join(f"{_expression(wanted, c.name, c.default)} AS {name(c.name)}" for c in TABLES[table].columns)
    _run(
        connection,
        table,
        f"CREATE TABLE {STAGED}.{name(table)} AS\n"
        f"SELECT row_number() OVER () AS {ROW}, {place}, {picked}\nFROM {rows} AS q",
    )
    return origins


def _expression(wanted: TableMapping, column: str, default: str | None) -> str:
    source = wanted.columns.get(column)
    if source is None:
        return default or "NULL::VARCHAR"
    return name(source.column) if source.column is not None else f"({source.sql}\n)"


def _currency(connection: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, rows: str) -> str:
    """One more staged column where each row names its own currency."""
    column = mapping.sources[str(mapping.tables[table].source)].currency_column
    if column is None:
        return ""
    check_columns(f"table {table}: its source's `currency_column`", [column], _columns(connection, table, rows))
    return f", upper({trimmed(name(column))}) AS {CURRENCY}"


def _origins(connection: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, query: str) -> tuple[str, ...]:
    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise MappingError(f"table {table}: its query is not SQL: {first_line(error)}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise MappingError(f"table {table}: `from` takes one SELECT over the declared sources and nothing else.")
    try:
        read = {r.casefold() for r in connection.get_table_names(query)}
    except duckdb.Error:  # the parser's helper stumbles over sound queries too (WITH and USING together)
        read = {word.casefold() for word in re.findall(r"\w+", query)}
    return tuple(sorted(read & mapping.sources.keys()))


def _columns(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> list[str]:
    found = _run(connection, table, f"DESCRIBE SELECT * FROM {rows} AS q")
    return [str(row[0]) for row in found]


def _run(connection: duckdb.DuckDBPyConnection, table: str, query: str) -> list[tuple[object, ...]]:
    try:
        if len(connection.extract_statements(query)) != 1:
            raise MappingError(f"table {table}: an expression holds more than one statement; write one expression.")
        return list(connection.execute(query).fetchall())
    except duckdb.PermissionException as error:
        raise MappingError(f"table {table}: a mapping reads only its sources ({first_line(error)}).") from error
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        raise MappingError(
            f"table {table}: its SQL stopped at a value: {first_line(error)}; "
            "use TRY_CAST or try_strptime, so that a bad row is rejected and the others are kept."
        ) from error
    except (duckdb.ProgrammingError, duckdb.NotSupportedError) as error:
        raise MappingError(f"table {table}: its SQL cannot run: {first_line(error)}") from error
