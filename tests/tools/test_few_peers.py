"""Fewer than ten peers: no figure that rests on them leaves, whichever tool is asked, for whichever shop and date."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.platforms import write_tables
from tests.tools.tool_calls import calls_of
from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.groups import FEWEST
from tools.insights import Insight
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot
from tools.toolbox import run
from tools.types import Access, Measurement, ScoreCard

NEWEST = date(2026, 11, 21)
TODAY = NEWEST + timedelta(days=1)
DATES = [NEWEST - timedelta(days=28), NEWEST]


def shops(folder: Path, merchants: int) -> Path:
    return write_tables(folder, slice_industry(seed=5, anchor=NEWEST, merchants=merchants, days=240))


@pytest.fixture(scope="module", params=[1, 9])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    """A platform of so few shops that nobody has peers."""
    home = tmp_path_factory.mktemp("few")
    (home / "out").mkdir()
    build_snapshot(shops(home / "platform", request.param), home / "out", catalog=load_catalog(), calendar=DATES)
    return SnapshotMeter(home / "out", load_catalog())


def figures_of(meter: SnapshotMeter) -> Iterator[Measurement]:
    for merchant_id in meter.merchant_ids()[:3]:
        access = Access(merchants=frozenset({merchant_id}))
        for on in (NEWEST, NEWEST - timedelta(days=28)):
            card = meter.card(access, merchant_id, on=on, today=TODAY)
            yield from card.figures.values()
            for arguments in calls_of(meter, merchant_id, on=on, today=TODAY):
                insight = run(meter, access, arguments)
                yield from insight.figures.values()
                yield from _cards_within(insight)


def _cards_within(insight: Insight) -> Iterator[Measurement]:
    for value in dict(insight).values():
        if isinstance(value, ScoreCard):
            yield from value.figures.values()


def test_no_peer_figure_leaves(small: SnapshotMeter) -> None:
    seen = 0
    for figure in figures_of(small):
        seen += 1
        assert figure.merchant_id is not None, f"{figure.metric} belongs to the peers and rests on {figure.n}"
        assert not figure.statistic.startswith(("peer_", "chance_", "did_", "matched_", "gain_at")), figure.metric
        assert figure.group_level in (None, "own_past"), figure.metric
    assert seen > 100


def test_a_trend_of_a_lone_shop_shows_nobody_else(small: SnapshotMeter) -> None:
    from tools.trend import Trend, TrendArguments

    merchant_id = small.merchant_ids()[0]
    arguments = TrendArguments(merchant_id=merchant_id, on=NEWEST, today=TODAY, base="return_rate_28d")
    found = run(small, Access(merchants=frozenset({merchant_id})), arguments)
    assert isinstance(found, Trend)
    assert found.points
    assert all(p.median is None and p.upper is None for p in found.points)


def test_ten_is_enough(tmp_path: Path) -> None:
    """With ten shops the peers are there: the line is where it is said to be, and the test can see across it."""
    (tmp_path / "out").mkdir()
    build_snapshot(shops(tmp_path / "platform", FEWEST), tmp_path / "out", catalog=load_catalog(), calendar=DATES)
    meter = SnapshotMeter(tmp_path / "out", load_catalog())
    assert any(figure.merchant_id is None and figure.n == FEWEST for figure in figures_of(meter))
