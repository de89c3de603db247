"""What one audience may read of an index, worked out once, and each thread's own arrays to score it in."""

import threading

import numpy as np
from numpy.typing import NDArray

from knowledge.shelves import Holdings
from knowledge.types import Audience

Vector = NDArray[np.float32]


class Reach:
    """What one audience may read."""

    def __init__(self, holdings: Holdings, audience: Audience, shelf_of: NDArray[np.int32]) -> None:
        readable = {name: (shelf, rows) for name, (shelf, rows) in holdings.shelves.items() if shelf.readable(audience)}
        self.shelves = {name: len(holdings.stored(rows)) for name, (_, rows) in readable.items()}
        numbers = [number for number, name in enumerate(holdings.shelves) if name in readable]
        self.open = np.isin(shelf_of, numbers)  # bool[rows]
        self.masks: dict[str, Vector | None] = {}  # 1 for what may be read; None where that is all of the word index
        for name in sorted({shelf.lexical for shelf, _ in readable.values()}):
            mask = self.open[holdings.lexical[name]]
            self.masks[name] = None if mask.all() else mask.astype(np.float32)

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and bool(self.open[row])


class ThreadArrays(threading.local):
    """Each thread's arrays for scores: making new ones takes longer than filling them."""

    def __init__(self) -> None:
        self._arrays: dict[str, Vector] = {}

    def scores(self, name: str, rows: int) -> Vector:
        if name not in self._arrays:
            self._arrays[name] = np.empty(rows, dtype=np.float32)
        return self._arrays[name]
