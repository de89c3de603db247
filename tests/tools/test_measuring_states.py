"""Why a figure has no value is told apart: too little, too new, nothing, not connected, half a day, not fresh."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools.measuring_desk import NEWEST, Row, ago, everybody, measure, shop, visit, write_platform
from tools.types import Measurement, ScoreCard

OLD = visit("old", ago(200))


def card(folder: Path, rows: list[Row], **tables: list[Row]) -> ScoreCard:
    platform = write_platform(folder / "platform", activity=rows, **tables)
    meter = measure(folder, platform, on=[ago(1), ago(0)])
    return meter.card(everybody(meter), "M1", on=NEWEST, today=ago(-1))


def crowd(size: int, day: int = 1, **more: Any) -> list[Row]:
    return [visit(f"u{i}", ago(day), **more) for i in range(size)]


def has_no_value(found: Measurement) -> bool:
    return (found.value, found.numerator, found.denominator) == (None, None, None)


def two_shops(folder: Path, metric: str, few: list[Row], enough: list[Row], **tables: list[Row]) -> list[Measurement]:
    """The metric of M1 with the rows `few` and of M2 with the rows `enough`, on one platform."""
    rows = [OLD, *few, *({**row, "merchant_id": "M2"} for row in (OLD, *enough))]
    meter = measure(folder, write_platform(folder / "platform", activity=rows, **tables))
    return [meter.card(everybody(meter), m, on=NEWEST, today=ago(-1)).figures[metric] for m in ("M1", "M2")]


@pytest.mark.parametrize(
    ("metric", "rows"),
    [
        ("conversion_rate", lambda n: crowd(n)),
        ("identified_share", lambda n: crowd(n)),
        ("interaction_rate", lambda n: crowd(n)),
        ("visit_days_per_user", lambda n: crowd(n)),
        ("revenue_per_active_user", lambda n: crowd(n)),
        ("return_rate_28d", lambda n: [visit("u0", ago(1)), *crowd(n, day=30)]),
        ("active_rate", lambda n: [visit("u0", ago(1)), *crowd(n, day=150)]),
    ],
)
def test_a_rate_over_visitors_needs_thirty_of_them(
    tmp_path: Path, metric: str, rows: Callable[[int], list[Row]]
) -> None:
    few, enough = two_shops(tmp_path, metric, rows(29), rows(30))
    assert (few.state, enough.state) == ("too_small", "ok")
    assert has_no_value(few)
    assert (few.n, enough.n) == (29, 30)


@pytest.mark.parametrize("metric", ["average_order_value", "repurchase_rate_90d"], ids=["orders", "buyers"])
def test_orders_and_buyers_need_twenty(tmp_path: Path, metric: str) -> None:
    few, enough = two_shops(tmp_path, metric, crowd(19, orders=1, gmv=50), crowd(20, orders=1, gmv=50))
    assert (few.state, enough.state) == ("too_small", "ok")


@pytest.mark.parametrize("metric", ["discount_rate", "refund_rate"])
def test_rates_of_money_need_a_hundred_yuan_of_sales_however_large_the_discount(tmp_path: Path, metric: str) -> None:
    few, enough = (visit("a", ago(1), orders=1, gmv=gmv, discount=500, refunds=1) for gmv in (99.99, 100))
    found = two_shops(tmp_path, metric, [few], [enough])
    assert [f.state for f in found] == ["too_small", "ok"]


@pytest.mark.parametrize(
    ("metric", "table", "few", "enough"),
    [
        ("redemption_rate", "coupons", {"issued": 99}, {"issued": 100}),
        ("coupon_return", "coupons", {"discount": 0.99}, {"discount": 1}),
        ("new_user_cost", "promotion", {"new_users": 4, "spend": 9}, {"new_users": 5, "spend": 9}),
        ("promotion_return", "promotion", {"spend": 0.99}, {"spend": 1}),
    ],
)
def test_coupons_and_promotion_have_minimums_of_their_own(
    tmp_path: Path, metric: str, table: str, few: Row, enough: Row
) -> None:
    at = {"day": ago(2), "coupon_id": "c", "place": "p"}
    sent = [{**at, "merchant_id": "M1", **few}, {**at, "merchant_id": "M2", **enough}]
    found = two_shops(tmp_path, metric, crowd(1), crowd(1), **{table: sent})
    assert [f.state for f in found] == ["too_small", "ok"]


def test_a_table_that_does_not_exist_is_not_connected_and_one_without_rows_of_the_shop_is_empty(tmp_path: Path) -> None:
    other = {"merchant_id": "M2", "day": ago(2), "coupon_id": "c", "issued": 500}
    found = card(tmp_path, [OLD, *crowd(1), visit("x", ago(1), merchant="M2")], coupons=[other]).figures
    assert found["redemption_rate"].state == "empty"
    assert {found[m].state for m in ("new_user_cost", "promotion_return", "followers")} == {"not_connected"}
    assert all(has_no_value(found[m]) for m in ("redemption_rate", "followers"))


def test_a_covered_shop_without_a_visitor_has_zero_visitors_and_that_is_a_value(tmp_path: Path) -> None:
    found = card(tmp_path, [OLD, visit("b", ago(1), merchant="M2")], feeds=[
        {"merchant_id": "M1", "newest_day": ago(1), "complete": True}
    ]).figures  # fmt: skip
    assert (found["visitors_28d"].state, found["visitors_28d"].value) == ("ok", 0)
    assert (found["new_users_28d"].state, found["new_users_28d"].value) == ("ok", 0)
    assert found["conversion_rate"].state == "empty"


@pytest.mark.parametrize(
    ("metric", "history"),
    [
        ("visitors_28d", 28),
        ("new_users_28d", 56),
        ("return_rate_28d", 56),
        ("repurchase_rate_90d", 90),
        ("active_rate", 180),
    ],
)
def test_a_metric_waits_until_its_window_is_covered(tmp_path: Path, metric: str, history: int) -> None:
    rows = [visit(f"u{i}", ago(d), orders=1, gmv=9) for i in range(30) for d in (0, 27, 30) if d < history - 1]
    late = [*rows, visit("first", ago(history - 2))]
    ready = [*rows, visit("first", ago(history - 1))]
    both = [*late, *({**row, "merchant_id": "M2"} for row in ready)]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=both))
    found = [meter.card(everybody(meter), m, on=NEWEST, today=NEWEST).figures[metric] for m in ("M1", "M2")]
    assert found[0].state == "too_small"
    assert has_no_value(found[0])
    assert found[1].state in ("ok", "empty")


def test_a_shop_that_nobody_ever_visited_is_empty(tmp_path: Path) -> None:
    found = card(tmp_path, [visit("b", ago(d), merchant="M2") for d in (0, 200)], merchants=[shop("M1"), shop("M2")])
    assert found.state == "empty"
    assert found.newest_day is None
    assert found.figures["visitors_28d"].state == "empty"
    assert has_no_value(found.figures["visitors_28d"])
    assert not any(k.endswith((".score", ".gain_at_median")) for k in found.figures)


def feed(newest: int, complete: bool = True) -> dict[str, list[Row]]:
    return {"feeds": [{"merchant_id": "M1", "newest_day": ago(newest), "complete": complete}]}


def rows_until(newest: int) -> list[Row]:
    return [OLD, *(visit(f"u{i}", ago(d)) for i in range(40) for d in (newest, newest + 1)), visit("x", NEWEST, "M2")]


def test_values_of_a_half_day_are_partial_and_have_no_score(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", activity=rows_until(0), **feed(0, complete=False))
    meter = measure(tmp_path, platform)
    found = meter.card(everybody(meter), "M1", on=NEWEST, today=ago(-1))
    # nothing older is in this snapshot, so the half day is all there is, and it says so
    assert found.state == "partial"
    assert found.figures["visitors_28d"].state == "partial"
    assert found.figures["visitors_28d"].value == 40
    assert "visitors_28d.score" not in found.figures


def test_a_card_falls_back_to_the_last_complete_day(tmp_path: Path) -> None:
    found = card(tmp_path, rows_until(0), **feed(0, complete=False))
    assert (found.state, found.as_of, found.newest_day) == ("partial", ago(1), ago(0))
    assert found.figures["visitors_28d"].state == "ok"
    assert found.figures["visit_days_per_user"].value == 1


@pytest.mark.parametrize(("newest", "state"), [(3, "ok"), (4, "stale")])
def test_a_value_goes_stale_when_nothing_new_came_for_more_than_three_days(
    tmp_path: Path, newest: int, state: str
) -> None:
    platform = write_platform(tmp_path / "platform", activity=rows_until(newest), **feed(newest))
    meter = measure(tmp_path, platform)
    found = meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST)
    assert found.state == state
    assert found.figures["visitors_28d"].state == state
    assert found.figures["visitors_28d"].value == 40


def test_without_a_feeds_table_the_newest_row_tells_how_fresh_a_shop_is(tmp_path: Path) -> None:
    found = card(tmp_path, rows_until(6))
    assert (found.state, found.newest_day) == ("stale", ago(6))
