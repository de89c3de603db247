"""The nearest passages on several shelves: small ones are scanned here while the store searches the large ones."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from knowledge.shelves import Holdings
from knowledge.vectors import Shelves

Vector = NDArray[np.float32]
SCANNED = 4096  # passages of a shelf up to which a scan, which misses nothing, takes less time than asking the store
THREADS = 4


class Nearest:
    """A store's shelves and the vectors that they hold."""

    def __init__(self, store: Shelves, vectors: Vector, holdings: Holdings) -> None:
        self._store = store
        self._vectors = vectors
        self._shelves = holdings.shelves
        self._scanned: dict[str, tuple[list[int], Vector]] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="knowledge")

    def begin(self, shelves: Mapping[str, int], vector: Vector, depth: int) -> Callable[[], dict[int, float]]:
        """Start looking for the `depth` nearest of each shelf; the result waits for them: row to cosine.

        The store lets other threads run meanwhile, so that what is done before the result is asked for costs no time.
        """
        large = [name for name, size in shelves.items() if size > SCANNED]
        asked = [self._threads.submit(self._store.query, name, vector, depth) for name in large]

        def result() -> dict[int, float]:
            found: dict[int, float] = {}
            for name in shelves:
                if name not in large:
                    found.update(self._scan(name, vector, depth))
            for answer in asked:
                found.update(answer.result())
            return found

        return result

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _scan(self, name: str, vector: Vector, depth: int) -> dict[int, float]:
        shelf = self._scanned.get(name)
        if shelf is None:
            rows = self._shelves[name][1]
            shelf = self._scanned[name] = (rows, np.ascontiguousarray(self._vectors[rows]))
        rows, vectors = shelf
        cosines = vectors @ vector
        places = np.argpartition(-cosines, depth)[:depth] if len(rows) > depth else np.arange(len(rows))
        return {rows[place]: cosine for place, cosine in zip(places.tolist(), cosines[places].tolist(), strict=True)}
