"""Measured days on disk: whole or not there, and nobody tidies while a job is at work."""

from pathlib import Path

import pyarrow as pa
import pytest

from tools.errors import DiskError
from tools.snapshot_store import PARTS, DayStore


def put(store: DayStore, key: str) -> None:
    store.put(key, {part: pa.table({"no": pa.array(range(1000)), "part": [part] * 1000}) for part in PARTS})


def test_a_damaged_day_counts_as_not_there_and_is_replaced(tmp_path: Path) -> None:
    store = DayStore(tmp_path / "days")
    with store.held():
        assert not store.has("k")
        put(store, "k")
        whole = store.read("k", "curves")
        path = tmp_path / "days" / "k" / "curves.parquet"
        path.write_bytes(path.read_bytes()[:-9])
        assert not store.has("k")
        put(store, "k")
        assert store.has("k")
        assert store.read("k", "curves") == whole
        put(store, "k")  # another job was quicker
        assert sorted(p.name for p in store.root.iterdir()) == ["k", "lock"]


def test_a_day_that_rots_on_disk_is_named(tmp_path: Path) -> None:
    store = DayStore(tmp_path / "days")
    with store.held():
        put(store, "k")
        path = tmp_path / "days" / "k" / "figures.parquet"
        rotten = bytearray(path.read_bytes())
        rotten[80] ^= 255
        path.write_bytes(rotten)
        with pytest.raises(DiskError, match=r"figures\.parquet: .* ccare data snapshot --full"):
            store.read("k", "figures")


def test_days_that_no_snapshot_needs_are_removed_once_no_job_is_at_work(tmp_path: Path) -> None:
    store = DayStore(tmp_path / "days")
    assert store.tidy(keep=()) is True  # there never was one
    with store.held():
        put(store, "a")
        put(store, "b")
        (store.root / ".new-left-by-a-kill").mkdir()
        assert DayStore(tmp_path / "days").tidy(keep={"a"}) is False
        assert store.has("b")
    assert store.tidy(keep={"a"}) is True
    assert {p.name for p in store.root.iterdir()} == {"a", "lock"}
