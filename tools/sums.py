"""Exact sums of one merchant at one as-of date, as Ibis expressions: what every metric is a quotient of.

Money is summed in cents (integers), users are counted, never estimated; nothing here is a float. Tables are
keyed by the merchant's number or, where that would cost a join of every row, its id (`tools/base.py`).
"""

import ibis

from tools.base import cents, counted, key
from tools.catalog import UserAssetRules

ACTIVITY_SUMS = (
    "visitors", "visit_days", "visitors_180", "earlier", "returned", "identified", "interacting", "buyers",
    "buyers_90", "repeat_90", "new_users", "orders", "gmv", "discount", "refunds", "promotion_gmv", "promotion_users",
    "ever", "seen_lately", "asset_new", "asset_came", "asset_at_risk", "asset_won_back", "asset_regulars",
)  # fmt: skip
DAILY_SUMS = ("visits", "new_users", "orders", "gmv", "discount", "refunds", "day_rows")
COUPON_SUMS = ("issued", "redeemed", "coupon_discount", "redeemed_gmv")
PROMOTION_SUMS = ("spend", "promotion_new")
ALL_SUMS = (*dict.fromkeys((*ACTIVITY_SUMS, *DAILY_SUMS, *COUPON_SUMS, *PROMOTION_SUMS, "followers")),)


def ago(on: ibis.Value, days: int) -> ibis.Value:
    return on - ibis.interval(days=days)


def known_users(visits: ibis.Table, on: ibis.Value) -> tuple[ibis.Table, ibis.Table]:
    """no, users who ever came; and no, users of 180 days: apart from `comings`, which then looks at few rows."""
    ever = visits.filter(visits.prev_day.isnull() & (visits.day <= on))
    half_year = _window(visits, on, 180)
    return (
        ever.group_by("no").agg(ever=ever.count()),
        half_year.group_by("no").agg(visitors_180=counted(half_year, _last(half_year, on))),
    )


def _last(visits: ibis.Table, on: ibis.Value) -> ibis.Value:
    return visits.next_day.isnull() | (visits.next_day > on)


def comings(visits: ibis.Table, on: ibis.Value, rules: UserAssetRules) -> ibis.Table:
    """no, and how many users came when, from `visits` of tools/base.py."""

    def within(day: ibis.Value, days: int) -> ibis.Value:
        return day >= ago(on, days - 1)

    v = _window(visits, on, max(56, rules.new_days, rules.at_risk_days, rules.regular_window_days))
    last, start, month_before = _last(v, on), ago(on, rules.new_days - 1), ago(on, 28)
    back = (v.day >= start) & (v.prev_day < start) & (v.day.delta(v.prev_day, unit="day") >= rules.won_back_gap_days)
    earlier = (v.day <= month_before) & within(v.day, 56) & _last(v, month_before)
    flags = {
        "visit_days": within(v.day, 28),
        "visitors": last & within(v.day, 28),
        "new_users": last & within(v.first_day, 28),
        "earlier": earlier,
        "returned": earlier & (v.next_day <= on),
        "seen_lately": last & within(v.day, rules.at_risk_days),
        "asset_came": last & (v.day >= start),
        "asset_new": last & (v.first_day >= start),
        "asset_won_back": back,
        "asset_at_risk": last & (v.day < start) & within(v.day, rules.at_risk_days),
        "asset_regulars": last & within(v.regular_day, rules.regular_window_days),
    }
    return v.group_by("no").agg(**{name: counted(v, flag) for name, flag in flags.items()})


def buyers(orders: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no, buyers of 28 and 90 days and those of them who bought on two days, from `orders` of tools/base.py."""
    o = orders.filter((orders.day <= on) & (orders.next_day.isnull() | (orders.next_day > on)))
    since = ago(on, 89)
    return o.group_by("no").agg(
        buyers=counted(o, o.day >= ago(on, 27)),
        buyers_90=counted(o, o.day >= since),
        repeat_90=counted(o, o.prev_day >= since),
    )


def doings(rows: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no, how many visitors of 28 days were known as members or interacted, from `base`."""
    month = _window(rows, on)
    user = month.group_by(["no", "uid"]).agg(
        came=month.visited.any(),
        identified=month.identified.any(),
        interacted=month.interacted.any(),
    )
    return user.group_by("no").agg(
        identified=counted(user, user.came & user.identified),
        interacting=counted(user, user.came & user.interacted),
    )


def money(rows: ibis.Table, on: ibis.Value) -> ibis.Table:
    """no, orders and money (cents) of 28 days, and of the users whom promotion brought in them, from `base`."""
    month = _window(rows, on)
    brought = month.promoted & (month.first_day >= ago(on, 27)) & (month.first_day <= on)
    return month.group_by("no").agg(
        orders=month.orders.sum(),
        gmv=month.gmv.sum(),
        discount=month.discount.sum(),
        refunds=month.refunds.sum(),
        promotion_gmv=month.gmv.sum(where=brought),
        promotion_users=month.uid.nunique(where=brought & month.visited),
    )


def _window(table: ibis.Table, on: ibis.Value, days: int = 28) -> ibis.Table:
    return table.filter((table.day >= ago(on, days - 1)) & (table.day <= on))


def daily_sums(daily: ibis.Table, on: ibis.Value) -> ibis.Table:
    """The merchant and DAILY_SUMS of 28 days, for operators who have totals only.

    A column that lacks a value on any day that has a row stays empty: a sum of the others would be told as the whole.
    """
    rows = _window(daily, on)

    def whole(name: str, value: ibis.Value) -> ibis.Value:
        return (rows[name].count() == rows.count()).ifelse(value.sum(), ibis.null("int64"))

    counts = {name: whole(name, rows[name]) for name in ("visits", "new_users", "orders")}
    money = {name: whole(name, cents(rows[name])) for name in ("gmv", "discount", "refunds")}
    return rows.group_by(key(rows)).agg(day_rows=rows.count(), **counts, **money)


def coupon_sums(coupons: ibis.Table, on: ibis.Value) -> ibis.Table:
    """The merchant and COUPON_SUMS of 28 days."""
    rows = _window(coupons, on)
    return rows.group_by(key(rows)).agg(
        issued=rows.issued.sum(),
        redeemed=rows.redeemed.sum(),
        coupon_discount=cents(rows.discount).sum(),
        redeemed_gmv=cents(rows.redeemed_gmv).sum(),
    )


def promotion_sums(promotion: ibis.Table, on: ibis.Value) -> ibis.Table:
    """The merchant and PROMOTION_SUMS of 28 days."""
    rows = _window(promotion, on)
    return rows.group_by(key(rows)).agg(spend=cents(rows.spend).sum(), promotion_new=rows.new_users.sum())


def follower_sums(followers: ibis.Table, on: ibis.Value) -> ibis.Table:
    """The merchant, followers on the newest of the last 28 days."""
    rows = _window(followers, on)
    return rows.group_by(key(rows)).agg(followers=rows.followers.argmax(rows.day))


def merchant_sums(feeds: ibis.Table, parts: tuple[ibis.Table, ...], on: ibis.Value) -> ibis.Table:
    """as_of, the columns of `feeds`, and those of ALL_SUMS that a part has (BIGINT): one row a merchant."""
    joined = feeds
    for number, part in enumerate(parts):
        joined = joined.left_join(part, key(part), rname=f"{{name}}_{number}")
    known = set(joined.columns)
    return joined.select(
        *feeds.columns,
        as_of=on,
        **{name: joined[name].cast("int64") for name in ALL_SUMS if name in known},
    )
