"""Chances on the demo platform: the decoy comes out near zero, nothing rests on a few, and what is told comes true."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.assemble import Workbench
from bot.settings import Settings
from bot.workshop import Workshop
from tests.soak.chances import OFF, bins, trials
from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, random_tables, write_platform
from tools.chances import chances
from tools.insights import ChanceArguments, Chances
from tools.reader import SnapshotMeter

TODAY = date(2026, 11, 22)


def ask(meter: SnapshotMeter, merchant: str, base: str) -> Chances:
    arguments = ChanceArguments(merchant_id=merchant, base=base, on=NEWEST, today=TODAY)
    return chances(meter.shop(everybody(meter), merchant), arguments)


def test_a_gain_that_nobody_alike_achieved_has_next_to_no_chance(desk: Workbench, demo_platform: Path) -> None:
    stories = json.loads((demo_platform / "stories.json").read_text(encoding="utf-8"))["stories"]
    decoys = [s for s in stories if s["story"] == "unreachable_gain"]
    assert len(decoys) == 3
    for story in decoys:
        found = ask(desk.meter, story["merchant_id"], story["metric"])
        chance = found.get(f"{story['metric']}.chance_at_upper_quarter")
        assert chance is not None
        assert chance.value is not None
        assert chance.value < 0.05
        assert (chance.n or 0) >= 30
        assert found.get(f"{story['metric']}.gain_at_upper_quarter") is not None
        high = found.get(f"{story['metric']}.chance_at_upper_quarter_high")
        assert high is not None
        assert high.value is not None
        assert high.value < 0.15


def test_every_share_is_of_ten_or_more_and_belongs_to_nobody(desk: Workbench) -> None:
    told = 0
    for merchant in desk.meter.merchant_ids()[::97]:
        found = ask(desk.meter, merchant, "overall")
        for name, figure in found.figures.items():
            if ".gain_" in name:
                assert figure.merchant_id == merchant
                continue
            assert figure.merchant_id is None
            assert (figure.n or 0) >= 10
            if figure.numerator is not None and figure.denominator is not None:
                assert figure.value == pytest.approx(figure.numerator / figure.denominator)
            told += 1
        for metric, kinds in found.did.items():
            differences = []
            for kind in kinds:
                low, difference, high, improved, rest = (
                    found.figures[f"{metric}.did_{name}@{kind}"].value or 0.0
                    for name in ("difference_low", "difference", "difference_high", "improved", "rest")
                )
                assert low <= difference <= high
                assert difference == pytest.approx(improved - rest)
                differences.append(difference)
            assert differences == sorted(differences, reverse=True)
    assert told > 100


def test_with_fewer_than_ten_peers_no_chance_leaves(desk: Workbench, tmp_path: Path) -> None:
    meter = measure(
        tmp_path, write_platform(tmp_path / "platform", **random_tables(1, merchants=9, rows=900)),
        on=[ago(28), NEWEST], catalog=lenient(),
    )  # fmt: skip
    for base in ("return_rate_28d", "active", "overall"):
        found = ask(meter, "M1", base)
        assert (found.refused, found.figures) == ("no_peers", {})
    assert ask(desk.meter, "M0116", "active").refused in ("unmeasured", "no_score")
    assert ask(desk.meter, "M0149", "gmv").refused == "unmeasured"


def test_before_anything_was_kept_the_chance_is_unknown_and_the_gain_is_still_told(desk: Workbench) -> None:
    arguments = ChanceArguments(merchant_id="M0149", base="active", on=date(2026, 6, 20), today=date(2026, 6, 21))
    found = chances(desk.meter.shop(everybody(desk.meter), "M0149"), arguments)
    assert found.refused is None
    assert any(".gain_at" in name for name in found.figures)
    assert not any("chance" in name or "did" in name for name in found.figures)


def test_what_is_told_comes_true_in_the_month_after(desk: Workbench, demo_settings: Settings) -> None:
    """One month of the demo; the soak counts all of them and the public data set."""
    snapshot = Workshop(demo_settings).snapshot.current()
    assert snapshot is not None
    found = trials(snapshot / "snapshot.duckdb", desk.catalog, newest=1)
    assert len({(t.metric, t.merchant) for t in found}) > 5000
    for told, seen in bins(found):
        assert seen == pytest.approx(told, abs=OFF)
