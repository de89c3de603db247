"""BM25 over passages, one persisted index for each language (and for each tenant's own documents)."""

import json
import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexDamagedError

Scores = NDArray[np.float32]
BLOCK = 64


def write_lexical(folder: Path, terms: Sequence[Sequence[str]]) -> None:
    """Index passages, given as their terms, in the new directory `folder`; row i is terms[i]."""
    vocabulary = {t: i for i, t in enumerate(sorted({t for row in terms for t in row}))}
    frequencies = np.zeros(len(vocabulary), dtype=np.int64)
    for row in terms:
        frequencies[[vocabulary[t] for t in set(row)]] += 1
    folder.mkdir(parents=True)
    if vocabulary:
        index = _bm25s().BM25(method="lucene", k1=1.2, b=0.6)
        index.index(
            ([[vocabulary[t] for t in row] for row in terms], vocabulary), show_progress=False, create_empty_token=False
        )
        index.save(str(folder), show_progress=False)
    (folder / "frequencies.json").write_text(
        json.dumps(
            {"rows": len(terms), "frequencies": {t: int(frequencies[i]) for t, i in vocabulary.items()}},
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )


class _Postings(NamedTuple):
    """What bm25s has stored: the part of a term is from starts[its column] on."""

    columns: dict[str, int]
    starts: list[int]
    rows: NDArray[np.int32]
    values: Scores


class Lexical:
    """A persisted BM25 index, read on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._index: _Postings | None = None
        try:
            content = json.loads((folder / "frequencies.json").read_text(encoding="utf-8"))
            self.rows = int(content["rows"])
            self._frequencies: dict[str, int] = content["frequencies"]
        except (OSError, ValueError, KeyError) as error:
            raise _damaged(folder, error) from error

    def idf(self, term: str) -> float:
        """Rarity, at least 0; a term that no passage holds is the rarest of all."""
        n = self._frequencies.get(term, 0)
        return math.log(1.0 + (self.rows - n + 0.5) / (n + 0.5))

    def __contains__(self, term: str) -> bool:
        return term in self._frequencies

    def holds(self, term: str, row: int) -> bool:
        """Whether a row contains the term."""
        if term not in self._frequencies:
            return False
        rows, _ = self._postings(term)
        at = int(rows.searchsorted(row))  # bm25s writes each term's rows in order
        return at < len(rows) and int(rows[at]) == row

    def scores(self, terms: Sequence[str], weights: Sequence[float] | None = None, out: Scores | None = None) -> Scores:
        """BM25 of every row: float32[rows], written into `out` where it is given.

        `weights` scale the terms: an expansion counts less than what was said.
        """
        total = np.empty(self.rows, dtype=np.float32) if out is None else out
        total.fill(0.0)
        for i, term in enumerate(terms):
            if term in self._frequencies:
                rows, values = self._postings(term)
                weight = 1.0 if weights is None else weights[i]
                total[rows] += values if weight == 1.0 else np.float32(weight) * values
        return total

    def _postings(self, term: str) -> tuple[NDArray[np.int32], Scores]:
        """The rows that hold a known term, and what it scores in each."""
        index = self._loaded()
        column = index.columns[term]
        part = slice(index.starts[column], index.starts[column + 1])
        return index.rows[part], index.values[part]

    def _loaded(self) -> "_Postings":
        if self._index is not None:
            return self._index
        with self._lock:
            if self._index is None:
                try:
                    loaded = _bm25s().BM25.load(str(self._folder), load_corpus=False, show_progress=False)
                    scores = loaded.scores
                    if int(scores["num_docs"]) != self.rows:
                        raise ValueError(f"{scores['num_docs']} rows instead of {self.rows}")
                    starts = np.asarray(scores["indptr"]).tolist()
                    self._index = _Postings(loaded.vocab_dict, starts, scores["indices"], scores["data"])
                except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
                    raise _damaged(self._folder, error) from error
            return self._index


def best(scores: Scores, depth: int) -> NDArray[np.int64]:
    """The places of the best `depth` scores above zero, in no order.

    The best lie in the blocks with the best maxima, so that only those are looked at: 0.05 instead of 1 ms for 100,000.
    """
    if len(scores) > depth * BLOCK:
        blocks_in = len(scores) // BLOCK
        whole = blocks_in * BLOCK
        peaks = scores[:whole].reshape(BLOCK, blocks_in).max(axis=0)  # block i is every blocks_in-th from i: quicker
        blocks = np.argpartition(-peaks, depth)[:depth]
        places = (blocks[:, None] + np.arange(0, whole, blocks_in)).ravel()
        places = np.concatenate([places, np.arange(whole, len(scores))])
    else:
        places = np.arange(len(scores))
    found = places[scores[places] > 0]
    if len(found) > depth:
        found = found[np.argpartition(-scores[found], depth)[:depth]]
    return found


def _damaged(folder: Path, error: Exception) -> IndexDamagedError:
    return IndexDamagedError(
        f"The word index in {folder} cannot be read ({error}). Build the knowledge index again: ccare knowledge build"
    )


def _bm25s() -> Any:
    import bm25s

    return bm25s
