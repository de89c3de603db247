"""The published documents, searched: meaning and words together, for one reader, on one date."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.around import around
from knowledge.beyond import BARE, directions
from knowledge.calibration import calibration
from knowledge.candidates import Columns, Hit, Pool
from knowledge.confidence import Features, confidence
from knowledge.elsewhere import elsewhere
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError
from knowledge.gather import Gatherer
from knowledge.index import read_manifest, read_unsaid, read_vectors
from knowledge.judging import COMPARED, JUDGED, SHOWN, Found, Judging
from knowledge.lexical import Lexical
from knowledge.lexicon import lexicon
from knowledge.nearest import Nearest
from knowledge.query import Signals, Wording, share
from knowledge.ranking import Shown, Wish, arrange, fold, fuse
from knowledge.reach import Reach
from knowledge.rules import Rules, read_rules
from knowledge.shelves import Holdings
from knowledge.types import Audience, Context, Covered, Judgement, Passage, SearchResult
from knowledge.vectors import open_vectors
from knowledge.words import Segmenter, Words, stem

Vector = NDArray[np.float32]
_NO_LETTER = re.compile(r"[^\w]+")
REACHES = 64  # audiences whose reach is remembered


PLAYBOOK = "playbook"  # the product of documents about moving figures


class Reranker(Protocol):
    """Orders the best passages anew; knowledge/rerank.py makes one of any LangChain compressor."""

    @property
    def depth(self) -> int: ...

    def order(self, question: str, texts: Sequence[str]) -> list[int]: ...


class _Asked(NamedTuple):
    wording: Wording
    signals: Signals
    pool: Pool  # best first


class Candidates(NamedTuple):
    """What a search chooses from, for whoever fits how it chooses."""

    signals: Signals
    hits: list[Hit]
    documents: tuple[str, ...]  # of each hit


class IndexedLibrary:
    """One generation of the index, read-only; share one between threads, close it when another takes its place."""

    def __init__(
        self, path: Path, embedder: Embedder, *, server: str | None = None, reranker: Reranker | None = None
    ) -> None:
        """Opens `path` (0.8 s, most of it Chroma's import); IndexMissingError or IndexDamagedError say what to do."""
        self._report = read_manifest(path, embedder.model)
        self._holdings = Holdings.read(path)
        self._rules = read_rules(path)
        self._vectors = read_vectors(path, self._report.passages + self._report.asked)
        self._store = open_vectors(path, self._report.token, list(self._report.shelves), server)
        self._lexicon = lexicon()
        self._reranker = reranker
        try:
            self._words = Words(Segmenter.read(path / "lexical"))
            self._lexical = {name: Lexical(path / "lexical" / name) for name in self._holdings.lexical}
        except (OSError, ValueError) as error:
            self._store.close()
            raise IndexDamagedError(
                f"The words of the index in {path} cannot be read ({error}). Build it again: ccare knowledge build"
            ) from error
        self._columns = Columns(self._holdings)
        self._shelf_of = np.empty(len(self._holdings.rows), dtype=np.int32)
        for number, (_, rows) in enumerate(self._holdings.shelves.values()):
            self._shelf_of[rows] = number
        self._nearest = Nearest(self._store)
        self._calibration = calibration()
        self._gatherer = Gatherer(
            self._holdings, self._columns, self._lexical, self._vectors, self._nearest, self._calibration.ranking
        )
        self._judging = Judging(
            self._holdings, self._lexical, self._words, self._lexicon, self._vectors, elsewhere(embedder),
            read_unsaid(path), {True: directions(embedder.model), False: directions(embedder.model, BARE)},
            self._calibration.ranking,
        )  # fmt: skip
        self._reached: OrderedDict[Audience, Reach] = OrderedDict()

    @property
    def generation(self) -> str:
        return self._report.generation

    @property
    def rules(self) -> Rules:
        """What the documents of this generation state in numbers and conditions."""
        return self._rules

    def close(self) -> None:
        self._nearest.close()
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
        `metrics` and `kinds` prefer, they do not exclude. Whether they answer is judged when the result is asked.
        """
        asked = self._ask(
            text,
            vector,
            audience,
            Wish(locale=locale, product=product, metrics=frozenset(metrics), kinds=frozenset(kinds)),
        )
        if self._reranker is not None:
            asked = asked._replace(pool=self._reranked(text, asked.pool, self._reranker))
        passages = tuple(self._passage(shown) for shown in arrange(asked.pool, self._holdings, on, limit))
        return SearchResult(passages=passages, judge=partial(self._judged, asked, vector))

    def reading(self, text: str, *, audience: Audience) -> str:
        """The question as `search` takes it, slips and traditional letters set right; as it came where none was.

        Its vector finds more than that of a question in pinyin.
        """
        mended = self._wording(text, self._reach(audience)).text
        return text if _letters(mended) == _letters(text.lower()) else mended

    def covered(self, vector: Vector, *, audience: Audience) -> Covered:
        """How near a question is to those that documents which `audience` may read are known to answer."""
        near = {True: 0.0, False: 0.0}
        found = self._nearest.find(self._reach(audience).shelves, vector, self._calibration.ranking.depth)
        for number, cosine in found.items():
            if number >= len(self._holdings.rows):
                row = self._holdings.asked[number - len(self._holdings.rows)].row
                of_figures = self._holdings.document(row).product == PLAYBOOK
                near[of_figures] = max(near[of_figures], cosine)
        return Covered(rules=round(near[False], 6), figures=round(near[True], 6))

    def lookup(self, documents: Sequence[str], *, audience: Audience, on: date) -> tuple[Passage, ...]:
        """What `audience` may read of the named documents or sections ("id#2"), in order; others are passed over."""
        readable = self._reach(audience)
        return self._passages([row for id in documents for row in self._named(id) if row in readable], on)

    def around(self, passage_id: str, *, audience: Audience, on: date) -> Context | None:
        """What stands around a passage in its document; None where `audience` may not read it or it does not exist."""
        readable = self._reach(audience)
        row = next((r for r in self._named(passage_id) if "#" in passage_id and r in readable), None)
        if row is None:
            return None
        found = around(row, self._holdings)
        before, after = (self._passages([r], on)[0] if r is not None else None for r in (found.before, found.after))
        section, parent = (self._passages(rows, on) for rows in (found.section, found.parent))
        return Context(section=section, parent=parent, before=before, after=after)

    def _passages(self, rows: Sequence[int], on: date) -> tuple[Passage, ...]:
        """Passages that were not searched for."""
        standing = ((row, self._holdings.document(row).validity(on)) for row in rows)
        return tuple(self._passage(Shown(Hit(row, 0.0, 0.0), validity)) for row, validity in standing)

    def family(self, document: str, *, audience: Audience) -> tuple[str, ...]:
        """Every version of a document that `audience` may read, the oldest first: what supersedes what."""
        readable, sections = self._reach(audience), self._holdings.sections
        return tuple(id for id in self._holdings.family(document) if any(r in readable for r in sections.get(id, ())))

    def _named(self, id: str) -> list[int]:
        """The rows of a document, or of one of its sections."""
        rows = self._holdings.sections.get(id.partition("#")[0], ())
        return [row for row in rows if "#" not in id or self._holdings.rows[row].passage_id == id]

    def features(self, text: str, *, vector: Vector, audience: Audience, locale: str) -> Features:
        """What the refusal is judged by, for whoever fits it anew."""
        return self._features(self._ask(text, vector, audience, Wish(locale=locale)), vector)

    def left(self, text: str, *, vector: Vector, audience: Audience, locale: str) -> Vector:
        """What a question says that its best passages do not, float32[384], for the same."""
        asked = self._ask(text, vector, audience, Wish(locale=locale))
        return self._judging.residual(asked.pool.hits(slice(COMPARED)), vector)

    def candidates(self, text: str, *, vector: Vector, audience: Audience, locale: str) -> Candidates:
        """What would be ranked for a question, with both figures of each."""
        asked = self._ask(text, vector, audience, Wish(locale=locale))
        documents = tuple(self._holdings.rows[row].document for row in asked.pool.rows.tolist())
        return Candidates(asked.signals, asked.pool.hits(), documents)

    def _ask(self, text: str, vector: Vector, audience: Audience, wish: Wish) -> _Asked:
        reach, ranking = self._reach(audience), self._calibration.ranking
        indexes = [self._lexical[name] for name in reach.masks]
        wording = self._wording(text, reach)
        wish = wish.model_copy(update={"named": wording.products})
        pool = self._gatherer.pool(vector, wording, reach)
        signals = wording.signals(indexes)
        fused = fuse(pool, self._columns, wish, share(signals, ranking), ranking)
        return _Asked(wording, signals, fold(fused, self._columns, wish.locale, reach.open))

    def _wording(self, text: str, reach: Reach) -> Wording:
        indexes = [self._lexical[name] for name in reach.masks]

        def known(word: str) -> bool:
            return any(stem(word) in index for index in indexes)

        return Wording(text, self._words, self._lexicon, self._calibration.ranking, known)

    def _reranked(self, text: str, pool: Pool, reranker: Reranker) -> Pool:
        rows = pool.rows.tolist()
        order = reranker.order(text, [self._holdings.rows[row].text for row in rows[: reranker.depth]])
        return pool.taken([*order, *range(min(reranker.depth, len(rows)), len(rows))])

    def _reach(self, audience: Audience) -> Reach:
        """What an audience may read; remembered, because a large corpus makes it long."""
        found = self._reached.get(audience)
        if found is None:
            found = self._reached[audience] = Reach(self._holdings, audience, self._shelf_of)
            if len(self._reached) > REACHES:
                self._reached.popitem(last=False)
        return found

    def _judged(self, asked: _Asked, vector: Vector) -> Judgement:
        """Whether what a search found answers."""
        listed = self._judging.listed(asked.pool.hits(slice(JUDGED)))
        refusal = self._calibration.confidence if listed else self._calibration.bare
        sure = confidence(self._features(asked, vector), refusal) if len(asked.pool.rows) else 0.0
        return Judgement(answerable=sure >= refusal.answerable_at, confidence=round(sure, 4))

    def _features(self, asked: _Asked, vector: Vector) -> Features:
        """What the best passages give for the question."""
        hits, columns = asked.pool.hits(slice(max(SHOWN, COMPARED))), self._columns
        found = [Found(columns.names[columns.index[h.row]], int(columns.place[h.row]), h.row) for h in hits[:SHOWN]]
        return self._judging.features(asked.wording.text, found, hits, vector)

    def _passage(self, shown: Shown) -> Passage:
        hit = shown.hit
        row = self._holdings.rows[hit.row]
        return Passage(
            passage_id=row.passage_id,
            document=self._holdings.document(hit.row),
            section=row.section,
            text=row.text,
            validity=shown.validity,
            score=round(hit.score, 6),
            similarity=round(hit.similarity, 6),
            also=tuple(self._holdings.rows[other].passage_id for other in shown.also),
            asked=round(hit.asked, 6),
            answer=self._holdings.asked[hit.question].answer if hit.question >= 0 else "",
        )


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text)
