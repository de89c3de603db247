"""From visits to activity rows: what people did when they came, and what they paid."""

from dataclasses import replace

import numpy as np

from tools.demo.clock import HISTORY, Clock, Floats, Ints
from tools.demo.levers import Levers
from tools.demo.rows import Rows, user_hashes
from tools.demo.shops import Shop
from tools.demo.users import Visits, draw_visits, newcomers

_PERIOD = 28  # days; whole weeks, and the window of most metrics


def _grain(rng: np.random.Generator, visits: Visits) -> tuple[Ints, Ints, Ints, Ints]:
    """User, day, channel and number of visits, one entry a combination; a user's first day has one channel only."""
    user, day, channel = visits.user, visits.day, visits.channel
    first = np.full(visits.users, 1 << 40, dtype=np.int64)
    np.minimum.at(first, user, day)
    newly = np.flatnonzero(day == first[user])
    home = np.zeros(visits.users, dtype=np.int64)
    home[user[newly]] = channel[newly]
    channel = channel.copy()
    channel[newly] = home[user[newly]]
    low = int(day.min()) if len(day) else 0
    key, count = np.unique(((day - low) * max(visits.users, 1) + user) * 8 + channel, return_counts=True)
    rest = key // 8
    return rest % visits.users, rest // visits.users + low, key % 8, count + rng.poisson(0.12, len(count))


def _spend(
    rng: np.random.Generator, shop: Shop, levers: Levers, at: Ints, returning: Ints, known: Ints
) -> dict[str, Ints]:  # fmt: skip
    """Orders and money of each row, in fen; `at` are the days to read the levers at."""
    n = len(at)
    chance = np.minimum(levers.convert[at] * (1 + 0.2 * returning), 0.97)
    orders = (rng.random(n) < chance) * (1 + (rng.random(n) < 0.05))
    listed = levers.price[at] * np.exp(rng.normal(-0.08, 0.4, n)) * orders
    use = (orders > 0) & (rng.random(n) < np.minimum(shop.coupon_share * levers.redeem[at], 0.9))
    one = listed / np.maximum(orders, 1)
    coupon = np.where(use, one * np.minimum(levers.depth[at] * rng.uniform(0.75, 1.25, n), 0.6), 0.0)
    member = np.where(~use & (known > 0) & (rng.random(n) < 0.25), 0.06 * listed, 0.0)
    listed_fen, coupon_fen, member_fen = (np.round(yuan * 100).astype(np.int64) for yuan in (listed, coupon, member))
    gmv = listed_fen - coupon_fen - member_fen
    undone = (orders > 0) & (rng.random(n) < shop.refund)
    refunds = np.where(undone, np.where(rng.random(n) < 0.7, gmv, gmv // 2), 0)
    coupon_gmv = np.where(coupon_fen > 0, gmv // np.maximum(orders, 1), 0)
    return {
        "orders": orders.astype(np.int64), "gmv": gmv, "discount": coupon_fen + member_fen,
        "refunds": refunds, "coupon": coupon_fen, "coupon_gmv": coupon_gmv,
    }  # fmt: skip


def _rows(rng: np.random.Generator, shop: Shop, levers: Levers, visits: Visits, seed: int) -> Rows:
    user, day, channel, count = _grain(rng, visits)
    first = np.full(visits.users, 1 << 40, dtype=np.int64)
    np.minimum.at(first, user, day)
    returning = (day > first[user]).astype(np.int64)
    at = day.clip(0, len(levers.price) - 1)
    n = len(user)
    joins: Floats = rng.random(visits.users)
    known = (joins[user] < levers.member[at]).astype(np.int64)
    eager: Floats = rng.gamma(2.0, 0.5, visits.users)
    touched = rng.random(n) < np.minimum(levers.interact[at] * eager[user], 0.95)
    return Rows(
        user=user, day=day, channel=channel, visits=count,
        interactions=touched * (1 + rng.poisson(0.6, n)),
        identified=known > 0,
        hashes=user_hashes(seed, shop.index, visits.users),
        **_spend(rng, shop, levers, at, returning, known),
    )  # fmt: skip


def ordinary_rows(rng: np.random.Generator, shop: Shop, levers: Levers, clock: Clock, seed: int) -> Rows:
    """The activity of a shop whose levers move, cut to the days of the data."""
    born, home = newcomers(rng, levers.arrive)
    visits = draw_visits(rng, shop, levers, born, home)
    inside = (visits.day >= 0) & (visits.day < clock.days)
    seen = Visits(visits.user[inside], visits.day[inside], visits.channel[inside], visits.users)
    return _rows(rng, shop, levers, seen, seed)


def periodic_rows(rng: np.random.Generator, shop: Shop, levers: Levers, clock: Clock, seed: int) -> Rows:
    """The activity of a shop that repeats itself every 28 days with other people: its windows are exactly equal.

    One cohort of 28 days lives its whole life; copies of it, each 28 days later and each other people, make the stream.
    """
    arrive = levers.arrive.copy()
    arrive[:, _PERIOD:] = 0.0
    born, home = newcomers(rng, arrive)
    cohort = _rows(rng, shop, levers, draw_visits(rng, shop, levers, born, home), seed)
    start = clock.days - _PERIOD  # the newest cohort is born in the last 28 days
    offset = start + HISTORY  # the template was born on the first simulated days
    # Enough copies that even the longest life of the oldest one has filled the first day of the data.
    copies = np.arange(-(-(HISTORY + 2 * clock.days) // _PERIOD))
    order = np.tile(np.arange(len(cohort)), len(copies))
    copy = np.repeat(copies, len(cohort))
    tiled = cohort.take(order)
    users = len(cohort.hashes)
    shifted = replace(
        tiled, user=tiled.user + copy * users, day=tiled.day + offset - _PERIOD * copy,
        hashes=user_hashes(seed, shop.index, users * len(copies)),
    )  # fmt: skip
    return shifted.take(shifted.within(0, clock.last))
