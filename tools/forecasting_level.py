"""Point forecasts of one daily series: a level and a weekday profile, and the two simple forecasts it has to beat.

Everything works on windows: rows of LOOKBACK days that end on an origin, NaN where a day is unknown or lies before the
first. Weeks are counted back from the origin, so that slot 0 of a profile is the weekday of the first day forecast.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tools.own import Bools, Floats, Ints

WEEK = 7
WEEKS = 28
LOOKBACK = WEEKS * WEEK
RECENT = 28  # days that the weekday mean rests on
PROFILE_HALF_LIFE = 20.0  # weeks; a weekday's share of the week changes slowly
LEVEL_HALF_LIFE = (7.0, 40.0)  # days, least and most
ROUGH_HALF_LIFE = 20.0  # days; of the level that only tells how noisy the series is
CLOSED = 12.0  # a weekday that was never open although so many were to be expected is closed
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Points:
    """Forecasts of n origins with what their errors are made of: chance, the estimate's own, and the level's way."""

    daily: Floats  # (n, horizon)
    noise: Floats  # (n,) variance of a day / its mean, in the series' unit
    own: float  # the day's own estimate: its variance as a multiple of the day's
    settled: Floats  # (n,) relative variance of the estimated level
    lag: Floats  # (n,) days that the level looks back, on average
    drift: float  # how far a level goes in a day: standard deviation as a share of it
    skip: int = 0  # days at the start of the horizon that the sum leaves out

    @property
    def horizon(self) -> int:
        return int(self.daily.shape[1])

    @property
    def total(self) -> Floats:
        """(n,) the sum over the horizon without the days left out."""
        return np.asarray(self.daily[:, self.skip :].sum(axis=1))

    def day_variance(self, stretch: float = 1.0) -> Floats:
        """(n, horizon). `stretch` multiplies what is not chance: how far the level is off."""
        ahead = np.arange(1, self.horizon + 1)
        moved = (self.drift**2 * (ahead[None, :] + self.lag[:, None]) + self.settled[:, None]) * stretch
        return np.asarray(self.noise[:, None] * self.daily * (1 + self.own) + moved * self.daily**2)

    def total_variance(self, stretch: float = 1.0) -> Floats:
        """(n,)."""
        days = self.horizon - self.skip
        ahead = self.skip + (days + 1) * (2 * days + 1) / (6 * days)  # of the mean of a random walk's steps
        moved = (self.drift**2 * (ahead + self.lag) + self.settled) * stretch
        return np.asarray(self.noise * self.total + moved * self.total**2)


def windows(series: Floats, origins: Ints) -> Floats:
    """(n, LOOKBACK): the days before each origin; an origin is the number of days known."""
    padded = np.concatenate([np.full(LOOKBACK, np.nan), series])
    return np.asarray(sliding_window_view(padded, LOOKBACK)[origins])


def ours(window: Floats, horizon: int, drift: float) -> Points:
    """An exponentially weighted level, the slower the noisier the series, times a long-run weekday profile."""
    profile = weekday_profile(window)
    known = ~np.isnan(window)
    days = np.where(known, window, 0.0)
    share = np.where(known, np.tile(profile, WEEKS), 0.0)
    noise = _noise(days, share)
    age = np.arange(LOOKBACK)[::-1]
    rough = _level(days, share, np.full(len(window), ROUGH_HALF_LIFE), age)[0]
    spread = np.sqrt(noise / np.maximum(rough, _TINY))
    half_life = np.clip(np.log(2) * spread / drift, *LEVEL_HALF_LIFE)
    level, rests_on = _level(days, share, half_life, age)
    daily = level[:, None] * profile[:, np.arange(horizon) % WEEK]
    settled = noise / np.maximum(level, _TINY) * rests_on
    return Points(daily, noise, 0.0, settled, half_life / (2 * np.log(2)), drift)


def weekday_mean(window: Floats, horizon: int, drift: float) -> Points:
    """The mean of each weekday over the last four weeks."""
    recent = window[:, -RECENT:].reshape(len(window), -1, WEEK)
    known = ~np.isnan(recent)
    mean = np.where(known, recent, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return _simple(window, mean, horizon, RECENT, drift)


def last_week(window: Floats, horizon: int, drift: float) -> Points:
    """The last week, repeated."""
    return _simple(window, np.nan_to_num(window[:, -WEEK:]), horizon, WEEK, drift)


def weekday_profile(window: Floats) -> Floats:
    """(n, 7) with mean 1: each weekday's share of the whole known weeks, drawn towards 1 as far as it may be chance."""
    weeks = window.reshape(len(window), WEEKS, WEEK)
    whole: Bools = np.logical_not(np.isnan(weeks).any(axis=2))
    days = np.where(whole[:, :, None], weeks, 0.0)
    weight = 0.5 ** (np.arange(WEEKS)[::-1] / PROFILE_HALF_LIFE) * whole
    summed = np.einsum("nw,nwd->nd", weight, days)
    mean = summed.mean(axis=1, keepdims=True)
    raw = np.where(mean > 0, summed / np.maximum(mean, _TINY), 1.0)
    level = days.mean(axis=2)
    count = whole.sum(axis=1)
    left = np.where(whole[:, :, None], days - level[:, :, None] * raw[:, None, :], 0.0)
    freedom = np.maximum(count - 1, 1) / np.maximum(count, 1) * 6 / 7
    noise = (left**2).sum(axis=(1, 2)) / np.maximum(days.sum(axis=(1, 2)), _TINY) / freedom
    by_chance = noise * (weight**2 * level).sum(axis=1) / np.maximum((weight * level).sum(axis=1), _TINY) ** 2 * 6 / 7
    seen = ((raw - 1) ** 2).sum(axis=1) / 6
    real = np.clip(1 - by_chance / np.maximum(seen, _TINY), 0.0, 1.0)
    closed = (raw == 0) & (days.sum(axis=(1, 2)) > CLOSED * WEEK * noise)[:, None]
    return np.asarray(np.where(closed, 0.0, 1 + real[:, None] * (raw - 1)))


