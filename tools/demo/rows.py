"""A shop's activity as columns: one entry for each user, day and channel."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from tools.demo.clock import Bools, Ints


@dataclass(frozen=True)
class Rows:
    """Columns of equal length; money in fen (1/100 yuan). `hashes` has one entry a user, `user` points into it."""

    user: Ints
    day: Ints
    channel: Ints
    visits: Ints
    interactions: Ints
    orders: Ints
    gmv: Ints
    discount: Ints
    refunds: Ints
    identified: Bools
    coupon: Ints  # discount of the coupon, part of `discount`; 0 without one
    coupon_gmv: Ints  # gmv of the order that used it
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.user)

    def take(self, chosen: Bools | Ints) -> "Rows":
        """Some of the rows: a mask or positions."""
        columns = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "hashes"}
        return replace(self, **columns)

    def within(self, first: int, last: int) -> Bools:
        """Which rows lie on the days first..last, both included."""
        return np.asarray((self.day >= first) & (self.day <= last))

    def users_within(self, first: int, last: int) -> Bools:
        """For each user: whether seen on the days first..last."""
        seen = np.zeros(len(self.hashes), dtype=np.bool_)
        seen[self.user[self.within(first, last)]] = True
        return seen

    def first_days(self) -> Ints:
        """For each user the day of the first row; a far day for those who have none."""
        first = np.full(len(self.hashes), 1 << 40, dtype=np.int64)
        np.minimum.at(first, self.user, self.day)
        return first


def append(rows: Rows, more: Rows) -> Rows:
    """Both sets of rows, users of `more` counted as other people than those of `rows`."""
    shifted = replace(more, user=more.user + len(rows.hashes))
    return Rows(**{f.name: np.concatenate([getattr(rows, f.name), getattr(shifted, f.name)]) for f in fields(Rows)})


def user_hashes(seed: int, shop: int, users: int, salt: int = 0) -> NDArray[np.uint64]:
    """Opaque 64-bit user ids, a splitmix64 of (seed, shop, user): nothing can be read from them."""
    base = (seed * 1_000_003 + shop) * 65_537 + salt
    golden = 0x9E3779B97F4A7C15
    start = np.uint64(base * golden % 2**64)
    z = (np.arange(1, users + 1, dtype=np.uint64) + start) * np.uint64(golden)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def in_order(rows: Rows) -> Rows:
    """Rows sorted by day, user hash and channel: the order of the file."""
    rank = np.empty(len(rows.hashes), dtype=np.int64)
    rank[np.argsort(rows.hashes)] = np.arange(len(rank))
    return rows.take(np.argsort((rows.day * len(rank) + rank[rows.user]) * 8 + rows.channel))
