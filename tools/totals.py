"""Plain sums of a period: how many visits, people, orders, how much money, and against another period."""

from datetime import date, timedelta

import numpy as np

from tools.catalog import Series
from tools.driven import split
from tools.gaps import gaps
from tools.insights import Totals, TotalsArguments
from tools.making import Maker
from tools.own import Days, History
from tools.shop import Shop
from tools.types import Period


def totals(shop: Shop, arguments: TotalsArguments) -> Totals:
    """Sums over the part of the period that the feed covers, which every figure's own period names.

    A day without a row, inside what the feed covers, is a zero, unless it never arrived (`gaps`). A series with a day
    that nobody measured is absent, as is `visitors` of more than one day where users are unknown: people are counted
    once. Where the data end before the period does, `against` is cut to as many days as were covered; it is None where
    nothing of it is. There is no change where data began inside either, or days are missing: the two would not be
    alike. Refused: `empty` where nothing of the period is covered, `gap` where none of its days arrived.
    """
    days = shop.days
    covered = covered_part(arguments.period, days, arguments.on)
    as_of = covered.end if covered else min(arguments.on, shop.last_whole_day or arguments.on)
    found = Totals(merchant_id=shop.merchant_id, as_of=as_of, period=arguments.period, against=arguments.against)
    begins = days.start if len(days) and _begins_inside(days, arguments) else None
    if covered is None:
        return found.model_copy(update={"refused": "empty", "begins": begins})
    lacking = _lacking(shop, arguments.period, covered, arguments.on)
    found = found.model_copy(update={"period": covered, "gaps": lacking, "begins": begins})
    if lacking and lacking[0].start == covered.start and lacking[0].end >= covered.end:
        return found.model_copy(update={"refused": "gap"})
    source = "activity" if shop.history is not None else "daily"
    maker = Maker(shop.merchant_id, covered.end, currency=shop.meter.currency, source=source)
    sums = {s: total(days, shop.history, s.id, covered) for s in shop.meter.catalog.series}
    for series, value in sums.items():
        maker.put(f"{series.id}.total", value, series.unit, period=covered)
        if lacking:
            gap = Period(start=lacking[0].start, end=lacking[-1].end)
            maker.put(f"{series.id}.missing", _length(lacking), "days", period=gap, as_of=arguments.on)
    against: Period | None = None
    lacking_before: tuple[Period, ...] = ()
    if arguments.against is not None:
        wanted = _as_long(arguments.against, arguments.period, covered)
        against = covered_part(wanted, days, arguments.on)
        if against is not None:
            lacking_before = _lacking(shop, wanted, against, arguments.on)
            began = covered.start != arguments.period.start or against.start != wanted.start
            _put_against(maker, shop, sums, against, alike=not (began or lacking or lacking_before))
    if arguments.why:
        _put_drivers(maker)
    return found.model_copy(update={"against": against, "gaps_before": lacking_before, "figures": maker.figures})


def _begins_inside(days: Days, arguments: TotalsArguments) -> bool:
    asked = [arguments.period, *([arguments.against] if arguments.against else [])]
    return any(period.start < days.start for period in asked)


def _lacking(shop: Shop, period: Period, covered: Period, on: date) -> tuple[Period, ...]:
    """The days of a period that should have arrived by now and did not: inside the feed, or since it stopped."""
    inside = gaps(shop, covered)
    due = min(period.end, on)
    half = shop.newest_day is not None and not shop.complete and shop.newest_day >= due
    if half or due <= covered.end:  # a day that is still coming in is not missing
        return inside
    return (*inside, Period(start=covered.end + timedelta(days=1), end=due))


def _length(stretches: tuple[Period, ...]) -> int:
    return sum((stretch.end - stretch.start).days + 1 for stretch in stretches)


def covered_part(period: Period, days: Days, on: date) -> Period | None:
    """The days of a period, up to `on`, that the series covers; None where it covers none."""
    if not len(days):
        return None
    start, end = max(period.start, days.start), min(period.end, days.end, on)
    return Period(start=start, end=end) if start <= end else None


def _as_long(against: Period, period: Period, covered: Period) -> Period:
    """The other period, cut at its end to as many days as are covered where the first is not yet over."""
    if covered.end == period.end:
        return against
    elapsed = covered.end - period.start
    return Period(start=against.start, end=min(against.end, against.start + elapsed))


def total(days: Days, history: History | None, series: str, period: Period) -> float | None:
    """The sum of a series (keys of own.SERIES; money in yuan, exact to the cent) over covered days; None if unknown."""
    first, last = period.start.toordinal(), period.end.toordinal()
    if series == "visitors" and last > first:
        if history is None:
            return None
        inside = history.visited & (history.day >= first) & (history.day <= last)
        return float(np.unique(history.user[inside]).size)
    begin = days.start.toordinal()
    values = days.values[series][first - begin : last - begin + 1]
    if bool(np.isnan(values).any()):
        return None
    return int(np.rint(values * 100).sum()) / 100


def _put_against(
    maker: Maker, shop: Shop, sums: dict[Series, float | None], against: Period, *, alike: bool
) -> None:  # fmt: skip
    whole = Period(start=min(against.start, maker.as_of), end=maker.as_of)
    for series, now in sums.items():
        before = total(shop.days, shop.history, series.id, against)
        maker.put(f"{series.id}.total_before", before, series.unit, period=against, as_of=against.end)
        if alike and now is not None and before is not None:
            change = round(now - before, 2)  # whole cents again
            maker.put(f"{series.id}.total_change", change, series.unit, period=whole)


def _put_drivers(maker: Maker) -> None:
    """What a change of the sales comes from: people and orders of each where people are known, else the orders."""
    change = maker.figures.get("gmv.total_change")
    pairs = [(maker.figures.get(f"{s}.total_before"), maker.figures.get(f"{s}.total")) for s in ("orders", "gmv")]
    (orders_then, orders), (gmv_then, gmv) = [(a.value if a else None, b.value if b else None) for a, b in pairs]
    if change is None or not (orders_then and orders and gmv_then and gmv):
        return
    then, now = [orders_then, gmv_then / orders_then], [orders, gmv / orders]
    names = ["by_orders", "by_order_value"]
    came_then, came = (maker.figures.get(f"visitors.{name}") for name in ("total_before", "total"))
    if came_then is not None and came is not None and came_then.value and came.value:
        then[:1], now[:1] = [came_then.value, orders_then / came_then.value], [came.value, orders / came.value]
        names[:1] = ["by_visitors", "by_frequency"]
    parts = split(tuple(then), tuple(now))
    for name, part in zip(names, parts or (), strict=False):
        maker.put(f"gmv.{name}", part, "yuan", period=change.period)