def _simple(window: Floats, mean: Floats, horizon: int, rests_on: int, drift: float) -> Points:
    """A forecast made of the same weekdays of so many days."""
    known = ~np.isnan(window)
    noise = _noise(np.where(known, window, 0.0), np.where(known, np.tile(weekday_profile(window), WEEKS), 0.0))
    level = np.maximum(mean.mean(axis=1), _TINY)
    lag = np.full(len(window), rests_on / 2)
    own = 6 / rests_on  # one weekday rests on a seventh of them; what all weekdays share is in `settled`
    return Points(mean[:, np.arange(horizon) % WEEK], noise, own, noise / level / rests_on, lag, drift)


def _level(days: Floats, share: Floats, half_life: Floats, age: Ints) -> tuple[Floats, Floats]:
    """The weighted level, and the share of one day's variance that remains in it."""
    weight = 0.5 ** (age[None, :] / half_life[:, None])
    base = np.maximum((weight * share).sum(axis=1), _TINY)
    return (weight * days).sum(axis=1) / base, (weight**2 * share).sum(axis=1) / base**2


def _noise(days: Floats, share: Floats) -> Floats:
    """Variance of a day around its five weeks' level, as a multiple of its mean: 1 for counts by pure chance."""
    level = _five_weeks(days) / np.maximum(_five_weeks(share), _TINY)
    expected = np.repeat(level, WEEK, axis=1) * share
    left = np.where(share > 0, days - expected, 0.0)
    return np.asarray((left**2).sum(axis=1) / np.maximum(expected.sum(axis=1), _TINY) * 35 / 33)


def _five_weeks(days: Floats) -> Floats:
    """(n, WEEKS): the sum of each week, the two before and the two after."""
    weekly = days.reshape(len(days), WEEKS, WEEK).sum(axis=2)
    padded = np.pad(weekly, ((0, 0), (2, 2)))
    return np.asarray(sliding_window_view(padded, 5, axis=1).sum(axis=2))
