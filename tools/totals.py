"""Plain sums of a period: how many visits, people, orders, how much money, and against another period."""

from datetime import date

import numpy as np

from tools.catalog import Series
from tools.insights import Totals, TotalsArguments
from tools.making import Maker
from tools.own import Days, History
from tools.shop import Shop
from tools.types import Period


def totals(shop: Shop, arguments: TotalsArguments) -> Totals:
    """Sums over the part of the period that the feed covers, which every figure's own period names.

    A day without a row, inside what the feed covers, is a zero. A series with a day that nobody measured is absent, as
    is `visitors` of more than one day where users are unknown: people are counted once. Where the data end before the
    period does, `against` is cut to as many days as were covered; it is None where nothing of it is. There is no change
    where data began inside either: the two would not be alike. Refused: `empty` where nothing of the period is covered.
    """
    days = shop.days
    covered = covered_part(arguments.period, days, arguments.on)
    as_of = covered.end if covered else min(arguments.on, shop.last_whole_day or arguments.on)
    found = Totals(merchant_id=shop.merchant_id, as_of=as_of, period=arguments.period, against=arguments.against)
    if covered is None:
        return found.model_copy(update={"refused": "empty"})
    source = "activity" if shop.history is not None else "daily"
    maker = Maker(shop.merchant_id, covered.end, currency=shop.meter.currency, source=source)
    sums = {s: total(days, shop.history, s.id, covered) for s in shop.meter.catalog.series}
    for series, value in sums.items():
        maker.put(f"{series.id}.total", value, series.unit, period=covered)
    against = None
    if arguments.against is not None:
        wanted = _as_long(arguments.against, arguments.period, covered)
        against = covered_part(wanted, days, arguments.on)
        if against is not None:
            began = covered.start != arguments.period.start or against.start != wanted.start
            _put_against(maker, shop, sums, against, alike=not began)
    return found.model_copy(update={"period": covered, "against": against, "figures": maker.figures})


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
