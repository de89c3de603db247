"""Loading the declared sources into the work file, before it is locked."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from tools.errors import MappingError
from tools.importing.csv_lines import CsvFile
from tools.importing.databases import describe, open_database
from tools.importing.files import file_format, find_files
from tools.importing.json_lines import JsonLines
from tools.importing.mapping import Mapping
from tools.importing.report import SourceReport
from tools.importing.rows import FILE, LINE, Rows
from tools.importing.source_types import Format, Source
from tools.importing.sql import could_not_write, first_line, name, text, texts, trimmed

BAD = "unreadable"  # the work file's table of lines that are not rows
BAD_BATCH = 50_000


def load_sources(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, beside: Path, tell: Callable[[str, float], None]
) -> tuple[SourceReport, ...]:
    """One work table a source (columns of text, empty as NULL, with file and line) and one of bad lines."""
    connection.execute("CREATE SCHEMA bad")
    connection.execute(
        f"CREATE TABLE bad.{BAD} (source VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, row VARCHAR)"
    )
    reports = []
    for done, (key, source) in enumerate(mapping.sources.items()):
        tell(f"reading {key}", done / len(mapping.sources))
        if source.url is not None:
            shown: tuple[str, ...] = (describe(source),)
            bad = _load_rows(connection, key, source, iter([open_database(key, source, beside)]))
        else:
            paths = find_files(key, source, beside)
            shown = tuple(p.name for p in paths)
            bad = _load_files(connection, key, source, paths)
        (rows,) = connection.execute(f"SELECT count(*) FROM {name(key)}").fetchall()[0]
        reports.append(SourceReport(name=key, files=shown, rows=rows, unreadable=bad))
    return tuple(reports)


def _load_files(connection: duckdb.DuckDBPyConnection, key: str, source: Source, paths: list[Path]) -> int:
    kinds = {file_format(key, source, p) for p in paths}
    if len(kinds) > 1:
        raise MappingError(f"source {key}: its files are of several kinds ({', '.join(sorted(kinds))}); declare each.")
    kind = kinds.pop()
    try:
        if kind == "parquet":
            return _load_parquet(connection, key, paths)
        return _load_rows(connection, key, source, (_open(kind, key, source, p) for p in paths))
    except PermissionError as error:
        raise MappingError(f"source {key}: '{error.filename}' may not be read; grant read access to it.") from error


def _open(kind: Format, key: str, source: Source, path: Path) -> Rows:
    if kind == "excel":
        from tools.importing.excel import ExcelSheet

        return ExcelSheet(key, source, path)
    return JsonLines(key, source, path) if kind == "jsonl" else CsvFile(key, source, path)


def _load_parquet(connection: duckdb.DuckDBPyConnection, key: str, paths: list[Path]) -> int:
    listed = texts([str(p) for p in paths])
    try:
        connection.execute(f"CREATE TABLE {name(key)} AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
    except duckdb.Error as error:
        if could_not_write(error):
            raise
        named = ", ".join(p.name for p in paths[:5])
        raise MappingError(
            f"source {key}: not readable as Parquet ({named}): {first_line(error)} Export it again."
        ) from error
    return 0


def _load_rows(connection: duckdb.DuckDBPyConnection, key: str, source: Source, parts: Iterator[Rows]) -> int:
    columns: list[str] = []
    bad = 0
    for part in parts:
        if not columns:
            columns = part.header
            declared = ", ".join(f"{name(c)} VARCHAR" for c in columns)
            connection.execute(f"CREATE TABLE {name(key)} ({declared}, {FILE} VARCHAR, {LINE} BIGINT)")
        picked = ", ".join(_without_nulls(c, source.nulls) for c in columns)
        label = text(part.label) if part.label is not None else "NULL"
        for batch in part.batches(columns):
            connection.register("batch_of_lines", batch)
            connection.execute(f"INSERT INTO {name(key)} SELECT {picked}, {label}, {LINE} FROM batch_of_lines")
            connection.unregister("batch_of_lines")
            bad += _keep_bad(connection, key, part)
        bad += _keep_bad(connection, key, part)
    return bad


def _without_nulls(column: str, nulls: tuple[str, ...]) -> str:
    value = trimmed(name(column))
    return f"CASE WHEN {value} IN ({texts(nulls)}) THEN NULL ELSE {value} END" if nulls else value


def _keep_bad(connection: duckdb.DuckDBPyConnection, key: str, part: Rows) -> int:
    """Put aside what was met so far, so that a file of nothing but bad lines does not fill the memory."""
    lines = [b.model_dump() for b in part.bad]
    part.bad.clear()
    if lines:
        kinds = pa.schema([("file", pa.string()), ("line", pa.int64()), ("reason", pa.string()), ("text", pa.string())])
        connection.register("bad_lines", pa.Table.from_pylist(lines, schema=kinds))
        connection.execute(f"INSERT INTO bad.{BAD} SELECT {text(key)}, file, line, reason, text FROM bad_lines")
        connection.unregister("bad_lines")
    return len(lines)
