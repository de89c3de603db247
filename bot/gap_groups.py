"""Gaps put together for the operator: questions that ask for the same, with the count and what came nearest."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from bot.answering.gaps import Gap
from bot.answering.ports import Embedder

ALIKE = 0.93  # cosine from which two questions ask for the same
NEARLY = 0.86  # and from which they do where they share so many words:
SHARED = 0.4
_WORD = re.compile(r"[a-z]{3,}|\d+|[\u4e00-\u9fff]")


class Group(NamedTuple):
    """Questions that ask for the same."""

    example: str
    times: int
    kind: str
    last_asked: datetime
    nearest: str

    def as_json(self) -> str:
        return json.dumps({**self._asdict(), "last_asked": self.last_asked.isoformat()}, ensure_ascii=False)


def grouped(gaps: Sequence[Gap], embedder: Embedder) -> list[Group]:
    """Groups of one kind of gap each, the largest first. A question joins the group whose first it resembles."""
    heads: list[tuple[np.ndarray, frozenset[str], list[Gap]]] = []
    for gap in gaps:
        vector, words = embedder.query(gap.text), _words(gap.text)
        near = [
            (float(head @ vector), members)
            for head, said, members in heads
            if members[0].kind == gap.kind and _alike(float(head @ vector), words, said)
        ]
        if near:
            max(near, key=lambda found: found[0])[1].append(gap)
        else:
            heads.append((vector, words, [gap]))
    groups = [_group(members) for _, _, members in heads]
    return sorted(groups, key=lambda g: (-g.times, -g.last_asked.timestamp(), g.example))


def gap_lines(gaps: Sequence[Gap], embedder: Embedder, *, since: date | None, as_json: bool) -> Iterator[str]:
    """What `ccare knowledge gaps` prints: unanswered questions by group; those about something else only counted."""
    groups = grouped([gap for gap in gaps if gap.kind == "unanswered"], embedder)
    if as_json:
        yield from (group.as_json() for group in groups)
        return
    elsewhere = sum(gap.kind == "off_topic" for gap in gaps)
    when = f" since {since}" if since else ""
    yield f"{sum(g.times for g in groups)} questions without an answer{when}, in {len(groups)} groups."
    for group in groups:
        nearest = f"; nearest: {group.nearest}" if group.nearest else ""
        yield f"{group.times:>5}  {group.example}  (last {group.last_asked:%Y-%m-%d}{nearest})"
    if elsewhere:
        yield f"{elsewhere} more were about something else and are not shown."


def _alike(cosine: float, one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other) / max(1, min(len(one), len(other)))
    return cosine >= ALIKE or (cosine >= NEARLY and shared >= SHARED)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _group(members: Sequence[Gap]) -> Group:
    """The commonest wording stands for all, the shortest among equals."""
    counts = Counter(gap.text for gap in members)
    example = min(counts, key=lambda text: (-counts[text], len(text), text))
    nearest = Counter(gap.nearest for gap in members if gap.nearest).most_common(1)
    last = max(gap.asked_at for gap in members)
    return Group(example, len(members), members[0].kind, last, nearest[0][0] if nearest else "")
