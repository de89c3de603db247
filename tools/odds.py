"""How likely a gain is: what others managed within 28 days who had stood where this merchant stands.

Plain counts of merchants, no model: the share that gained so much, with the interval that so few allow, and which
group they are of. The counting is arithmetic over arrays; `Odds` reads the arrays of one merchant's groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools.chances_table import Pairs, read_pairs
from tools.groups import ENOUGH, FEWEST
from tools.making import Maker
from tools.scores import NOTHING
from tools.shares import Interval, newcombe, wilson
from tools.shop import Shop
from tools.types import GroupLevel, Period, ScoreCard

NEAR = 10.0  # points of metric score around one's own
Bools = NDArray[np.bool_]


class Chance(NamedTuple):
    """Of `n` alike `managed` gained at least that much within 28 days; `low`..`high` is 95 % (Wilson).

    The days are those of `since`..`as_of`: 28, or several stretches of 28, each of which counts a merchant once.
    """

    managed: int
    n: int
    low: float
    high: float
    group: str
    level: GroupLevel
    since: date
    as_of: date

    @property
    def share(self) -> float:
        return self.managed / self.n


class Did(NamedTuple):
    """How many of those who managed it (`improved` of `n`) and of the rest started one kind of action."""

    kind: str
    improved: int
    improved_n: int
    rest: int
    rest_n: int
    difference: float
    interval: Interval
    group: str
    level: GroupLevel
    since: date
    as_of: date


def alike(pairs: Pairs, score: float, without: int | None = None) -> Bools:
    """Which of the pairs stood within NEAR points of `score` 28 days before; merchant number `without` never."""
    near = np.abs(pairs.before - score) <= NEAR + NOTHING
    return np.asarray(near if without is None else near & (pairs.who != without), dtype=np.bool_)


def chance(pairs: Pairs, score: float, gain: float, *, without: int | None = None) -> Chance | None:
    """The share of those alike that gained at least `gain` points; None under ten merchants."""
    near = alike(pairs, score, without)
    n = int(near.sum())
    if _merchants(pairs, near) < FEWEST:
        return None
    managed = int((pairs.now[near] - pairs.before[near] >= gain - NOTHING).sum())
    low, high = wilson(managed, n)
    return Chance(managed, n, low, high, pairs.group, pairs.level, pairs.since, pairs.as_of)


def _merchants(pairs: Pairs, which: Bools) -> int:
    return int(np.unique(pairs.who[which]).size)


def likely(pools: Sequence[Pairs], score: float, gain: float, *, without: int | None = None) -> Chance | None:
    """`chance` in the first pool (narrowest first) that holds 30 alike, else in the widest; None under ten there.

    The rule by which peer groups widen: with only ten alike a share is a guess, and the highest of many guesses are
    too high. A gain of nothing is no gain: None.
    """
    if gain <= NOTHING or not pools:
        return None
    steady = (pairs for pairs in pools if int(alike(pairs, score, without).sum()) >= ENOUGH)
    return chance(next(steady, pools[-1]), score, gain, without=without)


def what_they_did(
    pools: Sequence[Pairs], kinds: Sequence[str], score: float, gain: float, *, without: int | None = None
) -> tuple[Did, ...]:
    """Kinds of action among those alike who gained at least `gain`, against the rest; largest difference first.

    `kinds` by bit. In the first pool with ten merchants on either side; empty where there is none. A kind that
    nobody there started is left out. Association only: whoever acts may differ in other ways too.
    """
    for pairs in pools:
        near = alike(pairs, score, without)
        improved = near & (pairs.now - pairs.before >= gain - NOTHING)
        rest = near & ~improved
        if gain > NOTHING and min(_merchants(pairs, improved), _merchants(pairs, rest)) >= FEWEST:
            found = [
                _compare(pairs, kind, (pairs.did >> bit & 1) == 1, improved, rest) for bit, kind in enumerate(kinds)
            ]
            return tuple(sorted((d for d in found if d.improved + d.rest), key=lambda d: (-d.difference, d.kind)))
    return ()


def _compare(pairs: Pairs, kind: str, did: Bools, improved: Bools, rest: Bools) -> Did:
    hits, n = int((did & improved).sum()), int(improved.sum())
    others, m = int((did & rest).sum()), int(rest.sum())
    difference, interval = hits / n - others / m, newcombe(hits, n, others, m)
    return Did(kind, hits, n, others, m, difference, interval, pairs.group, pairs.level, pairs.since, pairs.as_of)


class Odds:
    """The chances of one merchant, by metric, as they were known on a day; nothing is read before it is asked for."""

    def __init__(self, shop: Shop, card: ScoreCard, on: date) -> None:
        self._shop, self._card, self._on = shop, card, on
        self._pools: dict[str, tuple[Pairs, ...]] = {}

    def of(self, metric: str, gain: float) -> Chance | None:
        """How likely the merchant's score in a metric gains so many points; None where nobody can tell."""
        own = self._card.get(f"{metric}.score")
        if own is None or own.value is None:
            return None
        return likely(self.pools(metric), own.value, gain, without=self._shop.no)

    def did(self, metric: str, gain: float) -> tuple[Did, ...]:
        """What those did who gained so much."""
        own = self._card.get(f"{metric}.score")
        if own is None or own.value is None:
            return ()
        return what_they_did(self.pools(metric), self._kinds, own.value, gain, without=self._shop.no)

    def pools(self, metric: str) -> tuple[Pairs, ...]:
        """The merchant's group in a metric, then the wider ones."""
        if metric not in self._pools:
            own = self._card.get(f"{metric}.score")
            groups: dict[str, GroupLevel] = {}
            if own is not None and own.group is not None and own.group_level is not None and self._kept():
                groups[own.group] = own.group_level
                if own.group_level == "industry_band":
                    groups.setdefault(self._shop.merchant.industry, "industry")
                groups.setdefault("all", "all")
            self._pools[metric] = read_pairs(self._shop.meter.cursor(), metric, groups, self._on) if groups else ()
        return self._pools[metric]

    def _kept(self) -> bool:
        return self._shop.meter.keeps("pairs")

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        if not self._kept():
            return ()
        rows = self._shop.meter.cursor().execute("SELECT kind FROM kinds ORDER BY bit").fetchall()
        return tuple(str(row[0]) for row in rows)


def put_chance(maker: Maker, name: str, found: Chance | None) -> None:
    """Add `name`, `name_low` and `name_high`; a part behind `@` stays at the end. Nothing where nobody can tell."""
    if found is None:
        return
    stem, at, part = name.partition("@")
    shared: dict[str, Any] = {
        "of_peers": True,
        "period": Period(start=found.since, end=found.as_of),
        "as_of": found.as_of,
        "n": found.n,
        "group": found.group,
        "group_level": found.level,
    }
    maker.put(name, found.share, "ratio", numerator=found.managed, denominator=found.n, **shared)
    maker.put(f"{stem}_low{at}{part}", found.low, "ratio", **shared)
    maker.put(f"{stem}_high{at}{part}", found.high, "ratio", **shared)
