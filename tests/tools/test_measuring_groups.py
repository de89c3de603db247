"""Bands are terciles by industry; a group widens until it is wide enough; under ten there are no peers."""

from datetime import date

import numpy as np
import pytest

from tools.groups import LEVELS, OWN_PAST, Groups, bands, group_all, levels, quarter_before, used_groups
from tools.standing import stand

NONE = float("nan")


def everywhere(industries: list[str], sizes: list[float] | None = None) -> Groups:
    return group_all(industries, np.asarray(sizes or range(len(industries)), dtype=np.float64))


def level_names(groups: Groups, ok: list[bool]) -> list[str]:
    return [LEVELS[at] for at in levels(groups, np.asarray(ok, dtype=np.bool_))]


def test_bands_are_thirds_of_each_industry_by_itself() -> None:
    industries = np.asarray([0] * 6 + [1] * 3, dtype=np.int64)
    sizes = np.asarray([10, 20, 30, 40, 50, 60, 1000, 2000, 3000], dtype=np.float64)
    assert bands(industries, sizes).tolist() == [0, 0, 1, 1, 2, 2, 0, 1, 2]


def test_equal_sizes_share_a_band() -> None:
    assert bands(np.zeros(9, dtype=np.int64), np.full(9, 7.0)).tolist() == [1] * 9


def test_a_shop_of_unknown_size_is_small_and_moves_nobody_else() -> None:
    sizes = np.asarray([NONE, 10, 20, 30], dtype=np.float64)
    assert bands(np.zeros(4, dtype=np.int64), sizes).tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 21), date(2026, 9, 30)), (date(2026, 10, 1), date(2026, 9, 30)),
        (date(2026, 9, 30), date(2026, 6, 30)), (date(2026, 2, 1), date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_bands_are_fixed_at_the_end_of_the_quarter_before(on: date, expected: date) -> None:
    assert quarter_before(on) == expected


def test_groups_are_named_by_industry_and_band() -> None:
    groups = everywhere(["cafe", "bakery", "bakery", "bakery"], [1, 1, 2, 3])
    names = [groups.names[0][key] for key in groups.keys[0]]
    assert names == ["cafe/medium", "bakery/small", "bakery/medium", "bakery/large"]


@pytest.mark.parametrize(
    ("merchants", "level"),
    [(90, "industry_band"), (89, "industry"), (30, "industry"), (29, "all"), (10, "all"), (9, "own_past")],
)
def test_a_group_widens_below_thirty_and_gives_up_below_ten(merchants: int, level: str) -> None:
    found = level_names(everywhere(["cafe"] * merchants), [True] * merchants)
    assert level in found
    assert LEVELS.index(level) == max(LEVELS.index(name) for name in found)  # type: ignore[arg-type]


def test_only_merchants_with_a_value_make_a_group_wide() -> None:
    groups = everywhere(["cafe"] * 40 + ["bakery"] * 30)
    found = level_names(groups, [True] * 29 + [False] * 11 + [True] * 30)
    assert set(found[:40]) == {"all"}
    assert set(found[40:]) == {"industry"}


def test_used_groups_name_all_peers_but_only_those_compared_at_that_level() -> None:
    groups = everywhere(["cafe"] * 5 + ["bakery"] * 30)
    ok = np.ones(35, dtype=np.bool_)
    used = {LEVELS[at]: (peers.sum(), here.sum()) for at, _, peers, here in used_groups(groups, ok, levels(groups, ok))}
    assert used == {"industry": (30, 30), "all": (35, 5)}


def test_no_peer_figure_rests_on_fewer_than_ten() -> None:
    found = stand(np.arange(9.0), np.ones(9, dtype=np.bool_), everywhere(["cafe"] * 9))
    assert (found.level == OWN_PAST).all()
    assert np.isnan([found.median, found.upper_quarter, found.score, found.rank_share]).all()
    assert found.curves == []
    assert found.peers.tolist() == [0] * 9


def test_everybody_is_among_its_own_peers_and_ties_share_a_place() -> None:
    found = stand(np.asarray([1.0] * 6 + [2.0] * 6), np.ones(12, dtype=np.bool_), everywhere(["cafe"] * 12))
    assert found.score.tolist() == [25.0] * 6 + [75.0] * 6
    assert set(found.peers) == {12}
    assert set(found.median) == {1.5}


def test_who_has_no_value_is_no_peer_gets_no_score_but_may_see_the_median() -> None:
    ok = np.ones(12, dtype=np.bool_)
    ok[0] = False
    found = stand(np.asarray([500.0, *range(11)]), ok, everywhere(["cafe"] * 12))
    assert np.isnan(found.score[0])
    assert found.median[0] == 5
    assert found.peers[0] == 11


def test_lower_is_better_turns_score_and_upper_quarter_round() -> None:
    ok = np.ones(12, dtype=np.bool_)
    high = stand(np.arange(12.0), ok, everywhere(["cafe"] * 12))
    low = stand(np.arange(12.0), ok, everywhere(["cafe"] * 12), lower_is_better=True)
    assert low.score + high.score == pytest.approx(np.full(12, 100.0))
    assert (high.upper_quarter[0], low.upper_quarter[0]) == (8.5, 2.5)
    assert low.score[0] > low.score[11]
