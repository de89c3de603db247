"""What is written in a source, as SQL that makes a canonical value of it: NULL where it cannot be one."""

from decimal import Decimal

from tools.importing.money import ANY_SIGN
from tools.importing.reading import Reading
from tools.importing.sql import text, texts, trimmed
from tools.tables import SQL_TYPES, Kind

CURRENCY = "__currency"  # each row's own, where the source has a column of it
# engines read '0x10', 'epoch' and '3.7' as numbers and dates of sorts; a mistyped file must not pass so easily
WHOLE_NUMBER = r"[+-]?[0-9]+(\.0*)?"
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
GROUPED = r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"  # 1,234,567.89
DAY = r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
TIME = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
OFFSET = r" ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)"
SERIAL = r"[1-9][0-9]{4}(\.[0-9]+)?"  # Excel's days since the end of 1899: 1927 to 2173
SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
WHOLE = (*SIGNED, *(f"U{t}" for t in SIGNED))
INSTANT = "TIMESTAMP WITH TIME ZONE"
TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
TRUE, FALSE = ("true", "t", "1", "yes", "y", "是"), ("false", "f", "0", "no", "n", "否")
EXACT = "DECIMAL(24, 6)"  # times a rate of 14 digits it still fits into 38


def cast(kind: Kind, value: str, native: str, reading: Reading) -> str:
    """The value of a column in its canonical type, NULL where it cannot be one. `native` is the type it arrives in."""
    if kind == "text":
        return trimmed(value)
    if kind == "boolean":
        word = f"lower({trimmed(value)})"
        return f"CASE WHEN {word} IN ({texts(TRUE)}) THEN true WHEN {word} IN ({texts(FALSE)}) THEN false END"
    if kind in ("date", "timestamp"):
        return f"CAST({_moment(value, native, reading)} AS {SQL_TYPES[kind]})"
    return _money(value, native, reading) if kind == "money" else _number(kind, value, native)


def _number(kind: Kind, value: str, native: str) -> str:
    sql_type = SQL_TYPES[kind]
    if native in WHOLE or (kind == "number" and native in ("DOUBLE", "FLOAT")) or native.startswith("DECIMAL"):
        return _finite(value, native, f"TRY_CAST({value} AS {sql_type})") if kind == "number" else _whole(value, native)
    raw = trimmed(value)
    shape = WHOLE_NUMBER if kind == "integer" else rf"{NUMBER}([eE][+-]?[0-9]+)?"
    return _grouped(raw, shape, sql_type)


def _whole(value: str, native: str) -> str:
    if native in WHOLE:
        return f"TRY_CAST({value} AS BIGINT)"
    return f"CASE WHEN {value} = floor({value}) THEN TRY_CAST({value} AS BIGINT) END"


def _grouped(raw: str, shape: str, sql_type: str) -> str:
    return (
        f"CASE WHEN regexp_full_match({raw}, {text(shape)}) THEN TRY_CAST({raw} AS {sql_type})"
        f" WHEN regexp_full_match({raw}, {text(GROUPED)}) THEN TRY_CAST(replace({raw}, ',', '') AS {sql_type}) END"
    )


def _finite(value: str, native: str, expression: str) -> str:
    return f"CASE WHEN isfinite({value}) THEN {expression} END" if native in ("DOUBLE", "FLOAT") else expression


def _money(value: str, native: str, reading: Reading) -> str:
    """Exact in the platform's currency, rounded to cents once, after unit and rate."""
    as_it_is = not reading.factors and reading.factor == 1
    sql_type = SQL_TYPES["money"] if as_it_is else EXACT
    if native in (*WHOLE, "DOUBLE", "FLOAT") or native.startswith("DECIMAL"):
        amount = _finite(value, native, f"TRY_CAST({value} AS {sql_type})")
    else:
        raw = trimmed(value)
        plain = f"WHEN regexp_full_match({raw}, {text(NUMBER)}) THEN TRY_CAST({raw} AS {sql_type})"
        amount = f"CASE {plain} ELSE {_grouped(_bare(raw, reading), NUMBER, sql_type)} END"
    return amount if as_it_is else f"TRY_CAST({amount} * {_factor(reading)} AS {SQL_TYPES['money']})"


