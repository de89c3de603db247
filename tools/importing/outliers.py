"""Figures far off their own past: days of everybody, days of one merchant, levels that jumped, amounts in another unit.

Robust throughout: medians and median deviations, so that the odd value does not hide itself. Lines are wide on purpose;
what remains is worth a look, and most of it has one of few causes: a file sent twice, a half day, fen taken for yuan.
"""

from collections.abc import Iterator

import duckdb

from tools.importing.problems import Problem, many, some

SIGMA = 1.4826  # times the median deviation: the standard deviation, were the values normal
DAY_Z, DAY_TIMES = 6, 2  # a day of everybody, against the same weekday of the four weeks before and after
OWN_Z, OWN_TIMES = 8, 20  # a day of one merchant, against all its days
LEVEL_Z, LEVEL_TIMES = 4, 5  # its last two weeks against the twelve before
UNIT_TIMES = 40  # money an order against the shops of the same industry
LEAST_DAYS = 28
LEAST_ORDERS = 20
LEAST_SHOPS = 5
SERIES = ("visits", "orders", "gmv")


def outliers(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Problem]:
    """Everything odd in `activity` or `daily`, the views of which are there, and `merchants`."""
    sums = ", ".join(f"CAST(sum({s}) AS DOUBLE) AS {s}" for s in SERIES)
    days = f"SELECT merchant_id, day, {sums} FROM {table} GROUP BY ALL"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE merchant_days AS {days}")
    for series in SERIES:
        yield from _days(connection, table, series)
    for series in SERIES:
        yield from _merchant_days(connection, table, series)
        yield from _levels(connection, table, series)
    yield from _units(connection, table)


def _days(connection: duckdb.DuckDBPyConnection, table: str, series: str) -> Iterator[Problem]:
    """The newest day may be half arrived, which is its own finding."""
    found = connection.execute(
        f"WITH d AS (SELECT day, sum({series}) AS x FROM merchant_days GROUP BY day),"
        " near AS (SELECT d.day, any_value(d.x) AS x, median(o.x) AS usual, mad(o.x) AS off FROM d JOIN d AS o"
        "  ON o.day <> d.day AND abs(o.day - d.day) <= 28 AND (o.day - d.day) % 7 = 0 GROUP BY d.day"
        "  HAVING count(*) >= 4)"
        " SELECT day, x, usual FROM near WHERE usual > 0 AND day < (SELECT max(day) FROM d)"
        f" AND abs(x - usual) > {DAY_Z} * greatest({SIGMA} * off, 0.05 * usual)"
        f" AND (x > {DAY_TIMES} * usual OR x * {DAY_TIMES} < usual) ORDER BY abs(ln(greatest(x, 1) / usual)) DESC, day"
    ).fetchall()
    if found:
        listed = [f"{day} ({_number(x)} instead of about {_number(usual)})" for day, x, usual in found]
        yield _warning(
            table,
            f"{many(len(found), 'day')} on which the {series} of all merchants together are far from usual: "
            f"{some(listed)}; look whether a file came twice or only in part, unless there was a feast or a sale",
        )


def newest_day(connection: duckdb.DuckDBPyConnection, table: str, said_incomplete: bool) -> Iterator[Problem]:
    """The newest day with under half of its weekday's usual visits, where no feed calls it incomplete."""
    if said_incomplete:
        return
    found = connection.execute(
        "WITH d AS (SELECT day, sum(coalesce(visits, orders)) AS x FROM merchant_days GROUP BY day),"
        " n AS (SELECT max(day) AS day FROM d)"
        " SELECT n.day, any_value(d.x), median(o.x) FROM n JOIN d USING (day) JOIN d AS o"
        " ON o.day < n.day AND n.day - o.day <= 28 AND (n.day - o.day) % 7 = 0 GROUP BY n.day HAVING count(*) >= 3"
    ).fetchall()
    for day, x, usual in found:
        if usual > 0 and x < 0.5 * usual:
            yield _warning(
                table,
                f"the newest day, {day}, holds {x / usual:.0%} of what its weekday usually brings; if it is still "
                "arriving, say so in the table `feeds` (complete: false), so that nothing is concluded from it",
            )


