"""What is true of each story, measured from the rows it ended up with."""

from typing import Any

import numpy as np
import pyarrow as pa

from tools.demo.cast import Role, return_channel
from tools.demo.clock import Clock
from tools.demo.industries import CHANNELS
from tools.demo.measure import coupon_sums, money_figures, returned
from tools.demo.plots import CAMPAIGN_DAYS, MONTH, REGULAR_DAYS, REGULAR_VISIT_DAYS, Known, regulars
from tools.demo.rows import Rows
from tools.demo.shops import Shop
from tools.demo.side_tables import Reach
from tools.demo.stories import Story

Truth = dict[str, Any]


def _share(pair: tuple[int, int]) -> float | None:
    return pair[0] / pair[1] if pair[1] else None


def _return_fell(role: Role, rows: Rows, clock: Clock) -> Truth:
    channel = return_channel(role)
    rates = {
        name: {
            "before": _share(returned(rows, clock.last - MONTH, c)), "after": _share(returned(rows, clock.last, c)),
            "users_before": returned(rows, clock.last - MONTH, c)[1], "users_after": returned(rows, clock.last, c)[1],
        }
        for c, name in enumerate(CHANNELS)
    }  # fmt: skip
    return {
        "metric": "return_rate_28d", "channel": CHANNELS[channel], "from": clock.date(clock.days - MONTH),
        "by_channel": rates,
        "before": _share(returned(rows, clock.last - MONTH)), "after": _share(returned(rows, clock.last)),
    }  # fmt: skip


def _redemption(coupons: pa.Table, clock: Clock) -> Truth:
    before = coupon_sums(coupons, *clock.window(clock.last - MONTH, MONTH))
    after = coupon_sums(coupons, *clock.window(clock.last, MONTH))
    return {
        "metric": "redemption_rate", "from": clock.date(clock.days - MONTH),
        "before": before[1] / max(before[0], 1), "after": after[1] / max(after[0], 1),
        "issued_before": before[0], "issued_after": after[0],
    }  # fmt: skip


def _coupons_bought(rows: Rows, coupons: pa.Table, clock: Clock) -> Truth:
    return {
        "from": clock.date(clock.days - MONTH),
        "redemption": _redemption(coupons, clock),
        "money_before": money_figures(rows, clock.days - 2 * MONTH, clock.last - MONTH),
        "money_after": money_figures(rows, clock.days - MONTH, clock.last),
    }


def _regulars_lost(rows: Rows, clock: Clock) -> Truth:
    since = clock.days - MONTH
    had = regulars(rows, since - 1)
    active = had[rows.users_within(since - MONTH, since - 1)[had]]
    lost = active[~rows.users_within(since, clock.last)[active]]
    spent = rows.within(since - REGULAR_DAYS, since - 1) & np.isin(rows.user, lost)
    return {
        "rule": "lost: a regular at as_of_before, seen in the 28 days up to it and not in the 28 days after it",
        "visit_days": REGULAR_VISIT_DAYS, "window_days": REGULAR_DAYS, "as_of_before": clock.date(since - 1),
        "regulars_before": len(had), "active_regulars_before": len(active), "lost": len(lost),
        "value_90d": round(int((rows.gmv - rows.refunds)[spent].sum()) / 100, 2),
        "users": sorted(f"{h:016x}" for h in rows.hashes[lost].tolist()),
    }  # fmt: skip


def _tiny_base(rows: Rows, clock: Clock) -> Truth:
    before, after = returned(rows, clock.last - MONTH), returned(rows, clock.last)
    return {
        "metric": "return_rate_28d", "before": _share(before), "after": _share(after),
        "users_before": before[1], "users_after": after[1],
    }  # fmt: skip


def _half_day(rows: Rows, clock: Clock) -> Truth:
    counts = np.bincount(rows.day, minlength=clock.days)
    same_weekday = [int(counts[clock.last - 7 * weeks]) for weeks in (1, 2, 3, 4)]
    return {"day": clock.anchor, "rows": int(counts[clock.last]), "rows_same_weekday_before": same_weekday}


def own_truth(
    shop: Shop, role: Role, rows: Rows, coupons: pa.Table, reach: Reach, made: Known, clock: Clock
) -> Truth | None:  # fmt: skip
    """The truth of a role that the merchant's own rows can tell; None where other tables or peers have to."""
    kind = role.kind
    simple: dict[str, Truth] = {
        "new_merchant": {"joined_on": clock.date(shop.opened), "days": clock.last - shop.opened + 1, "rows": len(rows)},
        "stale_feed": {"newest_day": clock.date(reach.last), "days_behind": clock.last - reach.last},
        "campaign": {
            "started_on": clock.date(clock.days - CAMPAIGN_DAYS), "ended_on": clock.anchor, "days": CAMPAIGN_DAYS,
            "tolerance": 0.15,
        },
    }  # fmt: skip
    if kind in simple:
        return {**simple[kind], **made}
    if kind in ("redemption_fell", "coupons_bought"):
        return _redemption(coupons, clock) if kind == "redemption_fell" else _coupons_bought(rows, coupons, clock)
    if kind == "return_fell":
        return _return_fell(role, rows, clock)
    measured = {"regulars_lost": _regulars_lost, "tiny_base": _tiny_base, "half_day": _half_day}.get(kind)
    return {**measured(rows, clock), **made} if measured else None


def story_of(kind: str, merchant_id: str, manager_id: str | None, truth: Truth) -> Story:
    """A story record; merchants outside the managers' shops have no manager."""
    return Story.model_validate({"story": kind, "merchant_id": merchant_id, "manager_id": manager_id, **truth})
