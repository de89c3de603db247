"""What others managed in 28 days, kept by peer group: the snapshot's `pairs`, from which chances are told.

One row a metric, group and date: where merchants of the group stood 28 days before, where they stand now, and what
they started in between. A group keeps at most SAMPLE of them, so that a question costs the same with a million: of n
with a score those whose id's md5, as a fraction of its range, lies below SAMPLE / n; all of them up to SAMPLE.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from tools.asof import WINDOW
from tools.groups import FEWEST
from tools.types import GroupLevel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLE = 2000  # merchants of a group, drawn by md5 of their id, which says nothing else of them
MONTHS = 3  # stretches of 28 days kept: where few are alike, the months before speak too
BITS = 62  # kinds of action told apart, one bit each of a signed 64-bit number
TABLES = ("pairs", "kinds")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Metric scores (0..100) of merchants of one group, 28 days apart; all arrays have the same length.

    A merchant stands in it once for each stretch of 28 days.

    `did` has bit b set where the merchant started an action of kind b in between; `who` is the merchant's number,
    there only so that a merchant can be left out of what it is told of others.
    """

    group: str
    level: GroupLevel
    since: date  # the first day of the 28 up to `as_of`, or of several such stretches
    as_of: date
    before: Floats
    now: Floats
    did: Ints
    who: Ints


def add_pairs(
    con: duckdb.DuckDBPyConnection, schema: str, *, into: str | None = None, dates: Sequence[date] | None = None
) -> dict[str, int]:
    """Make the tables `pairs` and `kinds` from the tables in `schema`, which are all written; gives their row counts.

    `pairs`(metric, group_id, as_of, n, before, now, did, who): for each date whose figures 28 days before are there
    too, each metric, and each group (industry x band, industry, all) that has 10 merchants or more with a score on
    both days. Membership is that of the later day. `kinds`(bit, kind) names the bits of `did`.
    `into`: where the tables go, if not into `schema`. `dates`: instead of the newest as-of date and up to two more,
    28 days or more apart. The result does not depend on the order of rows.
    """
    into = into or schema
    kept = [row[0] for row in con.execute(f"SELECT DISTINCT as_of FROM {schema}.curves").fetchall()]
    con.execute(f"CREATE TABLE {into}.kinds AS {_kinds(con, schema)}")
    con.execute(f"CREATE TEMP TABLE pair_rows AS {_EMPTY}")
    for day in dates_of_pairs(kept) if dates is None else sorted(set(dates)):
        _add_day(con, schema, into, day)
    con.execute(f"CREATE TABLE {into}.pairs AS SELECT * FROM pair_rows ORDER BY metric, group_id, as_of")
    con.execute("DROP TABLE pair_rows")
    return {table: _count(con, f"{into}.{table}") for table in TABLES}


def dates_of_pairs(kept: Sequence[date]) -> list[date]:
    """Of the dates kept the newest that has its date 28 days before, and more such, each 28 days or more apart."""
    window = timedelta(days=WINDOW)
    chosen: list[date] = []
    for day in sorted(set(kept) & {day + window for day in kept}, reverse=True):
        if len(chosen) < MONTHS and (not chosen or chosen[-1] - day >= window):
            chosen.append(day)
    return sorted(chosen)


_EMPTY = """SELECT ''::VARCHAR AS metric, ''::VARCHAR AS group_id, NULL::DATE AS as_of, 0::BIGINT AS n,
 []::DOUBLE[] AS before, []::DOUBLE[] AS now, []::BIGINT[] AS did, []::INTEGER[] AS who WHERE false"""
# Scores of dimensions have no state: only metrics are wanted.
_SCORED = "score IS NOT NULL AND state IS NOT NULL"


