"""The eighteen figures of one shop at one day, each with its state, from exact integer sums."""

from dataclasses import dataclass
from typing import Literal

from .rows import Platform, Shop

State = Literal["ok", "partial", "stale", "empty", "too_small", "not_connected"]

DIMENSION_OF: dict[str, str] = {
    "visitors_28d": "scale", "new_users_28d": "scale", "followers": "scale", "identified_share": "scale",
    "active_rate": "active", "visit_days_per_user": "active", "return_rate_28d": "active",
    "interaction_rate": "active", "redemption_rate": "active",
    "conversion_rate": "worth", "repurchase_rate_90d": "worth", "average_order_value": "worth",
    "revenue_per_active_user": "worth",
    "new_user_cost": "efficiency", "discount_rate": "efficiency", "coupon_return": "efficiency",
    "promotion_return": "efficiency", "refund_rate": "efficiency",
}  # fmt: skip
LOWER_IS_BETTER = frozenset({"new_user_cost", "discount_rate", "refund_rate"})
TABLES: dict[str, tuple[str, ...]] = {
    "followers": ("followers",), "redemption_rate": ("coupons",), "coupon_return": ("coupons",),
    "new_user_cost": ("promotion",), "promotion_return": ("activity", "promotion"),
}  # fmt: skip
# Days before the as-of date at which the shop's history must have begun.
HISTORY = {"new_users_28d": 55, "return_rate_28d": 55, "repurchase_rate_90d": 89, "active_rate": 179}


@dataclass(frozen=True)
class Value:
    """One raw figure: ratios as shares of one, money in yuan; `value` is None unless ok, partial or stale."""

    state: State
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True)
class Parts:
    """What a figure is made of before its state is decided. `least` is asked of `base` (else of the denominator)."""

    numerator: float
    denominator: float | None = None
    least: float = 0
    base: float | None = None


def rounded(value: float) -> float:
    """To 12 significant digits, the form in which values are compared and stored."""
    return float(f"{value:.12g}")


def values(shop: Shop, day: int, platform: Platform) -> dict[str, Value]:
    """All eighteen figures of a shop at `day` (an ordinal)."""
    feed = feed_state(shop, day)
    parts = {**_from_activity(shop, day), **_from_small_tables(shop, day)}
    found = {}
    for metric in DIMENSION_OF:
        value = _value(metric, shop, day, platform.tables, parts.get(metric))
        if feed != "ok" and value.state == "ok":
            value = Value(feed, value.value, value.numerator, value.denominator)
        found[metric] = value
    return found


def visitors(shop: Shop, day: int) -> int | None:
    """28-day visitors where the state is ok, else None: all that a size band needs."""
    if shop.first_row is None or shop.first_row > day - 27 or feed_state(shop, day) != "ok":
        return None
    return len(shop.users(day - 27, day))


def feed_state(shop: Shop, day: int) -> State:
    if shop.newest is not None and not shop.complete and shop.newest == day:
        return "partial"
    return "stale" if shop.newest is not None and shop.newest < day - 3 else "ok"


def _value(metric: str, shop: Shop, day: int, tables: frozenset[str], parts: Parts | None) -> Value:
    if any(t not in tables for t in TABLES.get(metric, ("activity",))):
        return Value("not_connected")
    if shop.first_row is None or shop.first_row > day:
        return Value("empty")
    if shop.first_row > day - HISTORY.get(metric, 27):
        return Value("too_small")
    if parts is None or parts.denominator == 0:
        return Value("empty")
    base = parts.denominator if parts.base is None else parts.base
    if base is not None and base < parts.least:
        return Value("too_small")
    if parts.denominator is None:
        return Value("ok", float(parts.numerator), parts.numerator)
    return Value("ok", rounded(parts.numerator / parts.denominator), parts.numerator, parts.denominator)


def _from_activity(shop: Shop, day: int) -> dict[str, Parts]:
    start = day - 27
    now, before, half_year = shop.users(start, day), shop.users(day - 55, day - 28), shop.users(day - 179, day)
    visited = shop.window("visits", start, day) > 0
    rows = [shop.window(n, start, day)[visited].tolist() for n in ("user", "day", "identified")]
    user_days = set(zip(rows[0], rows[1], strict=True))
    identified = {u for u, flag in zip(rows[0], rows[2], strict=True) if flag}
    interacted = now & shop.users(start, day, "interactions")
    gmv, off, back = (shop.total(n, start, day) / 100 for n in ("gmv", "discount", "refunds"))
    net = (shop.total("gmv", start, day) - shop.total("refunds", start, day)) / 100
    gross = (shop.total("gmv", start, day) + shop.total("discount", start, day)) / 100
    orders, n = shop.total("orders", start, day), len(now)
    buyers, again = _buyers(shop, day)
    return {
        "visitors_28d": Parts(n),
        "new_users_28d": Parts(sum(start <= first <= day for first, _ in shop.first_seen.values())),
        "identified_share": Parts(len(identified), n, 30),
        "active_rate": Parts(n, len(half_year), 30),
        "visit_days_per_user": Parts(len(user_days), n, 30),
        "return_rate_28d": Parts(len(now & before), len(before), 30),
        "interaction_rate": Parts(len(interacted), n, 30),
        "conversion_rate": Parts(len(shop.users(start, day, "orders")), n, 30),
        "repurchase_rate_90d": Parts(again, buyers, 20),
        "average_order_value": Parts(net, orders, 20),
        "revenue_per_active_user": Parts(net, n, 30),
        "discount_rate": Parts(off, gross, 100, gmv),
        "refund_rate": Parts(back, gmv, 100),
    }


def _buyers(shop: Shop, day: int) -> tuple[int, int]:
    bought = shop.window("orders", day - 89, day) > 0
    pairs = zip(*(shop.window(n, day - 89, day)[bought].tolist() for n in ("user", "day")), strict=True)
    days: dict[int, set[int]] = {}
    for user, when in pairs:
        days.setdefault(user, set()).add(when)
    return len(days), sum(len(d) >= 2 for d in days.values())


def _from_small_tables(shop: Shop, day: int) -> dict[str, Parts]:
    start = day - 27
    found: dict[str, Parts] = {}
    coupons = [c for c in shop.coupons if start <= c[0] <= day]
    issued, redeemed, off, brought = (sum(c[i] for c in coupons) for i in (1, 2, 3, 4))
    promotion = [p for p in shop.promotion if start <= p[0] <= day]
    spend, new = sum(p[1] for p in promotion) / 100, sum(p[2] for p in promotion)
    followed = sorted(f for f in shop.followers if start <= f[0] <= day)
    if coupons:
        found["redemption_rate"] = Parts(redeemed, issued, 100)
        found["coupon_return"] = Parts(brought / 100, off / 100, 1)
    if promotion:
        found["new_user_cost"] = Parts(spend, new, 5)
        found["promotion_return"] = Parts(_promoted_gmv(shop, start, day) / 100, spend, 1)
    if followed:
        found["followers"] = Parts(followed[-1][1])
    return found


def _promoted_gmv(shop: Shop, start: int, day: int) -> int:
    rows = zip(shop.window("user", start, day).tolist(), shop.window("gmv", start, day).tolist(), strict=True)
    brought = {u for u, (first, channel) in shop.first_seen.items() if start <= first <= day and channel == "promotion"}
    return sum(cents for user, cents in rows if user in brought)
