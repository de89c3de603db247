"""The arithmetic of an action's effect: exact where nothing is left to chance, honest where something is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tools.differences import difference_in_differences
from tools.groups import FEWEST
from tools.matching import MATCHES

DAYS, START, AFTER = 230, 195, 35
Floats = NDArray[np.float64]


def shops(count: int, *, seed: int, level: float = 60.0, drift: float = 0.0) -> Floats:
    """Poisson visits; `drift`: how far a shop's level walks in a day, as a share."""
    chance = np.random.default_rng(seed)
    size = level * np.exp(0.4 * chance.standard_normal(count))
    walk = np.exp(np.cumsum(drift * chance.standard_normal((count, DAYS)), axis=1))
    return chance.poisson(size[:, None] * walk).astype(np.float64)


def steady(count: int) -> Floats:
    """Shops that do the same every day; no two of the same size."""
    return np.repeat(50.0 + 3 * np.arange(count)[:, None], DAYS, axis=1)


def test_without_chance_the_effect_is_exact_and_what_all_share_cancels() -> None:
    values = steady(15)
    values[:, START:] *= 1.1
    values[3, START:] *= 1.2
    found = difference_in_differences(values, 3, START, AFTER)
    assert found is not None
    assert found.effect == pytest.approx(0.2, abs=1e-12)
    assert found.low <= 0.2 <= found.high
    assert found.high - found.low < 0.01
    assert (found.before, found.after) == pytest.approx((59.0, 59 * 1.32))
    assert found.matches == 14


def test_a_pulse_of_weekdays_that_all_share_cancels() -> None:
    values = steady(15) * np.where(np.arange(DAYS) % 7 < 5, 0.6, 2.0)
    values[0, START:] *= 1.25
    found = difference_in_differences(values, 0, START, 20)  # twenty days hold other weekdays than twenty-eight
    assert found is not None
    assert found.effect == pytest.approx(0.25, abs=1e-12)


def test_the_effect_is_what_its_own_figures_say() -> None:
    found = difference_in_differences(shops(40, seed=1, drift=0.01), 5, START, AFTER)
    assert found is not None
    assert found.effect == pytest.approx(
        (found.after / found.before) / (found.matched_after / found.matched_before) - 1
    )
    assert found.low < found.effect < found.high


def test_fewer_than_ten_shops_to_compare_with_is_no_answer() -> None:
    assert difference_in_differences(steady(FEWEST), 0, START, AFTER) is None
    assert difference_in_differences(steady(FEWEST + 1), 0, START, AFTER) is not None


def test_who_acted_too_is_never_matched() -> None:
    values = steady(25)
    values[:10, START:] *= 3.0
    never = np.arange(25) < 10
    found = difference_in_differences(values, 12, START, AFTER, never=never)
    assert found is not None
    assert (found.matches, found.effect) == (14, pytest.approx(0.0, abs=1e-12))


def test_quiet_shops_are_matched_before_nearer_ones_that_did_something_else() -> None:
    values = steady(MATCHES + 20)
    values[20:40, START:] *= 1.5  # around shop 30 in level
    loud = np.zeros(MATCHES + 20, dtype=np.bool_)
    loud[20:40] = True
    loud[30] = False
    found = difference_in_differences(values, 30, START, AFTER, loud=loud)
    assert found is not None
    assert found.matches == MATCHES
    unaware = difference_in_differences(values, 30, START, AFTER)
    assert unaware is not None
    assert found.effect > unaware.effect  # all forty quiet ones come first: the rising nineteen stay out
    assert found.effect == pytest.approx(0.5, abs=1e-12)


def test_a_shop_that_grew_all_along_is_matched_with_such_that_did() -> None:
    grown = np.exp(0.006 * np.arange(DAYS))
    values = np.concatenate([steady(60), steady(60) * grown])
    found = difference_in_differences(values, 100, START, AFTER)
    assert found is not None
    assert found.matches == MATCHES
    assert found.effect == pytest.approx(0.0, abs=0.005)


def test_a_young_shop_is_not_matched_with_old_ones() -> None:
    values = steady(40)
    values[:20, : START - 40] = np.nan  # opened forty days before
    found = difference_in_differences(values, 0, START, AFTER)
    assert found is not None
    assert found.matches == 19


def test_who_has_no_data_to_the_end_is_not_matched() -> None:
    values = steady(40)
    values[1:21, -1] = np.nan
    found = difference_in_differences(values, 0, START, AFTER)
    assert found is not None
    assert found.matches == 19


def test_the_order_of_rows_is_irrelevant() -> None:
    values = shops(70, seed=2, drift=0.01)
    loud = np.arange(70) % 3 == 0
    order = np.random.default_rng(5).permutation(70)
    a = difference_in_differences(values, 7, START, AFTER, loud=loud)
    b = difference_in_differences(values[order], int(np.flatnonzero(order == 7)[0]), START, AFTER, loud=loud[order])
    assert a is not None
    assert b is not None
    assert (a.effect, a.low, a.high, a.matches) == pytest.approx((b.effect, b.low, b.high, b.matches), rel=1e-9)


def test_small_shops_and_restless_ones_get_wider_intervals() -> None:
    def width(values: Floats) -> float:
        found = [difference_in_differences(values, at, START, AFTER) for at in range(10)]
        return float(np.mean([f.high - f.low for f in found if f is not None]))

    large = width(shops(50, seed=3, level=100.0))
    assert width(shops(50, seed=3, level=10.0)) > 2 * large
    assert width(shops(50, seed=3, level=100.0, drift=0.03)) > 2 * large


def test_one_restless_shop_among_calm_ones_is_told_from_its_own_past() -> None:
    calm, restless = shops(50, seed=4, level=100.0), shops(50, seed=4, level=100.0, drift=0.03)
    mixed = calm.copy()
    mixed[0] = restless[0]
    a, b = difference_in_differences(calm, 0, START, AFTER), difference_in_differences(mixed, 0, START, AFTER)
    assert a is not None
    assert b is not None
    assert b.high - b.low > 1.5 * (a.high - a.low)


@pytest.mark.parametrize(("level", "drift"), [(20.0, 0.0), (60.0, 0.008), (60.0, 0.02)])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty(level: float, drift: float) -> None:
    covered = []
    for seed in range(8):
        values = shops(60, seed=100 + seed, level=level, drift=drift)
        for at in range(30):
            lifted = values.copy()
            lifted[at, START:] *= 1.3
            found = difference_in_differences(lifted, at, START, AFTER)
            assert found is not None
            covered.append(found.low <= 0.3 <= found.high)
    assert 0.90 <= np.mean(covered) <= 0.99  # 240 trials that share their matches: two standard errors and some


def test_an_empty_window_after_has_a_figure_and_no_warning() -> None:
    values = shops(30, seed=6)
    values[0, START:] = 0.0
    found = difference_in_differences(values, 0, START, AFTER)
    assert found is not None
    assert found.effect < -0.9
