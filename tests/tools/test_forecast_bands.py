"""The ends of bands: right shares for counts of every size, for money, and for days on which nothing happens."""

import numpy as np
import pytest
from scipy import stats

from tools.forecasting_backtest import few_days, look_ahead, widening
from tools.forecasting_bands import count_cdf, count_ends, gamma_ends, money_ends

LEVELS = np.array([0.025, 0.1, 0.9, 0.975])


def test_counts_are_negative_binomial_above_the_mean_and_binomial_below_it() -> None:
    counts = np.arange(40.0)
    np.testing.assert_allclose(
        count_cdf(counts, np.array([6.0]), np.array([12.0])), stats.nbinom.cdf(counts, 6, 0.5), atol=1e-12
    )
    np.testing.assert_allclose(
        count_cdf(counts, np.array([6.0]), np.array([3.0])), stats.binom.cdf(counts, 12, 0.5), atol=1e-9
    )
    np.testing.assert_allclose(
        count_cdf(counts, np.array([6.0]), np.array([6.0])), stats.poisson.cdf(counts, 6), atol=1e-3
    )


@pytest.mark.parametrize("shape", [1.0, 1.4])
def test_bands_of_small_counts_hold_their_share_on_average(shape: float) -> None:
    means = np.exp(np.linspace(np.log(2.5), np.log(30), 400))
    ends = count_ends(means, shape * means, LEVELS)
    held80, held95 = [], []
    for mean, (low95, low80, high80, high95) in zip(means, ends, strict=True):
        counts = np.arange(200)
        chance = np.diff(count_cdf(counts, np.array(mean), np.array(shape * mean)), prepend=0.0)
        held80.append(chance[(counts >= low80) & (counts <= high80)].sum())
        held95.append(chance[(counts >= low95) & (counts <= high95)].sum())
    assert np.mean(held80) == pytest.approx(0.8, abs=0.01)
    assert np.mean(held95) == pytest.approx(0.95, abs=0.008)


def test_small_and_large_counts_meet() -> None:
    below, above = count_ends(np.array([149.9, 150.1]), np.array([220.0, 220.0]), LEVELS)
    np.testing.assert_allclose(below, above, atol=0.8)


def test_ends_rise_with_the_level_and_never_below_nothing() -> None:
    chance = np.random.default_rng(2)
    means = np.concatenate([[0.0], chance.gamma(1.0, 30.0, 200)])
    spread = means * chance.uniform(0.5, 4.0, 201)
    for ends in (
        count_ends(means, spread, LEVELS), gamma_ends(means, spread, LEVELS),
        money_ends(means, spread * means, chance.uniform(0, 1, 201), LEVELS),
    ):  # fmt: skip
        assert np.isfinite(ends).all()
        assert (ends >= 0).all()
        assert (np.diff(ends, axis=1) >= -1e-9).all()
        assert (ends[0] == 0).all()


def test_money_with_idle_days_holds_its_share() -> None:
    chance = np.random.default_rng(4)
    idle, shape = np.array([0.02, 0.08, 0.15, 0.3, 0.5]), 2.0
    means = (1 - idle) * 100
    variance = (1 - idle) * (100**2 / shape + 100**2) - means**2
    ends = money_ends(means, variance, idle, LEVELS)
    for share, (low95, low80, high80, high95) in zip(idle, ends, strict=True):
        drawn = np.where(chance.random(40_000) < share, 0.0, chance.gamma(shape, 100 / shape, 40_000))
        assert (drawn > high80).mean() == pytest.approx(0.1, abs=0.01)
        assert (drawn > high95).mean() == pytest.approx(0.025, abs=0.005)
        assert (low80 == 0) == (share >= 0.2)
        assert (low95 == 0) == (share >= 0.05)


def test_own_errors_widen_and_narrow_what_the_model_says() -> None:
    variances = np.full(40, 4.0)
    assert widening(np.full(40, 2.0), variances, 28) == pytest.approx(1.0)
    assert 1.5 < widening(np.full(40, 4.0), variances, 28) < 4.0
    assert 0.2 < widening(np.zeros(40), variances, 28) < 0.9
    assert widening(np.full(40, 4.0), variances, 7) > widening(np.full(40, 4.0), variances, 28)  # more that are new
    assert widening(np.full(0, 4.0), np.zeros(0), 28) == 1.0
    assert widening(np.array([1e9]), np.ones(1), 28) < 2.0


@pytest.mark.parametrize("horizon", [1, 7, 13, 28])
def test_an_outlook_is_whole_for_every_horizon(horizon: int) -> None:
    series = np.random.default_rng(horizon).poisson(8 * np.resize([0, 1, 1, 1, 1, 2, 2], 120)).astype(float)
    outlook = look_ahead(series, horizon, "count")
    assert outlook.daily.shape == (horizon,)
    assert outlook.daily_ends.shape == (horizon, 4)
    low95, low80, high80, high95 = outlook.total_ends
    assert low95 < low80 < outlook.total < high80 < high95
    assert outlook.total == pytest.approx(outlook.daily.sum())
    assert outlook.backtests == (120 - 28 - horizon) // 7 + 1


def test_a_constant_series_needs_no_error_and_no_band() -> None:
    outlook = look_ahead(np.full(100, 5.0), 28, "count")
    assert outlook.errors == {}
    assert outlook.method == "weekday_mean"
    np.testing.assert_allclose(outlook.daily, 5.0)


def test_bands_widen_with_the_days_ahead_and_with_the_noise() -> None:
    chance = np.random.default_rng(11)
    calm, wild = (look_ahead(chance.negative_binomial(n, n / (n + 50), 200) * 1.0, 28, "count") for n in (400, 4))
    wide = [o.daily_ends[:, 2] - o.daily_ends[:, 1] for o in (calm, wild)]
    assert wide[0][21:].mean() > wide[0][:7].mean()
    assert wide[1].mean() > 2 * wide[0].mean()
    assert np.ptp(wild.total_ends) > 1.5 * np.ptp(calm.total_ends)


def test_short_unknown_or_idle_series_are_refused() -> None:
    busy = np.ones(56)
    assert not few_days(busy)
    assert few_days(busy[1:])
    assert few_days(np.concatenate([busy, np.zeros(43)]))
    assert not few_days(np.concatenate([busy, np.zeros(42)]))
    assert few_days(np.where(np.arange(56) < 15, np.nan, busy))
    assert few_days(np.zeros(0))


def test_the_total_of_one_day_has_the_band_of_that_day() -> None:
    chance = np.random.default_rng(17)
    for kind, series in (
        ("count", chance.poisson(6, 140) * 1.0),
        ("money", chance.gamma(2, 30, 140) * (chance.random(140) < 0.8)),
    ):
        outlook = look_ahead(series, 1, kind)  # type: ignore[arg-type]
        np.testing.assert_allclose(outlook.total_ends, outlook.daily_ends[0], rtol=1e-9)