def _merchant_days(connection: duckdb.DuckDBPyConnection, table: str, series: str) -> Iterator[Problem]:
    found = connection.execute(
        f"WITH p AS (SELECT merchant_id, day, {series} AS x, ln({series}) AS l FROM merchant_days WHERE {series} > 0),"
        " m AS (SELECT merchant_id, median(l) AS usual, mad(l) AS off FROM p GROUP BY 1"
        f"  HAVING count(*) >= {LEAST_DAYS})"
        " SELECT merchant_id, day, x, exp(usual) FROM p JOIN m USING (merchant_id)"
        f" WHERE l - usual > greatest({OWN_Z} * {SIGMA} * off, ln({OWN_TIMES})) ORDER BY l - usual DESC, 1, 2"
    ).fetchall()
    if found:
        listed = [f"{m} on {day} ({_number(x)}, usually about {_number(usual)})" for m, day, x, usual in found]
        yield _warning(
            table,
            f"{many(len(found), 'day')} on which one merchant's {series} are {OWN_TIMES} times its usual day or more: "
            f"{some(listed)}; look whether the unit or a decimal point slipped",
        )


def _levels(connection: duckdb.DuckDBPyConnection, table: str, series: str) -> Iterator[Problem]:
    found = connection.execute(
        f"WITH p AS (SELECT merchant_id, day > (SELECT max(day) FROM merchant_days) - 14 AS late, ln({series}) AS l"
        f"  FROM merchant_days WHERE {series} > 0 AND day > (SELECT max(day) FROM merchant_days) - 98),"
        " m AS (SELECT merchant_id, median(l) FILTER (late) AS now, median(l) FILTER (NOT late) AS usual,"
        "  mad(l) FILTER (NOT late) AS off FROM p GROUP BY 1"
        f"  HAVING count(*) FILTER (late) >= 7 AND count(*) FILTER (NOT late) >= {LEAST_DAYS})"
        " SELECT merchant_id, exp(now), exp(usual) FROM m"
        f" WHERE abs(now - usual) > greatest({LEVEL_Z} * {SIGMA} * off, ln({LEVEL_TIMES}))"
        " ORDER BY abs(now - usual) DESC, 1"
    ).fetchall()
    if found:
        listed = [f"{m} (about {_number(now)} a day, before {_number(usual)})" for m, now, usual in found]
        yield _warning(
            table,
            f"{many(len(found), 'merchant')} whose {series} jumped to another level in the last two weeks: "
            f"{some(listed)}; look whether the source changed its unit or its meaning",
        )


def _units(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Problem]:
    found = connection.execute(
        "WITH o AS (SELECT merchant_id, industry, sum(gmv) / sum(orders) AS x FROM merchant_days JOIN merchants"
        f"  USING (merchant_id) WHERE orders > 0 AND gmv > 0 GROUP BY ALL HAVING sum(orders) >= {LEAST_ORDERS}),"
        f" i AS (SELECT industry, median(x) AS usual FROM o GROUP BY 1 HAVING count(*) >= {LEAST_SHOPS})"
        " SELECT merchant_id, x, usual FROM o JOIN i USING (industry)"
        f" WHERE x >= {UNIT_TIMES} * usual OR x * {UNIT_TIMES} <= usual ORDER BY abs(ln(x / usual)) DESC, 1"
    ).fetchall()
    if found:
        listed = [f"{m} ({_number(x)} an order, its industry {_number(usual)})" for m, x, usual in found]
        yield _warning(
            table,
            f"{many(len(found), 'merchant')} whose money an order is {UNIT_TIMES} times off its industry's: "
            f"{some(listed)}; look whether fen were taken for yuan, or yuan for fen (`unit: fen`)",
        )


def _number(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 or x == int(x) else f"{x:,.2f}"


def _warning(table: str, text: str) -> Problem:
    return Problem(severity="warning", table=table, sentence=f"{table}: {text}.")
