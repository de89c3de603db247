"""What each story does to a shop: levers before people come, rows after they came."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tools.demo.cast import PEERS_RISE_IN, Role, return_channel
from tools.demo.clock import Clock, Ints
from tools.demo.levers import Levers
from tools.demo.rows import Rows, append
from tools.demo.shops import Shop
from tools.demo.side_tables import Reach

MONTH = 28
CAMPAIGN_DAYS = 35
STALE_BY = (5, 7, 11)
MORNING = 0.38  # share of a day's rows that a half day holds
TINY = 12  # users in a window of the decoy with the tiny base
REGULAR_DAYS, REGULAR_VISIT_DAYS = 90, 4  # the catalog's rule for a regular
Known = dict[str, float]
Twins = Callable[[int], NDArray[np.uint64]]  # ids for so many people who were not there before

LOST_REGULARS = (36, 44, 40, 32, 50, 38)


def pull(levers: Levers, shop: Shop, role: Role | None, clock: Clock) -> None:
    """Changes that a story makes to how a shop behaves, in the last 28 days unless it says otherwise."""
    recent = clock.days - MONTH
    if role is None:
        if shop.industry.key == PEERS_RISE_IN:
            levers.keep[:, levers.since(recent)] *= 1.4
            levers.interact[recent:] *= 1.15
            levers.recall = 0.16
    elif role.kind == "return_fell":
        levers.keep[return_channel(role), levers.since(recent)] *= 0.1
    elif role.kind == "redemption_fell":
        levers.redeem[recent:] *= 0.4
    elif role.kind == "coupons_bought":
        levers.arrive[:, levers.since(recent)] *= 1.35
        levers.keep[:, levers.since(recent)] *= 1.6
        levers.redeem[recent:] *= 2.4
        levers.depth[recent:] *= 1.8
        levers.price[recent:] *= 0.93
        levers.convert[recent:] *= 0.9
    elif role.kind == "next_band":
        older = clock.index(clock.quarter_ends()[0])
        days = np.arange(-(levers.arrive.shape[1] - clock.days), clock.days)
        levers.arrive *= np.interp(days, (older, older + 30), (1.0, role.growth))


def reach_of(role: Role | None, shop: Shop, clock: Clock) -> Reach:
    """On which days the shop's feeds have rows."""
    kind = role.kind if role else ""
    last = clock.last - STALE_BY[role.turn % 3] if role and kind == "stale_feed" else clock.last
    return Reach(first=shop.opened, last=last, share_of_last=MORNING if kind == "half_day" else 1.0)


def patch(
    rng: np.random.Generator, rows: Rows, role: Role | None, reach: Reach, clock: Clock, twins: Twins
) -> tuple[Rows, Known]:  # fmt: skip
    """Changes that a story makes to the rows themselves, with the truth that only the maker can know."""
    if role is None:
        return rows, {}
    if role.kind == "stale_feed":
        return rows.take(rows.day <= reach.last), {}
    if role.kind == "half_day":
        arrived = (rows.day < clock.last) | (rng.random(len(rows)) < MORNING)
        return rows.take(arrived), {"rows_of_the_whole_day": int((rows.day == clock.last).sum())}
    if role.kind == "tiny_base":
        return _shrink(rng, rows, clock), {}
    if role.kind == "regulars_lost":
        return _lose_regulars(rows, LOST_REGULARS[role.turn % 6], clock)
    if role.kind == "campaign":
        return _campaign(rng, rows, role.lift, clock, twins)
    return rows, {}


def regulars(rows: Rows, day: int) -> Ints:
    """Users with REGULAR_VISIT_DAYS visit days or more in the REGULAR_DAYS days up to `day`."""
    recent = rows.within(day - REGULAR_DAYS + 1, day)
    user = np.unique(rows.user[recent] * 4096 + rows.day[recent]) // 4096
    return np.flatnonzero(np.bincount(user, minlength=len(rows.hashes)) >= REGULAR_VISIT_DAYS)


def _lose_regulars(rows: Rows, count: int, clock: Clock) -> tuple[Rows, Known]:
    """The first regulars who still came in the last 28 days stay away from then on."""
    since = clock.days - MONTH
    still = rows.users_within(since, clock.last)
    leaving = [u for u in regulars(rows, since - 1).tolist() if still[u]][:count]
    gone = np.isin(rows.user, leaving) & (rows.day >= since)
    return rows.take(~gone), {"planted": len(leaving)}


def _shrink(rng: np.random.Generator, rows: Rows, clock: Clock) -> Rows:
    """Twelve users a window: half of the first window's return in the second, none of the second's in the third."""
    first = clock.days - 3 * MONTH
    a, b, c = (rows.users_within(first + i * MONTH, first + (i + 1) * MONTH - 1) for i in range(3))
    half = TINY // 2
    both, only_a, only_b = (np.flatnonzero(m)[:half] for m in (a & b, a & ~b, b & ~a))
    late = np.flatnonzero(c & ~a & ~b)[: TINY - 1]
    stays = np.zeros((3, len(rows.hashes)), dtype=np.bool_)
    stays[0, np.concatenate([both, only_a])] = True
    stays[1, np.concatenate([both, only_b])] = True
    stays[2, late] = True
    window = (rows.day - first) // MONTH
    return rows.take((window < 0) | stays[window.clip(0, 2), rows.user])


def _campaign(
    rng: np.random.Generator, rows: Rows, lift: float, clock: Clock, names: Twins
) -> tuple[Rows, Known]:  # fmt: skip
    """Twins of some of the campaign's visitors: the same days, orders and money by people who would not have come.

    What the shop would have done without the campaign is thus known exactly, row by row.
    """
    start = clock.days - CAMPAIGN_DAYS
    during = rows.within(start, clock.last)
    weight = np.bincount(rows.user[during], minlength=len(rows.hashes))
    present = np.flatnonzero(weight)
    present = present[np.argsort(weight[present] * 1_000_000 + rng.permutation(len(present)))]
    # Every so many in order of how often they came: the twins are like the others, whatever their number.
    step = np.floor((np.arange(len(present)) + rng.random()) * lift)
    chosen = present[np.diff(step, prepend=np.floor(0.0)) > 0]
    twins = rows.take(during & np.isin(rows.user, chosen))
    place = np.searchsorted(np.sort(chosen), twins.user)
    twins = replace(twins, user=place.astype(np.int64), hashes=names(len(chosen)))
    base = rows.take(during)
    truth = {
        "lift": lift,
        "lift_visitors": len(chosen) / max(len(present), 1),
        "lift_visits": float(twins.visits.sum() / max(base.visits.sum(), 1)),
        "lift_orders": float(twins.orders.sum() / max(base.orders.sum(), 1)),
        "lift_gmv": float(twins.gmv.sum() / max(base.gmv.sum(), 1)),
    }
    return append(rows, twins), truth
