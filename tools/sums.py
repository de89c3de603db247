"""Exact sums of one merchant at one as-of date, as Ibis expressions: what every metric is a quotient of.

Money is summed in cents (integers), users are counted, never estimated; nothing here is a float. Every table is
keyed by the merchant's number (`tools/base.py`).
"""

import ibis
from ibis import _

from tools.base import cents
from tools.catalog import UserAssetRules

ACTIVITY_SUMS = (
    "visitors", "visit_days", "visitors_180", "earlier", "returned", "identified", "interacting", "buyers",
    "buyers_90", "repeat_90", "new_users", "orders", "gmv", "discount", "refunds", "promotion_gmv", "promotion_users",
    "ever", "seen_lately", "asset_new", "asset_active", "asset_at_risk", "asset_won_back", "asset_regulars",
)  # fmt: skip
DAILY_SUMS = ("visits", "new_users", "orders", "gmv", "discount", "refunds")
COUPON_SUMS = ("issued", "redeemed", "coupon_discount", "redeemed_gmv")
PROMOTION_SUMS = ("spend", "promotion_new")
ALL_SUMS = (*dict.fromkeys((*ACTIVITY_SUMS, *DAILY_SUMS, *COUPON_SUMS, *PROMOTION_SUMS, "followers")),)


def ago(on: ibis.Value, days: int) -> ibis.Value:
    return on - ibis.interval(days=days)


def reach(rules: UserAssetRules) -> int:
    """Days that an as-of date must look back so that every user's state is decided by what it sees."""
    return max(180, rules.regular_window_days, rules.at_risk_days, rules.new_days + rules.won_back_gap_days + 1)


def activity_sums(
    rows: ibis.Table, known: ibis.Table, on: ibis.Value, rules: UserAssetRules
) -> tuple[ibis.Table, ...]:
    """Tables of `no` and some of ACTIVITY_SUMS at `on`, from `base` and `users`; together they hold all of them.

    Each passes over as few rows and columns as its question needs: who ever came, who came when (half a year), who
    did what (28 days), and money (28 days).
    """
    ever = known.filter(known.first_day <= on).group_by("no").agg(ever=_.count())
    month = _window(rows, on)
    return ever, _comings(rows, on, rules), _doings(month), _money(month, on)


def _comings(rows: ibis.Table, on: ibis.Value, rules: UserAssetRules) -> ibis.Table:
    def since(days: int) -> ibis.Value:
        return rows.day >= ago(on, days - 1)

    rows = _window(rows, on, reach(rules))
    seen, new = rows.visited, since(rules.new_days)
    user = rows.group_by(["no", "uid"]).agg(
        first_day=rows.first_day.min(),
        days=rows.count(where=seen & since(28)),
        earlier=rows.count(where=seen & since(56) & ~since(28)),
        last=rows.day.max(where=seen),
        back=rows.day.min(where=seen & new),
        left=rows.day.max(where=seen & ~new),
        regular_days=rows.count(where=seen & since(rules.regular_window_days)),
        order_days_90=rows.count(where=(rows.orders > 0) & since(90)),
    )
    return _count_comings(user, on, rules)


def _count_comings(user: ibis.Table, on: ibis.Value, rules: UserAssetRules) -> ibis.Table:
    def within(day: ibis.Value, days: int) -> ibis.Value:
        return day >= ago(on, days - 1)

    came = user.back.notnull()
    new = came & within(user.first_day, rules.new_days)
    # who was last seen before everything in reach has been away longer than any gap that counts
    won_back = came & ~new & (user.left.isnull() | (user.back.delta(user.left, unit="day") >= rules.won_back_gap_days))
    flags = {
        "visitors": user.days > 0,
        "visitors_180": within(user.last, 180),
        "earlier": user.earlier > 0,
        "returned": (user.earlier > 0) & (user.days > 0),
        "new_users": (user.days > 0) & within(user.first_day, 28),
        "buyers_90": user.order_days_90 > 0,
        "repeat_90": user.order_days_90 > 1,
        "asset_new": new,
        "asset_won_back": won_back,
        "asset_active": came & ~new & ~won_back,
        "asset_at_risk": ~came & within(user.last, rules.at_risk_days),
        "asset_regulars": user.regular_days >= rules.regular_visit_days,
        "seen_lately": within(user.last, rules.at_risk_days),
    }
    counted = {name: user.count(where=flag) for name, flag in flags.items()}
    return user.group_by("no").agg(visit_days=user.days.sum(), **counted)


def _doings(rows: ibis.Table) -> ibis.Table:
    user = rows.group_by(["no", "uid"]).agg(
        came=rows.visited.any(),
        identified=rows.identified.any(),
        interacted=rows.interacted.any(),
        ordered=(rows.orders > 0).any(),
    )
    return user.group_by("no").agg(
        identified=user.count(where=user.came & user.identified),
        interacting=user.count(where=user.came & user.interacted),
        buyers=user.count(where=user.ordered),
    )


def _money(rows: ibis.Table, on: ibis.Value) -> ibis.Table:
    brought = rows.promoted & (rows.first_day >= ago(on, 27))
    return rows.group_by("no").agg(
        orders=rows.orders.sum(),
        gmv=rows.gmv.sum(),
        discount=rows.discount.sum(),
        refunds=rows.refunds.sum(),
        promotion_gmv=rows.gmv.sum(where=brought),
        promotion_users=rows.uid.nunique(where=brought & rows.visited),
    )


def _window(table: ibis.Table, on: ibis.Value, days: int = 28) -> ibis.Table:
    return table.filter((table.day >= ago(on, days - 1)) & (table.day <= on))


def daily_sums(daily: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no and DAILY_SUMS of 28 days, for operators who have totals only; a column without any value stays empty."""
    rows = _window(daily, on)
    counts = {name: rows[name].sum() for name in ("visits", "new_users", "orders")}
    money = {name: cents(rows[name]).sum() for name in ("gmv", "discount", "refunds")}
    return rows.group_by("no").agg(**counts, **money)


def coupon_sums(coupons: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no and COUPON_SUMS of 28 days."""
    rows = _window(coupons, on)
    return rows.group_by("no").agg(
        issued=rows.issued.sum(),
        redeemed=rows.redeemed.sum(),
        coupon_discount=cents(rows.discount).sum(),
        redeemed_gmv=cents(rows.redeemed_gmv).sum(),
    )


def promotion_sums(promotion: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no and PROMOTION_SUMS of 28 days."""
    rows = _window(promotion, on)
    return rows.group_by("no").agg(spend=cents(rows.spend).sum(), promotion_new=rows.new_users.sum())


def follower_sums(followers: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no, followers on the newest of the last 28 days."""
    rows = _window(followers, on)
    return rows.group_by("no").agg(followers=rows.followers.argmax(rows.day))


def merchant_sums(numbers: ibis.Table, parts: tuple[ibis.Table, ...], on: ibis.Value) -> ibis.Table:
    """as_of, no, merchant_id and ALL_SUMS (BIGINT, empty where no part has them): one row a merchant."""
    joined = numbers
    for part in parts:
        joined = joined.left_join(part, "no", rname="{name}_part").drop("no_part")
    known = set(joined.columns)
    return joined.select(
        "no",
        "merchant_id",
        as_of=on,
        **{name: joined[name].cast("int64") if name in known else ibis.null("int64") for name in ALL_SUMS},
    )
