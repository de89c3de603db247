"""A lone shop with a published curve: it is compared with that, by name; without one, with its own past."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.platforms import write_tables
from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot
from tools.types import Access, ScoreCard

NEWEST = date(2026, 11, 21)
START = date(2026, 1, 1)


def point(value: float, share: float, **other: object) -> dict[str, object]:
    row = {
        "metric": "return_rate_28d", "industry": "catering", "valid_from": START, "valid_until": None,
        "value": value, "share": share, "n": 120, "source": "trade association",
    }  # fmt: skip
    return row | other


def card_of(folder: Path, rows: list[dict[str, object]], merchants: int = 2) -> ScoreCard:
    write_tables(folder, slice_industry(seed=5, anchor=NEWEST, merchants=merchants, days=200))
    if rows:
        pq.write_table(pa.Table.from_pylist(rows), folder / "benchmarks.parquet")
    (folder / "out").mkdir()
    build_snapshot(folder, folder / "out", catalog=load_catalog(), calendar=[NEWEST])
    meter = SnapshotMeter(folder / "out", load_catalog())
    first = meter.merchant_ids()[0]
    return meter.card(Access(merchants=frozenset({first})), first, on=NEWEST, today=NEWEST + timedelta(days=1))


CURVE = [point(0.05, 0.0), point(0.25, 0.5), point(0.65, 1.0)]


def test_a_lone_shop_is_held_against_the_published_curve(tmp_path: Path) -> None:
    card = card_of(tmp_path / "p", CURVE)
    own, score = card.get("return_rate_28d"), card.get("return_rate_28d.score")
    assert own is not None
    assert score is not None
    assert own.value is not None
    expected = 50 * (own.value - 0.05) / 0.2 if own.value <= 0.25 else 50 + 50 * (own.value - 0.25) / 0.4
    assert score.value == pytest.approx(min(max(expected, 0.0), 100.0), abs=1e-9)
    median = card.get("return_rate_28d.peer_median")
    assert median is not None
    assert (median.value, median.n, median.group, median.group_level) == (0.25, 120, "benchmark:catering", "benchmark")
    assert card.get("interaction_rate.score") is None  # no curve, no peers: its own past


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [point(r["value"], r["share"], n=9) for r in CURVE],  # too few shops behind it
        [point(r["value"], r["share"], industry="laundry") for r in CURVE],  # somebody else's trade
        [point(r["value"], r["share"], valid_from=NEWEST + timedelta(days=1)) for r in CURVE],  # not yet
    ],
)  # type: ignore[arg-type]
def test_without_a_fitting_curve_there_is_no_peer_figure(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    card = card_of(tmp_path / "p", rows)
    assert card.get("return_rate_28d.score") is None
    assert card.get("return_rate_28d.peer_median") is None


def test_whoever_has_peers_keeps_them(tmp_path: Path) -> None:
    median = card_of(tmp_path / "p", CURVE, merchants=12).get("return_rate_28d.peer_median")
    assert median is not None
    assert median.group_level == "all"
    assert median.n == 12
