"""One daily series looked ahead: which forecast did best on its own past, and bands as wide as its errors were."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tools.forecasting_bands import count_ends, money_ends
from tools.forecasting_constants import CALIBRATED, Calibration, Kind, levels
from tools.forecasting_level import RECENT, WEEK, Points, last_week, ours, weekday_mean, windows
from tools.own import Floats, Ints

Method = Literal["ours", "last_week", "weekday_mean"]
METHODS: dict[Method, Callable[[Floats, int, float], Points]] = {
    "ours": ours, "last_week": last_week, "weekday_mean": weekday_mean,
}  # fmt: skip
FEWEST_DAYS = 56
FEWEST_KNOWN = 42  # of the last FEWEST_DAYS
FEWEST_BUSY = 14  # of the last FEWEST_DAYS: days on which anything happened
FURTHEST = 28
MOST_BACKTESTS = 52  # weekly origins: a year of them
_NOTHING_DAYS = 84  # days that the chance of a day without money is read from
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Outlook:
    """What lies ahead of a series. Ends of bands: low95, low80, high80, high95."""

    method: Method
    daily: Floats  # (horizon,)
    daily_ends: Floats  # (horizon, 4)
    total: float
    total_ends: Floats  # (4,)
    errors: dict[Method, float]  # mean absolute error of a day / that of the same weekday a week earlier
    backtests: int


def look_ahead(
    series: Floats, horizon: int, kind: Kind, told: Floats | None = None, by: Calibration = CALIBRATED, skip: int = 0
) -> Outlook:
    """Forecast the `horizon` (1..28) days after `series` (days,), of which `few_days` says no.

    NaN is a day that nobody measured. The total leaves out the first `skip` days. `told` (days,) is what is told of the
    as many days up to each day; by default their sum. Of kind `once` it is less: who came on two days counts once.
    """
    origins = np.arange(len(series) - horizon, RECENT - 1, -WEEK)[:MOST_BACKTESTS]
    at = np.append(origins, len(series))
    method, points, misses = _compete(series, origins, windows(series, at), horizon, by)
    points, days = replace(points, skip=skip), horizon - skip
    sums = rolling_sum(series, days)
    once = np.ones(len(at)) if told is None else _once(told, sums, at - 1)
    totals, variances = points.total * once, points.total_variance() * once**2
    seen = (sums if told is None else told)[origins + horizon - 1]
    stretch = _stretch(points, widening(seen - totals[:-1], variances[:-1], days, by))

    daily, spread = points.daily[-1], points.day_variance(stretch)[-1]
    whole, whole_spread = totals[-1:], points.total_variance(stretch)[-1:] * once[-1] ** 2
    if days == 1:  # the sum is that day
        whole_spread = spread[-1:] * once[-1] ** 2
    none = _nothing(series, daily) if kind == "money" else None
    return Outlook(
        method=method,
        daily=daily,
        daily_ends=_ends(daily, spread, levels(by.tails(kind, 1)), none),
        total=float(whole[0]),
        total_ends=_ends(
            whole, whole_spread, levels(by.tails(kind, days)), None if none is None else none[skip:].prod(keepdims=True)
        )[0],
        errors=_scaled(misses, series),
        backtests=len(origins),
    )


def _compete(
    series: Floats, origins: Ints, window: Floats, horizon: int, by: Calibration
) -> tuple[Method, Points, dict[Method, float]]:
    """The best method, its forecasts at the origins and then at the end, and every method's mean absolute error."""
    made = {name: method(window, horizon, by.drift) for name, method in METHODS.items()}
    actual = sliding_window_view(series, horizon)[origins]
    misses = {name: float(np.nanmean(np.abs(points.daily[:-1] - actual))) for name, points in made.items()}
    chosen = best(misses)
    return chosen, made[chosen], misses


def _scaled(misses: dict[Method, float], series: Floats) -> dict[Method, float]:
    """As multiples of what a day differs from the same weekday a week earlier; none where it never does."""
    scale = float(np.nanmean(np.abs(series[WEEK:] - series[:-WEEK])))
    return {name: miss / scale for name, miss in misses.items()} if scale > 0 else {}


def few_days(series: Floats) -> bool:
    """Whether a series is too short, or too empty of late, to say anything of what lies ahead."""
    recent = series[-FEWEST_DAYS:]
    short = len(series) < FEWEST_DAYS or int((~np.isnan(recent)).sum()) < FEWEST_KNOWN
    return short or int((np.nan_to_num(recent) > 0).sum()) < FEWEST_BUSY


def best(misses: dict[Method, float]) -> Method:
    """Ours where it is better than both simple ones, else the better of these."""
    simple: Method = "weekday_mean" if misses["weekday_mean"] <= misses["last_week"] else "last_week"
    return "ours" if misses["ours"] < misses[simple] else simple


def widening(misses: Floats, variances: Floats, horizon: int, by: Calibration = CALIBRATED) -> float:
    """By how much the series' own errors, (n,) newest first, were wider than the variances said.

    Weekly origins overlap and count for what they add; `belief` says how many independent errors the variance itself is
    worth; no single error counts for more than `worst` variances.
    """
    known = ~np.isnan(misses) & (variances > 0)
    ratios = np.minimum(misses[known] ** 2 / variances[known], by.worst)
    weight = min(1.0, WEEK / horizon)
    return float((by.belief + weight * ratios.sum()) / (by.belief + weight * ratios.size))


def rolling_sum(series: Floats, days: int) -> Floats:
    """(len,) the sum of so many days up to each; NaN before there are as many known."""
    sums = np.full(len(series), np.nan)
    sums[days - 1 :] = sliding_window_view(series, days).sum(axis=1)
    return sums


def _once(told: Floats, sums: Floats, at: Ints) -> Floats:
    """(n,) people / visiting days in the last window before each origin; all but the same from window to window."""
    return np.where(sums[at] > 0, told[at] / np.maximum(sums[at], _TINY), 1.0)


def _stretch(points: Points, wider: float) -> float:
    """How much of the sum's widening is the level's: chance is measured day by day already."""
    chance = float(points.noise[-1] * points.total[-1])
    whole = float(points.total_variance()[-1])
    return float(np.clip((wider * whole - chance) / max(whole - chance, _TINY), 0.25, 25.0))


def _ends(means: Floats, variances: Floats, at: Floats, nothing: Floats | None) -> Floats:
    """(k, 4) ends of the bands around (k,) means: of money where the chance of none is given, else of counts."""
    if nothing is None:
        return count_ends(means, variances, at)
    return money_ends(means, variances, nothing, at)


def _nothing(series: Floats, means: Floats) -> Floats:
    """(k,) the chance of a day without money: as often as lately, less where more is expected than lately."""
    recent = series[-_NOTHING_DAYS:]
    recent = recent[~np.isnan(recent)]
    share = (float((recent == 0).sum()) + 0.5) / (recent.size + 1)
    return np.asarray(np.minimum(share ** (means / max(float(recent.mean()), _TINY)), 1 - _TINY))
