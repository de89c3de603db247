"""The sums of one date straight from `user_days`: each user is looked at once, then each merchant.

Needs no row's neighbours, so nothing is sorted or kept first: the quicker way for a few dates, and the slower for many.
"""

import ibis

from tools.base import counted
from tools.catalog import UserAssetRules
from tools.sums import ago


def user_sums(days: ibis.Table, on: ibis.Value, rules: UserAssetRules, *, user: str) -> ibis.Table:
    """no and ACTIVITY_SUMS of tools/sums.py; a merchant to whom nobody came in a window has zeros there.

    `days` has one row a merchant, user and day; `user` is the column that tells a merchant's users apart.
    """
    users = _users(days.filter(days.day <= on), user, on, rules)
    month, start = ago(on, 27), ago(on, rules.new_days - 1)
    came, bought, last, first = users.visit_days > 0, users.last_order, users.last_day, users.first_day
    brought = (users.promoted_day == first) & (first >= month)
    flags = {
        "visitors": came,
        "visitors_180": last >= ago(on, 179),
        "earlier": users.earlier,
        "returned": users.earlier & came,
        "identified": came & users.identified,
        "interacting": came & users.interacted,
        "buyers": bought >= month,
        "buyers_90": bought >= ago(on, 89),
        "repeat_90": users.order_days_90 > 1,
        "new_users": first >= month,
        "promotion_users": brought,
        "seen_lately": last >= ago(on, rules.at_risk_days - 1),
        "asset_new": first >= start,
        "asset_came": last >= start,
        "asset_at_risk": (last < start) & (last >= ago(on, rules.at_risk_days - 1)),
        "asset_won_back": users.back_day.delta(users.left_day, unit="day") >= rules.won_back_gap_days,
        "asset_regulars": users.regular_days >= rules.regular_visit_days,
    }
    amounts = ("visit_days", "orders", "gmv", "discount", "refunds")
    return users.group_by("no").agg(
        ever=users.first_day.count().nullif(0),
        promotion_gmv=users.gmv.sum(where=brought),
        **{name: users[name].sum() for name in amounts},
        **{name: counted(users, flag) for name, flag in flags.items()},
    )


def _users(d: ibis.Table, user: str, on: ibis.Value, rules: UserAssetRules) -> ibis.Table:
    """One row a user; money and `orders` are empty where there was no row in 28 days."""

    def within(days: int) -> ibis.Value:
        return d.day >= ago(on, days - 1)

    month, start = within(28), within(rules.new_days)
    return d.group_by(["no", user]).agg(
        first_day=d.day.min(where=d.visited),
        last_day=d.day.max(where=d.visited),
        promoted_day=d.day.min(where=d.visited & (d.channel == "promotion")),
        visit_days=counted(d, d.visited & month),
        regular_days=counted(d, d.visited & within(rules.regular_window_days)),
        earlier=(d.visited & within(56) & ~month).any(),
        back_day=d.day.min(where=d.visited & start),
        left_day=d.day.max(where=d.visited & ~start),
        identified=(d.identified & month).any(),
        interacted=(d.interacted & month).any(),
        last_order=d.day.max(where=d.orders > 0),
        order_days_90=counted(d, (d.orders > 0) & within(90)),
        **{name: d[name].sum(where=month) for name in ("orders", "gmv", "discount", "refunds")},
    )
