"""Figures that stories declare, counted from the finished rows."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.demo.clock import Clock
from tools.demo.plots import MONTH
from tools.demo.rows import Rows
from tools.demo.shops import Shop


@dataclass(frozen=True)
class Figures:
    """What truths about peers need of each merchant; `now` is the anchor, `before` 28 days earlier."""

    shop: Shop
    visitors_older: int  # 28-day visitors at the end of the quarter before last
    visitors_newer: int  # and at the end of the last quarter
    return_now: float | None
    return_before: float | None
    issued_now: int
    redeemed_now: int
    issued_before: int
    redeemed_before: int


def visitors(rows: Rows, day: int) -> int:
    """Distinct users in the 28 days up to `day`."""
    return int(rows.users_within(day - MONTH + 1, day).sum())


def returned(rows: Rows, day: int, channel: int | None = None) -> tuple[int, int]:
    """Visitors of the 28 days up to `day` who also came in the 28 days before those, and how many came then.

    With `channel` only users whose first visit in the earlier window came through it.
    """
    base = rows.users_within(day - 2 * MONTH + 1, day - MONTH)
    if channel is not None:
        base &= segments(rows, day - 2 * MONTH + 1, day - MONTH) == channel
    again = rows.users_within(day - MONTH + 1, day)
    return int((base & again).sum()), int(base.sum())


def segments(rows: Rows, first: int, last: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each user the channel of the first row on the days first..last, -1 for those without one.

    Two channels on that day: the one whose name comes first in CHANNELS, the order of the rows.
    """
    inside = np.flatnonzero(rows.within(first, last))
    inside = inside[np.lexsort((rows.channel[inside], rows.day[inside], rows.user[inside]))]
    users, at = np.unique(rows.user[inside], return_index=True)
    channel = np.full(len(rows.hashes), -1, dtype=np.int64)
    channel[users] = rows.channel[inside[at]]
    return channel


def money_figures(rows: Rows, first: int, last: int) -> dict[str, float]:
    """Discount rate, average order value, revenue a visitor and visits over the days first..last; money in yuan."""
    part = rows.take(rows.within(first, last))
    gmv, discount, net = int(part.gmv.sum()), int(part.discount.sum()), int((part.gmv - part.refunds).sum())
    return {
        "visits": int(part.visits.sum()),
        "discount_rate": discount / max(gmv + discount, 1),
        "average_order_value": net / 100 / max(int(part.orders.sum()), 1),
        "revenue_per_active_user": net / 100 / max(len(np.unique(part.user)), 1),
    }


def coupon_sums(coupons: pa.Table, first: date, last: date) -> tuple[int, int]:
    """Coupons issued and redeemed on the days first..last."""
    day = coupons["day"]
    part = coupons.filter(pc.and_(pc.greater_equal(day, pa.scalar(first)), pc.less_equal(day, pa.scalar(last))))
    return int(pc.sum(part["issued"]).as_py() or 0), int(pc.sum(part["redeemed"]).as_py() or 0)


def figures(shop: Shop, rows: Rows, coupons: pa.Table, clock: Clock) -> Figures:
    """All figures of one merchant."""
    older, newer = (clock.index(d) for d in clock.quarter_ends())
    now, before = returned(rows, clock.last), returned(rows, clock.last - MONTH)
    issued_now, redeemed_now = coupon_sums(coupons, *clock.window(clock.last, MONTH))
    issued_before, redeemed_before = coupon_sums(coupons, *clock.window(clock.last - MONTH, MONTH))
    return Figures(
        shop=shop, visitors_older=visitors(rows, older), visitors_newer=visitors(rows, newer),
        return_now=now[0] / now[1] if now[1] else None, return_before=before[0] / before[1] if before[1] else None,
        issued_now=issued_now, redeemed_now=redeemed_now, issued_before=issued_before, redeemed_before=redeemed_before,
    )  # fmt: skip
