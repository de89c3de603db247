"""The 18 metrics as Ibis expressions over exact sums: one definition for every engine.

A formula names what is divided by what; which state a value has follows from the catalog (minimum, history) and
from the merchant's feed, in the same expression.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import pyarrow as pa

from tools.asof import STALE_AFTER
from tools.catalog import Catalog, Metric
from tools.engine import Platform
from tools.errors import CatalogError

Column = Callable[[ibis.Table], ibis.Value]


def _yuan(name: str) -> Column:
    return lambda t: t[name] / 100


def _count(name: str) -> Column:
    return lambda t: t[name]


def _net(t: ibis.Table) -> ibis.Value:
    return (t.gmv - t.refunds) / 100


@dataclass(frozen=True)
class Formula:
    """top / bottom (no bottom: top itself). `base` is held against the catalog's minimum, `n` is the sample."""

    top: Column
    bottom: Column | None = None
    base: Column | None = None  # default: bottom
    n: Column | None = None  # default: base
    daily: tuple[str, ...] = ()  # columns of daily that suffice where users are unknown
    reads: tuple[str, ...] = ()  # "table.column" without which the figure would be made of defaults


_VISITS = "activity.visits"
FORMULAS: Mapping[str, Formula] = {
    "visitors_28d": Formula(_count("visitors"), n=_count("visitors"), reads=(_VISITS,)),
    "new_users_28d": Formula(_count("new_users"), n=_count("new_users"), daily=("new_users",), reads=(_VISITS,)),
    "followers": Formula(_count("followers"), n=_count("followers"), reads=("followers.followers",)),
    "identified_share": Formula(_count("identified"), _count("visitors"), reads=("activity.identified", _VISITS)),
    "active_rate": Formula(_count("visitors"), _count("visitors_180"), reads=(_VISITS,)),
    "visit_days_per_user": Formula(_count("visit_days"), _count("visitors"), reads=(_VISITS,)),
    "return_rate_28d": Formula(_count("returned"), _count("earlier"), reads=(_VISITS,)),
    "interaction_rate": Formula(_count("interacting"), _count("visitors"), reads=("activity.interactions", _VISITS)),
    "redemption_rate": Formula(_count("redeemed"), _count("issued"), reads=("coupons.issued", "coupons.redeemed")),
    "conversion_rate": Formula(_count("buyers"), _count("visitors"), reads=("activity.orders", _VISITS)),
    "repurchase_rate_90d": Formula(_count("repeat_90"), _count("buyers_90"), reads=("activity.orders",)),
    "average_order_value": Formula(
        _net,
        _count("orders"),
        daily=("gmv", "refunds", "orders"),
        reads=("activity.gmv", "activity.orders", "activity.refunds"),
    ),
    "revenue_per_active_user": Formula(_net, _count("visitors"), reads=("activity.gmv", "activity.refunds", _VISITS)),
    "new_user_cost": Formula(_yuan("spend"), _count("promotion_new"), reads=("promotion.spend", "promotion.new_users")),
    "discount_rate": Formula(
        _yuan("discount"),
        lambda t: (t.gmv + t.discount) / 100,
        base=_yuan("gmv"),
        n=_count("orders"),
        daily=("gmv", "discount"),
        reads=("activity.gmv", "activity.discount"),
    ),
    "coupon_return": Formula(
        _yuan("redeemed_gmv"),
        _yuan("coupon_discount"),
        n=_count("redeemed"),
        reads=("coupons.redeemed_gmv", "coupons.discount"),
    ),
    "promotion_return": Formula(
        _yuan("promotion_gmv"),
        _yuan("spend"),
        n=_count("promotion_users"),
        reads=("promotion.spend", "activity.gmv", _VISITS),
    ),
    "refund_rate": Formula(
        _yuan("refunds"),
        _yuan("gmv"),
        n=_count("orders"),
        daily=("gmv", "refunds"),
        reads=("activity.gmv", "activity.refunds"),
    ),
}
PARTS = ("value", "numerator", "denominator", "n", "state")
_NOTHING = ibis.null("float64")
COVERED_ZERO = frozenset({"visitors_28d", "new_users_28d"})  # counts that are truly zero when nothing happened


def sources(platform: Platform, catalog: Catalog) -> dict[str, str]:
    """Each metric that is connected, with the tables that it is computed from here, joined by "+".

    A daily column without a single value is not there, nor is one that the import filled with its default.
    CatalogError where the catalog names a metric that has no formula.
    """
    unknown = [m.id for m in catalog.metrics if m.id not in FORMULAS]
    if unknown:
        raise CatalogError(
            f"The catalog names metrics without a formula: {', '.join(unknown)}; add one in tools/metrics.py."
        )
    filled = _filled(platform, catalog)
    found = {}
    for metric in catalog.metrics:
        for tables in metric.tables:
            there = (
                filled.issuperset(FORMULAS[metric.id].daily)
                if tables == ("daily",)
                else platform.has(*tables) and _measured(platform, metric)
            )
            if there:
                found[metric.id] = "+".join(tables)
                break
    return found


