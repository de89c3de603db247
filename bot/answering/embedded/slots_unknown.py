"""Figures that the catalog does not have: what was asked for, and what comes nearest."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.answering.embedded.lexicon_data import LexiconData
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.understand_reading import Reading
from bot.answering.types import Clarification, Language
from tools.catalog import Catalog
from tools.types import Dimension

_ZH = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:(?<![费税利汇])率|时长|占比|均价|指数|成本)")
_ZH_FILLER = re.compile(
    r"^.*?(?:我们|我|咱|你|他|店里|店|的|是|请问|查一下|看看|看|最近|想知道|知道|帮忙|帮|下|有|个|和|跟|把"
    r"|提高|提升|降低|怎么|如何|什么)(?=[\u4e00-\u9fff]{2,}$)"
)
_EN = re.compile(r"\b((?:[a-z]+ ){1,2})(rate|ratio|margin|index|share|time|cost|duration)s?\b")
_EN_FILLER = frozenset(
    [
        "my",
        "our",
        "your",
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "what",
        "whats",
        "how",
        "much",
        "of",
        "for",
        "with",
        "at",
        "me",
        "current",
        "to",
        "in",
        "on",
        "raise",
        "improve",
        "lower",
        "increase",
        "reduce",
        "show",
        "tell",
        "give",
        "check",
        "this",
        "that",
        "about",
        "and",
        "or",
        "any",
        "long",
        "high",
        "low",
        "good",
        "bad",
        "first",
        "last",
        "same",
        "next",
        "more",
        "some",
        "every",
        "all",
        "no",
        "one",
        "which",
    ]
)
NEAREST = 3


@dataclass(frozen=True)
class UnknownFigure:
    """What was asked, the nearest catalog metrics, and the dimension whose advice fits who wants more of it."""

    asked: str
    near: tuple[str, ...]
    improve: Dimension | None = None


def _nearest(asked: str, catalog: Catalog) -> tuple[str, ...]:
    names = {
        m.id: [plain(w) for w in (m.name.zh, m.name.en, *m.phrasings.zh, *m.phrasings.en)] for m in catalog.metrics
    }
    scores = {
        id: max(score for _, score, _ in process.extract(asked, words, scorer=fuzz.ratio, limit=1))
        for id, words in names.items()
    }
    return tuple(sorted(scores, key=lambda id: -scores[id])[:NEAREST])


def _by_shape(text: str) -> str | None:
    """A word that looks like a figure's name: 跳出率, bounce rate."""
    for match in _ZH.finditer(text):
        word = match[0]
        while (cut := _ZH_FILLER.sub("", word)) != word:
            word = cut
        if len(word) >= 3:
            return word
    for match in _EN.finditer(text):
        words = [w for w in match[1].split() if w not in _EN_FILLER]
        if words and match[1].split()[-1] in words:
            return " ".join([*words, match[2]])
    return None


def find_unknown(reading: Reading, data: LexiconData, catalog: Catalog) -> UnknownFigure | None:
    """The figure that a clause asks for and the catalog lacks; None when a known one is named beside it."""
    if any(m.kind in ("metric", "dimension") and not m.weak for m in reading.mentions):
        return None
    other = next((m for m in reading.mentions if m.kind == "other"), None)
    if other is not None:
        figure = data.other_figures[int(other.id)]
        return UnknownFigure(
            reading.text[other.start : other.end], tuple(i for i in figure.near if i in catalog.by_id), figure.improve
        )
    if any(m.kind == "metric" for m in reading.mentions):
        return None
    asked = _by_shape(reading.text)
    return UnknownFigure(asked, _nearest(asked, catalog)) if asked else None


def did_you_mean(unknown: UnknownFigure, catalog: Catalog, language: Language) -> Clarification:
    """The question back, with the nearest figures to pick from."""
    choices = tuple(catalog.name(id, language) for id in unknown.near)
    return Clarification(
        key="unknown_metric", variables={"asked": unknown.asked, "suggestion": choices[0]}, choices=choices
    )
