"""What moved between two cards: only what both know, in its own unit, over the time between them."""

from pathlib import Path

import pytest

from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, random_tables, write_platform
from tools.catalog import load_catalog
from tools.compare import changes
from tools.reader import SnapshotMeter
from tools.types import ScoreCard


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    folder = tmp_path_factory.mktemp("compare")
    platform = write_platform(folder / "platform", **random_tables(12, merchants=12))
    return measure(folder, platform, on=[ago(28), ago(0)], catalog=lenient())


def cards(meter: SnapshotMeter, merchant: str = "M1") -> tuple[ScoreCard, ScoreCard]:
    return tuple(meter.card(everybody(meter), merchant, on=on, today=NEWEST) for on in (NEWEST, ago(28)))  # type: ignore[return-value]


def test_a_change_is_the_later_value_less_the_earlier_one(meter: SnapshotMeter) -> None:
    now, before = cards(meter)
    found = changes(now, before)
    for key in ("conversion_rate", "visitors_28d", "average_order_value"):
        assert found[f"{key}.change"].value == pytest.approx(now.figures[key].value - before.figures[key].value)
        assert found[f"{key}.change"].unit == now.figures[key].unit
    for key in ("active.score", "conversion_rate.score"):
        assert found[f"{key}_change"].value == pytest.approx(now.figures[key].value - before.figures[key].value)
        assert found[f"{key}_change"].unit == "points"


def test_a_change_spans_the_two_dates(meter: SnapshotMeter) -> None:
    now, before = cards(meter)
    for key, found in changes(now, before).items():
        assert (found.period.start, found.period.end, found.as_of) == (ago(28), NEWEST, NEWEST)
        assert found.metric == key
        assert found.merchant_id == "M1"


def test_only_values_metric_scores_and_dimension_scores_change(meter: SnapshotMeter) -> None:
    now, before = cards(meter)
    metrics = {m.id for m in load_catalog().metrics}
    keys = changes(now, before).keys()
    assert {k.split(".")[1] for k in keys} == {"change", "score_change"}
    assert {k.split(".")[0] for k in keys if k.endswith(".change")} <= metrics
    assert {"scale.score_change", "active.score_change"} <= keys


def test_what_one_date_does_not_know_has_no_change(meter: SnapshotMeter) -> None:
    now, before = cards(meter, "M12")
    assert "redemption_rate.change" not in changes(now, before)
    thinner = before.model_copy(update={"figures": {k: v for k, v in before.figures.items() if k != "active.score"}})
    assert "active.score_change" not in changes(now, thinner)
    assert "conversion_rate.change" in changes(now, thinner)


def test_an_official_score_and_one_of_ours_are_not_subtracted(meter: SnapshotMeter) -> None:
    now, before = cards(meter)
    found = changes(now.model_copy(update={"official": True}), before)
    assert not any(k in found for k in ("active.score_change", "overall.score_change"))
    assert "conversion_rate.change" in found


def test_two_merchants_are_not_one_merchant_at_two_dates(meter: SnapshotMeter) -> None:
    with pytest.raises(ValueError, match="different merchants"):
        changes(cards(meter, "M1")[0], cards(meter, "M2")[1])


def test_nothing_changes_between_a_card_and_itself(meter: SnapshotMeter, tmp_path: Path) -> None:
    now, _ = cards(meter)
    assert {found.value for found in changes(now, now).values()} == {0}
