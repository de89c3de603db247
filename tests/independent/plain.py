"""One merchant's raw rows as dictionaries, read from the Parquet files alone; money is a Decimal, days are dates."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]


@lru_cache(maxsize=512)
def rows_of(platform: Path, table: str, merchant: str) -> tuple[Row, ...]:
    """The merchant's rows of one table in the order of the file; none where there is no such file."""
    path = platform / f"{table}.parquet"
    if not path.is_file():
        return ()
    return tuple(pq.read_table(path, filters=[("merchant_id", "=", merchant)]).to_pylist())


def within(rows: Iterable[Row], end: date, days: int) -> list[Row]:
    """The rows of so many days up to `end`, both included."""
    start = end - timedelta(days=days - 1)
    return [r for r in rows if start <= r["day"] <= end]


def visits(rows: Iterable[Row]) -> list[Row]:
    return [r for r in rows if r["visits"] > 0]


def users(rows: Iterable[Row]) -> set[str]:
    return {r["user_id"] for r in rows}


def net(rows: Iterable[Row]) -> Decimal:
    """Spending less refunds, yuan."""
    return sum((r["gmv"] - r["refunds"] for r in rows), Decimal(0))


def first_visits(rows: Iterable[Row]) -> dict[str, tuple[date, str]]:
    """user -> (first day with a visit, the smallest channel of that day)."""
    found: dict[str, tuple[date, str]] = {}
    for row in visits(rows):
        seen = (row["day"], row["channel"])
        found[row["user_id"]] = min(found.get(row["user_id"], seen), seen)
    return found


def last_visits(rows: Iterable[Row]) -> dict[str, tuple[date, str]]:
    """user -> (last day with a visit, the smallest channel of that day)."""
    came, days = visits(rows), dict[str, date]()
    for row in came:
        days[row["user_id"]] = max(days.get(row["user_id"], row["day"]), row["day"])
    channel: dict[str, str] = {}
    for row in came:
        if row["day"] == days[row["user_id"]]:
            channel[row["user_id"]] = min(channel.get(row["user_id"], row["channel"]), row["channel"])
    return {user: (day, channel[user]) for user, day in days.items()}


def visit_days(rows: Iterable[Row]) -> dict[str, set[date]]:
    found: dict[str, set[date]] = defaultdict(set)
    for row in visits(rows):
        found[row["user_id"]].add(row["day"])
    return found
