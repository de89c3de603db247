"""Difference in differences for one acting shop at a time, with an interval that is honest for a single shop.

A shop's ratio of after to before, over that of its matches, is what an action brought times what the shop would have
done by itself. How much a single shop does by itself is learnt from its own weeks before the action, seen against the
same matches: weekly chance, and a drift that adds up (a random walk). How large the drift is against the chance is
uncertain for one shop, so the matches' own weeks say what is usual (empirical Bayes). The shape of the interval and a
common widening come from the matches' own ratios over the same two windows (a smoothed bootstrap of residuals).

Arrays: m actions, k matches, n weeks. Whoever calls gives m actions with the same n.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import norm

from tools.groups import FEWEST
from tools.matching import BEFORE, WEEKS, Panel, Windows, match, total
from tools.own import Bools, Floats, Ints

DRIFTS = np.array((0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6))  # variance of a week's drift / of a week's chance
LEARNING = 10  # steps from "any drift is as likely" towards what the matches show
UNUSUAL = 0.02  # what is left of "any drift is as likely" after that
PRIOR = 8  # weeks that the matches' weekly chance counts for beside the shop's own
BIG = 0.3  # how much less than in proportion to their size large matches weigh
DRAWS, SMOOTHING = 1000, 0.5  # resampled residuals; size of the jitter that smooths them
COVERED = 0.95
ODD = 2.0  # residuals beyond count as this many deviations when the matches' spread is taken
FLOOR = 0.01  # of the level before: what stands for an empty window, so that it has a logarithm


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is compared: sums over weeks and windows of acting shops (`own_*`) and their matches (`peer_*`)."""

    own_weeks: Floats  # m x n, the newest last
    peer_weeks: Floats  # m x k x n
    own_before: Floats  # m, a day
    own_after: Floats
    peer_before: Floats  # m x k, a day
    peer_after: Floats
    held: Bools  # m x k; at least one a row
    quiet: Bools  # m x k: those that did nothing in either window
    before: Ints  # m, days
    after: Ints


@dataclass(frozen=True, eq=False)
class Differences:
    """Ratios (+0.2 is a fifth more than without the action) of m actions, 95 % intervals, and the matches' change."""

    effect: Floats
    low: Floats
    high: Floats
    peers_change: Floats  # after / before of the matches


@dataclass(frozen=True)
class Estimate:
    """One action's effect as a ratio; a day's figures before and after, of the shop and of its matches."""

    effect: float
    low: float
    high: float
    before: float
    after: float
    matched_before: float
    matched_after: float
    matches: int


