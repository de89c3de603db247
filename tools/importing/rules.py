"""What every canonical column demands, as SQL: how a value is cast, and why a row is refused."""

from collections.abc import Iterator
from datetime import date

from tools.importing.sql import name, text, texts, trimmed
from tools.tables import SQL_TYPES, Column, Kind, Table

# days on which something happened; the others (expiry, end, validity) may well lie ahead
HAPPENED = frozenset({"day", "at", "joined_on", "newest_day", "month", "started_on"})
WORDS: dict[Kind, str] = {
    "text": "text",
    "integer": "a whole number",
    "money": "an amount of money",
    "date": "a date",
    "timestamp": "a date and time",
    "boolean": "true or false",
    "number": "a number",
}
# engines read '0x10', 'epoch' and '3.7' as numbers and dates of sorts; a mistyped file must not pass so easily
SHAPES: dict[Kind, str] = {
    "integer": r"[+-]?[0-9]+(\.0*)?",
    "money": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "number": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "date": r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T].*)?",
    "timestamp": r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T].*)?",
}
SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
WHOLE = (*SIGNED, *(f"U{t}" for t in SIGNED))
DAYS = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
TRUE, FALSE = ("true", "t", "1", "yes", "y", "是"), ("false", "f", "0", "no", "n", "否")


def cast(column: Column, native: str) -> str:
    """The column's value in its canonical type, NULL where it cannot be one. `native` is the type it arrives in."""
    value, raw, sql_type = name(column.name), trimmed(name(column.name)), SQL_TYPES[column.kind]
    if column.kind == "text":
        return raw
    if column.kind == "boolean":
        word = f"lower({raw})"
        return f"CASE WHEN {word} IN ({texts(TRUE)}) THEN true WHEN {word} IN ({texts(FALSE)}) THEN false END"
    if _is_native(column.kind, native):
        plain = f"TRY_CAST({value} AS {sql_type})"
        return f"CASE WHEN isfinite({value}) THEN {plain} END" if native in (*DAYS, "DOUBLE", "FLOAT") else plain
    compact = f"WHEN regexp_full_match({raw}, '[0-9]{{8}}') THEN CAST(try_strptime({raw}, '%Y%m%d') AS {sql_type}) "
    other = compact if column.kind in ("date", "timestamp") else ""
    fits = f"regexp_full_match({raw}, {text(SHAPES[column.kind])})"
    return f"CASE WHEN {fits} THEN TRY_CAST({raw} AS {sql_type}) {other}END"


def _is_native(kind: Kind, native: str) -> bool:
    if kind == "integer":
        return native in WHOLE
    if kind in ("money", "number"):
        return native in (*WHOLE, "DOUBLE", "FLOAT") or native.startswith("DECIMAL")
    return native in DAYS


def refusals(table: Table, latest: date, raw: str, typed: str) -> Iterator[tuple[str, str]]:
    """(condition, reason) for every rule on one row, in the order in which they are told.

    `raw` and `typed` prefix a column's text and its cast value. Unknown merchants and repeated keys, which need other
    rows, are not here.
    """
    for column in table.columns:
        given, value = name(raw + column.name), name(typed + column.name)
        if column.required:
            yield f"{given} IS NULL", f"{column.name} is empty"
        if column.kind != "text":
            yield f"{given} IS NOT NULL AND {value} IS NULL", f"{column.name} is not {WORDS[column.kind]}"
        if column.kind == "number":
            yield f"NOT isfinite({value})", f"{column.name} is not a number"
        if column.minimum is not None:
            yield f"{value} < {column.minimum}", f"{column.name} is below {column.minimum}"
        if column.allowed:
            yield f"{value} NOT IN ({texts(column.allowed)})", f"{column.name} is none of {', '.join(column.allowed)}"
        if column.kind in ("date", "timestamp") and column.name in HAPPENED:
            yield f"{value} > DATE '{latest}'", f"{column.name} lies after {latest}"
