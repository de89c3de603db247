"""What can be wrong with a platform's data, each finding one sentence."""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb

from tools.importing.coverage import holes
from tools.importing.likeness import alike
from tools.importing.outliers import newest_day, outliers
from tools.importing.problems import Problem, TableHealth, many, some
from tools.importing.sql import name
from tools.tables import DAILY

STALE_DAYS = 3  # the same line as the data state `stale`
REJECT_SHARE = 0.01
FACTS = ("activity", "daily")
DAILY_FEEDS = (*FACTS, "followers")  # tables that bring something every day, so that a day without rows is a gap


def find_problems(
    connection: duckdb.DuckDBPyConnection, tables: dict[str, TableHealth], declared: date | None, today: date
) -> Iterator[Problem]:
    """Everything wrong with `tables`, each of which is a view in `connection`. `declared` is a historical set's day."""
    yield from _required(tables)
    for health in tables.values():
        yield from _rejects(health)
        if health.table in DAILY_FEEDS and health.rows:
            yield from _gaps(connection, health)
            yield from holes(connection, health)
    facts = [tables[t] for t in FACTS if t in tables and tables[t].rows]
    if "merchants" not in tables:
        return
    if facts:
        yield from _freshness(facts, declared, today)
        yield from _merchants(connection, [f.table for f in facts])
        yield from outliers(connection, facts[0].table)
        yield from _feeds(connection, facts[0].table, known="feeds" in tables)
    if len(facts) > 1:
        yield from _unread(connection)
    if "daily" in tables:
        yield from _patchy(connection)
    yield from alike(connection, with_days=bool(facts))


def _required(tables: dict[str, TableHealth]) -> Iterator[Problem]:
    if "merchants" not in tables or not tables["merchants"].rows:
        sentence = "merchants has no rows; map the merchants' list and import again."
        yield Problem(severity="error", table="merchants", sentence=sentence)
    if not any(t in tables and tables[t].rows for t in FACTS):
        sentence = "neither activity nor daily has rows, so nothing can be measured; map one of them and import again."
        yield Problem(severity="error", table="activity", sentence=sentence)


def _rejects(health: TableHealth) -> Iterator[Problem]:
    share = health.rejected / (health.rows + health.rejected) if health.rejected else 0.0
    if share > REJECT_SHARE:
        sentence = (
            f"{health.table}: {health.rejected} of {health.rows + health.rejected} rows were rejected ({share:.1%}); "
            f"look at rejects/{health.table}.parquet for the reasons, correct the source and import again."
        )
        yield Problem(severity="warning", table=health.table, sentence=sentence)


def _gaps(connection: duckdb.DuckDBPyConnection, health: TableHealth) -> Iterator[Problem]:
    """Days on which nobody at all has a row: a feed that failed, or a holiday."""
    days = f"SELECT DISTINCT day FROM {name(health.table)}"
    span = f"range(DATE '{health.first_day}', DATE '{health.newest_day}', INTERVAL 1 DAY)"
    gaps = _column(connection, f"SELECT CAST(d AS DATE) AS day FROM {span} AS r(d) EXCEPT {days} ORDER BY 1")
    if gaps:
        sentence = (
            f"{health.table}: {many(len(gaps), 'day')} without any row between {health.first_day} and "
            f"{health.newest_day}: {some(gaps)}; ask for them again unless everyone was closed."
        )
        yield Problem(severity="warning", table=health.table, sentence=sentence)


def _freshness(facts: list[TableHealth], declared: date | None, today: date) -> Iterator[Problem]:
    """A historical set declares its day and is measured against that; a living one against today."""
    newest = max(f.newest_day for f in facts if f.newest_day is not None)
    reference = declared or today
    if newest > reference:
        sentence = f"the newest day is {newest}, after {reference}, which cannot be; look at the source's dates."
        yield Problem(severity="error", table=facts[0].table, sentence=sentence)
    elif newest < reference - timedelta(days=STALE_DAYS):
        what = f"the declared as_of {declared}" if declared else f"today ({today})"
        sentence = (
            f"the newest day is {newest}, {(reference - newest).days} days before {what}; "
            "answers will call the data stale: fetch the missing days and import again."
        )
        yield Problem(severity="warning", table=facts[0].table, sentence=sentence)


