"""Which shops an acting one is compared with: of its peer group, not acting, nearest in level and trend before.

Everything here is arrays: m actions, p shops that may be matched (the pool), at most MATCHES of them for each action.
Days are columns of a `Panel`, counted from 0.
"""

from dataclasses import dataclass

import numpy as np

from tools.own import Bools, Floats, Ints

BEFORE = 28  # days looked at before an action
USUAL, LONGEST = 28, 56  # days after it: of one without an end or a short one; at most
SHORTEST = 14  # days on either side; with fewer there is nothing to say
WEEKS = 26  # weeks before the action from which the shop's own ups and downs are learnt
MATCHES = 40  # shops that one is compared with
PEERS = 30  # quiet shops that the band must hold; with fewer the whole industry is looked through
LEAST = 20  # visits or orders before the action; below, chance alone doubles or halves them
AGE = 1.5  # a young shop is matched with shops at most so many times as old: others do not grow like it
LOUD = 1e6  # added to a distance: a shop that did something else comes after all quiet ones


@dataclass(frozen=True, eq=False)
class Panel:
    """One series of many shops, a column a day, as running sums.

    `sums` is shops x (days + 1): the total of the days before a column. `base` is the same of what the series counts
    (visits of visits, orders of orders and of gmv), which must reach LEAST. `first` and `last` are the shops' first
    day and last whole day, in columns, `first` below 0 where it lies before them; `known` whether it was measured.
    """

    sums: Floats
    base: Floats
    first: Ints
    last: Ints
    known: Bools


@dataclass(frozen=True, eq=False)
class Windows:
    """What is compared for m actions: the row of the acting shop, the first day, the days on either side, the weeks."""

    row: Ints
    start: Ints
    before: Ints
    after: Ints
    weeks: Ints

    def take(self, chosen: Ints) -> "Windows":
        return Windows(
            self.row[chosen], self.start[chosen], self.before[chosen], self.after[chosen], self.weeks[chosen]
        )


def windows(row: Ints, start: Ints, length: Ints, first: Ints, last: Ints) -> Windows:
    """Windows of m actions that start on column `start` and run `length` days (0: still running or for good).

    After: the action's own days where they are SHORTEST to LONGEST, else USUAL, as far as the shop's data (`first`
    to `last` of each acting shop) go. A side may come out too short: see SHORTEST.
    """
    own = (length >= SHORTEST) & (length <= LONGEST)
    wanted = np.where(own, length, np.where(length > LONGEST, LONGEST, USUAL))
    age = start - first
    weeks = np.minimum(np.minimum(age, start) // 7, WEEKS)
    return Windows(row, start, np.minimum(age, BEFORE), np.minimum(wanted, last - start + 1), weeks)


def total(sums: Floats, rows: Ints, since: Ints, days: Ints) -> Floats:
    """Sums over `days` days from column `since` on; the arguments broadcast. Outside the columns there is nothing."""
    end = sums.shape[1] - 1
    return np.asarray(sums[rows, np.clip(since + days, 0, end)] - sums[rows, np.clip(since, 0, end)])


def comparable(panel: Panel, asked: Windows, pool: Ints) -> Bools:
    """m x p: whether a shop of the pool has all the days and enough in them to be compared with the acting one."""
    start, end = asked.start[:, None], (asked.start + asked.after)[:, None]
    age, own = start - panel.first[pool][None, :], (asked.start - panel.first[asked.row])[:, None]
    grown = np.where(own >= 7 * WEEKS, np.inf, AGE * own)
    counted = total(panel.base, pool[None, :], start - asked.before[:, None], asked.before[:, None])
    whole = (panel.last[pool][None, :] >= end - 1) & (age >= np.maximum(7 * asked.weeks, asked.before)[:, None])
    other = pool[None, :] != asked.row[:, None]
    return np.asarray(whole & (age <= grown) & other & panel.known[pool][None, :] & (counted >= LEAST))


def distances(panel: Panel, asked: Windows, pool: Ints, ok: Bools) -> Floats:
    """m x p: how far a shop is in level and trend, each in standard deviations of those that are `ok`.

    Level is the log of the days before; trend, the log of their latter half against their former, or, with two whole
    windows of history, of the window against the one before it.
    """
    level, trend = _level_and_trend(panel, asked, pool[None, :])
    own_level, own_trend = _level_and_trend(panel, asked, asked.row[:, None])
    return _spread(level, own_level, ok) + _spread(trend, own_trend, ok)


def _level_and_trend(panel: Panel, asked: Windows, rows: Ints) -> tuple[Floats, Floats]:
    start, before = asked.start[:, None], asked.before[:, None]
    long = (7 * asked.weeks >= 2 * BEFORE)[:, None]
    span = np.where(long, BEFORE, before // 2)
    late, early = total(panel.sums, rows, start - span, span), total(panel.sums, rows, start - 2 * span, span)
    level = total(panel.sums, rows, start - before, before)
    return np.log(np.maximum(level, 0.5)), np.log(np.maximum(late, 0.5) / np.maximum(early, 0.5))


def _spread(values: Floats, own: Floats, ok: Bools) -> Floats:
    count = np.maximum(ok.sum(axis=1, keepdims=True), 1)
    mean = np.where(ok, values, 0.0).sum(axis=1, keepdims=True) / count
    deviation = np.sqrt(np.where(ok, (values - mean) ** 2, 0.0).sum(axis=1, keepdims=True) / count)
    return np.asarray(np.abs(values - own) / np.maximum(deviation, 1e-9))


@dataclass(frozen=True, eq=False)
class Matches:
    """m x MATCHES: rows of the matched shops, nearest quiet ones first; where `held` is false there is none."""

    rows: Ints
    held: Bools
    quiet: Bools
    in_band: Bools  # m: whether the band alone was wide enough


def match(panel: Panel, asked: Windows, pool: Ints, *, same_band: Bools, acting: Bools, loud: Bools) -> Matches:
    """The nearest shops of the pool for each of m actions.

    All m x p: `same_band` as the acting shop, `acting` in the same way in either window (never matched), `loud`: doing
    something else in them (matched when quiet ones do not suffice). `pool` must be in an order of its own, by id: ties
    go to the earlier.
    """
    ok = comparable(panel, asked, pool) & ~acting
    in_band = (ok & ~loud & same_band).sum(axis=1) >= PEERS
    ok &= same_band | ~in_band[:, None]
    far = distances(panel, asked, pool, ok) + np.where(loud, LOUD, 0.0)
    order = np.argsort(np.where(ok, far, np.inf), axis=1, kind="stable")[:, :MATCHES]
    held = np.take_along_axis(ok, order, axis=1)
    quiet = held & ~np.take_along_axis(loud, order, axis=1)
    return Matches(pool[order], held, quiet, in_band)
