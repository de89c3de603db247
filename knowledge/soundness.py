"""Prove that a published index finds what it holds. A count proves nothing: a store with half an index counts all."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Embedder
from knowledge.index import Report, damaged, mark_of, read_manifest, read_vectors, searchable
from knowledge.lexical import Lexical
from knowledge.rules import read_rules
from knowledge.rules_proof import Shelf, conflicts, problems_of
from knowledge.shelves import Holdings
from knowledge.vectors import open_vectors
from knowledge.words import Segmenter, Words


def verify_index(path: Path, embedder: Embedder, *, sample: int | None = None, server: str | None = None) -> Report:
    """Every passage (or `sample` of them, evenly spread) must find itself, by its vector and by its words.

    A count proves nothing: a store with a truncated index still counted all its rows. Files are compared with their
    digests first, because Chroma does not survive every broken file. Raises IndexDamagedError.
    """
    report = read_manifest(path, embedder.model)
    for name, mark in report.files.items():
        if mark_of(path / name) != mark:
            raise damaged(path, f"its file {name} has changed since it was built")
    holdings = Holdings.read(path)
    if (len(holdings.documents), len(holdings.rows)) != (report.documents, report.passages):
        raise damaged(path, f"it holds {len(holdings.rows)} passages where its manifest says {report.passages}")
    if len(holdings.asked) != report.asked:
        raise damaged(path, f"it holds {len(holdings.asked)} questions where its manifest says {report.asked}")
    _verify_rules(path, holdings)
    vectors = read_vectors(path, report.passages + report.asked)
    step = 1 if sample is None else max(1, report.passages // max(1, sample))
    checked = range(0, report.passages, step)
    _verify_store(path, report, holdings, vectors, set(checked), server)
    _verify_lexical(path, holdings, set(checked))
    return report


def _verify_rules(path: Path, holdings: Holdings) -> None:
    rules = list(read_rules(path))
    shelf = Shelf(holdings.documents, {row.passage_id: f"{row.section}\n{row.text}" for row in holdings.rows})
    wrong = [*(p for rule in rules for p in problems_of(rule, shelf)), *conflicts(rules)]
    if wrong:
        raise damaged(path, f"its rules do not agree with its passages ({wrong[0].message})")


def _verify_store(
    path: Path,
    report: Report,
    holdings: Holdings,
    vectors: NDArray[np.float32],
    checked: set[int],
    server: str | None,
) -> None:
    store = open_vectors(path, report.token, list(report.shelves), server)
    try:
        for name, (_, rows) in holdings.shelves.items():
            stored = len(holdings.stored(rows))
            if store.count(name) != stored:
                raise damaged(path, f"its vector store counts {store.count(name)} of {stored} vectors on shelf {name}")
            for row in (r for r in rows if r in checked):
                found = store.query(name, vectors[row], min(3, stored))
                if not any(r == row or similarity > 0.9999 for r, similarity in found):
                    raise damaged(
                        path,
                        f"its vector store does not find passage {holdings.rows[row].passage_id} by its own vector",
                    )
    finally:
        store.close()


def _verify_lexical(path: Path, holdings: Holdings, checked: set[int]) -> None:
    folder = path / "lexical"
    words = Words(Segmenter.read(folder))
    for name, rows in holdings.lexical.items():
        lexical = Lexical(folder / name)
        if lexical.rows != len(rows):
            raise damaged(path, f"its word index {name} counts {lexical.rows} of {len(rows)} passages")
        for place, row in ((i, r) for i, r in enumerate(rows) if r in checked):
            terms = words.terms(searchable(holdings, row))
            scores = lexical.scores(terms)
            if terms and int((scores > scores[place]).sum()) >= 3:
                raise damaged(
                    path, f"its word index does not find passage {holdings.rows[row].passage_id} by its own words"
                )