def difference_in_differences(
    values: Floats, acting: int, start: int, after: int, *, loud: Bools | None = None, never: Bools | None = None
) -> Estimate | None:
    """The effect on shop `acting` (a row) of what began on column `start` of `values` (shops x days, one series).

    Compares the BEFORE days up to `start` with the `after` days from it. `loud`: shops that did something else in
    them; `never`: shops that may not be matched. NaN before a shop's first day and after its last. None under
    FEWEST matches. The order of rows decides nothing but ties of distance.
    """
    seen = ~np.isnan(values)
    sums = running(values)
    last = values.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)
    panel = Panel(sums, sums, np.argmax(seen, axis=1), last, np.asarray(seen.any(axis=1)))
    one = np.array([start])
    age = one - panel.first[acting]
    asked = Windows(np.array([acting]), one, np.minimum(age, BEFORE), np.array([after]), np.minimum(age // 7, WEEKS))
    none = np.zeros((1, values.shape[0]), dtype=np.bool_)
    found = match(
        panel, asked, np.arange(values.shape[0]), same_band=~none,
        acting=none if never is None else never[None, :], loud=none if loud is None else loud[None, :],
    )  # fmt: skip
    if int(found.held.sum()) < FEWEST:
        return None
    c = gather(panel, asked, found.rows, found.held, found.quiet)
    got = compare(c)
    mean = float(c.peer_before[c.held].mean())
    return Estimate(
        float(got.effect[0]), float(got.low[0]), float(got.high[0]), float(c.own_before[0]), float(c.own_after[0]),
        mean, mean * float(got.peers_change[0]), int(c.held.sum()),
    )  # fmt: skip


def running(values: Floats) -> Floats:
    """Running sums of shops x days with a column of zeros before; NaN counts as nothing."""
    return np.cumsum(np.pad(np.nan_to_num(values), ((0, 0), (1, 0))), axis=1, dtype=np.float64)


def gather(panel: Panel, asked: Windows, rows: Ints, held: Bools, quiet: Bools) -> Comparison:
    """The sums that `compare` needs of m actions with equal `weeks`, their matches at `rows` (m x k)."""
    n = int(asked.weeks[0])
    since = asked.start[:, None] - 7 * n + 7 * np.arange(n)
    start, before, after = asked.start[:, None], asked.before[:, None], asked.after[:, None]
    own = asked.row[:, None]
    seven = np.array(7)
    return Comparison(
        own_weeks=total(panel.sums, own, since, seven),
        peer_weeks=total(panel.sums, rows[:, :, None], since[:, None, :], seven),
        own_before=total(panel.sums, own, start - before, before)[:, 0] / asked.before,
        own_after=total(panel.sums, own, start, after)[:, 0] / asked.after,
        peer_before=total(panel.sums, rows, start - before, before) / before,
        peer_after=total(panel.sums, rows, start, after) / after,
        held=held, quiet=quiet, before=asked.before, after=asked.after,
    )  # fmt: skip


def compare(c: Comparison) -> Differences:
    """Estimates and 95 % intervals of m actions. `own_before` and the matches' must be above zero."""
    size = np.maximum(c.peer_weeks.mean(axis=2), 1e-12)
    weight = _weights(size, c.held)
    relative = c.peer_weeks / size[:, :, None]
    common = np.maximum((weight[:, :, None] * relative).sum(axis=1), FLOOR)
    peers = _steady(relative / common[:, None, :])
    chance = _chance(peers, size, c.held)
    own_size = np.maximum(c.own_weeks.mean(axis=1), 1e-12)
    own = _steady((c.own_weeks / own_size[:, None] / common)[:, None, :])
    spread = _variances(own, peers, chance / own_size, chance[:, None] / size, c)
    change = _log_change(c.peer_before, c.peer_after)
    typical = (weight * np.where(c.held, change, 0.0)).sum(axis=1)
    residual = (change - typical[:, None]) / np.sqrt(spread[1] * np.maximum(1 - weight, 0.5))
    reach = _reach(np.where(c.held, residual, 0.0), c) * np.sqrt(spread[0])
    middle = _log_change(c.own_before, c.own_after) - typical
    return Differences(np.expm1(middle), np.expm1(middle - reach), np.expm1(middle + reach), np.exp(typical))


def _log_change(before: Floats, after: Floats) -> Floats:
    base = np.maximum(before, 1e-12)
    return np.asarray(np.log(np.maximum(after / base, FLOOR)))


def _weights(size: Floats, held: Bools) -> Floats:
    """Large shops are steadier but no steadier than their drift: weights grow with size, less than in proportion."""
    middle = np.nanmedian(np.where(held, size, np.nan), axis=1)[:, None]
    weight = np.where(held, size / (1 + BIG * size / middle), 0.0)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _steady(weeks: Floats) -> Floats:
    """Weeks relative to their own mean, less one: what is left over."""
    return np.asarray(weeks / np.maximum(weeks.mean(axis=2, keepdims=True), 1e-12) - 1)


def _chance(peers: Floats, size: Floats, held: Bools) -> Floats:
    """Relative variance of a week times its size: alike for large and small, as for counts. The matches' median."""
    steps = (np.diff(peers, axis=2) ** 2).mean(axis=2) / 2 * size
    return np.asarray(np.maximum(np.nanmedian(np.where(held, steps, np.nan), axis=1), 1e-12))


@lru_cache(maxsize=64)
def _basis(weeks: int) -> tuple[Floats, Floats]:
    """Contrasts of n weeks in which chance and drift are both independent: (n-1 variances of drift, n-1 x n)."""
    at = np.arange(1, weeks + 1)
    free = np.linalg.qr(np.ones((weeks, 1)), mode="complete")[0][:, 1:]
    drift, turn = np.linalg.eigh(free.T @ np.minimum.outer(at, at) @ free)
    return drift, (free @ turn).T


def _variances(
    own: Floats, peers: Floats, own_chance: Floats, peer_chance: Floats, c: Comparison
) -> tuple[Floats, Floats]:  # fmt: skip
    """Variance of a shop's own log ratio of after to before: of the m acting shops, and of m x k matches.

    Restricted likelihood over DRIFTS with the weekly chance integrated out; the prior of the drift is learnt from
    the matches.
    """
    flat = np.full(DRIFTS.size, 1 / DRIFTS.size)
    of_peers, peer_scale = _fit(peers, peer_chance)
    prior = np.broadcast_to(flat, (own.shape[0], DRIFTS.size))
    for _ in range(LEARNING):
        share = of_peers * prior[:, None, :]
        share = np.where(c.held[:, :, None], share / share.sum(axis=2, keepdims=True), 0.0)
        prior = share.sum(axis=1) / c.held.sum(axis=1)[:, None]
    prior = (1 - UNUSUAL) * prior + UNUSUAL * flat
    of_own, own_scale = _fit(own, own_chance[:, None])
    b, a = c.before / 7, c.after / 7  # two means of neighbouring stretches: chance averages out, drift adds up
    grown = (1 / b + 1 / a)[:, None] + DRIFTS * ((a + b) / 3)[:, None]
    return _mixed(of_own, own_scale, prior, grown)[:, 0], _mixed(of_peers, peer_scale, prior, grown)


def _fit(left: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Likelihood of each drift (m x k x drifts, the best 1) and the weekly chance that goes with it."""
    drift, contrasts = _basis(left.shape[2])
    inverse = 1 / (1 + DRIFTS[:, None] * drift)
    squares = (left @ contrasts.T) ** 2 / chance[:, :, None]
    held = PRIOR + squares @ inverse.T
    freedom = PRIOR + drift.size
    log = np.log(inverse).sum(axis=1) / 2 - freedom / 2 * np.log(held)
    return np.exp(log - log.max(axis=2, keepdims=True)), held / freedom * chance[:, :, None]


def _mixed(likely: Floats, scale: Floats, prior: Floats, grown: Floats) -> Floats:
    share = likely * prior[:, None, :]
    share = share / share.sum(axis=2, keepdims=True)
    return np.asarray(np.exp((share * np.log(scale * grown[:, None, :])).sum(axis=2)))


@lru_cache(maxsize=1)
def _draws() -> tuple[Floats, Floats]:
    """Places in the pool (0..1) and normal jitter, spread evenly over both: the same for every action, no seed."""
    at = np.arange(1, DRAWS + 1)
    plastic = 1.32471795724474602596  # its powers fill the square evenly (the R2 sequence)
    return (0.5 + at / plastic) % 1, norm.ppf((0.5 + at / plastic**2) % 1)


def _reach(residual: Floats, c: Comparison) -> Floats:
    """How far a single shop strays by itself 95 times in 100, in its own standard deviations, m.

    Resamples the standardised residuals of the quiet matches (of all, under FEWEST), smoothed; either direction is as
    likely, so that only sizes count.
    """
    use = np.where((c.quiet.sum(axis=1) >= FEWEST)[:, None], c.quiet, c.held)
    count, matched = use.sum(axis=1), c.held.sum(axis=1)
    pool = np.where(use, residual, 0.0)
    wider = (matched + (np.clip(pool, -ODD, ODD) ** 2).sum(axis=1)) / (matched + count)
    pool = np.clip(pool, -2 * ODD, 2 * ODD)
    pool = pool / np.sqrt(np.maximum((pool**2).sum(axis=1) / count, 1e-12))[:, None]
    first = np.take_along_axis(pool, np.argsort(~use, axis=1, kind="stable"), axis=1)
    place, jitter = _draws()
    drawn = np.take_along_axis(first, (place * count[:, None]).astype(np.int64), axis=1) + SMOOTHING * jitter
    strayed = np.quantile(np.abs(drawn), COVERED, axis=1)
    return np.asarray(strayed * np.sqrt(wider / (1 + SMOOTHING**2)))