def _add_day(con: duckdb.DuckDBPyConnection, schema: str, into: str, day: date) -> None:
    """Step by step, each table small: as one statement the engine takes ten times as long over 100,000 merchants."""
    earlier = day - timedelta(days=WINDOW)
    con.execute(
        f"""CREATE TEMP TABLE pair_members AS
            SELECT no, industry, group_id AS band, 'all' AS everybody,
                   md5_number_lower(merchant_id) / 18446744073709551616 AS draw
            FROM {schema}.merchants LEFT JOIN (SELECT no, group_id FROM {schema}.bands WHERE as_of = ?) USING (no)""",
        [day],
    )
    con.execute(
        f"""CREATE TEMP TABLE pair_later AS
            SELECT no, metric, score, industry, band, everybody, draw
            FROM {schema}.figures JOIN pair_members USING (no) WHERE as_of = ? AND {_SCORED}""",
        [day],
    )
    con.execute("CREATE TEMP TABLE pair_kept (metric VARCHAR, group_id VARCHAR, no INTEGER, draw DOUBLE, score DOUBLE)")
    for group in ("band", "industry", "everybody"):
        con.execute(
            f"""INSERT INTO pair_kept SELECT l.metric, {group}, no, draw, score FROM pair_later l
                JOIN (SELECT metric, {group} AS named, count(*) AS n FROM pair_later GROUP BY ALL) c
                ON c.metric = l.metric AND c.named = {group} AND draw * n < {SAMPLE}"""
        )
    con.execute(f"CREATE TEMP TABLE pair_did AS {_did(con, schema, into)}", {"day": day, "earlier": earlier})
    con.execute(
        f"""CREATE TEMP TABLE pair_both AS
            SELECT kept.metric, kept.group_id, kept.no, draw, e.score AS before, kept.score AS now
            FROM pair_kept kept JOIN {schema}.figures e ON e.no = kept.no AND e.metric = kept.metric
            WHERE e.as_of = ? AND e.{_SCORED}""",
        [earlier],
    )
    con.execute(
        f"""INSERT INTO pair_rows
            SELECT metric, group_id, ?, least(count(*), {SAMPLE}), {", ".join(map(_sampled, _PAIR))}
            FROM pair_both LEFT JOIN pair_did USING (no) GROUP BY metric, group_id HAVING count(*) >= {FEWEST}""",
        [day],
    )
    for step in ("members", "later", "kept", "did", "both"):
        con.execute(f"DROP TABLE pair_{step}")


def _did(con: duckdb.DuckDBPyConnection, schema: str, into: str) -> str:
    if not _has(con, schema, "actions"):
        return "SELECT NULL::INTEGER AS no, NULL::BIGINT AS did WHERE $earlier > $day"
    return f"""SELECT no, bit_or(1::BIGINT << bit)::BIGINT AS did FROM {schema}.actions JOIN {into}.kinds USING (kind)
               WHERE started_on > $earlier AND started_on <= $day GROUP BY no"""


_PAIR = ("before", "now", "coalesce(did, 0)", "no")


def _sampled(column: str) -> str:
    return f"list({column} ORDER BY draw, no)[1:{SAMPLE}]"


def _kinds(con: duckdb.DuckDBPyConnection, schema: str) -> str:
    """Kinds of action by name; of more than BITS the most frequent."""
    if not _has(con, schema, "actions"):
        return "SELECT 0::INTEGER AS bit, '' AS kind WHERE false"
    common = f"SELECT kind FROM {schema}.actions GROUP BY kind ORDER BY count(*) DESC, kind LIMIT {BITS}"
    return f"SELECT (row_number() OVER (ORDER BY kind) - 1)::INTEGER AS bit, kind FROM ({common}) ORDER BY bit"


def _has(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    query = "SELECT 1 FROM duckdb_tables() WHERE table_name = ? AND ? IN (database_name, schema_name)"
    return con.execute(query, [table, schema]).fetchone() is not None


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def read_pairs(
    con: duckdb.DuckDBPyConnection, metric: str, groups: dict[str, GroupLevel], on: date
) -> tuple[Pairs, ...]:
    """What others managed in a metric, as known on a day, ever more of them.

    First the groups in their order at the newest kept date not after `on`, then the last group with the month before
    that, and so on.
    """
    found = con.execute(
        """SELECT group_id, as_of, before, now, did, who FROM pairs
           WHERE metric = ? AND group_id IN (SELECT unnest(?::VARCHAR[])) AND as_of <= ? ORDER BY as_of DESC""",
        [metric, list(groups), on],
    ).fetchnumpy()
    rows = [_pairs(found, at, groups[str(name)]) for at, name in enumerate(found["group_id"])]
    newest = {pairs.group: pairs for pairs in rows if pairs.as_of == rows[0].as_of}
    widest = [pairs for pairs in rows if pairs.group == list(groups)[-1]][:MONTHS]
    longer = [_joined(widest[:months]) for months in range(2, len(widest) + 1)]
    return (*(newest[group] for group in groups if group in newest), *longer)


def _pairs(found: dict[str, Any], at: int, level: GroupLevel) -> Pairs:
    day: date = found["as_of"][at].astype("datetime64[D]").item()
    before, now = (np.asarray(found[name][at], dtype=np.float64) for name in ("before", "now"))
    did, who = (np.asarray(found[name][at], dtype=np.int64) for name in ("did", "who"))
    return Pairs(str(found["group_id"][at]), level, day - timedelta(days=WINDOW - 1), day, before, now, did, who)


def _joined(months: Sequence[Pairs]) -> Pairs:
    return replace(
        months[0],
        since=months[-1].since,
        before=np.concatenate([pairs.before for pairs in months]),
        now=np.concatenate([pairs.now for pairs in months]),
        did=np.concatenate([pairs.did for pairs in months]),
        who=np.concatenate([pairs.who for pairs in months]),
    )
