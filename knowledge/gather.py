"""What a search chooses from: the nearest of every shelf and the best by words, with the figures of each as columns."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Ranking
from knowledge.candidates import NOBODY, Columns, Floats, Places, Pool
from knowledge.lexical import Lexical, best
from knowledge.nearest import Nearest, cosines_of
from knowledge.query import Wording
from knowledge.reach import Reach, ThreadArrays
from knowledge.shelves import Holdings

Vector = NDArray[np.float32]
Asked = dict[int, tuple[float, int]]  # row to the cosine of the nearest question that it answers, and which


class Gatherer:
    """One generation of the index, as far as candidates are concerned."""

    def __init__(
        self,
        holdings: Holdings,
        columns: Columns,
        lexical: Mapping[str, Lexical],
        vectors: Vector,
        nearest: Nearest,
        ranking: Ranking,
    ) -> None:
        """`vectors` float32[passages and questions, 384]."""
        self._holdings = holdings
        self._columns = columns
        self._lexical = lexical
        self._vectors = vectors
        self._nearest = nearest
        self._depth = ranking.depth
        self._answers = [one.row for one in holdings.asked]
        self._own = ThreadArrays()

    def pool(self, vector: Vector, wording: Wording, reach: Reach) -> Pool:
        """The nearest of every shelf and the best by words of every language, each with both figures."""
        similarity, asked = self._divided(self._nearest.find(reach.shelves, vector, self._depth))
        scores = {name: self._by_words(name, wording, mask) for name, mask in reach.masks.items()}
        found = dict.fromkeys(asked)
        for name, given in scores.items():
            found.update(dict.fromkeys(self._columns.rows_of[name][best(given, self._depth)].tolist()))
        missing = [row for row in found if row not in similarity]
        if missing:
            similarity.update(zip(missing, cosines_of(self._vectors[missing], vector).tolist(), strict=True))
        rows = np.array(list(similarity), dtype=np.int64)
        questions = [asked.get(row, (0.0, NOBODY)) for row in similarity] if asked else [(0.0, NOBODY)] * len(rows)
        return Pool(
            rows=rows,
            similarity=np.array(list(similarity.values()), dtype=np.float64),
            lexical=self._shares(rows, scores, wording),
            score=np.zeros(len(rows)),
            asked=np.array([cosine for cosine, _ in questions], dtype=np.float64),
            question=np.array([number for _, number in questions], dtype=np.int64),
        )

    def _divided(self, near: Mapping[int, float]) -> tuple[dict[int, float], Asked]:
        """What is near by its text, row to cosine; and what is near by a question."""
        size = len(self._holdings.rows)
        similarity: dict[int, float] = {}
        asked: Asked = {}
        for number, cosine in near.items():
            if number < size:
                similarity[number] = cosine
            else:
                row = self._answers[number - size]
                asked[row] = max((cosine, number - size), asked.get(row, (0.0, NOBODY)))
        return similarity, asked

    def _by_words(self, name: str, wording: Wording, mask: Vector | None) -> Vector:
        """What each passage of a word index scores; 0 for what may not be read."""
        weights = wording.weighted(self._native(name, wording))
        lexical = self._lexical[name]
        scores = lexical.scores(list(weights), list(weights.values()), self._own.scores(name, lexical.rows))
        return scores if mask is None else np.multiply(scores, mask, out=scores)

    def _shares(self, rows: Places, scores: Mapping[str, Vector], wording: Wording) -> Floats:
        """The candidates' scores by words as shares of the best possible of their word index, float64[n]."""
        found, indexes = np.zeros(len(rows)), self._columns.index[rows]
        for name, given in scores.items():
            at = np.flatnonzero(indexes == self._columns.numbers[name])
            whole = wording.best_score(self._lexical[name], self._native(name, wording))
            found[at] = given[self._columns.place[rows[at]]].astype(np.float64) / whole
        return found

    def _native(self, name: str, wording: Wording) -> bool:
        """Whether a word index can be asked in the question's language."""
        return wording.language in self._holdings.spoken[name]
