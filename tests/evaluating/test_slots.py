"""A slot is right by the values and tolerances that the sets are labelled with."""

from typing import Any

import pytest

from bot.answering.types import Target
from bot.evaluating.reading import Wanted
from bot.evaluating.slots import same, same_period, slot_right
from tests.evaluating.turns import TODAY, days, step


@pytest.mark.parametrize(
    ("wanted", "first", "last", "right"),
    [
        ({"from": "2026-10-01", "to": "2026-10-31"}, "2026-10-01", "2026-10-31", True),
        ({"from": "2026-10-01", "to": "2026-10-31"}, "2026-10-01", "2026-10-30", False),
        ({"days": 30}, "2026-10-24", "2026-11-22", True),
        ({"days": 30}, "2026-10-22", "2026-11-20", True),
        ({"days": 30}, "2026-10-21", "2026-11-19", False),
        ({"days": 30}, "2026-10-24", "2026-11-21", False),
        ({"days": 30}, "2026-11-23", "2026-12-22", False),
        ({"since": "2026-11-01"}, "2026-11-01", "2026-11-21", True),
        ({"since": "2026-11-01"}, "2026-11-01", "2026-11-30", True),
        ({"since": "2026-11-01"}, "2026-11-01", "2026-11-20", False),
        ({"since": "2026-11-01"}, "2026-11-01", "2026-12-01", False),
        ({"since": "2026-11-01"}, "2026-10-31", "2026-11-21", False),
    ],
)
def test_a_period_is_right_within_the_tolerance_of_its_kind(
    wanted: dict[str, Any], first: str, last: str, right: bool
) -> None:
    assert same_period(wanted, days(first, last), TODAY) is right


@pytest.mark.parametrize(("first", "right"), [("2026-11-22", True), ("2026-11-24", True), ("2026-11-25", False)])
def test_the_days_of_a_forecast_lie_ahead(first: str, right: bool) -> None:
    ahead = days(first, f"2026-12-{int(first[-2:]) - 17:02d}")
    assert same("period", {"days": 14}, ahead, TODAY, "forecast") is right
    assert same("period", {"days": 14}, ahead, TODAY, "metric") is False


@pytest.mark.parametrize(
    ("slot", "wanted", "got", "right"),
    [
        ("metric", "gmv", "gmv", True),
        ("metric", "gmv", "orders", False),
        ("document_date", "2021-01", "2021-01-15", True),
        ("document_date", "2021-01", "2021-02-01", False),
        ("document_date", "2025", "2025-06-30", True),
        ("by", "2027-01-31", "2027-01-31", True),
        ("by", "2027-01-31", "2027-02-01", False),
        ("hours", 4, 4.0, True),
        ("yuan", 300, 301.0, False),
        ("sure", True, True, True),
        ("target", {"value": 0.7, "kind": "to"}, Target(value=0.7, kind="to"), True),
        ("target", {"value": 0.7, "kind": "to"}, Target(value=0.7, kind="by"), False),
        ("target", {"value": 0.7, "kind": "to"}, Target(value=70, kind="to"), False),
    ],
)
def test_a_value_is_compared_as_its_slot_demands(slot: str, wanted: Any, got: Any, right: bool) -> None:
    assert same(slot, wanted, got, TODAY, "metric") is right


def test_other_values_count_and_an_empty_slot_does_not() -> None:
    wanted = Wanted(intent="metric", slots={"metric": "visits"}, slots_also={"metric": ("visitors",)})
    got = [step("metric", metric=name).slots for name in ("visits", "visitors", "orders", None)]
    assert [slot_right(wanted, "metric", slots, TODAY, None) for slots in got] == [True, True, False, False]


def test_only_a_merchants_own_shop_may_be_left_unsaid() -> None:
    wanted = Wanted(intent="metric", slots={"merchant_id": "M0001"})
    unsaid = step("metric").slots
    assert slot_right(wanted, "merchant_id", unsaid, TODAY, "M0001")
    assert not slot_right(wanted, "merchant_id", unsaid, TODAY, "M0002")
    assert not slot_right(wanted, "merchant_id", unsaid, TODAY, None)
