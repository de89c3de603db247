"""The published documents, searched: meaning and words together, for one reader, on one date."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import calibration
from knowledge.confidence import Features, confidence, stretch
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError
from knowledge.index import read_manifest, read_vectors
from knowledge.lexical import Lexical
from knowledge.lexicon import lexicon
from knowledge.query import Wording, overlap
from knowledge.ranking import Hit, Wish, arrange, fold, fuse
from knowledge.rules import Rules, read_rules
from knowledge.shelves import Holdings
from knowledge.types import Audience, Passage, SearchResult
from knowledge.vectors import open_vectors
from knowledge.words import Segmenter, Words

Vector = NDArray[np.float32]
JUDGED = 3  # passages looked at when deciding whether they answer


class _Asked(NamedTuple):
    wording: Wording
    hits: list[Hit]


class _Reach(NamedTuple):
    """What one audience may read."""

    shelves: dict[str, int]  # shelf name to its number of passages
    rows: frozenset[int]
    masks: dict[str, Vector]  # word index name to 1 for each passage that may be read, 0 for the others


class IndexedLibrary:
    """One generation of the index, read-only; share one between threads, close it when another takes its place."""

    def __init__(self, path: Path, embedder: Embedder, *, server: str | None = None) -> None:
        """Opens `path` (0.8 s, most of it Chroma's import); IndexMissingError or IndexDamagedError say what to do."""
        self._report = read_manifest(path, embedder.model)
        self._holdings = Holdings.read(path)
        self._rules = read_rules(path)
        self._vectors = read_vectors(path, self._report.passages)
        self._store = open_vectors(path, self._report.token, list(self._report.shelves), server)
        self._lexicon = lexicon()
        try:
            self._words = Words(Segmenter.read(path / "lexical"))
            self._lexical = {name: Lexical(path / "lexical" / name) for name in self._holdings.lexical}
        except (OSError, ValueError) as error:
            self._store.close()
            raise IndexDamagedError(
                f"The words of the index in {path} cannot be read ({error}). Build it again: ccare knowledge build"
            ) from error
        self._place = {row: (name, i) for name, rows in self._holdings.lexical.items() for i, row in enumerate(rows)}
        self._average = _averages(self._holdings, self._vectors)
        self._calibration = calibration()
        self._reached: dict[Audience, _Reach] = {}

    @property
    def generation(self) -> str:
        return self._report.generation

    @property
    def rules(self) -> Rules:
        """What the documents of this generation state in numbers and conditions."""
        return self._rules

    def close(self) -> None:
        self._store.close()

    def search(
        self,
        text: str,
        *,
        vector: Vector,
        audience: Audience,
        on: date,
        locale: str,
        product: str | None = None,
        metrics: Sequence[str] = (),
        kinds: Sequence[str] = (),
        limit: int = 5,
    ) -> SearchResult:
        """Passages that answer `text`, best first among those in force on `on`; others follow, flagged.

        `vector` is the question's, unit length, float32[384]. Only what `audience` may read is looked at. `product`,
        `metrics` and `kinds` prefer, they do not exclude. `answerable` False: say that the documents do not say.
        """
        asked = self._ask(
            text,
            vector,
            audience,
            Wish(locale=locale, product=product, metrics=frozenset(metrics), kinds=frozenset(kinds)),
        )
        refusal = self._calibration.confidence
        sure = confidence(self._features(asked, vector), refusal) if asked.hits else 0.0
        passages = tuple(self._passage(hit, on) for hit, _ in arrange(asked.hits, self._holdings, on, limit))
        return SearchResult(passages=passages, answerable=sure >= refusal.answerable_at, confidence=round(sure, 4))

    def lookup(self, documents: Sequence[str], *, audience: Audience, on: date) -> tuple[Passage, ...]:
        """What `audience` may read of the named documents or sections ("id#2"), in order; others are passed over."""
        readable = self._reach(audience).rows
        rows = [row for id in documents for row in self._named(id) if row in readable]
        return tuple(self._passage(Hit(row, 0.0, 0.0), on) for row in rows)

    def _named(self, id: str) -> list[int]:
        """The rows of a document, or of one of its sections."""
        rows = self._holdings.sections.get(id.partition("#")[0], ())
        return [row for row in rows if "#" not in id or self._holdings.rows[row].passage_id == id]

    def features(self, text: str, *, vector: Vector, audience: Audience, locale: str) -> Features:
        """What the refusal is judged by, for whoever fits it anew."""
        return self._features(self._ask(text, vector, audience, Wish(locale=locale)), vector)

    def _ask(self, text: str, vector: Vector, audience: Audience, wish: Wish) -> _Asked:
        reach = self._reach(audience)
        wording = Wording(text, self._words, self._lexicon, self._calibration.ranking)
        wish = wish.model_copy(update={"named": wording.products})
        rarity = max((wording.rarity(self._lexical[name]) for name in reach.masks), default=0.0)
        hits = self._candidates(vector, wording, reach)
        fused = [fuse(h, self._holdings.document(h.row), wish, rarity, self._calibration.ranking) for h in hits]
        return _Asked(wording, fold(fused, self._holdings, wish.locale, reach.rows))

    def _reach(self, audience: Audience) -> _Reach:
        """What an audience may read; worked out once for each, because a large corpus makes it long."""
        found = self._reached.get(audience)
        if found is None:
            shelves = [(shelf, rows) for shelf, rows in self._holdings.shelves.values() if shelf.readable(audience)]
            rows = frozenset(row for _, shelved in shelves for row in shelved)
            names = sorted({shelf.lexical for shelf, _ in shelves})
            masks = {n: np.array([r in rows for r in self._holdings.lexical[n]], dtype=np.float32) for n in names}
            found = self._reached[audience] = _Reach(
                {shelf.name: len(shelved) for shelf, shelved in shelves}, rows, masks
            )
        return found

    def _candidates(self, vector: Vector, wording: Wording, reach: _Reach) -> list[Hit]:
        """The nearest of every shelf and the best by words of every language, each with both figures."""
        depth = self._calibration.ranking.depth
        similarity: dict[int, float] = {}
        for shelf, size in reach.shelves.items():
            similarity.update(self._store.query(shelf, vector, min(depth, size)))
        lexical = {name: self._by_words(name, wording) * mask for name, mask in reach.masks.items()}
        best = [
            self._holdings.lexical[name][place] for name, scores in lexical.items() for place in _top(scores, depth)
        ]
        missing = [row for row in best if row not in similarity]
        if missing:
            similarity.update(zip(missing, (self._vectors[missing] @ vector).tolist(), strict=True))
        places = ((row, cosine, *self._place[row]) for row, cosine in similarity.items())
        return [
            Hit(row=row, similarity=cosine, lexical=float(lexical[name][place])) for row, cosine, name, place in places
        ]

    def _by_words(self, name: str, wording: Wording) -> Vector:
        """What each passage of a word index scores, as a share of the best possible."""
        lexical = self._lexical[name]
        native = name.endswith(wording.language)
        weights = wording.weighted(native)
        return lexical.scores(list(weights), list(weights.values())) / np.float32(wording.best_score(lexical, native))

    def _features(self, asked: _Asked, vector: Vector) -> Features:
        wording, hits = asked.wording, asked.hits[:JUDGED]
        shares = [overlap(wording, self._lexical[name], place) for name, place in (self._place[h.row] for h in hits)]
        best = max(hits, key=lambda h: h.similarity)
        average = float(self._average[self._holdings.document(best.row).locale] @ vector)
        return Features(
            similarity=stretch(best.similarity, self._calibration.ranking),
            lead=min(1.0, max(0.0, 10 * (best.similarity - average))),
            overlap=max(held for held, _ in shares),
            known=max(known for _, known in shares),
            terms=min(3, wording.terms) / 3,
            product=max(float(self._holdings.document(h.row).product in wording.products) for h in hits),
            missing_fact=min(self._lexicon.missing(wording.facts, self._said(h.row)) for h in hits),
        )

    def _said(self, row: int) -> str:
        return f"{self._holdings.rows[row].section}\n{self._holdings.rows[row].text}".lower()

    def _passage(self, hit: Hit, on: date) -> Passage:
        row, document = self._holdings.rows[hit.row], self._holdings.document(hit.row)
        return Passage(
            passage_id=row.passage_id,
            document=document,
            section=row.section,
            text=row.text,
            validity=document.validity(on),
            score=round(hit.score, 6),
            similarity=round(hit.similarity, 6),
        )


def _top(scores: Vector, depth: int) -> list[int]:
    """The places of the best `depth` scores above zero."""
    found = np.flatnonzero(scores)
    if len(found) > depth:
        found = found[np.argpartition(-scores[found], depth)[:depth]]
    return [int(i) for i in found]


def _averages(holdings: Holdings, vectors: Vector) -> dict[str, Vector]:
    """The mean vector of each language's public passages; a tenant's own leave no trace in anybody's confidence."""
    found: dict[str, Vector] = {}
    for locale in sorted({d.locale for d in holdings.documents.values()}):
        rows = [r for r in range(len(holdings.rows)) if holdings.document(r).locale == locale]
        public = [r for r in rows if holdings.document(r).tenant is None]
        found[locale] = np.asarray(vectors[public or rows].mean(axis=0), dtype=np.float32)
    return found
