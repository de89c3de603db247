"""Point forecasts: weekdays and level are found, nothing of the future leaks, ours beats both simple ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.forecasting_backtest import METHODS, best
from tools.forecasting_level import LOOKBACK, Points, last_week, ours, weekday_mean, weekday_profile, windows
from tools.own import Floats

WEEKDAYS = np.array([0.8, 0.9, 0.9, 1.0, 1.1, 1.3, 1.0])
DRIFT = 0.015


def _window(series: Floats) -> Floats:
    return windows(series, np.array([len(series)]))


def _series(days: int, level: float = 40.0) -> Floats:
    return level * np.resize(WEEKDAYS, days)


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_series_that_repeats_itself_is_foreseen_exactly(method: object) -> None:
    series = _series(21 * 7 + 3)
    made: Points = method(_window(series), 28, DRIFT)  # type: ignore[operator]
    np.testing.assert_allclose(made.daily[0], _series(len(series) + 28)[-28:], rtol=1e-9)


def test_a_window_ends_on_its_origin_and_knows_nothing_before_the_first_day() -> None:
    window = windows(np.arange(100.0), np.array([100, 60]))
    assert window.shape == (2, LOOKBACK)
    assert window[:, -1].tolist() == [99.0, 59.0]
    assert np.isnan(window[1, : LOOKBACK - 60]).all()
    assert not np.isnan(window[1, LOOKBACK - 60 :]).any()


def test_the_weekday_means_are_those_of_four_weeks_and_the_last_week_is_repeated() -> None:
    series = np.random.default_rng(3).poisson(9, 90).astype(float)
    expected = [np.mean([series[-7 * week + slot] for week in (1, 2, 3, 4)]) for slot in range(7)]
    np.testing.assert_allclose(weekday_mean(_window(series), 28, DRIFT).daily[0], np.resize(expected, 28))
    np.testing.assert_array_equal(last_week(_window(series), 10, DRIFT).daily[0], np.resize(series[-7:], 10))


def test_weekdays_that_differ_by_chance_only_are_drawn_together() -> None:
    chance = np.random.default_rng(5)
    flat = weekday_profile(np.stack([chance.poisson(3.0, LOOKBACK).astype(float) for _ in range(60)]))
    real = weekday_profile(np.stack([chance.poisson(30 * np.resize(WEEKDAYS, LOOKBACK)) for _ in range(60)]) * 1.0)
    assert np.abs(flat - 1).mean() < 0.035  # unshrunk weekdays of 28 weeks stray by 0.075 here
    assert np.abs(real - WEEKDAYS / WEEKDAYS.mean()).max() < 0.15
    assert np.abs(real.mean(axis=0) - WEEKDAYS / WEEKDAYS.mean()).max() < 0.03


def test_a_closed_weekday_is_foreseen_closed() -> None:
    series = np.random.default_rng(8).poisson(20 * np.resize([0, 1, 1, 1, 1, 1, 1], 140)).astype(float)
    daily = ours(_window(series), 28, DRIFT).daily[0]
    assert daily[::7].max() == 0
    assert daily[1:7].min() > 15


def test_a_level_that_shifted_is_followed() -> None:
    chance = np.random.default_rng(13)
    series = np.concatenate([chance.poisson(20, 200), chance.poisson(40, 28)]).astype(float)
    assert ours(_window(series), 28, DRIFT).daily[0].mean() > 32


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_what_comes_after_an_origin_changes_nothing(seed: int) -> None:
    chance = np.random.default_rng(seed)
    series = chance.poisson(6, 150).astype(float)
    other = np.concatenate([series[:100], chance.poisson(60, 50)])
    for method in METHODS.values():
        there, here = (method(windows(s, np.array([70, 100])), 28, DRIFT) for s in (series, other))
        np.testing.assert_array_equal(there.daily, here.daily)
        np.testing.assert_array_equal(there.total_variance(), here.total_variance())


def test_a_day_nobody_measured_is_not_a_day_without_visits() -> None:
    series = _series(140)
    series[[30, 77, 120, 135]] = np.nan
    np.testing.assert_allclose(ours(_window(series), 28, DRIFT).daily[0], _series(168)[-28:], rtol=0.05)


def test_ours_beats_both_simple_ones_where_weekdays_last_and_the_level_wanders() -> None:
    chance = np.random.default_rng(21)
    misses = dict.fromkeys(METHODS, 0.0)
    for _ in range(150):
        level = 12 * np.exp(np.cumsum(chance.normal(0, 0.01, 224)))
        series = chance.poisson(level * np.resize(WEEKDAYS, 224)).astype(float)
        for name, method in METHODS.items():
            misses[name] += np.abs(method(_window(series[:196]), 28, DRIFT).daily[0] - series[196:]).mean()
    assert best(misses) == "ours"
    assert misses["ours"] < 0.96 * misses["weekday_mean"] < 0.96 * misses["last_week"]


def test_the_better_simple_one_is_taken_where_ours_is_not_better_than_both() -> None:
    assert best({"ours": 1.0, "last_week": 1.2, "weekday_mean": 1.1}) == "ours"
    assert best({"ours": 1.1, "last_week": 1.2, "weekday_mean": 1.1}) == "weekday_mean"
    assert best({"ours": 1.1, "last_week": 1.0, "weekday_mean": 1.3}) == "last_week"
