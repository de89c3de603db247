"""A draft made ready for the checks: each sentence as read, what needs no proof covered, everything stated located."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bot.answering.render import render, space
from bot.answering.statistics import AHEAD, EFFECT, is_change
from bot.answering.types import Draft, Evidence, Sentence
from bot.answering.verify.dates import StatedDate, dates
from bot.answering.verify.mentions import Lexicon, lexicon
from bot.answering.verify.numerals import WIDE, Numeral, numerals
from bot.answering.verify.words import Hit, load_words
from knowledge.types import Passage
from tools.catalog import Catalog
from tools.prospects import MovePlan
from tools.types import Measurement

COVER = "\x00"
_MARK = re.compile(r"\[[PM]\d+\]")
_SEGMENT = re.compile(r"[。；;：!?！？“”\"「」『』\[\]（）()\x00]|[.:](?=\s|$)")
_IGNORED = re.compile(r"[\s*`_#>|\u00ad]+")
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)、])[ \t]+", re.MULTILINE)
_BOUNDARY = re.compile(r"[，。；;!?！？]|,(?=\s)|\.(?=\s|$)|\b(?:and|but|while|whereas)\b|而(?!且)|但|[。]")
_PARENTHESIS = re.compile(r"[（）()]")
_SHORTEST_QUOTE = 6
_PRODUCT_NAME = "C-CARE"


@dataclass(frozen=True)
class Line:
    """One sentence as the reader will see it. In `open` what needs no proof is covered, character for character."""

    index: int
    sentence: Sentence
    text: str
    open: str
    lower: str
    mentions: tuple[Hit, ...]
    words: tuple[Hit, ...]
    dates: tuple[StatedDate, ...]
    numerals: tuple[Numeral, ...]
    boundaries: tuple[int, ...]
    parentheses: tuple[int, ...]

    def clause(self, at: int) -> tuple[int, int]:
        """Where the clause around a position begins and ends; parentheses do not end it."""
        start = max((b for b in self.boundaries if b <= at), default=0)
        return start, min((b for b in self.boundaries if b > at), default=len(self.open))

    def meaning(self, name: str, start: int = 0, end: int | None = None) -> Hit | None:
        """The first word with a meaning between two positions."""
        end = len(self.open) if end is None else end
        return next((h for h in self.words if name in h.meanings and start <= h.start < end), None)


@dataclass(frozen=True)
class Case:
    """Everything the checks look at."""

    draft: Draft
    evidence: Evidence
    catalog: Catalog
    lexicon: Lexicon
    today: date
    lines: tuple[Line, ...]
    by_id: Mapping[str, Measurement]
    by_metric: Mapping[str, Measurement]  # newest card first
    passages: Mapping[str, Passage]
    as_of: date | None
    known: tuple[str, ...]  # the catalog's sentences, the shops' names
    days: frozenset[date]  # the days that the figures are of
    told: frozenset[date]  # the days that the tools found: starts, ends, expiries, days to look again

    def cited(self, line: Line) -> list[Passage]:
        return [self.passages[p] for p in line.sentence.passages if p in self.passages]

    def referenced(self, line: Line) -> list[Measurement]:
        return [self.by_id[m] for m in line.sentence.measurements if m in self.by_id]

    def look_again(self, bases: Iterable[str]) -> set[date]:
        """Days on which the moves of some metrics say to look again."""
        moves = (move for base in bases if base in self.catalog.by_id for move in self.catalog.by_id[base].moves)
        return {self.today + timedelta(days=move.look_again_days) for move in moves}


def prepare(draft: Draft, evidence: Evidence, catalog: Catalog, today: date) -> Case:
    words = lexicon(catalog)
    by_id = {m.id: m for m in evidence.measurements}
    passages = {p.id: p for p in evidence.passages}
    rendered = [render(s, by_id, draft.language) for s in draft.sentences]
    whole = "\n".join((*rendered, *draft.suggestions))
    known = [s for s in words.sentences if s in whole]
    statistics = {m.statistic for m in evidence.measurements}
    known += load_words().fixed["ahead"] if statistics & AHEAD else ()
    known += load_words().fixed["effect"] if statistics & EFFECT else ()
    for card in evidence.cards:
        known += [card.merchant.merchant_id, card.merchant.name, space(card.merchant.name)]
    spoken = frozenset(m.base for m in evidence.measurements)
    lines = [
        _line(i, sentence, text, (words, spoken), known, [passages[p] for p in sentence.passages if p in passages])
        for i, (sentence, text) in enumerate(zip(draft.sentences, rendered, strict=True))
    ]
    newest = evidence.cards[0] if evidence.cards else None
    # What is true now: the newest card, and the changes up to it. An earlier card's figures are not of now.
    figures = {m.metric: m for m in reversed(evidence.measurements) if newest is None or is_change(m)}
    figures.update(newest.figures if newest else {})
    return Case(
        draft=draft, evidence=evidence, catalog=catalog, lexicon=words, today=today, lines=tuple(lines), by_id=by_id,
        by_metric=figures, passages=passages, as_of=newest.as_of if newest else None, known=tuple(known),
        days=_days(evidence), told=_told(evidence),
    )  # fmt: skip


def _days(evidence: Evidence) -> frozenset[date]:
    cards = {card.as_of for card in evidence.cards}
    ends = {m.period.end for m in evidence.measurements}
    return frozenset(cards | ends | {m.period.start for m in evidence.measurements if is_change(m)})


def _told(evidence: Evidence) -> frozenset[date]:
    insights = [insight for several in evidence.insights.values() for insight in several]
    found = frozenset(
        day
        for insight in insights
        for day in _dates_in(insight.model_dump(exclude={"figures", "as_of", "now", "earlier", "points", "days"}))
    )
    found |= {m.period.end for insight in insights for m in insight.figures.values() if m.statistic in AHEAD}
    planned = any(isinstance(insight, MovePlan) for insight in insights)
    return found if planned else found | {insight.as_of for insight in insights}


def _dates_in(value: object) -> Iterable[date]:
    if isinstance(value, date):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _dates_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _dates_in(inner)


def _line(
    index: int, sentence: Sentence, text: str, names: tuple[Lexicon, frozenset[str]], known: list[str],
    cited: list[Passage],
) -> Line:  # fmt: skip
    text = text.translate(WIDE)
    covered = _cover_matches(_MARK, text)
    for phrase in known:
        covered = cover(covered, phrase)
    for passage in cited:
        for title in (passage.document.title, passage.section):
            covered = cover(cover(covered, space(title)), title) if title else covered
        covered = _cover_quotes(covered, normal(passage.text))
    covered = cover(covered, _PRODUCT_NAME)
    stated = tuple(dates(covered))
    without_dates = covered
    for found in stated:
        without_dates = without_dates[: found.start] + COVER * (found.end - found.start) + without_dates[found.end :]
    lower = covered.lower()
    mentions = tuple(names[0].find(covered, names[1]))
    words = tuple(h for h in load_words().phrases.find(lower) if not _inside(h, mentions))
    for hit in words:  # the upper quarter and the lower half name a place, not a number
        if any(m.startswith("place.") or m == "role.quarter" for m in hit.meanings):
            without_dates = without_dates[: hit.start] + COVER * (hit.end - hit.start) + without_dates[hit.end :]
    return Line(
        index=index, sentence=sentence, text=text, open=covered, lower=lower,
        mentions=mentions, words=words, dates=stated,
        numerals=tuple(numerals(without_dates)), boundaries=_boundaries(covered, words),
        parentheses=tuple(m.start() for m in _PARENTHESIS.finditer(covered)),
    )  # fmt: skip


def _boundaries(text: str, words: tuple[Hit, ...]) -> tuple[int, ...]:
    """Where clauses end; the "and" inside "of your trade and size" ends none."""
    ends = _BOUNDARY.finditer(text)
    return tuple(m.end() for m in ends if not any(h.start < m.start() and m.end() < h.end for h in words))


def _inside(hit: Hit, mentions: tuple[Hit, ...]) -> bool:
    """Whether a word is only part of a metric's name: the "average" of average order value says nothing of peers."""
    return any(m.start <= hit.start and hit.end <= m.end and m.end - m.start > hit.end - hit.start for m in mentions)


def hide(text: str, case: Case) -> str:
    """A text with the catalog's own sentences and the shops' names covered."""
    for phrase in case.known:
        text = cover(text, phrase)
    return text


def cover(text: str, phrase: str) -> str:
    """Every occurrence of a phrase covered; the length stays."""
    return text.replace(phrase, COVER * len(phrase)) if phrase and phrase in text else text


@lru_cache(maxsize=1024)
def normal(text: str) -> str:
    """Text for comparing quotes: one form of each character, no spaces, no Markdown signs, lower case."""
    return _IGNORED.sub("", _LIST_MARK.sub("", unicodedata.normalize("NFKC", text))).lower()


def _cover_matches(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda m: COVER * len(m[0]), text)


def _cover_quotes(text: str, passage: str) -> str:
    """Stretches between sentence signs that stand word for word in the passage."""
    start = 0
    for stop in [*(m.start() for m in _SEGMENT.finditer(text)), len(text)]:
        said = normal(text[start:stop])
        if len(said) >= _SHORTEST_QUOTE and said in passage:
            text = text[:start] + COVER * (stop - start) + text[stop:]
        start = stop + 1
    return text
