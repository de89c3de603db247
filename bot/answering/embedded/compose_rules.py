"""Sentences of passages: split, scored against what is asked, and quoted with source, dates and mark."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log
from typing import NamedTuple

from bot.answering.embedded.compose_voice import Voice, plain
from knowledge.types import Document, Passage
from tools.catalog import Move

_SPLIT = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+(?=[A-Z0-9\"“])|\n+")
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)、])\s+|[*`#]+|^>\s*")
_ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)、])\s+")
_COLONS = ("：", ":")
_STOPS = "。；;."
_SHORTEST = 6
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z]{3,}|\d+")
_BEHIND = 0.04  # what a sentence loses for each one before it in its passage
_LONGEST = {"zh": 110, "en": 230}


class Said(NamedTuple):
    """A sentence of a passage, and its place there: the first ones state, the later ones comment."""

    sentence: str
    passage: Passage
    at: int


@lru_cache(maxsize=2048)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences and list lines of a passage, without Markdown signs; table rows are left out."""
    found: list[str] = []
    leading = False  # the sentence before ends in a colon: list lines belong to it
    for part in _SPLIT.split(text):
        said = _LIST_MARK.sub("", part).strip()
        if len(said) < _SHORTEST or said.startswith("|"):
            continue
        listed = _ITEM.match(part) is not None
        if leading and listed and len(found[-1]) + len(said) < _LONGEST["en"]:
            joint = "" if found[-1].endswith(_COLONS) else "；" if _HAN.search(said) else "; "
            found[-1] = f"{found[-1].rstrip(_STOPS)}{joint}{' ' if not _HAN.search(said) and not joint else ''}{said}"
        else:
            found.append(said)
            leading = said.endswith(_COLONS)
    return tuple(found)


@lru_cache(maxsize=2048)
def terms(text: str) -> frozenset[str]:
    """What an overlap is counted in: pairs of Han characters, words and numbers."""
    lower = text.lower()
    pairs = (lower[i : i + 2] for i in range(len(lower) - 1))
    words = (word.removesuffix("s") for word in _WORD.findall(lower))
    return frozenset(p for p in pairs if all(_HAN.match(c) for c in p)) | frozenset(words)


def overlap(asked: frozenset[str], text: str) -> float:
    """Share of what is asked that the text speaks of, longer sentences counting a little less."""
    if not asked:
        return 0.0
    return len(asked & terms(text)) / len(asked) - 0.0004 * len(text)


def rule_for(passages: Sequence[Passage], move: Move, about: str, voice: Voice, brief: bool = False) -> str | None:
    """The one sentence of the current passages that sets a rule for a move, quoted; None where there is none.

    The catalog pins the passages behind each move; among their sentences those that limit something come first, and
    rare words of the move (broadcast, validity) decide between them.
    """
    pinned = [p for p in passages if p.validity == "current" and _pins(move, p)]
    said = [
        Said(sentence, passage, at)
        for passage in pinned
        for at, sentence in enumerate(sentences(passage.text))
        if not too_long(sentence, brief)
        and not sentence.startswith(tuple(voice.text("documents.leaning_words").split("|")))
    ]
    limits = voice.text("documents.limit_words").split("|")
    said = [s for s in said if speaks_of(s.sentence, limits)] or said
    if not said:
        return None
    rarity = _rarity([s.sentence for s in said])
    asked = terms(about)

    def worth(s: Said) -> float:
        near = sum(rarity[t] for t in asked & terms(s.sentence)) / sum(rarity.get(t, 1.0) for t in asked)
        return near + _fit(s.passage, move, voice) - _BEHIND * s.at

    best = max(said, key=worth)
    return quoted("improve.rule", best.sentence, best.passage, voice)


def _pins(move: Move, passage: Passage) -> bool:
    return passage.passage_id in move.documents or passage.document.id in move.documents


def _rarity(said: Sequence[str]) -> dict[str, float]:
    """How much a term tells: what every sentence holds tells nothing."""
    counts = Counter(term for sentence in said for term in terms(sentence))
    return {term: log(1 + len(said) / count) for term, count in counts.items()}


def _fit(passage: Passage, move: Move, voice: Voice) -> float:
    """How near a passage is before its sentence is read: on the product, in the language, the platform's own."""
    document = passage.document
    marks = (
        (0.15, document.product == move.product),
        (1.0, document.locale == voice.language),
        (0.08, document.status == "sourced"),
    )
    return sum(worth for worth, holds in marks if holds)


def speaks_of(text: str, words: Sequence[str]) -> bool:
    """Whether any of some lower-case words stands in a text."""
    lower = text.lower()
    return any(word in lower for word in words)


def too_long(sentence: str, brief: bool = False) -> bool:
    longest = _LONGEST["zh" if _HAN.search(sentence) else "en"]
    return len(sentence) > (longest // 2 if brief else longest)


def quoted(key: str, sentence: str, passage: Passage, voice: Voice) -> str:
    """A sentence of a passage as it will stand in the answer: its words, its source with dates, its mark."""
    if passage.document.status == "illustrative":
        voice.warn("illustrative")
    return voice.text(key, quote=plain(sentence), source=source(passage, voice), mark=f"[{passage.id}]")


def source(passage: Passage, voice: Voice) -> str:
    document = passage.document
    dates = _dates(passage, voice)
    tags = [dates] if dates else []
    if document.status == "illustrative":
        tags.append(voice.text("documents.illustrative_tag"))
    title = plain(document.title)
    if not tags:
        return voice.text("words.source_undated", title=title)
    return voice.text("words.source", title=title, dates=voice.joined("clause_comma", tags))


def _dates(passage: Passage, voice: Voice) -> str:
    """When the document speaks: its first and last day, and that it is over or not yet there."""
    document: Document = passage.document
    start = document.valid_from.isoformat() if document.valid_from else ""
    end = document.valid_until.isoformat() if document.valid_until else ""
    if start and document.valid_from is not None and document.valid_from > voice.today:
        return voice.text("words.upcoming", start=start)
    ended = document.valid_until is not None and document.valid_until < voice.today
    if start and end:
        return voice.text("words.ended_between" if ended else "words.valid_between", start=start, end=end)
    if end:
        return voice.text("words.ended_until" if ended else "words.valid_until", end=end)
    return voice.text("words.valid_from", start=start) if start else ""
