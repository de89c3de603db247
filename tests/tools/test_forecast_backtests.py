"""A few hundred backtests on data that no constant was fitted on; `make soak` runs thousands."""

from datetime import date

import numpy as np
import pytest

from tests.platforms import write_tables
from tests.soak.forecasts import completejourney, judge, outcomes
from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.forecasting_fit import SEEDS
from tools.forecasting_trials import trials
from tools.own import Floats
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot

ANCHOR = date(2026, 3, 15)
TRIALS = 350


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    """Forty shops of a seed that no constant was fitted on."""
    platform, snapshot = tmp_path_factory.mktemp("platform"), tmp_path_factory.mktemp("snapshot")
    write_tables(platform, slice_industry(seed=23, anchor=ANCHOR, merchants=40, days=360))
    build_snapshot(platform, snapshot, catalog=load_catalog(), calendar=[ANCHOR])
    return SnapshotMeter(snapshot, load_catalog())


@pytest.fixture(scope="module")
def judged(generated: SnapshotMeter) -> dict[str, Floats]:
    with completejourney() as bought:
        return {"demo": judge(generated, TRIALS, seed=1), "baskets": judge(bought, TRIALS, seed=1)}


@pytest.mark.parametrize("data", ["demo", "baskets"])
def test_bands_hold_about_what_they_promise(judged: dict[str, Floats], data: str) -> None:
    days80, days95, totals80, totals95 = judged[data][:, :4].mean(axis=0)
    # Totals are one each, so that 350 of them stray by 2.1 points (80 %) and 1.2 points (95 %) by chance.
    assert days80 == pytest.approx(0.80, abs=0.04)
    assert days95 == pytest.approx(0.95, abs=0.025)
    assert totals80 == pytest.approx(0.80, abs=0.065)
    assert totals95 == pytest.approx(0.95, abs=0.04)


@pytest.mark.parametrize("data", ["demo", "baskets"])
def test_the_error_is_well_under_both_simple_forecasts(judged: dict[str, Floats], data: str) -> None:
    told, last_week, weekday_mean = judged[data][:, 4:].mean(axis=0)
    assert told < 0.97 * weekday_mean
    assert told < 0.85 * last_week


def test_bands_that_are_off_are_reported_as_missed() -> None:
    good = np.tile([0.8, 0.95, 0.8, 0.95, 0.8, 1.0, 0.9], (50, 1))
    assert [outcome.missed for outcome in outcomes("x", good)] == [False, False]
    for column, value in ((0, 0.76), (1, 0.98), (2, 0.84), (3, 0.92)):
        bad = good.copy()
        bad[:, column] = value
        assert [outcome.missed for outcome in outcomes("x", bad)] == [True, False]
    worse = good.copy()
    worse[:, 4] = 0.95
    assert [outcome.missed for outcome in outcomes("x", worse)] == [False, True]


def test_trials_are_the_same_for_the_same_seed_and_know_nothing_of_what_came(generated: SnapshotMeter) -> None:
    first, again = (list(trials(generated, 40, seed=9)) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        assert (one.merchant_id, one.series, one.total) == (two.merchant_id, two.series, two.total)
        np.testing.assert_array_equal(one.known.values, two.known.values)
        assert one.known.told is None or len(one.known.told) == len(one.known.values)
        if one.known.kind != "once":
            assert one.total == pytest.approx(one.daily.sum())


def test_nothing_is_judged_on_what_the_constants_were_fitted_on() -> None:
    assert not {7, 23} & set(SEEDS)
