"""The nearest passages on several shelves: small ones are scanned here, large ones are asked of the store, at once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from knowledge.shelves import Holdings
from knowledge.vectors import Shelves

Vector = NDArray[np.float32]
SCANNED = 8192  # passages of a shelf up to which a scan, which misses nothing, takes less time than asking the store
THREADS = 4


class Nearest:
    """A store's shelves and the vectors that they hold."""

    def __init__(self, store: Shelves, vectors: Vector, holdings: Holdings, *, scanned: int = SCANNED) -> None:
        """`scanned` 0 asks the store for every shelf: one on a server has to answer, or to be missed."""
        self._store = store
        self._limit = scanned
        self._vectors = vectors
        self._shelves = holdings.shelves
        self._scanned: dict[str, tuple[list[int], Vector]] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="knowledge")

    def find(self, shelves: Mapping[str, int], vector: Vector, depth: int) -> dict[int, float]:
        """Row to cosine of the `depth` nearest on each of the shelves, given with their sizes.

        The first large shelf is asked from here and only the others from threads of their own: a thread cannot begin
        before this one waits, and it waits nowhere else.
        """
        large = [name for name, size in shelves.items() if size > self._limit]
        beside = [
            self._threads.submit(self._store.query, name, vector, min(depth, shelves[name])) for name in large[1:]
        ]
        found = dict(self._store.query(large[0], vector, min(depth, shelves[large[0]]))) if large else {}
        for name, size in shelves.items():
            if size <= self._limit:
                found.update(self._scan(name, vector, depth))
        for answer in beside:
            found.update(answer.result())
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _scan(self, name: str, vector: Vector, depth: int) -> dict[int, float]:
        shelf = self._scanned.get(name)
        if shelf is None:
            rows = self._shelves[name][1]
            shelf = self._scanned[name] = (rows, np.ascontiguousarray(self._vectors[rows]))
        rows, vectors = shelf
        cosines = cosines_of(vectors, vector)
        places = np.argpartition(-cosines, depth)[:depth] if len(rows) > depth else np.arange(len(rows))
        return {rows[place]: cosine for place, cosine in zip(places.tolist(), cosines[places].tolist(), strict=True)}


def cosines_of(vectors: Vector, vector: Vector) -> Vector:
    """Of unit vectors [n, 384] with one. `@` would use every core, and beside other work wait 20 ms for them."""
    return np.asarray(np.vecdot(vectors, vector), dtype=np.float32)