def _factor(reading: Reading) -> str:
    if not reading.factors:
        return _decimal(reading.factor)
    cases = " ".join(f"WHEN {text(code)} THEN {_decimal(factor)}" for code, factor in reading.factors)
    return f"CASE {CURRENCY} {cases} END"


def _decimal(factor: Decimal) -> str:
    return f"CAST('{factor:f}' AS DECIMAL(14, 8))"


def _bare(raw: str, reading: Reading) -> str:
    """An amount without its currency's signs: ¥12.50, -¥3, 12.50 元."""
    known = "|".join(_escaped(sign) for sign in reading.signs)
    fronted = f"regexp_replace({raw}, {text(f'^([+-]?) ?({known}) ?([+-]?)')}, '\\1\\3')"
    return f"regexp_replace({fronted}, {text(f' ?({known})$')}, '')"


def _escaped(sign: str) -> str:
    return sign.replace("$", r"\$")


def foreign(raw: str) -> str:
    """Whether a text that is no amount carries a sign of some currency."""
    return f"regexp_matches({raw}, {text(f'({ANY_SIGN})')}) AND regexp_matches({raw}, '[0-9]')"


def has_offset(raw: str) -> str:
    """Whether a text is a time with its offset from UTC."""
    return f"regexp_full_match({raw}, {text(f'({DAY}){TIME}{OFFSET}')})"


def business_day(business: str) -> str:
    """The body of a macro over (value, zone): the business day of a time, for queries that group by day."""
    return f"CAST({_written('trim(CAST(value AS VARCHAR))', Reading(business=business), 'zone')} AS DATE)"


def _moment(value: str, native: str, reading: Reading) -> str:
    """A business day or time. A day stands as written; an instant, or a time of another zone, is moved."""
    zone = text(reading.zone) if reading.zone and reading.business else None
    if native == "DATE":
        return f"CASE WHEN isfinite({value}) THEN {value} END"
    if native in TIMES:
        return f"CASE WHEN isfinite({value}) THEN {_moved(f'CAST({value} AS TIMESTAMP)', reading, zone)} END"
    if native == INSTANT:  # without a business zone nobody knows which day it was
        local = f"timezone({text(reading.business)}, {value})" if reading.business else "NULL"
        return f"CASE WHEN isfinite({value}) THEN {local} END"
    return _written(trimmed(value), reading, zone)


def _moved(naive: str, reading: Reading, zone: str | None) -> str:
    return f"timezone({text(str(reading.business))}, timezone({zone}, {naive}))" if zone else naive


def _written(raw: str, reading: Reading, zone: str | None) -> str:
    day = f"regexp_replace({raw}, '^([0-9]{{4}})[年/.]([0-9]+)[月/.]([0-9]+)日?', '\\1-\\2-\\3')"
    plain = f"regexp_replace({day}, '([0-9])T([0-9])', '\\1 \\2')"
    naive = f"TRY_CAST({plain} AS TIMESTAMP)"
    cases = [
        f"WHEN regexp_full_match({raw}, {text(DAY)}) THEN {naive}",
        f"WHEN regexp_full_match({raw}, '[0-9]{{8}}') THEN try_strptime({raw}, '%Y%m%d')",
        f"WHEN regexp_full_match({raw}, {text(f'({DAY}){TIME}')}) THEN {_moved(naive, reading, zone)}",
    ]
    if reading.business:
        zulu = f"regexp_replace({plain}, ' ?(Z|UTC)$', '+00:00')"
        spelt = f"regexp_replace({zulu}, ' ?([+-][0-9]{{2}}):?([0-9]{{2}})?$', '\\1:\\2')"
        instant = f"TRY_CAST(rtrim({spelt}, ':') AS TIMESTAMPTZ)"
        cases.append(f"WHEN {has_offset(raw)} THEN timezone({text(reading.business)}, {instant})")
    if reading.serials:
        seconds = f"CAST(round(TRY_CAST({raw} AS DOUBLE) * 86400) AS BIGINT)"
        serial = f"TIMESTAMP '1899-12-30' + to_seconds({seconds})"
        cases.append(f"WHEN regexp_full_match({raw}, {text(SERIAL)}) THEN {serial}")
    return f"CASE {' '.join(cases)} END"
