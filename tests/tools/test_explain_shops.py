"""Explaining the change of one shop: the parts add up, curves give back the stored scores, refusals say why."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, random_tables, shop, write_platform
from tools.curves import metric_score
from tools.errors import CatalogError
from tools.explain import explain
from tools.insights import ExplainArguments, Explanation
from tools.pair import Pair, four_scores
from tools.reader import SnapshotMeter
from tools.terms import TERMS
from tools.types import DIMENSIONS, Access

Row = dict[str, Any]
EARLIER = ago(28)
TODAY = NEWEST + timedelta(days=1)


def ask(meter: SnapshotMeter, merchant: str, base: str, before: date = EARLIER, on: date = NEWEST) -> Explanation:
    door = meter.shop(Access(merchants=frozenset({merchant})), merchant)
    return explain(
        door, ExplainArguments(merchant_id=merchant, on=on, today=max(TODAY, on), base=base, before=before)
    )  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    """36 shops; the last nine opened lately, so that the level of comparison changes between the two dates."""
    folder = tmp_path_factory.mktemp("town")
    tables = random_tables(3, merchants=36, rows=9000)
    late = {f"M{n}" for n in range(28, 37)}
    tables["activity"] = [r for r in tables["activity"] if r["merchant_id"] not in late or r["day"] > ago(70)]
    tables["merchants"] = [shop(f"M{n}", "cafe" if n <= 2 else "catering") for n in range(1, 37)]
    tables["scores"] = [
        {"merchant_id": "M5", "day": ago(back), "dimension": "active", "value": value, "source": "operator"}
        for back, value in ((28, 61.0), (0, 70.5))
    ]
    platform = write_platform(folder / "platform", **tables)
    return measure(folder, platform, on=(ago(60), EARLIER, ago(7), NEWEST), catalog=lenient())


def value(found: Explanation, name: str) -> float:
    return found.figures[name].value or 0.0


def check_sums(found: Explanation) -> None:
    """Every sum that an explanation promises, to 1e-9."""
    base, change = found.base, value(found, f"{found.base}.score_change")
    assert change == value(found, f"{base}.score_after") - value(found, f"{base}.score_before")
    assert sum(value(found, f"{base}.{term}") for term in TERMS if f"{base}.{term}" in found.figures) == pytest.approx(
        change, abs=1e-9
    )
    contributions = sum(value(found, f"{m}.contribution") for m in found.metrics)
    coverage = value(found, f"{base}.coverage_changed") if f"{base}.coverage_changed" in found.figures else 0.0
    assert contributions + coverage == pytest.approx(change, abs=1e-9)
    for metric in found.metrics:
        parts = sum(value(found, f"{metric}.{term}") for term in TERMS[:3])
        assert parts == pytest.approx(value(found, f"{metric}.contribution"), abs=1e-9)
    if base == "overall":
        assert sum(value(found, f"{d}.contribution") for d in DIMENSIONS) == pytest.approx(change, abs=1e-9)
    check_segments(found)


def check_segments(found: Explanation) -> None:
    for metric, segments in found.segments.items():
        for kind in {s.split(":")[0] for s in segments}:
            here = [s for s in segments if s.startswith(kind)]
            effects = ("rate_effect", "mix_effect", "count_effect")
            total = sum(
                value(found, f"{metric}.{e}@{s}") for s in here for e in effects if f"{metric}.{e}@{s}" in found.figures
            )
            assert total == pytest.approx(value(found, f"{metric}.change"), abs=1e-9)


def test_all_parts_of_random_changes_add_up(town: SnapshotMeter) -> None:
    chance = random.Random(1)
    explained = 0
    for merchant in chance.sample(town.merchant_ids(), 8):
        for base in ("overall", *DIMENSIONS, *chance.sample(sorted(town.catalog.by_id), 2)):
            before, on = sorted(chance.sample(list(town.dates), 2))
            found = ask(town, merchant, base, before, on)
            if found.refused is None:
                check_sums(found)
                explained += 1
            check_segments(found)
    assert explained > 30


def test_curves_give_back_the_stored_scores(town: SnapshotMeter) -> None:
    tried = moved = 0
    for merchant in town.merchant_ids()[::4]:
        door = town.shop(everybody(town), merchant)
        pair = Pair(door, door.card(on=EARLIER, today=TODAY), door.card(on=NEWEST, today=TODAY))
        for metric in town.catalog.metrics:
            for card in (pair.earlier, pair.now):
                score, own = card.get(f"{metric.id}.score"), card.get(metric.id)
                if score is None or own is None:
                    continue
                curve = door.curve(metric.id, score.group or "", card.as_of)
                assert curve is not None
                again = metric_score(curve, own.value or 0.0, lower_is_better=metric.direction == "lower")
                assert float(again) == pytest.approx(score.value, abs=1e-9)
                tried += 1
            scores = pair.both(f"{metric.id}.score")
            if scores is not None and scores[0].group != scores[1].group:
                before, own_now, old_group, after = four_scores(pair, metric)
                assert (before, after) == (scores[0].value, scores[1].value)
                assert own_now == own_now
                moved += old_group == old_group
    assert tried > 200
    assert moved > 5


def test_a_wider_or_narrower_peer_group_is_a_change_of_group(town: SnapshotMeter) -> None:
    found = ask(town, "M10", "visitors_28d", ago(60))
    before, after = (card.figures["visitors_28d"].group_level for card in (found.earlier, found.now))
    assert (before, after) == ("all", "industry")
    assert value(found, "visitors_28d.group_changed") != 0
    check_sums(found)


def test_a_metric_that_only_one_date_has_is_coverage(town: SnapshotMeter) -> None:
    # repurchase needs 90 days, which a shop that opened 69 days ago does not have; active_rate needs 180
    gained = [f for m in town.merchant_ids()[::2] if (f := ask(town, m, "active")).refused is None]
    held = [f for f in gained if value(f, "active.coverage_changed")]
    for found in held:
        scored = [{m.id for m in town.catalog.of_dimension("active") if c.get(f"{m.id}.score")}
                  for c in (found.earlier, found.now)]  # fmt: skip
        assert scored[0] != scored[1]
        assert set(found.metrics) == scored[0] & scored[1]
    assert held
    assert any(value(f, "active.coverage_changed") == 0 for f in gained)


def test_an_operators_own_scores_change_as_they_say_and_ours_are_not_shown_beside_them(town: SnapshotMeter) -> None:
    found = ask(town, "M5", "active")
    assert found.refused == "official"
    assert value(found, "active.score_change") == 9.5
    assert not any(key.endswith(("own", "peers_moved", "contribution", "coverage_changed")) for key in found.figures)
    assert found.metrics
    assert all(f"{m}.change" in found.figures for m in found.metrics)
    half = ask(town, "M5", "active", ago(60))  # a score of ours, then an official one
    assert half.refused == "official"
    assert half.get("active.score_change") is None


def test_nothing_to_compare_with_is_said(town: SnapshotMeter) -> None:
    young = ask(town, "M30", "scale", ago(60))
    assert young.refused == "no_earlier"
    assert young.get("scale.score_change") is None
    before_all = ask(town, "M3", "active", date(2024, 1, 1))
    assert (before_all.refused, before_all.earlier.figures) == ("no_earlier", {})
    assert before_all.figures == {}
    assert ask(town, "M3", "active", NEWEST).refused == "no_earlier"
    assert ask(town, "M36", "redemption_rate").refused == "unmeasured"


def test_without_peers_the_metrics_own_change_is_still_split(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", **random_tables(2, merchants=4, rows=700))
    meter = measure(tmp_path, platform, on=(EARLIER, NEWEST), catalog=lenient())
    found = ask(meter, "M1", "return_rate_28d")
    assert found.refused == "no_peers"
    assert found.get("return_rate_28d.own") is None
    assert value(found, "return_rate_28d.change") != 0
    assert found.segments["return_rate_28d"]
    check_segments(found)
    assert ask(meter, "M1", "active").refused == "no_peers"


def test_what_has_no_score_cannot_be_explained(town: SnapshotMeter) -> None:
    with pytest.raises(CatalogError, match="gmv has no score"):
        ask(town, "M1", "gmv")
