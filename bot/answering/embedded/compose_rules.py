"""Sentences of passages: split, scored against what is asked, and quoted with source, dates and mark."""

import re
from collections.abc import Sequence
from functools import lru_cache

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
_LONGEST = {"zh": 110, "en": 230}


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
    return frozenset(p for p in pairs if all(_HAN.match(c) for c in p)) | frozenset(_WORD.findall(lower))


def overlap(asked: frozenset[str], text: str) -> float:
    """Share of what is asked that the text speaks of, longer sentences counting a little less."""
    if not asked:
        return 0.0
    return len(asked & terms(text)) / len(asked) - 0.0004 * len(text)


def rule_for(passages: Sequence[Passage], move: Move, about: str, voice: Voice, brief: bool = False) -> str | None:
    """The one sentence of the current passages that limits or frames a move, quoted; None where there is none."""
    limits = voice.text("documents.limit_words").split("|")
    asked = terms(about)
    best: tuple[float, str, Passage] | None = None
    for passage in passages:
        if passage.validity != "current":
            continue
        fit = 1.0 if passage.document.product == move.product else 0.0
        fit += 0.5 if passage.document.id in move.documents else 0.0
        fit += 0.3 if passage.document.locale == voice.language else 0.0
        for sentence in sentences(passage.text):
            worth = (
                fit
                + 2 * overlap(asked, sentence)
                + _limiting(sentence, limits)
                - (1.0 if too_long(sentence, brief) else 0.0)
            )
            if best is None or worth > best[0]:
                best = (worth, sentence, passage)
    if best is None or best[0] < 0.5:
        return None
    return quoted("improve.rule", best[1], best[2], voice)


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


def _limiting(sentence: str, limits: Sequence[str]) -> float:
    lower = sentence.lower()
    words = any(word in lower for word in limits)
    return (0.35 if words else 0.0) + (0.1 if any(c.isdigit() for c in sentence) else 0.0)


def _dates(passage: Passage, voice: Voice) -> str:
    """When the document speaks: its first and last day, and that it is over or not yet there."""
    document: Document = passage.document
    start = document.valid_from.isoformat() if document.valid_from else ""
    end = document.valid_until.isoformat() if document.valid_until else ""
    if passage.validity == "upcoming" and start:
        return voice.text("words.upcoming", start=start)
    ended = document.valid_until is not None and document.valid_until < voice.today
    if start and end:
        return voice.text("words.ended_between" if ended else "words.valid_between", start=start, end=end)
    if end:
        return voice.text("words.ended_until" if ended else "words.valid_until", end=end)
    return voice.text("words.valid_from", start=start) if start else ""
