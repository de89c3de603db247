"""Candidates for one question as columns: what a search ranks before anything becomes an object."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.shelves import Holdings
from knowledge.types import Document

Places = NDArray[np.int64]
Floats = NDArray[np.float64]
NOBODY = -1


class Hit(NamedTuple):
    """A candidate passage with what speaks for it."""

    row: int
    similarity: float  # cosine of its text
    lexical: float  # BM25 as a share of the best possible
    score: float = 0.0
    asked: float = 0.0  # cosine of the nearest question that it answers; 0 where none is near
    question: int = NOBODY  # which one


class Pool(NamedTuple):
    """Candidates by the figures of `Hit`, each [n]."""

    rows: Places
    similarity: Floats
    lexical: Floats
    score: Floats
    asked: Floats
    question: Places

    def hits(self, places: Sequence[int] | Places | slice = slice(None)) -> list[Hit]:
        """The candidates at the given places, all of them without any."""
        return [Hit(*values) for values in zip(*(column[places].tolist() for column in self), strict=True)]

    def taken(self, places: Sequence[int] | Places) -> "Pool":
        """The candidates at the given places."""
        return Pool(
            rows=self.rows[places],
            similarity=self.similarity[places],
            lexical=self.lexical[places],
            score=self.score[places],
            asked=self.asked[places],
            question=self.question[places],
        )


class Columns:
    """What ranking looks up of each passage, by row: worked out once, so that a question costs the same at any size."""

    def __init__(self, holdings: Holdings) -> None:
        size = len(holdings.rows)
        self.index = np.zeros(size, dtype=np.int32)  # the number of its word index, among `names`
        self.place = np.zeros(size, dtype=np.int32)  # where it stands in that
        self.names = tuple(holdings.lexical)
        self.numbers = {name: number for number, name in enumerate(self.names)}
        self.rows_of = {name: np.array(rows, dtype=np.int64) for name, rows in holdings.lexical.items()}
        for name, rows in self.rows_of.items():
            self.index[rows] = self.numbers[name]
            self.place[rows] = np.arange(len(rows))
        subjects: dict[tuple[str, str, tuple[str, ...]], int] = {}
        self.alike: list[Document] = []  # one document of each subject: product, kind and metrics
        self.subject = np.zeros(size, dtype=np.int32)
        for row in range(size):
            document = holdings.document(row)
            number = subjects.setdefault((document.product, document.kind, document.metrics), len(subjects))
            if number == len(self.alike):
                self.alike.append(document)
            self.subject[row] = number
        self.instead = {locale: _instead(holdings, locale) for locale in ("zh", "en")}


def _instead(holdings: Holdings, locale: str) -> Places:
    """For each row the row that says the same in `locale`; itself where there is none, or it says more."""
    found = np.arange(len(holdings.rows))
    for row in range(len(found)):
        twin = holdings.twin(row)
        if (
            twin is not None
            and holdings.document(twin).locale == locale != holdings.document(row).locale
            and not holdings.says_more(row)
        ):
            found[row] = twin
    return found
