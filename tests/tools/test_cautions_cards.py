"""What must be said beside a figure that looks better, or surer, than it is."""

from datetime import timedelta

import pytest

from tests.tools.measuring_desk import NEWEST, ago
from tools.catalog import load_catalog
from tools.cautions import cautions
from tools.types import Measurement, Merchant, Period, ScoreCard, State

CATALOG = load_catalog()
GOOD = {
    "scale.score": (50.0, 52.0), "active.score": (40.0, 61.0), "worth.score": (50.0, 44.0),
    "discount_rate": (0.06, 0.24), "redemption_rate": (0.11, 0.3), "average_order_value": (40.0, 31.0),
    "revenue_per_active_user": (60.0, 50.0),
}  # fmt: skip


def figure(
    metric: str, value: float | None, *, n: int = 400, denominator: float = 4000, state: State = "ok"
) -> Measurement:
    return Measurement(
        metric=metric, merchant_id="M1", value=value, unit="ratio", period=Period(start=ago(27), end=NEWEST),
        as_of=NEWEST, n=n, denominator=None if value is None else denominator, state=state,
    )  # fmt: skip


def card(
    side: int, figures: dict[str, Measurement] | None = None, *, state: State = "ok", **changed: tuple[float, float]
) -> ScoreCard:
    found = {name: figure(name, pair[side]) for name, pair in {**GOOD, **changed}.items()}
    return ScoreCard(
        merchant=Merchant(merchant_id="M1", name="shop", industry="catering"), newest_day=NEWEST,
        as_of=NEWEST - timedelta(28 * (1 - side)), state=state, figures={**found, **(figures or {})},
    )  # fmt: skip


def keys(now: ScoreCard, earlier: ScoreCard | None) -> list[str]:
    return [c.key for c in cautions(now, earlier, CATALOG)]


def test_activity_bought_with_discounts_is_warned_of_with_the_figures_it_rests_on() -> None:
    (found,) = cautions(card(1), card(0), CATALOG)
    assert found.key == "bought_activity"
    assert found.metrics == (
        "scale", "active", "worth", "average_order_value", "revenue_per_active_user", "discount_rate",
        "redemption_rate",
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"scale.score": (50.0, 50.5), "active.score": (40.0, 40.5)},  # nothing rose
        {"worth.score": (50, 51), "average_order_value": (40, 39), "revenue_per_active_user": (60, 60)},  # nothing fell
        {"discount_rate": (0.2, 0.24)},  # not much more given away
        {"discount_rate": (0.17, 0.24)},  # more, but not twice as much
        {"redemption_rate": (0.3, 0.3)},  # coupons were not what brought them
    ],
)
def test_no_warning_where_one_part_of_it_is_missing(changed: dict[str, tuple[float, float]]) -> None:
    assert keys(card(1, **changed), card(0, **changed)) == []


def test_a_handful_of_orders_does_not_say_that_activity_was_bought() -> None:
    few = {"discount_rate": figure("discount_rate", 0.24, n=40)}
    assert keys(card(1, few), card(0)) == []


def test_without_an_earlier_card_nothing_was_bought() -> None:
    assert keys(card(1), None) == []


def test_an_official_score_does_not_rise_from_one_of_ours() -> None:
    now = card(1, **{"worth.score": (50.0, 50.0)}).model_copy(update={"official": True})
    assert keys(now, card(0)) == []


@pytest.mark.parametrize(("state", "key"), [("partial", "partial_day"), ("stale", "stale_feed")])
def test_a_card_that_stands_at_an_earlier_day_says_why(state: State, key: str) -> None:
    assert keys(card(1, state=state, **{"discount_rate": (0.1, 0.1)}), None) == [key]


def test_a_figure_of_a_few_users_rests_on_a_small_base_at_either_date() -> None:
    few = {"return_rate_28d": figure("return_rate_28d", None, n=12, state="too_small")}
    thin = {"return_rate_28d": figure("return_rate_28d", 0.4, n=45, denominator=45)}
    wide = {"return_rate_28d": figure("return_rate_28d", 0.4, n=60, denominator=60)}
    calm = {"discount_rate": (0.1, 0.1)}
    for now, earlier, expected in ((few, wide, True), (wide, few, True), (thin, wide, True), (wide, wide, False)):
        found = cautions(card(1, now, **calm), card(0, earlier, **calm), CATALOG)
        assert [(c.key, c.metrics) for c in found] == ([("small_base", ("return_rate_28d",))] if expected else [])


def test_a_young_shop_has_no_small_base_but_too_few_days() -> None:
    young = {"return_rate_28d": figure("return_rate_28d", None, n=80, state="too_small")}
    assert keys(card(1, young, **{"discount_rate": (0.1, 0.1)}), None) == []
