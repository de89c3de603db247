"""From candidates to an ordered list: fuse, fold the same document in two languages, put current rules first."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from knowledge.calibration import Ranking
from knowledge.duplicates import distinct
from knowledge.shelves import Holdings
from knowledge.types import Document, Frozen, Validity


class Hit(NamedTuple):
    """A candidate passage with what speaks for it."""

    row: int
    similarity: float  # cosine of its text
    lexical: float  # BM25 as a share of the best possible
    score: float = 0.0
    asked: float = 0.0  # cosine of the nearest question that it answers; 0 where none is near
    question: int = -1  # which one


class Wish(Frozen):
    """What the plan would like the passages to be about; it prefers, it does not exclude."""

    locale: str
    product: str | None = None
    named: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


def fuse(hits: Sequence[Hit], holdings: Holdings, wish: Wish, share: float, ranking: Ranking) -> list[Hit]:
    """The hits with their scores: cosine and words, words counting `share` of both, and what is preferred."""
    preferred: dict[str, float] = {}
    fused = []
    for row, similarity, lexical, _, asked, question in hits:
        id = holdings.rows[row].document
        extra = preferred.get(id)
        if extra is None:
            extra = preferred[id] = _preference(holdings.documents[id], wish, ranking)
        score = (1.0 - share) * meaning(similarity, asked, ranking) + share * min(1.0, lexical) + extra
        fused.append(Hit(row, similarity, lexical, score, asked, question))
    return fused


def meaning(similarity: float, asked: float, ranking: Ranking) -> float:
    """How near a passage is in meaning, 0..1: by its text, or by the nearest question that it is known to answer."""
    text = (similarity - ranking.similarity_low) / (ranking.similarity_high - ranking.similarity_low)
    question = (asked - ranking.asked_low) / (ranking.asked_high - ranking.asked_low)
    return min(1.0, max(0.0, text, question))


def _preference(document: Document, wish: Wish, ranking: Ranking) -> float:
    score = ranking.product * (document.product == wish.product)
    score += ranking.named_product * (document.product in wish.named)
    score += ranking.metric * bool(wish.metrics.intersection(document.metrics))
    score += ranking.kind * (document.kind in wish.kinds)
    return score


def fold(hits: Sequence[Hit], holdings: Holdings, locale: str, readable: Container[int]) -> list[Hit]:
    """Best first, one passage for a section that exists in two languages: the asker's, with the better one's score.

    A section's twin has the same number in the counterpart; where there is none, or the section says something that
    its twin does not, the passage stays.
    """
    best: dict[int, Hit] = {}
    own = {hit.row: hit for hit in hits}
    for hit in sorted(hits, key=lambda h: (-h.score, h.row)):
        twin = holdings.twin(hit.row)
        keep = hit.row
        if (
            twin is not None
            and twin in readable
            and not holdings.says_more(hit.row)
            and holdings.document(twin).locale == locale != holdings.document(hit.row).locale
        ):
            keep = twin
        if keep not in best:
            best[keep] = own.get(keep, hit._replace(row=keep, asked=0.0, question=-1))._replace(score=hit.score)
    return list(best.values())


class Shown(NamedTuple):
    """A passage to be shown."""

    hit: Hit
    validity: Validity
    also: tuple[int, ...] = ()  # rows of other documents that say the same


def arrange(hits: Sequence[Hit], holdings: Holdings, on: date, limit: int) -> list[Shown]:
    """The best `limit`, rules in force on `on` before all others, and never a superseded one before its successor."""
    by_row = {hit.row: hit for hit in hits}
    once = distinct([hit.row for hit in hits], holdings, on, limit)
    chosen = [by_row[row] for row in once.kept]
    by_document: dict[str, Hit] = {}
    for hit in hits:
        by_document.setdefault(holdings.rows[hit.row].document, hit)
    for hit in list(chosen):
        successor = holdings.successor(holdings.rows[hit.row].document)
        found = by_document.get(successor.id) if successor is not None and successor.validity(on) == "current" else None
        if found is not None and found not in chosen:
            chosen.insert(chosen.index(hit), found)
    chosen = chosen[:limit]
    places = _places(chosen, holdings, on)
    ordered = [chosen[i] for i in sorted(range(len(chosen)), key=lambda i: places[i])]
    return [Shown(h, holdings.document(h.row).validity(on), tuple(once.also.get(h.row, ()))) for h in ordered]


def _places(chosen: Sequence[Hit], holdings: Holdings, on: date) -> list[tuple[int, int, int]]:
    """Sort keys: current first, then by score, but a superseded passage right behind its successor's first one."""
    first: dict[str, int] = {}
    for i, hit in enumerate(chosen):
        first.setdefault(holdings.rows[hit.row].document, i)
    places = []
    for i, hit in enumerate(chosen):
        document = holdings.document(hit.row)
        behind = _behind(document.id, first, holdings, on)
        places.append((0 if document.validity(on) == "current" else 1, max(i, behind), int(behind >= i)))
    return places


def _behind(id: str, first: Mapping[str, int], holdings: Holdings, on: date) -> int:
    successor = holdings.successor(id)
    if successor is None or successor.validity(on) == "upcoming":
        return -1
    return max(first.get(successor.id, -1), _behind(successor.id, first, holdings, on))
