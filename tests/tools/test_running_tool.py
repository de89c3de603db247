"""When what a shop has running ends: the newest action of a kind, its last day, and what cannot be told."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tools.measuring_desk import NEWEST, ago, measure, shop, visit, write_platform
from tools.errors import NotFoundError
from tools.insights import Running, RunningArguments
from tools.reader import SnapshotMeter
from tools.running import running
from tools.toolbox import run
from tools.types import Access

TODAY = NEWEST + timedelta(days=1)
ME = Access(merchants=frozenset({"M1"}))


def action(kind: str, started: date, ended: date | None, merchant: str = "M1") -> dict[str, Any]:
    return {"merchant_id": merchant, "kind": kind, "product": kind, "started_on": started, "ended_on": ended}


def told(meter: SnapshotMeter, kind: str) -> Running:
    arguments = RunningArguments(merchant_id="M1", on=TODAY, today=TODAY, kind=kind)
    return running(meter.shop(ME, "M1"), arguments)


def opened(folder: Path, actions: Sequence[dict[str, Any]]) -> SnapshotMeter:
    rows = [visit(f"u{n}", ago(n), merchant) for n in range(40) for merchant in ("M1", "M2")]
    platform = write_platform(folder / "platform", merchants=[shop("M1"), shop("M2")], activity=rows, actions=actions)
    return measure(folder, platform)


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[SnapshotMeter]:
    log = [
        action("search_direct", ago(200), ago(111)),
        action("search_direct", ago(80), ago(-9)),
        action("promotion_plan", ago(40), ago(0)),
        action("promotion_plan", ago(-3), ago(-30)),
        action("qr_code", ago(90), None),
        action("bundle", ago(20), TODAY),
        action("stamp_card", ago(10), ago(-40), "M2"),
    ]
    meter = opened(tmp_path, log)
    yield meter
    meter.close()


@pytest.mark.parametrize(
    ("kind", "ended_on", "over"),
    [
        ("search_direct", ago(-9), False),  # the newer of two
        ("promotion_plan", ago(0), True),  # ended yesterday; the one to come does not run yet
        ("qr_code", None, False),
        ("bundle", TODAY, False),  # its last day is today
    ],
)
def test_the_newest_of_a_kind_is_told_with_its_last_day(
    meter: SnapshotMeter, kind: str, ended_on: date | None, over: bool
) -> None:
    found = told(meter, kind)
    assert (found.kind, found.ended_on, found.over, found.refused, found.figures) == (kind, ended_on, over, None, {})


def test_what_only_another_shop_has_running_is_not_found(meter: SnapshotMeter) -> None:
    found = told(meter, "stamp_card")
    assert (found.refused, found.started_on, found.ended_on) == ("no_action", None, None)
    with pytest.raises(NotFoundError):
        run(meter, ME, RunningArguments(merchant_id="M2", on=TODAY, today=TODAY, kind="stamp_card"))


def test_without_a_log_nothing_is_told(tmp_path: Path) -> None:
    rows = [visit(f"u{n}", ago(n)) for n in range(40)]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows))
    found = told(meter, "search_direct")
    meter.close()
    assert (found.refused, found.started_on) == ("no_actions", None)
