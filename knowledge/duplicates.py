"""The same text in two documents is shown once, with the others named."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from knowledge.lexicon import simplify
from knowledge.shelves import Holdings

ALIKE = 0.9  # share of letter triples that two texts have in common from which they are one text
_FILL = re.compile(r"[\W_]+")
# Two texts that differ in one of these say different things, however alike they are otherwise.
_TELLING = re.compile(
    r"\d+|[零一二三四五六七八九十百千万两半]|[不没无非未勿禁可须得]|\b(?:no|not|never|none|without|may|must|can|cannot|only|un\w+)\b"
)


class _Text(NamedTuple):
    plain: str
    triples: frozenset[str]
    telling: tuple[str, ...]


class Twice(NamedTuple):
    """Places of passages that are kept, in the given order, and for each those whose text is the same."""

    kept: list[int]
    also: dict[int, list[int]]


def distinct(rows: Sequence[int], holdings: Holdings, on: date, limit: int) -> Twice:
    """The first `limit` rows that say different things.

    Only passages about one product, in one language, with one standing on `on` can be one: the same words about
    another product are another rule.
    """
    found = Twice([], {})
    for row in rows:
        twin = next((k for k in found.kept if _same(k, row, holdings, on)), None)
        if twin is not None:
            found.also.setdefault(twin, []).append(row)
        elif len(found.kept) < limit:
            found.kept.append(row)
        else:
            break
    return found


def _same(one: int, other: int, holdings: Holdings, on: date) -> bool:
    a, b = holdings.rows[one].text, holdings.rows[other].text
    if not ALIKE <= len(a) / max(1, len(b)) <= 1 / ALIKE:
        return False
    first, second = holdings.document(one), holdings.document(other)
    if first.id == second.id or (first.locale, first.product) != (second.locale, second.product):
        return False
    if first.validity(on) != second.validity(on):
        return False
    return a == b or _alike(_text(a), _text(b))


def _alike(a: _Text, b: _Text) -> bool:
    if a.telling != b.telling:
        return False
    return a.plain == b.plain or len(a.triples & b.triples) >= ALIKE * len(a.triples | b.triples)


@lru_cache(maxsize=4096)
def _text(text: str) -> _Text:
    simplified = simplify(text)
    plain = _FILL.sub("", simplified)
    triples = frozenset(plain[i : i + 3] for i in range(max(1, len(plain) - 2)))
    return _Text(plain, triples, tuple(_TELLING.findall(simplified)))
