"""What benchmarks compare is the same on both sides, and what they make up is what the job would have written."""

from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.benchmarks import snapshot
from tests.benchmarks.alone import alone, peak_mb
from tests.benchmarks.made_snapshot import merchant_id, write_snapshot
from tests.benchmarks.synthetic import write_platform
from tools.catalog import load_catalog
from tools.figures import COLUMNS
from tools.reader import SnapshotMeter
from tools.scoring import SCORED
from tools.store import FILE
from tools.types import Access


@pytest.mark.parametrize(("kind", "metrics"), [("daily", 8), ("activity", 18)])
def test_the_baseline_of_the_snapshot_gives_the_same_numbers(tmp_path: Path, kind: str, metrics: int) -> None:
    write_platform(tmp_path / "platform", merchants=120, users=kind == "activity")
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    for work, out in ((snapshot.ours, one), (snapshot.baseline, other)):
        work(str(tmp_path / "platform"), str(tmp_path / "platform"), str(out))
    assert snapshot._same(one, other) == metrics
    found = pq.read_table(one)
    for name in (c for c in found.column_names if c.endswith("_value")):
        assert found[name].null_count < found.num_rows, name  # equal because both are empty would prove nothing


def test_a_number_that_differs_stops_the_benchmark(tmp_path: Path) -> None:
    for name, value in (("one", 0.25), ("other", 0.25 + 1e-8)):
        pq.write_table(pa.table({"merchant_id": ["M1"], "m_value": [value]}), tmp_path / name)
    with pytest.raises(RuntimeError, match="another m_value"):
        snapshot._same(tmp_path / "one", tmp_path / "other")


def test_a_made_up_platform_has_no_row_twice_and_is_always_the_same(tmp_path: Path) -> None:
    counts = [write_platform(tmp_path / name, merchants=50, users=True) for name in ("one", "other")]
    assert counts[0] == counts[1]
    with duckdb.connect() as con:
        read = [f"SELECT * FROM read_parquet('{tmp_path / name / 'activity.parquet'}')" for name in ("one", "other")]
        assert con.execute(f"{read[0]} EXCEPT ALL {read[1]}").fetchall() == []
        key = "merchant_id, user_id, day, channel"
        assert con.execute(f"SELECT 1 FROM ({read[0]}) GROUP BY {key} HAVING count(*) > 1").fetchall() == []


def test_a_made_up_snapshot_holds_whole_cards_in_the_job_s_order(tmp_path: Path) -> None:
    catalog = load_catalog()
    meter = SnapshotMeter(write_snapshot(tmp_path / "made", 2_000, dates=2), catalog)
    try:
        id = merchant_id(1_234)
        card = meter.card(
            Access(merchants=frozenset({id})), id, on=meter.newest, today=meter.newest + timedelta(days=1)
        )
    finally:
        meter.close()
    assert card.state == "ok"
    assert {m.id for m in catalog.metrics} <= card.figures.keys()
    assert {f"{name}.score" for name in SCORED} <= card.figures.keys()
    with duckdb.connect(str(tmp_path / "made" / FILE), read_only=True) as con:
        rows = con.execute(f"SELECT as_of, no, metric, {', '.join(COLUMNS)} FROM figures").fetchall()
    keys = [row[:3] for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


def test_work_alone_tells_its_own_peak_of_memory() -> None:
    held = np.ones(40_000_000)  # 320 MB that the child must not be charged with
    assert alone("tests.benchmarks.alone:peak_mb") < peak_mb() - 200
    assert held[-1] == 1


def test_work_alone_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="no_such_work"):
        alone("tests.benchmarks.alone:no_such_work")
