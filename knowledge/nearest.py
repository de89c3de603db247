"""The nearest passages on several shelves, asked of the store at once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from knowledge.vectors import Shelves

Vector = NDArray[np.float32]
THREADS = 4


class Nearest:
    """A store's shelves."""

    def __init__(self, store: Shelves) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="knowledge")

    def find(self, shelves: Mapping[str, int], vector: Vector, depth: int) -> dict[int, float]:
        """Row to cosine of the `depth` nearest on each of the shelves, given with their sizes.

        The first shelf is asked from here and only the others from threads of their own: a thread cannot begin before
        this one waits, and it waits nowhere else.
        """
        names = list(shelves)
        beside = [
            self._threads.submit(self._store.query, name, vector, min(depth, shelves[name])) for name in names[1:]
        ]
        found = dict(self._store.query(names[0], vector, min(depth, shelves[names[0]]))) if names else {}
        for answer in beside:
            found.update(answer.result())
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=True)


def cosines_of(vectors: Vector, vector: Vector) -> Vector:
    """Of unit vectors [n, 384] with one. `@` would use every core, and beside other work wait 20 ms for them."""
    return np.asarray(np.vecdot(vectors, vector), dtype=np.float32)
