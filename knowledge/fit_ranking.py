"""Refit how much words count beside meaning: `python -m knowledge.fit_ranking INDEX QUESTIONS [INDEX QUESTIONS ...]`.

INDEX is a generation's directory, QUESTIONS JSON lines with `question`, `locale`, and `relevant` (ids of documents that
answer) or `documents` (the same without their language); `role` where a provider asks. Prints what to put into
calibration.yaml, and what weights fitted on one half of each set find in the other.
"""

import itertools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Ranking, calibration
from knowledge.embed import E5Embedder, Embedder
from knowledge.library import IndexedLibrary
from knowledge.query import Signals, share
from knowledge.ranking import meaning
from knowledge.types import Audience

GRID = {
    "lexical": (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6),
    "rare": (0.0, 0.1, 0.2, 0.3),
    "long": (-0.1, 0.0, 0.1, 0.2),
    "han": (-0.1, 0.0, 0.1, 0.2),
}
NOWHERE = 99
Floats = NDArray[np.float64]
Rule = Callable[["Asked"], Floats]  # what each candidate scores


class Asked(NamedTuple):
    """One labelled question with the candidates of its search."""

    signals: Signals
    similarity: Floats
    dense: Floats  # similarity on the model's useful range
    lexical: Floats
    preferred: Floats  # what language and product add
    documents: tuple[str, ...]
    relevant: frozenset[str]


class Score(NamedTuple):
    """How well a rule finds what it should."""

    recall: float  # share of the questions with a right document among the first 5
    mrr: float  # mean of 1 / place of the first right document, 0 beyond the 10th


def asked(library: IndexedLibrary, embedder: Embedder, row: Mapping[str, Any]) -> Asked:
    """The candidates of one labelled question, as its reader's search would find them."""
    text, audience = row["question"], Audience(role=row.get("role", "merchant"))
    vector = embedder.query(library.reading(text, audience=audience))
    found = library.candidates(text, vector=vector, audience=audience, locale=row["locale"])
    ranking = calibration().ranking
    dense = np.array([meaning(hit.similarity, hit.asked, ranking) for hit in found.hits])
    lexical = np.array([min(1.0, hit.lexical) for hit in found.hits])
    words = share(found.signals, ranking)
    return Asked(
        signals=found.signals,
        similarity=np.array([hit.similarity for hit in found.hits]),
        dense=dense,
        lexical=lexical,
        preferred=np.array([hit.score for hit in found.hits]) - (1 - words) * dense - words * lexical,
        documents=found.documents,
        relevant=frozenset(
            row.get("relevant") or (f"{d}-{locale}" for d in row["documents"] for locale in ("zh", "en"))
        ),
    )


def by_meaning(one: Asked) -> Floats:
    return one.similarity


def by_words(one: Asked) -> Floats:
    return one.lexical


def equal_mix(one: Asked) -> Floats:
    """Reciprocal ranks of meaning and words, added: what one uses who has nothing to fit on."""
    return sum((1 / (60 + _ranks(values)) for values in (one.similarity, one.lexical)), np.zeros(len(one.lexical)))


def fused(ranking: Ranking) -> Rule:
    """The search's own rule."""

    def rule(one: Asked) -> Floats:
        words = share(one.signals, ranking)
        return (1 - words) * one.dense + words * one.lexical + one.preferred

    return rule


def score(questions: Sequence[Asked], rule: Rule) -> Score:
    places = np.array([_place(one, rule(one)) for one in questions])
    return Score(float((places < 5).mean()), float(np.where(places < 10, 1 / (places + 1), 0).mean()))


def fit(sets: Sequence[Sequence[Asked]], ranking: Ranking) -> Ranking:
    """The weights of the grid under which all sets together are found best; among equals the simplest."""
    best, found = -1.0, ranking
    names = list(GRID)
    simplest = sorted(itertools.product(*GRID.values()), key=lambda values: sum(abs(v) for v in values[1:]))
    for values in simplest:
        tried = ranking.model_copy(update=dict(zip(names, values, strict=True)))
        rule = fused(tried)
        gained = sum(sum(score(questions, rule)) for questions in sets)
        if gained > best + 1e-9:
            best, found = gained, tried
    return found


def halves(questions: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    return list(questions[::2]), list(questions[1::2])


def across(sets: Sequence[Sequence[Asked]], ranking: Ranking) -> list[Score]:
    """For each set what weights find that were fitted on the other half of all sets, both ways together."""
    split = [halves(questions) for questions in sets]
    fits = [fit([half[i] for half in split], ranking) for i in (0, 1)]
    scores = [[score(half[1 - i], fused(fits[i])) for half in split] for i in (0, 1)]
    weights = [(len(half[1]), len(half[0])) for half in split]
    return [
        Score(*(np.average([scores[0][n][k], scores[1][n][k]], weights=weights[n]).item() for k in (0, 1)))
        for n in range(len(sets))
    ]


def main(arguments: list[str]) -> None:
    embedder = E5Embedder()
    names, sets = [], []
    for index, file in zip(arguments[::2], arguments[1::2], strict=True):
        library = IndexedLibrary(Path(index), embedder)
        rows = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
        sets.append([asked(library, embedder, row) for row in rows])
        names.append(Path(file).name)
        library.close()
    ranking = calibration().ranking
    fitted = fit(sets, ranking)
    lines = [f"{name}: {getattr(fitted, name):.2f}" for name in GRID]
    for name, questions, held in zip(names, sets, across(sets, ranking), strict=True):
        shown = {
            "meaning": score(questions, by_meaning), "words": score(questions, by_words),
            "equal mix": score(questions, equal_mix), "as calibrated": score(questions, fused(ranking)),
            "fitted on all": score(questions, fused(fitted)), "fitted on the other half": held,
        }  # fmt: skip
        lines += [f"{name}, {what}: Recall@5 {s.recall:.4f}, MRR@10 {s.mrr:.4f}" for what, s in shown.items()]
    sys.stdout.write("\n".join(lines) + "\n")


def _place(one: Asked, scores: Floats) -> int:
    documents = dict.fromkeys(one.documents[i] for i in np.argsort(-scores, kind="stable"))
    return next((place for place, id in enumerate(documents) if id in one.relevant), NOWHERE)


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(-values, kind="stable"), kind="stable").astype(np.float64)


if __name__ == "__main__":
    main(sys.argv[1:])
