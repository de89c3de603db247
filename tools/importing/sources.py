"""Loading the declared sources into the work file, before it is locked."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from tools.errors import MappingError
from tools.importing.csv_lines import FILE, LINE, CsvFile
from tools.importing.files import file_format, find_files
from tools.importing.mapping import Mapping, Source
from tools.importing.report import SourceReport
from tools.importing.sql import could_not_write, first_line, name, text, texts, trimmed

BAD = "unreadable"  # the work file's table of lines that are not rows


def load_sources(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, beside: Path, tell: Callable[[str, float], None]
) -> tuple[SourceReport, ...]:
    """One work table a source (CSV columns all text, empty as NULL, with file and line) and one of bad lines."""
    connection.execute("CREATE SCHEMA bad")
    connection.execute(
        f"CREATE TABLE bad.{BAD} (source VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, row VARCHAR)"
    )
    reports = []
    for done, (key, source) in enumerate(mapping.sources.items()):
        tell(f"reading {key}", done / len(mapping.sources))
        paths = find_files(key, source, beside)
        try:
            if {file_format(key, source, p) for p in paths} == {"parquet"}:
                bad = _load_parquet(connection, key, paths)
            else:
                bad = _load_csv(connection, key, source, paths)
        except PermissionError as error:
            raise MappingError(f"source {key}: '{error.filename}' may not be read; grant read access to it.") from error
        (rows,) = connection.execute(f"SELECT count(*) FROM {name(key)}").fetchall()[0]
        reports.append(SourceReport(name=key, files=tuple(p.name for p in paths), rows=rows, unreadable=bad))
    return tuple(reports)


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


def _load_csv(connection: duckdb.DuckDBPyConnection, key: str, source: Source, paths: list[Path]) -> int:
    columns: list[str] = []
    bad = 0
    for path in paths:
        file = CsvFile(key, source, path)
        if not columns:
            columns = file.header
            declared = ", ".join(f"{name(c)} VARCHAR" for c in columns)
            connection.execute(f"CREATE TABLE {name(key)} ({declared}, {FILE} VARCHAR, {LINE} BIGINT)")
        picked = ", ".join(_without_nulls(c, source.nulls) for c in columns)
        for batch in file.batches(columns):
            connection.register("batch_of_lines", batch)
            rows = f"SELECT {picked}, {text(path.name)}, {LINE} FROM batch_of_lines"
            connection.execute(f"INSERT INTO {name(key)} {rows}")
            connection.unregister("batch_of_lines")
        _keep_bad(connection, key, file)
        bad += len(file.bad)
    return bad


def _without_nulls(column: str, nulls: tuple[str, ...]) -> str:
    value = trimmed(name(column))
    return f"CASE WHEN {value} IN ({texts(nulls)}) THEN NULL ELSE {value} END" if nulls else value


def _keep_bad(connection: duckdb.DuckDBPyConnection, key: str, file: CsvFile) -> None:
    if not file.bad:
        return
    lines = [b.model_dump() for b in file.bad]
    connection.register("bad_lines", pa.Table.from_pylist(lines))
    connection.execute(f"INSERT INTO bad.{BAD} SELECT {text(key)}, file, line, reason, text FROM bad_lines")
    connection.unregister("bad_lines")
