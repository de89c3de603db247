"""Segments partition a merchant's users: they add up to the figure, and their effects to its change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, random_tables, write_platform
from tools.parts import COUNTS, RECIPES
from tools.reader import SnapshotMeter
from tools.segments import change_by_segment, effects, segment_sums

Row = dict[str, Any]
WINDOWS = {"return_rate_28d": (56, 28), "active_rate": (180, 0), "repurchase_rate_90d": (90, 0)}  # others (28, 0)


@pytest.fixture(scope="module")
def tables() -> dict[str, list[Row]]:
    return random_tables(5, merchants=4, rows=2500)


@pytest.fixture(scope="module")
def chance(tables: dict[str, list[Row]], tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    folder = tmp_path_factory.mktemp("segments")
    platform = write_platform(folder / "platform", **tables)
    return measure(folder, platform, on=(ago(30), NEWEST), catalog=lenient())


def _sum(sums: Mapping[str, tuple[float, float]], at: int) -> float:
    return round(sum(s[at] for s in sums.values()), 6)


def test_segments_add_up_to_the_card(chance: SnapshotMeter) -> None:
    tried = 0
    for merchant in chance.merchant_ids():
        shop = chance.shop(everybody(chance), merchant)
        for on in chance.dates:
            card = shop.card(on=on, today=on + timedelta(days=1))
            for metric in RECIPES:
                shown = card.get(metric)
                if shown is None:
                    continue
                assert shop.history is not None
                for sums in segment_sums(shop.history, metric, on.toordinal()).values():
                    top = shown.value if metric in COUNTS else shown.numerator
                    assert _sum(sums, 0) == top
                    assert _sum(sums, 1) == (shown.denominator or 0)
                    tried += 1
    assert tried > 150


def _first_in(rows: Sequence[Row], first: date, last: date) -> dict[str, tuple[date, str]]:
    found: dict[str, tuple[date, str]] = {}
    for row in rows:
        if row["visits"] and first <= row["day"] <= last:
            found[row["user_id"]] = min(found.get(row["user_id"], (date.max, "")), (row["day"], row["channel"]))
    return found


def _who(rows: Sequence[Row], days: int, skip: int, field: str = "visits") -> set[str]:
    first, last = NEWEST - timedelta(days=days - 1), NEWEST - timedelta(days=skip)
    return {r["user_id"] for r in rows if first <= r["day"] <= last and r.get(field, 0)}


@pytest.mark.parametrize("metric", ["return_rate_28d", "active_rate", "conversion_rate", "interaction_rate"])
def test_each_user_is_in_the_segment_of_the_first_visit_in_the_window(
    tables: dict[str, list[Row]], chance: SnapshotMeter, metric: str
) -> None:
    merchant = "M2"
    rows = [r for r in tables["activity"] if r["merchant_id"] == merchant and r["day"] <= NEWEST]
    days, skip = WINDOWS.get(metric, (28, 0))
    start = NEWEST - timedelta(days=days - 1)
    inside, ever = _first_in(rows, start, NEWEST - timedelta(days=skip)), _first_in(rows, date.min, NEWEST)
    came = _who(rows, 28, 0)
    bottom = came if metric in ("conversion_rate", "interaction_rate") else _who(rows, days, skip)
    top = {
        "return_rate_28d": bottom & came, "active_rate": came, "conversion_rate": _who(rows, 28, 0, "orders"),
        "interaction_rate": came & _who(rows, 28, 0, "interactions"),
    }[metric]  # fmt: skip
    expected: dict[str, list[float]] = {}
    for user in top | bottom:
        kinds = ["channel:none", "users:none"]
        if user in inside:
            kinds = [f"channel:{inside[user][1]}", "users:new" if ever[user][0] >= start else "users:returning"]
        for segment in kinds:
            pair = expected.setdefault(segment, [0.0, 0.0])
            pair[0] += user in top
            pair[1] += user in bottom
    history = chance.shop(everybody(chance), merchant).history
    assert history is not None
    found = segment_sums(history, metric, NEWEST.toordinal())
    assert {s: list(v) for sums in found.values() for s, v in sums.items()} == expected


def test_the_effects_of_ten_thousand_random_changes_add_up() -> None:
    rng = np.random.default_rng(3)
    bottom = np.where(rng.random((2, 10_000, 6)) < 0.25, 0, rng.integers(1, 900, (2, 10_000, 6)))
    bottom[:, :, 0] += 1  # both dates have a denominator
    top = np.where(bottom > 0, rng.integers(0, 900, bottom.shape) % (bottom + 1), 0)
    top[:, :, 5] += rng.integers(0, 30, (2, 10_000))  # money of users who never came: no denominator, no rate
    rate, mix = effects(top[0], bottom[0], top[1], bottom[1])
    change = top[1].sum(axis=1) / bottom[1].sum(axis=1) - top[0].sum(axis=1) / bottom[0].sum(axis=1)
    assert np.abs((rate + mix).sum(axis=1) - change).max() < 1e-9


def test_rate_and_mix_by_hand() -> None:
    # the search users' rate falls from 1/2 to 1/4; their share goes from 1/5 to 2/5
    found = {
        e.segment: e
        for e in change_by_segment({"a": (5.0, 10.0), "b": (30.0, 40.0)}, {"a": (5.0, 20.0), "b": (22.5, 30.0)})
    }
    assert found["a"].rate_effect == pytest.approx((0.25 - 0.5) * (0.2 + 0.4) / 2)
    assert found["a"].mix_effect == pytest.approx((0.4 - 0.2) * (0.5 + 0.25) / 2)
    assert found["b"].rate_effect == pytest.approx(0)
    assert sum(e.total for e in found.values()) == pytest.approx(27.5 / 50 - 35 / 50, abs=1e-12)


def test_a_segment_that_was_not_there_takes_the_rate_that_it_has_now() -> None:
    found = {e.segment: e for e in change_by_segment({"a": (10.0, 50.0)}, {"a": (10.0, 50.0), "new": (25.0, 50.0)})}
    assert found["new"].rate_effect == 0
    assert found["new"].mix_effect == pytest.approx(0.5 * 0.5)
    assert found["new"].rate_before is None


def test_a_count_is_split_into_plain_differences() -> None:
    found = change_by_segment({"a": (40.0, 0.0), "b": (3.0, 0.0)}, {"a": (31.0, 0.0), "c": (2.0, 0.0)}, counted=True)
    assert [(e.segment, e.total) for e in found] == [("a", -9.0), ("b", -3.0), ("c", 2.0)]


def test_rows_after_the_date_change_nothing(chance: SnapshotMeter) -> None:
    history, on = chance.shop(everybody(chance), "M3").history, ago(30).toordinal()
    assert history is not None
    past = history.day <= on
    arrays = {name: getattr(history, name)[past] for name in history.__dataclass_fields__ if name != "channels"}
    _, user = np.unique(arrays["user"], return_inverse=True)
    cut = replace(history, **{**arrays, "user": user})
    assert 0 < len(cut) < len(history)
    assert [segment_sums(cut, m, on) for m in RECIPES] == [segment_sums(history, m, on) for m in RECIPES]
