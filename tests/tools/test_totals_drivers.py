"""What moved the sales: parts that add up to the change, whatever the figures."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.measuring_desk import NEWEST, ago, measure, shop, visit, write_platform
from tools.driven import split
from tools.insights import Totals, TotalsArguments
from tools.reader import SnapshotMeter
from tools.totals import totals
from tools.types import Access, Period

FACTORS = st.lists(st.floats(0.01, 1e4), min_size=2, max_size=3)


@given(before=FACTORS, data=st.data())
def test_the_parts_add_up_to_the_change_to_the_cent(before: list[float], data: st.DataObject) -> None:
    now = data.draw(st.lists(st.floats(0.01, 1e4), min_size=len(before), max_size=len(before)))
    parts = split(tuple(before), tuple(now))
    assert parts is not None
    first = last = 1.0
    for a, b in zip(before, now, strict=True):
        first, last = first * a, last * b
    assert sum(parts) == pytest.approx(last - first, rel=1e-9, abs=0.02)
    for part, a, b in zip(parts, before, now, strict=True):
        if abs(part) > 0.05:
            assert (part > 0) == (b > a)


def test_nothing_is_split_where_a_factor_is_zero() -> None:
    assert split((0.0, 3.0), (2.0, 3.0)) is None


def why(meter: SnapshotMeter) -> Totals:
    door = meter.shop(Access(merchants=frozenset({"M1"})), "M1")
    return totals(
        door,
        TotalsArguments(
            merchant_id="M1", on=NEWEST, today=NEWEST + timedelta(days=1), period=Period(start=ago(6), end=ago(0)),
            against=Period(start=ago(13), end=ago(7)), why=True,
        ),
    )  # fmt: skip


def test_twice_the_people_with_the_same_orders_each_are_all_of_it(tmp_path: Path) -> None:
    rows = [visit(f"u{u}", ago(n), orders=1, gmv=20) for n in range(7) for u in (0, 1)]
    rows += [visit("u0", ago(n), orders=1, gmv=20) for n in range(7, 60)]
    found = why(measure(tmp_path, write_platform(tmp_path / "platform", activity=rows)))
    parts = {name: m.value for name, m in found.figures.items() if ".by_" in name}
    assert parts == {"gmv.by_visitors": 140.0, "gmv.by_frequency": 0.0, "gmv.by_order_value": 0.0}


def test_without_users_the_orders_and_what_they_came_to_are_told(tmp_path: Path) -> None:
    daily = [
        {"merchant_id": "M1", "day": ago(n), "visits": 5, "orders": 2 if n < 7 else 1, "gmv": 30 if n < 7 else 10}
        for n in range(40)
    ]
    platform = write_platform(tmp_path / "platform", merchants=[shop("M1")], daily=daily)
    found = why(measure(tmp_path, platform))
    parts = {name: m.value for name, m in found.figures.items() if ".by_" in name}
    assert set(parts) == {"gmv.by_orders", "gmv.by_order_value"}
    assert sum(value or 0 for value in parts.values()) == pytest.approx(140.0, abs=1e-9)
    assert (parts["gmv.by_orders"] or 0) > (parts["gmv.by_order_value"] or 0) > 0
