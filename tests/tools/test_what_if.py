"""What if: the same arithmetic as the score itself, forward and back; nothing impossible, nothing without peers."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assemble import Workbench
from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, random_tables, write_platform
from tools.curves import build_curve, metric_score
from tools.footing import needed_value
from tools.insights import WhatIf, WhatIfArguments
from tools.reader import SnapshotMeter
from tools.types import DIMENSIONS
from tools.what_if import what_if

DAY, TODAY = date(2026, 11, 21), date(2026, 11, 22)


def ask(meter: SnapshotMeter, merchant: str, base: str, value: float, kind: str = "to") -> WhatIf:
    arguments = WhatIfArguments(
        merchant_id=merchant, base=base, value=value, kind=kind, on=DAY, today=TODAY,  # type: ignore[arg-type]
    )  # fmt: skip
    return what_if(meter.shop(everybody(meter), merchant), arguments)


def value(found: WhatIf, name: str) -> float:
    figure = found.get(name)
    assert figure is not None, name
    assert figure.value is not None
    return figure.value


def some(meter: SnapshotMeter, step: int = 175) -> Iterator[str]:
    return iter(meter.merchant_ids()[::step])


VALUES = st.lists(st.integers(-500, 500).map(lambda n: n / 8), min_size=1, max_size=40)


@given(VALUES, st.floats(0, 100), st.booleans())
def test_the_needed_value_brings_the_score_and_nothing_milder_does(
    values: list[float], goal: float, lower: bool
) -> None:
    curve = build_curve(values)
    best = metric_score(curve, min(values) if lower else max(values), lower_is_better=lower)
    found = needed_value(curve, goal, lower_is_better=lower)
    if found is None:
        assert goal > best
        return
    reached = float(metric_score(curve, found, lower_is_better=lower))
    worst = float(metric_score(curve, max(values) if lower else min(values), lower_is_better=lower))
    assert reached == pytest.approx(max(goal, worst), abs=1e-9)
    if min(values) < found < max(values):
        milder = found + 1e-3 if lower else found - 1e-3
        assert metric_score(curve, milder, lower_is_better=lower) < reached


def test_flat_steep_and_ends() -> None:
    tied = build_curve([0.0] * 70 + [0.1] * 30)
    assert needed_value(tied, 35) == 0.0  # everybody at the worst end has it
    assert needed_value(tied, 20) == 0.0
    assert needed_value(tied, 85) == 0.1
    assert needed_value(tied, 85.1) is None  # those who tie at the best end share it
    assert needed_value(tied, 60) == pytest.approx(0.05)
    assert needed_value(tied, 65, lower_is_better=True) == 0.0
    assert needed_value(tied, 65.1, lower_is_better=True) is None
    assert needed_value(tied, 15, lower_is_better=True) == pytest.approx(0.1)
    assert needed_value(build_curve([3.0] * 12), 50) == 3.0
    assert needed_value(build_curve([3.0] * 12), 51) is None


def test_forward_is_the_card_recomputed_with_the_same_curve(desk: Workbench) -> None:
    catalog = desk.meter.catalog
    checked = 0
    for merchant in some(desk.meter):
        shop = desk.meter.shop(everybody(desk.meter), merchant)
        card = shop.card(on=DAY, today=TODAY)
        for metric in catalog.metrics:
            own, raw = card.get(f"{metric.id}.score"), card.get(metric.id)
            if own is None or raw is None or raw.group is None or raw.value is None:
                continue
            curve = shop.curve(metric.id, raw.group, card.as_of)
            median = card.get(f"{metric.id}.peer_median")
            assert curve is not None
            assert median is not None
            assert median.value is not None
            found = ask(desk.meter, merchant, metric.id, median.value)
            supposed = float(metric_score(curve, median.value, lower_is_better=metric.direction == "lower"))
            assert value(found, f"{metric.id}.score_if") == pytest.approx(supposed, abs=1e-9)
            scores = {m.id: card.get(f"{m.id}.score") for m in catalog.of_dimension(metric.dimension)}
            there = {m: s.value for m, s in scores.items() if s is not None and s.value is not None}
            weights = [catalog.by_id[m].weight for m in there]
            after = np.average([supposed if m == metric.id else s for m, s in there.items()], weights=weights)
            if card.get(f"{metric.dimension}.score"):
                assert value(found, f"{metric.dimension}.score_if") == pytest.approx(after, abs=1e-9)
                gain = card.get(f"{metric.id}.gain_at_median")
                if gain:  # what the snapshot says of the same move; the median on the card has 12 digits
                    assert value(found, f"{metric.dimension}.gain_if") == pytest.approx(gain.value, abs=1e-6)
            checked += 1
    assert checked > 30


def test_what_if_and_its_inverse_agree(desk: Workbench) -> None:
    reached = unreached = 0
    for merchant in some(desk.meter, 233):
        for base in (*DIMENSIONS, "overall"):
            found = ask(desk.meter, merchant, base, 2.5, "by")
            if found.refused is not None:
                continue
            assert set(found.alone).isdisjoint(found.not_alone)
            for metric in found.alone:
                back = ask(desk.meter, merchant, metric, value(found, f"{metric}.needed"))
                assert value(back, f"{base}.score_if") == pytest.approx(value(found, f"{base}.target"), abs=1e-9)
                more = value(back, f"{metric}.score_if") - value(back, f"{metric}.score")
                assert more > 0
                reached += 1
            for metric in found.not_alone:
                assert value(found, f"{base}.most@{metric}") < value(found, f"{base}.target")
                unreached += 1
    assert reached > 10
    assert unreached > 1


def test_the_likeliest_metric_comes_first_and_unknown_chances_last(desk: Workbench) -> None:
    found = ask(desk.meter, "M0149", "active", 5, "by")
    assert len(found.alone) > 2
    told = [found.get(f"{metric}.chance_needed") for metric in found.alone]
    shares = [-1.0 if t is None or t.value is None else t.value for t in told]
    assert shares == sorted(shares, reverse=True)


def test_the_own_value_changes_nothing_and_a_worse_one_has_no_chance(desk: Workbench) -> None:
    card = desk.meter.card(everybody(desk.meter), "M0149", on=DAY, today=TODAY)
    own = card.figures["return_rate_28d"].value
    assert own is not None
    same = ask(desk.meter, "M0149", "return_rate_28d", own)
    assert value(same, "active.gain_if") == 0
    assert value(same, "active.score_if") == value(same, "active.score")
    worse = ask(desk.meter, "M0149", "return_rate_28d", -0.05, "by")
    assert value(worse, "active.gain_if") < 0
    for found in (same, worse):
        assert found.get("return_rate_28d.chance_if") is None
    better = ask(desk.meter, "M0149", "return_rate_28d", 0.03, "by")
    chance = better.get("return_rate_28d.chance_if")
    assert chance is not None
    assert chance.merchant_id is None
    assert chance.denominator is not None
    assert chance.denominator >= 10
    assert chance.value == pytest.approx((chance.numerator or 0) / chance.denominator)


@pytest.mark.parametrize(
    ("base", "to", "why"),
    [
        ("return_rate_28d", 1.2, "out_of_range"),
        ("return_rate_28d", -0.1, "out_of_range"),
        ("visitors_28d", -1, "out_of_range"),
        ("visit_days_per_user", 29, "out_of_range"),
        ("visit_days_per_user", 0.5, "out_of_range"),
        ("average_order_value", float("nan"), "out_of_range"),
        ("average_order_value", float("inf"), "out_of_range"),
        ("active", 101, "out_of_range"),
        ("active", float("nan"), "out_of_range"),
        ("active", 10, "already_there"),
        ("gmv", 10, "unmeasured"),
    ],
)
def test_what_cannot_be_is_refused(desk: Workbench, base: str, to: float, why: str) -> None:
    found = ask(desk.meter, "M0149", base, to)
    assert found.refused == why
    if why == "already_there":
        assert value(found, "active.score") > value(found, "active.target")
    assert not any("_if" in name or "needed" in name for name in found.figures)


def test_new_merchants_lone_shops_and_official_scores_are_refused(desk: Workbench, tmp_path: Path) -> None:
    assert ask(desk.meter, "M0116", "return_rate_28d", 0.4).refused == "unmeasured"  # 10 days of data
    assert ask(desk.meter, "M0116", "active", 50).refused in ("no_score", "unmeasured")
    alone = measure(
        tmp_path, write_platform(tmp_path / "platform", **random_tables(1, merchants=9, rows=900)),
        on=[ago(28), NEWEST], catalog=lenient(),
    )  # fmt: skip
    for base in ("return_rate_28d", "active", "overall"):
        found = ask(alone, "M1", base, 0.5)
        assert (found.refused, found.figures) == ("no_peers", {})
    folder = tmp_path / "official"
    folder.mkdir()
    tables = random_tables(2, rows=2500)
    tables["scores"] = [
        {
            "merchant_id": "M1",
            "day": NEWEST - timedelta(days=1),
            "dimension": d,
            "value": 50,
            "source": "platform",
        }
        for d in (*DIMENSIONS, "overall")
    ]
    issued = measure(folder, write_platform(folder / "platform", **tables), on=[NEWEST], catalog=lenient())
    for base in ("return_rate_28d", "active", "overall"):
        assert ask(issued, "M1", base, 0.5).refused == "official"
    assert ask(issued, "M2", "return_rate_28d", 0.5).refused is None