def _merchants(connection: duckdb.DuckDBPyConnection, facts: list[str]) -> Iterator[Problem]:
    """Merchants without any row, and merchants whose rows stopped while the others' went on."""
    rows = " UNION ALL ".join(f"SELECT merchant_id, day FROM {t}" for t in facts)
    query = f"SELECT merchant_id FROM merchants EXCEPT SELECT merchant_id FROM ({rows}) ORDER BY 1"
    silent = _column(connection, query)
    if silent:
        sentence = (
            f"{many(len(silent), 'merchant')} without any data: {some(silent)}; "
            "connect their feed, or take them out of merchants."
        )
        yield Problem(severity="warning", table="merchants", sentence=sentence)
    stopped = _column(
        connection,
        f"SELECT merchant_id FROM (SELECT merchant_id, max(day) AS newest FROM ({rows}) GROUP BY 1)"
        f" WHERE newest < (SELECT max(day) FROM ({rows})) - INTERVAL {STALE_DAYS} DAY ORDER BY 1",
    )
    if stopped:
        sentence = (
            f"{many(len(stopped), 'merchant')} with no row in the last {STALE_DAYS} days: {some(stopped)}; "
            "ask whether they closed or whether their authorisation ran out."
        )
        yield Problem(severity="warning", table=facts[0], sentence=sentence)


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def _feeds(connection: duckdb.DuckDBPyConnection, table: str, *, known: bool) -> Iterator[Problem]:
    """Feeds that say themselves that their newest day is not complete, and a newest day that looks like half of one."""
    incomplete: list[str] = []
    if known:
        query = "SELECT merchant_id FROM feeds WHERE NOT complete ORDER BY 1"
        incomplete = _column(connection, query)
        late = "SELECT merchant_id FROM feeds JOIN (SELECT merchant_id, max(day) AS day FROM merchant_days GROUP BY 1)"
        early = _column(connection, f"{late} USING (merchant_id) WHERE day > newest_day ORDER BY 1")
        if early:
            sentence = (
                f"feeds: {many(len(early), 'merchant')} with rows after the newest day that the feed declares: "
                f"{some(early)}; correct newest_day, since days after it are not counted on."
            )
            yield Problem(severity="warning", table="feeds", sentence=sentence)
    if incomplete:
        sentence = (
            f"feeds: the newest day of {many(len(incomplete), 'merchant')} is still arriving: {some(incomplete)}; "
            "their answers speak of the day before until it is complete."
        )
        yield Problem(severity="warning", table="feeds", sentence=sentence)
    yield from newest_day(connection, table, said_incomplete=bool(incomplete))


def _unread(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Where both are there, activity is read and daily is not: a merchant that only daily has gets no figure."""
    query = (
        "SELECT DISTINCT merchant_id FROM daily WHERE merchant_id NOT IN (SELECT merchant_id FROM activity) ORDER BY 1"
    )
    only = _column(connection, query)
    if only:
        sentence = (
            f"daily: {many(len(only), 'merchant')} with totals but no activity: {some(only)}; where activity is there, "
            "daily is not read: send their activity too, or import them as a platform of their own."
        )
        yield Problem(severity="warning", table="daily", sentence=sentence)


def _patchy(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Columns of day totals that come for some merchants or days only: an empty total is unknown, not zero."""
    for column in (c.name for c in DAILY.columns if not c.required):
        found = _column(
            connection,
            f"SELECT merchant_id FROM daily WHERE (SELECT count({column}) FROM daily) > 0"
            f" GROUP BY 1 HAVING count({column}) < count(*) ORDER BY 1",
        )
        if found:
            sentence = (
                f"daily: {column} is empty on some days or all for {many(len(found), 'merchant')}, and not for others: "
                f"{some(found)}; send it for every day, with 0 where there was none."
            )
            yield Problem(severity="warning", table="daily", sentence=sentence)
