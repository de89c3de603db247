"""From candidates to an ordered list: fuse, fold the same document in two languages, put current rules first."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Ranking
from knowledge.candidates import NOBODY, Columns, Floats, Hit, Pool
from knowledge.duplicates import distinct
from knowledge.shelves import Holdings
from knowledge.types import Document, Frozen, Validity


class Wish(Frozen):
    """What the plan would like the passages to be about; it prefers, it does not exclude."""

    locale: str
    product: str | None = None
    named: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


def fuse(pool: Pool, columns: Columns, wish: Wish, share: float, ranking: Ranking) -> Pool:
    """The candidates with their scores: cosine and words, words counting `share` of both, and what is preferred."""
    score = (1.0 - share) * meanings(pool.similarity, pool.asked, ranking) + share * np.minimum(1.0, pool.lexical)
    if wish.product is not None or wish.named or wish.metrics or wish.kinds:
        subjects = columns.subject[pool.rows].tolist()
        extra = {number: _preference(columns.alike[number], wish, ranking) for number in set(subjects)}
        score += np.array([extra[number] for number in subjects])
    return pool._replace(score=score)


def meanings(similarity: Floats, asked: Floats, ranking: Ranking) -> Floats:
    """`meaning` of many."""
    text = (similarity - ranking.similarity_low) / (ranking.similarity_high - ranking.similarity_low)
    question = (asked - ranking.asked_low) / (ranking.asked_high - ranking.asked_low)
    return np.minimum(1.0, np.maximum(0.0, np.maximum(text, question)))


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


def fold(pool: Pool, columns: Columns, locale: str, readable: NDArray[np.bool_]) -> Pool:
    """Best first, one passage for a section that exists in two languages: the asker's, with the better one's score.

    A section's twin has the same number in the counterpart; where there is none, or the section says something that
    its twin does not, the passage stays. `readable` bool[all rows].
    """
    order = np.lexsort((pool.rows, -pool.score))
    rows = pool.rows[order]
    kept = columns.instead[locale][rows] if locale in columns.instead else rows
    kept = np.where(readable[kept], kept, rows)
    if (kept == rows).all():
        return pool.taken(order)
    own = {row: place for place, row in enumerate(rows.tolist())}
    first: dict[int, int] = {}  # each row that is kept, to the place of the best that stands for it
    for place, row in enumerate(kept.tolist()):
        first.setdefault(row, place)
    best = list(first.values())
    found = pool.taken(order[[own.get(row, place) for row, place in first.items()]])
    stranger = [place for place, row in enumerate(first) if row not in own]
    found.rows[stranger], found.asked[stranger], found.question[stranger] = kept[best][stranger], 0.0, NOBODY
    return found._replace(score=pool.score[order[best]])


class Shown(NamedTuple):
    """A passage to be shown."""

    hit: Hit
    validity: Validity
    also: tuple[int, ...] = ()  # rows of other documents that say the same


def arrange(pool: Pool, holdings: Holdings, on: date, limit: int) -> list[Shown]:
    """The best `limit`, rules in force on `on` before all others, and never a superseded one before its successor."""
    rows = pool.rows.tolist()
    once = distinct(rows, holdings, on, limit)
    chosen = list(once.kept)
    for row in once.kept:
        successor = holdings.successor(holdings.rows[row].document)
        if successor is not None and successor.validity(on) == "current":
            found = next((r for r in rows if holdings.rows[r].document == successor.id), None)
            if found is not None and found not in chosen:
                chosen.insert(chosen.index(row), found)
    chosen = chosen[:limit]
    places = _places(chosen, holdings, on)
    ordered = [chosen[i] for i in sorted(range(len(chosen)), key=lambda i: places[i])]
    hits = pool.hits([rows.index(row) for row in ordered])
    return [Shown(h, holdings.document(h.row).validity(on), tuple(once.also.get(h.row, ()))) for h in hits]


def _places(chosen: Sequence[int], holdings: Holdings, on: date) -> list[tuple[int, int, int]]:
    """Sort keys: current first, then by score, but a superseded passage right behind its successor's first one."""
    first: dict[str, int] = {}
    for i, row in enumerate(chosen):
        first.setdefault(holdings.rows[row].document, i)
    places = []
    for i, row in enumerate(chosen):
        document = holdings.document(row)
        behind = _behind(document.id, first, holdings, on)
        places.append((0 if document.validity(on) == "current" else 1, max(i, behind), int(behind >= i)))
    return places


def _behind(id: str, first: Mapping[str, int], holdings: Holdings, on: date) -> int:
    successor = holdings.successor(id)
    if successor is None or successor.validity(on) == "upcoming":
        return -1
    return max(first.get(successor.id, -1), _behind(successor.id, first, holdings, on))
