import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import IndexDamagedError
from knowledge.store import VIEW, Store, write_store

Vectors = Callable[[int], np.ndarray]


def contents(path: Path) -> dict[str, tuple[int, str]]:
    return {
        str(p.relative_to(path)): (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(path.rglob("*"))
        if p.is_file()
    }


def views() -> set[str]:
    return {p.name for p in Path(tempfile.gettempdir()).glob(f"{VIEW}{os.getpid()}-*")}


def test_each_vector_finds_itself_on_its_own_shelf_only(tmp_path: Path, unit_vectors: Vectors) -> None:
    vectors = unit_vectors(60)
    write_store(
        tmp_path / "c",
        {"zh-merchant-public": (range(0, 40), vectors[:40]), "en-merchant-public": (range(40, 60), vectors[40:])},
    )
    store = Store(tmp_path / "c", ["zh-merchant-public", "en-merchant-public"])
    assert (store.count("zh-merchant-public"), store.count("en-merchant-public")) == (40, 20)
    for row, shelf in ((3, "zh-merchant-public"), (59, "en-merchant-public")):
        (best, similarity), *others = store.query(shelf, vectors[row], 5)
        assert best == row
        assert similarity == pytest.approx(1, abs=1e-5)
        assert all(s < similarity for _, s in others)
    assert all(row < 40 for row, _ in store.query("zh-merchant-public", vectors[59], 40))
    store.close()


def test_similarities_are_cosines(tmp_path: Path, unit_vectors: Vectors) -> None:
    vectors = unit_vectors(10)
    write_store(tmp_path / "c", {"shelf": (range(10), vectors)})
    store = Store(tmp_path / "c", ["shelf"])
    found = dict(store.query("shelf", vectors[0], 10))
    assert [found[i] for i in range(10)] == pytest.approx((vectors @ vectors[0]).tolist(), abs=1e-5)
    store.close()


@pytest.mark.parametrize("rows", [2, 3, 1999, 2001, 4003])
def test_no_row_waits_to_be_replayed_by_readers(tmp_path: Path, unit_vectors: Vectors, rows: int) -> None:
    vectors = unit_vectors(rows)
    write_store(tmp_path / "c", {"shelf": (range(rows), vectors)})
    with closing(sqlite3.connect(tmp_path / "c" / "chroma.sqlite3")) as queue:
        (waiting,) = queue.execute("SELECT count(*) FROM embeddings_queue").fetchone()
    assert waiting <= 1  # Chroma keeps the last, written though it is
    stores = [Store(tmp_path / "c", ["shelf"]) for _ in range(2)]
    assert len({tuple(store.query("shelf", vectors[0], 20)) for store in stores}) == 1
    for store in stores:
        store.close()


@pytest.mark.parametrize("rows", [1, 2, 30, 2100])
def test_reading_never_writes_into_the_published_store(tmp_path: Path, unit_vectors: Vectors, rows: int) -> None:
    vectors = unit_vectors(rows)
    write_store(tmp_path / "c", {"shelf": (range(rows), vectors)})
    before = contents(tmp_path / "c")
    stores = [Store(tmp_path / "c", ["shelf"]) for _ in range(2)]
    assert all(s.query("shelf", vectors[rows - 1], 1)[0][0] == rows - 1 for s in stores)
    for store in stores:
        store.close()
        store.close()
    assert contents(tmp_path / "c") == before


def test_a_closed_or_forgotten_store_leaves_no_copy_behind(tmp_path: Path, unit_vectors: Vectors) -> None:
    write_store(tmp_path / "c", {"shelf": (range(3), unit_vectors(3))})
    before = views()
    store = Store(tmp_path / "c", ["shelf"])
    assert len(views() - before) == 1
    store.close()
    assert views() == before


def test_a_copy_left_by_a_killed_process_is_removed_by_the_next(tmp_path: Path, unit_vectors: Vectors) -> None:
    write_store(tmp_path / "c", {"shelf": (range(3), unit_vectors(3))})
    left = Path(tempfile.gettempdir()) / f"{VIEW}999999999-abc"
    young = Path(tempfile.gettempdir()) / f"{VIEW}999999998-abc"
    for path in (left, young):
        path.mkdir(exist_ok=True)
    os.utime(left, (time.time() - 7200, time.time() - 7200))
    Store(tmp_path / "c", ["shelf"]).close()
    assert (left.exists(), young.exists()) == (False, True)
    young.rmdir()


@pytest.mark.parametrize("damage", ["no_store", "no_shelf", "not_sqlite"])
def test_a_store_that_cannot_be_opened_says_to_build_again(tmp_path: Path, unit_vectors: Vectors, damage: str) -> None:
    path = tmp_path / "c"
    shelves = ["shelf"]
    if damage == "no_store":
        path.mkdir()
    else:
        write_store(path, {"shelf": (range(3), unit_vectors(3))})
    if damage == "no_shelf":
        shelves = ["another"]
    if damage == "not_sqlite":
        (path / "chroma.sqlite3").write_bytes(b"x" * 4096)
    before = views()
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        Store(path, shelves)
    assert views() == before
