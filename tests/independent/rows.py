"""Raw tables of a platform directory, read once into one plain structure for each shop.

Only files are read here: `<platform>/<table>.parquet`, or every Parquet file under `<platform>/<table>/`. Money is
kept in whole cents and days as day numbers (`date.toordinal`), so that every sum is an exact integer.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EPOCH = 719163  # date(1970, 1, 1).toordinal(): Parquet counts days from there
COUNTS = ("visits", "interactions", "orders")
MONEY = ("gmv", "discount", "refunds")
Column = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Shop:
    """One merchant: activity columns sorted by day, and the small tables as lists of (day, figures...)."""

    merchant_id: str
    name: str
    industry: str
    columns: dict[str, Column]  # day, user, channel (code), counts, money in cents, identified
    first_seen: dict[int, tuple[int, str]]  # user -> (first day with a visit, channel of that day)
    coupons: list[tuple[int, int, int, int, int]] = field(default_factory=list)  # issued, redeemed, discount, gmv
    promotion: list[tuple[int, int, int]] = field(default_factory=list)  # spend, new users
    followers: list[tuple[int, int]] = field(default_factory=list)
    newest: int | None = None
    complete: bool = True

    @property
    def first_row(self) -> int | None:
        days = self.columns["day"]
        return int(days[0]) if len(days) else None

    def window(self, name: str, start: int, end: int) -> Column:
        """The rows of one column whose day lies in [start, end]."""
        days = self.columns["day"]
        low, high = np.searchsorted(days, start, "left"), np.searchsorted(days, end, "right")
        return self.columns[name][low:high]

    def users(self, start: int, end: int, which: str = "visits") -> set[int]:
        """Users with `which` above zero in [start, end]."""
        return set(self.window("user", start, end)[self.window(which, start, end) > 0].tolist())

    def total(self, name: str, start: int, end: int) -> int:
        return sum(self.window(name, start, end).tolist())


@dataclass(frozen=True)
class Platform:
    """Every shop by its id, and which tables exist at all."""

    shops: dict[str, Shop]
    tables: frozenset[str]
    managers: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def newest(self) -> int:
        """The newest day that any shop has."""
        return max(s.newest for s in self.shops.values() if s.newest is not None)


@lru_cache(maxsize=4)
def load(directory: Path) -> Platform:
    """Read a platform once; later calls with the same directory are free."""
    names = ("merchants", "activity", "coupons", "promotion", "followers", "feeds", "assignments")
    read = {n: t for n in names if (t := _read(directory, n)) is not None}
    merchants = read["merchants"].to_pylist()
    activity = _activity(read.get("activity"))
    small = {n: _by_merchant(read.get(n), columns) for n, columns in SMALL.items()}
    shops = {}
    for row in merchants:
        mid = row["merchant_id"]
        columns, first_seen = activity.get(mid, (_nothing(), {}))
        feed = small["feeds"].get(mid, [])
        last = int(columns["day"][-1]) if len(columns["day"]) else None
        shops[mid] = Shop(
            mid, row["name"], row["industry"], columns, first_seen,
            small["coupons"].get(mid, []), small["promotion"].get(mid, []), small["followers"].get(mid, []),
            newest=feed[0][0] if feed else last, complete=bool(feed[0][1]) if feed else True,
        )  # fmt: skip
    return Platform(shops, frozenset(read), _managers(read.get("assignments")))


SMALL: dict[str, tuple[str, ...]] = {
    "coupons": ("day", "issued", "redeemed", "discount", "redeemed_gmv"),
    "promotion": ("day", "spend", "new_users"),
    "followers": ("day", "followers"),
    "feeds": ("newest_day", "complete"),
}


def _read(directory: Path, name: str) -> pa.Table | None:
    single, folder = directory / f"{name}.parquet", directory / name
    if single.is_file():
        return pq.ParquetFile(single).read()
    parts = sorted(folder.rglob("*.parquet")) if folder.is_dir() else []
    return pa.concat_tables([pq.ParquetFile(p).read() for p in parts]) if parts else None


def whole(column: pa.ChunkedArray) -> Column:
    """Any column as whole numbers: days as ordinals, money as cents, booleans as 0/1, nothing as 0."""
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    kind = array.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return np.asarray(array.cast(pa.date32()).cast(pa.int32()).fill_null(0), dtype=np.int64) + EPOCH
    if pa.types.is_decimal(kind):
        exact = array.cast(pa.decimal128(38, 2)).fill_null(0)
        words = np.frombuffer(exact.buffers()[1], dtype=np.int64)[::2]  # the low half of 128 bits holds our cents
        return np.asarray(words[exact.offset : exact.offset + len(exact)].tolist(), dtype=np.int64)
    if pa.types.is_floating(kind):
        cents: Column = np.rint(np.asarray(array.fill_null(0)) * 100).astype(np.int64)
        return cents
    if pa.types.is_boolean(kind):
        return np.asarray(array.fill_null(False).cast(pa.int8()), dtype=np.int64)
    return np.asarray(array.fill_null(0), dtype=np.int64)


def _codes(column: pa.ChunkedArray) -> tuple[Column, list[str]]:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist()


def _nothing() -> dict[str, Column]:
    return {n: np.empty(0, dtype=np.int64) for n in ("day", "user", *COUNTS, *MONEY, "identified")}


def _activity(table: pa.Table | None) -> dict[str, tuple[dict[str, Column], dict[int, tuple[int, str]]]]:
    if table is None or not len(table):
        return {}
    owner, owners = _codes(table["merchant_id"])
    user, _ = _codes(table["user_id"])
    channel, channels = _codes(table["channel"])
    day = whole(table["day"])
    order = np.lexsort((day, owner))
    columns = {"day": day[order], "user": user[order], "channel": channel[order]}
    for name in (*COUNTS, *MONEY, "identified"):
        columns[name] = whole(table[name])[order] if name in table.column_names else np.zeros(len(order), np.int64)
    edges = np.searchsorted(owner[order], np.arange(len(owners) + 1))
    found = {}
    for code, mid in enumerate(owners):
        part = {n: c[edges[code] : edges[code + 1]] for n, c in columns.items()}
        found[mid] = (part, _first_seen(part, channels))
    return found


def _first_seen(part: dict[str, Column], channels: list[str]) -> dict[int, tuple[int, str]]:
    seen: dict[int, tuple[int, str]] = {}
    visited = part["visits"] > 0
    rows = zip(*(part[n][visited].tolist() for n in ("user", "day", "channel")), strict=True)
    for user, day, code in rows:  # days ascend: the first row met is of the first day
        known = seen.get(user)
        if known is None or (known[0] == day and channels[code] < known[1]):
            seen[user] = (day, channels[code])
    return seen


def _by_merchant(table: pa.Table | None, columns: tuple[str, ...]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    if table is None or not len(table):
        return found
    rows = zip(*(whole(table[c]).tolist() for c in columns), strict=True)
    for mid, row in zip(table["merchant_id"].to_pylist(), rows, strict=True):
        found.setdefault(mid, []).append(row)
    return found


def _managers(table: pa.Table | None) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in table.to_pylist() if table is not None else ():
        found.setdefault(row["manager_id"], set()).add(row["merchant_id"])
    return {k: frozenset(v) for k, v in found.items()}
