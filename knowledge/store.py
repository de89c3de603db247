"""Vectors on disk and their nearest neighbours; this file and store_server.py are all that know Chroma.

One collection a shelf: passages that the same readers may see in the same language. A query then needs no filter
(filters dominate Chroma's latency) and cannot return what its reader must not see.

Opening a Chroma directory writes into it (its SQLite file, and index files when rows wait in its queue). A published
generation is never written, so a reader works on a private view: a copy of the SQLite file and links to the index.
"""

import os
import shutil
import tempfile
import time
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexDamagedError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

Vector = NDArray[np.float32]
Neighbours = list[tuple[int, float]]  # (row, cosine), nearest first
BATCH = 2000
VIEW = "ccare-knowledge-"
PERSISTED = "index_metadata.pickle"
ABANDONED = 3600.0  # seconds


def write_store(path: Path, shelves: Mapping[str, tuple[Sequence[int], Vector]]) -> None:
    """Create the store in the new directory `path`: for each shelf's name, row numbers and their vectors [n, 384]."""
    client = _client(path)
    try:
        for name, (rows, vectors) in shelves.items():
            # Everything goes to the index files before closing, in parts of one size: rows left in the queue are
            # replayed by every reader, which then takes 0.35 ms longer for a query and finds others than the last did.
            parts = _parts(len(rows))
            least = max(2, min(part.stop - part.start for part in parts))
            hnsw = {"space": "cosine", "batch_size": least, "sync_threshold": least}
            with quiet():
                collection = client.create_collection(name, embedding_function=None, configuration={"hnsw": hnsw})  # type: ignore[arg-type]
            for part in parts:
                collection.add(ids=[str(r) for r in rows[part]], embeddings=np.asarray(vectors[part], dtype=np.float32))
    finally:
        _close(client)


def _parts(rows: int) -> list[slice]:
    """At most BATCH rows each, none more than one row larger than another."""
    count = max(1, -(-rows // BATCH))
    ends = [rows * i // count for i in range(count + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]


class Store:
    """A published store, opened for reading."""

    def __init__(self, path: Path, shelves: Sequence[str]) -> None:
        self._view = _private_view(path)
        self._finalizer = weakref.finalize(self, shutil.rmtree, self._view, ignore_errors=True)
        try:
            self._client = _client(self._view)
            with quiet():
                self._collections: dict[str, Any] = {
                    name: self._client.get_collection(name, embedding_function=None) for name in shelves
                }
        except Exception as error:
            self._finalizer()
            raise IndexDamagedError(
                f"The vector store in {path} cannot be opened ({error}). "
                "Build the knowledge index again: ccare knowledge build"
            ) from error

    def query(self, shelf: str, vector: Vector, k: int) -> Neighbours:
        """Up to `k` nearest rows of a shelf as (row, cosine), nearest first."""
        try:
            return nearest(self._collections[shelf], vector, k)
        except Exception as error:
            raise IndexDamagedError(
                f"The shelf {shelf} of the vector store does not answer ({error}). "
                "Build the knowledge index again: ccare knowledge build"
            ) from error

    def count(self, shelf: str) -> int:
        return int(self._collections[shelf].count())

    def close(self) -> None:
        """Release the files; safe to call twice."""
        if self._finalizer.alive:
            _close(self._client)
            self._finalizer()


def nearest(collection: Any, vector: Vector, k: int) -> Neighbours:
    """What a collection of row numbers answers to one vector."""
    found = collection.query(query_embeddings=[vector], n_results=k, include=["distances"])
    distances = found["distances"] or [[]]
    return [(int(id), 1.0 - float(d)) for id, d in zip(found["ids"][0], distances[0], strict=True)]


def _client(path: Path) -> "ClientAPI":
    with quiet():
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(path=str(path), settings=Settings(anonymized_telemetry=False))


def _close(client: Any) -> None:
    close = getattr(client, "close", None)
    if close is not None:
        close()


def _private_view(path: Path) -> Path:
    if not (path / "chroma.sqlite3").is_file():
        raise IndexDamagedError(
            f"There is no vector store in {path}. Build the knowledge index again: ccare knowledge build"
        )
    _sweep()
    view = Path(tempfile.mkdtemp(prefix=f"{VIEW}{os.getpid()}-"))
    for entry in path.iterdir():
        if entry.is_dir() and not (entry / PERSISTED).exists():  # one row alone stays in the queue, to be replayed
            shutil.copytree(entry, view / entry.name)
        elif entry.is_dir():
            (view / entry.name).symlink_to(entry.resolve(), target_is_directory=True)
        else:
            shutil.copyfile(entry, view / entry.name)
    return view


def _sweep() -> None:
    """Views of processes that were killed; young ones are left alone, their process may live where we cannot see it."""
    for left in Path(tempfile.gettempdir()).glob(f"{VIEW}*"):
        pid = left.name.removeprefix(VIEW).split("-")[0]
        with suppress(OSError):
            old = time.time() - left.stat().st_mtime > ABANDONED
            if old and pid.isdigit() and Path("/proc/self").exists() and not Path(f"/proc/{pid}").exists():
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def quiet() -> Iterator[None]:
    """Chroma and what it imports warn about their own deprecations; ours stay errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
