"""What every canonical column demands, as SQL: why a row is refused."""

from collections.abc import Iterator
from datetime import date

from tools.importing.reading import Reading
from tools.importing.sql import name, text, texts
from tools.importing.values import CURRENCY, foreign, has_offset
from tools.tables import Column, Kind, Table

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
NO_ZONE = "carries an offset from UTC; say in the mapping which `timezone` the business days are in"


def refusals(
    table: Table, latest: date, raw: str, typed: str, readings: dict[str, Reading]
) -> Iterator[tuple[str, str]]:
    """(condition, reason) for every rule on one row, in the order in which they are told.

    `raw` and `typed` prefix a column's text and its cast value. Unknown merchants and repeated keys, which need other
    rows, are not here.
    """
    currencies = next((r.factors for r in readings.values() if r.factors), ())
    if currencies:
        codes = [code for code, _ in currencies]
        reason = f"its currency is none of {', '.join(codes)}; state its rate under `rates`"
        yield f"{CURRENCY} IS NULL OR {CURRENCY} NOT IN ({texts(codes)})", reason
    for column in table.columns:
        given, value = name(raw + column.name), name(typed + column.name)
        if column.required:
            yield f"{given} IS NULL", f"{column.name} is empty"
        if column.kind != "text":
            unread = f"{given} IS NOT NULL AND {value} IS NULL"
            yield from _misread(column, given, unread, readings[column.name])
            yield unread, f"{column.name} is not {WORDS[column.kind]}"
        yield from _limits(column, value, latest)


def _misread(column: Column, given: str, unread: str, reading: Reading) -> Iterator[tuple[str, str]]:
    """Why a value that is nearly right cannot be taken."""
    if column.kind in ("date", "timestamp") and reading.business is None:
        yield f"{unread} AND {has_offset(given)}", f"{column.name} {NO_ZONE}"
    if column.kind == "money":
        what = "one of its row's" if reading.factors else reading.currency
        yield f"{unread} AND {foreign(given)}", f"{column.name} carries a currency sign that is not {what}"


def _limits(column: Column, value: str, latest: date) -> Iterator[tuple[str, str]]:
    if column.kind == "number":
        yield f"NOT isfinite({value})", f"{column.name} is not a number"
    if column.minimum is not None:
        yield f"{value} < {column.minimum}", f"{column.name} is below {column.minimum}"
    if column.maximum is not None:
        yield f"{value} > {column.maximum}", f"{column.name} is above {column.maximum}"
    if column.allowed:
        yield f"{value} NOT IN ({texts(column.allowed)})", f"{column.name} is none of {', '.join(column.allowed)}"
    if column.kind in ("date", "timestamp") and column.name in HAPPENED:
        yield f"{value} > DATE {text(latest.isoformat())}", f"{column.name} lies after {latest}"
