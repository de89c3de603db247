"""Daily tables beside activity: coupons, promotion, followers. They agree with the activity rows they come from."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tools.demo.arrow import constant, dates, money, table_of, texts
from tools.demo.clock import Clock, Floats, Ints
from tools.demo.industries import PLACES, PROMOTION
from tools.demo.levers import Levers
from tools.demo.rows import Rows
from tools.demo.shops import Shop

_MONTH = 28


@dataclass(frozen=True)
class Reach:
    """The days on which a shop's feeds have rows, and how much of the newest day has arrived."""

    first: int
    last: int
    share_of_last: float = 1.0


def _trailing(counts: Ints) -> Floats:
    """Mean over the 28 days up to and including each day; over fewer at the beginning."""
    total = np.concatenate([[0], np.cumsum(counts)])
    end = np.arange(1, len(counts) + 1)
    start = np.maximum(end - _MONTH, 0)
    return np.asarray((total[end] - total[start]) / (end - start))


def coupon_table(
    rng: np.random.Generator, shop: Shop, levers: Levers, rows: Rows, reach: Reach, clock: Clock, periodic: bool
) -> pa.Table:  # fmt: skip
    """Coupons by day: what was redeemed is counted from the rows, what was issued fits the redemption rate."""
    # One coupon where the days must repeat: which of two a user holds hangs on the id, and copies have other ids.
    kinds = 1 if periodic else 1 + (shop.index % 3 > 0)
    shape = (clock.days, kinds)
    coupon = (rows.hashes[rows.user] % np.uint64(kinds)).astype(np.int64)
    cell = rows.day * kinds + coupon
    used = rows.coupon > 0

    def total(weights: Ints | None) -> Ints:
        part = None if weights is None else weights[used].astype(np.float64)
        return np.bincount(cell[used], weights=part, minlength=clock.days * kinds).astype(np.int64).reshape(shape)

    visits = np.bincount(rows.day, minlength=clock.days)
    # What a visit leads to before stories and actions move it: coupon orders, and to each of them issued coupons.
    orders_per_visit = float((rows.orders > 0).sum()) / max(len(rows), 1)
    rate = _trailing(visits) * levers.issue * orders_per_visit * max(shop.coupon_share, 0.1) / shop.redeem
    rate[reach.last] *= reach.share_of_last
    issued = rng.poisson(np.outer(rate, (0.6, 0.4) if kinds == 2 else (1.0,)))
    if periodic:
        issued = np.tile(issued[-_MONTH:], (-(-clock.days // _MONTH), 1))[-clock.days :]
    redeemed = total(None)
    issued = np.maximum(issued, redeemed)
    issued[: max(reach.first, 0)], issued[reach.last + 1 :] = 0, 0
    day, kind = np.nonzero(issued)
    return table_of("coupons", {
        "merchant_id": constant(shop.merchant_id, len(day)),
        "day": dates(clock, day),
        "coupon_id": texts([f"C{shop.index:04d}{letter}" for letter in "AB"], kind),
        "issued": issued[day, kind], "redeemed": redeemed[day, kind],
        "discount": money(total(rows.coupon)[day, kind]), "redeemed_gmv": money(total(rows.coupon_gmv)[day, kind]),
    })  # fmt: skip


def promotion_table(rng: np.random.Generator, shop: Shop, rows: Rows, reach: Reach, clock: Clock) -> pa.Table:
    """Promotion by day and place; new_users are the users whose first row ever came by the channel promotion."""
    brought = (rows.channel == PROMOTION) & (rows.day == rows.first_days()[rows.user])
    user, first = np.unique(rows.user[brought], return_index=True)
    day = rows.day[brought][first]
    places = 1 + shop.index % len(PLACES)
    place = (rows.hashes[user] % np.uint64(places)).astype(np.int64)
    shape = (clock.days, places)
    new = np.bincount(day * places + place, minlength=clock.days * places).reshape(shape)
    open_days = np.arange(clock.days)
    running = (open_days >= max(reach.first, 0)) & (open_days <= reach.last) & (shop.user_cost > 0)
    # Spend follows the expected number of newcomers, not the day's luck: cost a head then varies as it does in life.
    budget = _trailing(new.sum(axis=1)) * shop.user_cost * rng.lognormal(0, 0.12, clock.days) * running
    share = rng.dirichlet(np.full(places, 6.0))
    spend = np.round(np.outer(budget, share) * 100).astype(np.int64)
    spend[reach.last] = np.round(spend[reach.last] * reach.share_of_last)
    clicks = new + rng.poisson(spend / 100 / 0.9 + 2 * (spend > 0))
    impressions = clicks + rng.poisson(clicks * rng.uniform(18, 60))
    at, where = np.nonzero((spend > 0) | (new > 0))
    return table_of("promotion", {
        "merchant_id": constant(shop.merchant_id, len(at)),
        "day": dates(clock, at),
        "place": texts(PLACES, where),
        "impressions": impressions[at, where], "clicks": clicks[at, where],
        "spend": money(spend[at, where]), "new_users": new[at, where],
    })  # fmt: skip


def follower_table(rng: np.random.Generator, shop: Shop, levers: Levers, reach: Reach, clock: Clock) -> pa.Table:
    """Life-account followers at the end of each day, with posts and the people that they reached."""
    base = shop.fans * shop.size
    new = rng.poisson(base * 0.0032 * levers.fans)
    lost = rng.poisson(base * 0.0020, clock.days)
    opening = int(base) if shop.opened < 0 else 0
    open_days = np.arange(clock.days) >= max(reach.first, 0)
    new, lost = new * open_days, lost * open_days
    level = opening + np.cumsum(new - lost)
    level = level - np.minimum(np.minimum.accumulate(level), 0)  # nobody has fewer than no followers
    posts = rng.random(clock.days) < 0.22
    reach_of = np.where(posts, rng.binomial(level, 0.18), 0)
    at = np.arange(max(reach.first, 0), reach.last + 1)
    return table_of("followers", {
        "merchant_id": constant(shop.merchant_id, len(at)),
        "day": dates(clock, at),
        "followers": level[at], "new_followers": new[at], "posts": posts[at].astype(np.int64), "reach": reach_of[at],
    })  # fmt: skip
