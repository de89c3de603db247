"""What the next weeks of a merchant's series may bring, with bands that its own past errors have made."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tools.forecasting_backtest import FEWEST_DAYS, FURTHEST, Outlook, few_days, look_ahead
from tools.forecasting_constants import Kind
from tools.insights import Refusal
from tools.making import Maker, days_up_to
from tools.own import SERIES, Floats, Ints
from tools.prospects import Forecast, ForecastArguments, ForecastDay
from tools.shop import Shop
from tools.types import Period, Unit

_MONEY = frozenset({"gmv", "discount", "refunds"})
_PEOPLE = frozenset({"visitors", "new_users"})
_ENDS = ("low95", "low80", "high80", "high95")
WEEK = 7
UNBELIEVED = 56  # days at the start of the books on which nearly everybody passes for new


@dataclass(frozen=True, eq=False)
class Course:
    """A series up to a day, ready to be looked ahead. `told` as `look_ahead` has it."""

    values: Floats
    end: date
    kind: Kind
    told: Floats | None = None

    def until(self, days: int) -> "Course":
        """Only its first days, as it was then."""
        end = self.end - timedelta(days=len(self.values) - days)
        return Course(self.values[:days], end, self.kind, None if self.told is None else self.told[:days])


def forecast(shop: Shop, arguments: ForecastArguments) -> Forecast:
    """The next days of a series, from its last whole day on or before `on`.

    Refused: `out_of_range` (horizon beyond 1..28), `too_far` (days asked for behind that), `empty`, `unmeasured`,
    `no_users` (how many people come cannot be told from daily totals), `few_days`,
    `past_date` (the feed ended so long ago that all of it would lie behind us).
    """
    series = arguments.series
    ends = _ends_on(shop, arguments)
    horizon = arguments.horizon if arguments.last is None else min((arguments.last - ends).days, FURTHEST)
    skip = 0 if arguments.first is None else max((arguments.first - ends).days - 1, 0)
    if arguments.last is not None and (horizon < 1 or skip >= horizon):
        return _refused(arguments, ends, "past_date" if horizon < 1 else "too_far")
    found = course(shop, series, horizon, arguments.on, horizon - skip)
    if not isinstance(found, Course):
        return _refused(arguments, arguments.on, found)
    if few_days(found.values):
        return _refused(arguments, found.end, "few_days")
    if found.end + timedelta(days=horizon) <= min(arguments.on, shop.meter.newest):
        return _refused(arguments, found.end, "past_date")
    outlook = look_ahead(found.values, horizon, found.kind, found.told, skip=skip)
    maker = Maker(shop.merchant_id, found.end, currency=shop.meter.currency)
    _put(maker, series, found, outlook, skip, weekdays=arguments.first is not None)
    return Forecast(
        merchant_id=shop.merchant_id, as_of=found.end, figures=maker.figures, series=series, horizon=horizon,
        method=outlook.method, days=_days(found.end, outlook)[skip:], past=tuple(found.values[-FEWEST_DAYS:].tolist()),
    )  # fmt: skip


def _ends_on(shop: Shop, arguments: ForecastArguments) -> date:
    """The last whole day on or before `on`."""
    days = shop.days
    if not len(days):
        return arguments.on
    return min(arguments.on, days.start + timedelta(days=len(days) - 1))


def course(shop: Shop, series: str, horizon: int, on: date, told_days: int | None = None) -> Course | Refusal:
    """A series up to its last whole day on or before `on`, or why there is none. `told_days`: of the sum told."""
    days = shop.days
    if not 1 <= horizon <= FURTHEST:
        return "out_of_range"
    size = min(on.toordinal() - days.start.toordinal() + 1, len(days))
    if size <= 0:
        return "empty"
    if series not in SERIES or not days.known(series):
        return "unmeasured"
    values = days.values[series][:size]
    end = days.start + timedelta(days=size - 1)
    if series == "visitors":
        history = shop.history
        if history is None:
            return "no_users"
        came = history.visited & (history.day <= end.toordinal())
        told = distinct(history.user[came], history.day[came] - days.start.toordinal(), size, told_days or horizon)
        return Course(values, end, "once", told)
    # Whoever came before the books begin passes for new at the first visit in them.
    first = UNBELIEVED if series == "new_users" else int(np.argmax(~np.isnan(values)))
    return Course(values[first:], end, "money" if series in _MONEY else "count")


def distinct(user: Ints, day: Ints, size: int, window: int) -> Floats:
    """(size,) users who came in the `window` days up to each day; NaN before there are as many.

    `user` and `day` (0..size - 1) hold each user's days in any order; a pair may repeat.
    """
    order = np.lexsort((day, user))
    user, day = user[order], day[order]
    ends = np.minimum(day + window, size)  # a visit is the user's last one until the window or the next visit ends it
    same = user[1:] == user[:-1]
    ends[:-1] = np.where(same, np.minimum(ends[:-1], day[1:]), ends[:-1])
    steps = np.bincount(day, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    counts = np.cumsum(steps)[:size].astype(np.float64)
    counts[: window - 1] = np.nan
    return counts


def _put(maker: Maker, series: str, found: Course, outlook: Outlook, skip: int, *, weekdays: bool) -> None:
    horizon = len(outlook.daily)
    days = horizon - skip
    unit: Unit = "yuan" if series in _MONEY else "users" if series in _PEOPLE else "count"
    ahead = Period(start=found.end + timedelta(days=skip + 1), end=found.end + timedelta(days=horizon))
    maker.put(f"{series}.forecast", outlook.total, unit, period=ahead)
    for name, value in zip(_ENDS, outlook.total_ends, strict=True):
        maker.put(f"{series}.forecast_{name}", float(value), unit, period=ahead)
    back = -horizon % WEEK if weekdays else 0  # the same weekdays, in the weeks just past
    at = len(found.values) - back
    last = float(np.sum(found.values[max(at - days, 0) : at]) if found.told is None else found.told[at - 1])
    maker.put(f"{series}.last", last, unit, period=days_up_to(found.end - timedelta(days=back), days))
    if last > 0:
        change = outlook.total / last - 1
        maker.put(
            f"{series}.forecast_change", change, "ratio", period=ahead, numerator=outlook.total - last, denominator=last
        )
    tested = days_up_to(found.end, horizon + 7 * (outlook.backtests - 1))
    for method, statistic in (
        (outlook.method, "error"), ("last_week", "error_last_week"), ("weekday_mean", "error_weekday_mean")
    ):  # fmt: skip
        maker.put(f"{series}.{statistic}", outlook.errors.get(method), "ratio", period=tested, n=outlook.backtests)
    maker.put(f"{series}.backtests", float(outlook.backtests), "count", period=tested)


def _days(end: date, outlook: Outlook) -> tuple[ForecastDay, ...]:
    days = []
    for ahead, value in enumerate(outlook.daily.tolist()):
        ends = dict(zip(_ENDS, outlook.daily_ends[ahead].tolist(), strict=True))
        days.append(ForecastDay(day=end + timedelta(days=ahead + 1), value=value, **ends))
    return tuple(days)


def _refused(arguments: ForecastArguments, as_of: date, why: Refusal) -> Forecast:
    return Forecast(
        merchant_id=arguments.merchant_id, as_of=as_of, refused=why, series=arguments.series, horizon=arguments.horizon
    )