def _measured(platform: Platform, metric: Metric) -> bool:
    """Whether what the formula reads was in the source, rather than filled with defaults."""
    return platform.absent.isdisjoint(FORMULAS[metric.id].reads)


def _filled(platform: Platform, catalog: Catalog) -> frozenset[str]:
    """The columns of daily that hold any value, where daily totals are all that is known."""
    if platform.users_known or not platform.has("daily"):
        return frozenset()
    daily = platform.tables["daily"]
    asked = dict.fromkeys(c for m in catalog.metrics if ("daily",) in m.tables for c in FORMULAS[m.id].daily)
    counts = platform.arrow(daily.agg(**{c: daily[c].count() for c in asked})).to_pylist()[0]
    return frozenset(name for name, count in counts.items() if count)


def values(
    sums: ibis.Table, catalog: Catalog, available: frozenset[str], totals: frozenset[str] = frozenset()
) -> ibis.Table:
    """no, and for every connected metric its PARTS, in columns that `column` names: one row a merchant and date.

    `sums` as of tools/sums.py, `with_feeds`; `available` the connected metrics, `totals` those made of daily totals.
    A value stands beside the states ok, partial and stale only; it is not yet rounded.
    """
    found: dict[str, ibis.Value] = {}
    for metric in catalog.metrics:
        if metric.id in available:
            parts = _parts(sums, metric, metric.id in totals)
            found |= {column(metric, name): part for name, part in zip(PARTS, parts, strict=True)}
    return sums.select("no", **found)


def not_connected(numbers: pa.ChunkedArray) -> pa.Table:
    """no and the PARTS of a metric whose tables the platform lacks, for these merchants."""
    nothing, size = pa.nulls(len(numbers), pa.float64()), len(numbers)
    parts = [nothing, nothing, nothing, pa.nulls(size, pa.int64()), pa.repeat("not_connected", size)]
    return pa.table([numbers, *parts], names=["no", *PARTS])


def column(metric: Metric, part: str) -> str:
    return f"{metric.id}_{part}"


def with_feeds(sums: ibis.Table) -> ibis.Table:
    """Beside the sums how the merchant's feed stands: `age` in days (NULL before its first row) and `feed`, a state."""
    begun = (sums.first_day <= sums.as_of).fill_null(False)
    partial = ~sums.complete & (sums.newest_day == sums.as_of)
    stale = sums.as_of.delta(sums.newest_day, unit="day") > STALE_AFTER
    return sums.mutate(
        age=begun.ifelse(sums.as_of.delta(sums.first_day, unit="day") + 1, ibis.null("int64")),
        feed=ibis.cases((partial, "partial"), (stale, "stale"), else_="ok"),
    )


def sizes(sums: ibis.Table, catalog: Catalog, *, users_known: bool) -> ibis.Table:
    """no, size of merchants whose 28-day visitors are ok: what bands are made of. Visits where users are unknown."""
    known = sums.filter((sums.age >= catalog.by_id["visitors_28d"].history) & (sums.feed == "ok"))
    size = (known.visitors if users_known else known.visits).fill_null(0)
    return known.select("no", size=size.cast("float64"))


def _parts(t: ibis.Table, metric: Metric, of_totals: bool) -> tuple[ibis.Value, ...]:
    """The PARTS of one metric: its formula's numbers, where the catalog's conditions are met."""
    formula = FORMULAS[metric.id]
    top = formula.top(t).cast("float64")
    bottom = formula.bottom(t).cast("float64") if formula.bottom else _NOTHING
    base = formula.base(t).cast("float64") if formula.base else bottom
    n = formula.n(t).cast("int64") if formula.n else base.cast("int64")
    if formula.bottom or metric.id in COVERED_ZERO:  # nothing of it happened: that is zero, not unknown
        nothing = t.day_rows.fill_null(0) == 0 if of_totals else ibis.literal(True)
        top, n = _zero(top, nothing), _zero(n, nothing)
    missing = (bottom.fill_null(0) == 0) | top.isnull() if formula.bottom else top.isnull()
    few = (base < metric.minimum_denominator).fill_null(False) if formula.bottom else ibis.literal(False)
    has = (t.age >= metric.history) & ~missing & ~few
    return (
        has.ifelse(top / bottom.nullif(0) if formula.bottom else top, _NOTHING),
        has.ifelse(top, _NOTHING) if formula.bottom else _NOTHING,
        has.ifelse(bottom, _NOTHING) if formula.bottom else _NOTHING,
        n,
        ibis.cases(
            (t.age.isnull(), "empty"),
            (t.age < metric.history, "too_small"),
            (missing, "empty"),
            (few, "too_small"),
            else_=t.feed,
        ),
    )


def _zero(part: ibis.Value, nothing: ibis.Value) -> ibis.Value:
    """Zero for what is missing, where nothing happened; a total that was sent on some days only stays unknown."""
    return (part.isnull() & nothing).ifelse(0, part)
