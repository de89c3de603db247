"""What an as-of date's figures were made from, as a key: while the key stays, nobody computes that date again.

Everything that can reach a date's figures is in its key: the rows up to that day, who takes part and how each feed
stood, the same of the day that fixed the bands, the catalog's rules, and the code that computes. What lies after
the date is not, so a new day changes no key of the past, and a row corrected late changes all from its day on.
"""

import json
from bisect import bisect_right
from datetime import date
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from tools.engines.files import Source, find_sources
from tools.queries import Queries
from tools.snapshot_recipe import code_mark, measuring_rules
from tools.snapshot_roll import Roll
from tools.store import NO_BAR

READ = ("activity", "daily", "coupons", "promotion", "followers", "scores")  # what a date's figures are made of
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying loses nothing


class Marks:
    """The key of each as-of date of one platform. Costs one pass over its files, whatever the number of dates."""

    def __init__(self, directory: Path, queries: Queries, roll: Roll, engine: str) -> None:
        self._roll, self._digests = roll, roll.digests()
        self._rows = {name: _by_day(source) for name, source in _sources(directory, queries).items()}
        self._shared = [engine, measuring_rules(queries.catalog), code_mark(), sorted(queries.sources.items())]
        self._shared.append(sorted(map(str, queries.benchmarks())))  # few rows, and any of them may reach any date

    def key(self, on: date) -> str:
        reference = self._roll.reference(on)
        told = [*self._shared, on.isoformat(), self._past(on), reference.isoformat(), self._past(reference)]
        return sha256(json.dumps(told).encode()).hexdigest()[:40]

    def _past(self, on: date) -> list[object]:
        there = self._roll.present(on)
        who = _mixed(self._digests[there] + self._roll.states(on)[there].astype(np.uint64) * MULTIPLIER)
        rows = {name: until(on) for name, until in self._rows.items()}
        return [int(there.sum()), int(who.sum(dtype=np.uint64)), rows]


class _Until:
    """Count and sum of row hashes up to a day: the same in whatever order the rows come."""

    def __init__(self, found: list[tuple[date, int, int]]) -> None:
        self._days = [day for day, _, _ in found]
        self._counts = list(accumulate(count for _, count, _ in found))
        self._sums = list(accumulate(total for _, _, total in found))

    def __call__(self, on: date) -> tuple[int, int]:
        at = bisect_right(self._days, on) - 1
        return (self._counts[at], self._sums[at]) if at >= 0 else (0, 0)


def _sources(directory: Path, queries: Queries) -> dict[str, Source]:
    unread = "daily" if queries.platform.users_known else "activity"
    return {name: s for name, s in find_sources(directory).items() if name in READ and name != unread}


def _by_day(source: Source) -> _Until:
    columns = ", ".join(f'"{c.name}"' for c in source.table.columns)
    query = f"SELECT day, count(*), sum(hash({columns})) FROM ({source.duckdb()}) GROUP BY day ORDER BY day"
    with duckdb.connect() as con:
        con.execute(NO_BAR)
        return _Until(con.execute(query).fetchall())


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Bits well stirred (splitmix64), so that a sum of them tells sets apart."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
