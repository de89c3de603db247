"""The second opinion against sums done by hand on a platform small enough to read."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from . import peers
from .oracle import Card, compute_from, differences
from .rows import Platform
from .small import AS_OF, ago, row, write
from .values import DIMENSION_OF, Value

EVEN = dict.fromkeys(DIMENSION_OF, 1.0)


def one_shop() -> list[dict[str, Any]]:
    """40 users 40 days ago, 30 of them again 3 days ago, 10 new ones through promotion, and a first row long ago."""
    rows = [row("A", "old", 200)]
    rows += [row("A", f"u{i}", 40) for i in range(40)]
    rows += [row("A", f"u{i}", 3, interactions=1 if i < 6 else 0, identified=i < 15) for i in range(30)]
    rows += [row("A", f"u{i}", 2, visits=1 if i < 8 else 0) for i in range(10)]  # two of these rows are no visit
    rows += [row("A", f"n{i}", 5, "promotion") for i in range(10)]
    rows += [row("A", "n0", 5, "life_account")]  # n0 came by life_account: it sorts first
    paid: dict[str, Any] = {
        "orders": 1,
        "gmv": Decimal("10.10"),
        "discount": Decimal("1.01"),
        "refunds": Decimal("0.50"),
    }
    rows += [row("A", f"u{i}", 4, visits=0, **paid) for i in range(20)]  # buyers, on a day without a visit row
    rows += [row("A", f"u{i}", 60, **paid) for i in range(5)]
    rows += [row("A", f"n{i}", 1, visits=0, orders=1, gmv=Decimal("7.00")) for i in range(4)]
    return rows


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Card:
    coupons = [
        {
            "merchant_id": "A", "day": ago(d), "coupon_id": "c", "issued": 60, "redeemed": 9,
            "discount": Decimal("20.20"), "redeemed_gmv": Decimal("151.50"),
        }
        for d in (0, 27, 28)
    ]  # fmt: skip
    promotion = [{"merchant_id": "A", "day": ago(9), "place": "p", "spend": Decimal("42.00"), "new_users": 8}]
    followers = [{"merchant_id": "A", "day": ago(d), "followers": n} for d, n in ((1, 310), (3, 305), (30, 290))]
    folder = tmp_path_factory.mktemp("one")
    platform = write(folder, one_shop(), coupons=coupons, promotion=promotion, followers=followers)
    return compute_from(platform, AS_OF.toordinal(), EVEN)["A"]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("visitors_28d", 40),                       # u0..u29 and n0..n9; u0..u7 twice
        ("new_users_28d", 10),
        ("followers", 310),
        ("identified_share", 15 / 40),
        ("active_rate", 40 / 50),                   # u0..u39 and n0..n9 in 180 days; "old" came before
        ("visit_days_per_user", (30 + 8 + 10) / 40),
        ("return_rate_28d", 30 / 40),
        ("interaction_rate", 6 / 40),
        ("redemption_rate", 18 / 120),              # the row of 28 days ago is outside
        ("conversion_rate", 24 / 40),
        ("repurchase_rate_90d", 5 / 24),            # u0..u4 bought 60 and 4 days ago
        ("average_order_value", 220 / 24),          # 20 x 10.10 - 20 x 0.50 + 4 x 7
        ("revenue_per_active_user", 220 / 40),
        ("new_user_cost", 42 / 8),
        ("discount_rate", 20.20 / (230 + 20.20)),
        ("coupon_return", 303 / 40.40),
        ("promotion_return", 21 / 42),              # n1, n2, n3: n0's channel is life_account
        ("refund_rate", 10 / 230),
    ],
)  # fmt: skip
def test_each_figure_equals_the_sum_done_by_hand(shop: Card, metric: str, expected: float) -> None:
    assert shop.values[metric].state == "ok"
    assert shop.values[metric].value == pytest.approx(expected, rel=1e-11)


def test_user_assets_put_each_user_in_one_group(shop: Card) -> None:
    counted = {k: v for k, v in shop.figures.items() if k.startswith("users.")}
    assert counted == {
        "users.new": 10, "users.active": 30, "users.won_back": 0, "users.at_risk": 10,
        "users.lapsed": 1, "users.regulars": 5,
    }  # fmt: skip


def test_a_shop_without_peers_has_figures_but_no_score(shop: Card) -> None:
    assert shop.levels["return_rate_28d"] == ("own_past", "")
    assert not [k for k in shop.figures if k.endswith((".score", ".peers", ".peer_median"))]


def test_a_lone_shop_is_given_its_own_past_where_it_has_one(tmp_path: Path) -> None:
    rows = [row("A", "old", 500), *(row("A", f"u{i}", d) for d, n in ((0, 9), (28, 7), (380, 3)) for i in range(n))]
    figures = compute_from(write(tmp_path, rows), AS_OF.toordinal(), EVEN)["A"].figures
    assert (figures["visitors_28d"], figures["visitors_28d.past_4w"], figures["visitors_28d.past_52w"]) == (9, 7, 3)


def test_differences_name_each_figure_that_is_off_or_missing(shop: Card) -> None:
    theirs: dict[str, float | None] = {**shop.figures, "visitors_28d": 41, "refund_rate": None}
    assert differences(shop, shop.figures) == []
    assert [d.split(":")[0] for d in differences(shop, theirs)] == ["A refund_rate", "A visitors_28d"]


def test_states_tell_apart_absent_empty_small_partial_and_stale(tmp_path: Path) -> None:
    rows = [
        row("A", "x", 200),
        row("A", "y", 1),
        row("B", "x", 20),
        row("C", "x", 200),
        row("D", "x", 200),
        row("D", "x", 0),
    ]
    feeds = [
        {"merchant_id": "D", "newest_day": AS_OF, "complete": False},
        {"merchant_id": "A", "newest_day": AS_OF, "complete": True},
    ]
    platform = write(tmp_path, rows, feeds=feeds)
    state = {
        m: {k: v.state for k, v in card.values.items()}
        for m, card in compute_from(platform, AS_OF.toordinal(), EVEN).items()
    }
    assert state["A"]["followers"] == "not_connected"
    assert state["A"]["identified_share"] == "too_small"  # one visitor is under 30
    assert state["A"]["average_order_value"] == "empty"  # no order at all
    assert state["A"]["visitors_28d"] == "ok"
    assert state["B"]["visitors_28d"] == "too_small"  # history begins 20 days ago
    assert state["C"]["visitors_28d"] == "stale"  # newest day 200 days ago
    assert state["D"]["visitors_28d"] == "partial"


def test_history_must_reach_back_to_the_start_of_the_longest_window(tmp_path: Path) -> None:
    platform = write(tmp_path, [row("A", "x", 55), row("A", "y", 0), row("B", "x", 54), row("B", "y", 0)])
    cards = compute_from(platform, AS_OF.toordinal(), EVEN)
    assert cards["A"].values["new_users_28d"] == Value("ok", 1.0, 1)
    assert cards["B"].values["new_users_28d"].state == "too_small"
    assert cards["A"].values["active_rate"].state == "too_small"


def crowd(n: int, industry: str, first: int = 0) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """n shops; shop i has i + 1 visitors in the window, and so many in the quarter before."""
    merchants = [{"merchant_id": f"{industry}{i}", "name": "", "industry": industry} for i in range(n)]
    rows = [row(f"{industry}{i}", f"v{j}", d) for i in range(n) for j in range(i + 1 + first) for d in (300, 100, 1)]
    return merchants, rows


def test_the_group_widens_until_thirty_and_is_absent_under_ten(tmp_path: Path) -> None:
    big, big_rows = crowd(33, "retail")
    small, small_rows = crowd(5, "pets")
    platform = write(tmp_path, big_rows + small_rows, merchants=big + small)
    cards = compute_from(platform, AS_OF.toordinal(), EVEN)
    assert cards["retail0"].band == "small"
    assert cards["retail32"].band == "large"
    assert cards["retail16"].band == "medium"
    assert cards["retail0"].levels["visitors_28d"] == ("industry", "retail")  # a band holds only eleven
    assert cards["pets0"].levels["visitors_28d"] == ("all", "all")
    assert cards["pets0"].figures["visitors_28d.peers"] == 38
    assert cards["retail32"].figures["visitors_28d.score"] == pytest.approx(100 * 32.5 / 33)
    assert cards["pets0"].figures["visitors_28d.score"] == pytest.approx(
        100 * 1 / 38
    )  # ties with retail0: (0 + 2/2) / 38


def test_a_dimension_needs_half_its_weight_and_gains_are_points_of_that_dimension(tmp_path: Path) -> None:
    merchants, rows = crowd(33, "retail", first=40)
    platform = write(tmp_path, rows, merchants=merchants)
    cards = compute_from(platform, AS_OF.toordinal(), EVEN)
    low = cards["retail0"].figures
    assert low["scale.coverage"] == 0.75  # followers are not connected
    assert low["visitors_28d.peer_median"] == 57
    gain = (100 * 16.5 / 33 - 100 * 0.5 / 33) / 3
    assert low["visitors_28d.gain_at_median"] == pytest.approx(gain)
    assert "identified_share.gain_at_median" not in low  # all alike: nothing to gain
    assert "efficiency.score" not in low
    assert "overall.score" not in low
    assert low["scale.rank_share"] == pytest.approx(0.5 / 33)
    assert low["scale.peers"] == 33


def test_curve_knots_are_mid_ranks_and_the_curve_is_linear_between_and_constant_outside() -> None:
    knots = peers.curve([1, 2, 2, 4])
    assert knots == [(1, 0.125), (2, 0.5), (4, 0.875)]
    assert [peers.share_on(knots, v) for v in (0, 1, 1.5, 3, 4, 9)] == [0.125, 0.125, 0.3125, 0.6875, 0.875, 0.875]
    assert peers.score(knots, 4, lower_is_better=True) == 12.5


def test_the_upper_quarter_averages_at_a_jump_and_is_the_low_end_where_lower_is_better() -> None:
    assert peers.upper_quarter([1, 2, 3, 4], False) == 3.5
    assert peers.upper_quarter([1, 2, 3, 4], True) == 1.5
    assert peers.upper_quarter([1, 2, 3, 4, 5], False) == 4
    assert peers.median([1, 2, 3, 4]) == 2.5


def test_bands_are_fixed_by_the_last_day_of_the_quarter_before(tmp_path: Path) -> None:
    platform = write(tmp_path, [row("A", "x", 400), row("B", "x", 29)])
    assert date.fromordinal(peers.reference_day(AS_OF.toordinal(), platform)) == date(2026, 3, 31)
    young = write_again(tmp_path / "young", [row("A", "x", 40)])
    assert date.fromordinal(peers.reference_day(AS_OF.toordinal(), young)) == ago(13)


def write_again(folder: Path, rows: list[dict[str, Any]]) -> Platform:
    folder.mkdir()
    return write(folder, rows)
