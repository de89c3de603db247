"""Statements of passages and how well each answers: by telling words, the kind of fact asked for, search's rank."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from bot.answering.embedded.compose_rules import sentences, speaks_of, terms
from bot.answering.embedded.compose_voice import Voice
from bot.answering.types import Intent
from knowledge.facts import facts, read, undated
from knowledge.lexicon import simplify
from knowledge.types import Passage

_NEAR = 0.5  # what a term counts that only the title or the heading holds
_ABOUT = 0.4  # of what was asked: so much a statement must hold for that
_RANK = 2.0  # what search's own order counts beside the words
_FACT = 0.35  # what a statement gains that gives the kind of fact asked for
_SILENCE = 0.35  # what one gains that says that nothing is said, where that is the answer
_HIDDEN = 0.15  # and what it loses elsewhere
_STEPWISE = 0.4  # what a guide to doing it gains where steps are asked for
_LEANING = 0.15  # what one loses that leans on the sentence before it
_SOURCED = 0.25  # the platform's own word, before ccare's examples
_ANSWERS = 3.5  # what the sentence gains that answers the nearest known question, as far as that one is near
_NO_NEARER, _AS_GOOD = 0.84, 0.98  # cosines of questions between which "near" lies
_NOT_THEN = 1.0  # what a statement loses that did not speak on the day asked about, where another of its product did
_SAME = 0.5  # of the shorter one's terms: so many two forms of one sentence share
_DIFFERS = 0.3  # what a statement gains that says that documents differ
_LONG = {"zh": 0.0012, "en": 0.0005}  # what each character costs: of two that answer, the shorter one
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_RULE = re.compile(r"^\s*\|[\s:|-]+\|\s*$")
_MOST_ROWS = 8
_LONGEST_TABLE = 260
_HAN = re.compile(r"[\u4e00-\u9fff]")
_COLONS = ("：", ":")


@dataclass(frozen=True)
class Pick:
    """A statement of a passage, with how well it answers."""

    worth: float  # with what search thinks of its passage
    fit: float  # share of the question's telling words that it or its heading holds, 0..1
    passage: Passage
    at: int
    text: str
    gives: bool  # the kind of fact asked for; False where none is

    @property
    def key(self) -> frozenset[str]:
        return terms(self.text)


def ranked(asked: str, passages: Sequence[Passage], intent: Intent, voice: Voice, silent: bool = False) -> list[Pick]:
    """Every statement of every passage, best first. `silent`: nothing answers, so what says so comes first."""
    question = simplify(asked)
    wanted = terms(undated(question))
    factual = bool(facts().asked(question))
    about_silence = silent or facts().about_publicity(question)
    passages = _as_versions(passages)
    said = {passage.passage_id: statements(passage.text) for passage in passages}
    telling = _rarity([text for texts in said.values() for text in texts])
    total = sum(telling.get(term, 0.0) for term in wanted) or 1.0
    differ = voice.text("documents.differ_words").split("|")
    then = _spoke_then(passages, voice)
    top = max((passage.score for passage in passages), default=0.0) or 1.0
    found = []
    for passage in passages:
        about = terms(f"{passage.document.title} {passage.section}")
        given = _given(question, said[passage.passage_id])
        known = _known(passage, said[passage.passage_id])
        base = _RANK * passage.score / top + _preferred(passage, intent, voice)
        base -= _NOT_THEN * (passage.validity != "current" and passage.document.product in then)
        for at, text in enumerate(said[passage.passage_id]):
            if is_caveat(text, voice):
                continue
            own = terms(text)
            fit = (
                sum(telling.get(t, 0.0) * (1.0 if t in own else _NEAR) for t in wanted if t in own or t in about)
                / total
            )
            worth = base + fit + _FACT * (at in given) - _LEANING * leans(text, voice)
            worth += _near(passage) * _ANSWERS * (at == known)
            worth -= _LONG[passage.document.locale] * len(text)
            if fit >= _ABOUT and (at in given or not factual) and speaks_of(text, differ):
                worth += _DIFFERS
            if facts().is_silent(simplify(text)):
                worth += _SILENCE if about_silence else -_HIDDEN
            found.append(Pick(worth, fit, passage, at, text, at in given))
    return sorted(found, key=lambda p: (-p.worth, p.passage.id, p.at))


def _spoke_then(passages: Sequence[Passage], voice: Voice) -> frozenset[str]:
    """Products of which a document was in force on the day asked about, where that is another day than today."""
    if all(p.validity == p.document.validity(voice.today) for p in passages):
        return frozenset()
    return frozenset(p.document.product for p in passages if p.validity == "current")


def _as_versions(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, those of a version that was not found itself as good as the same section of the one that was.

    Everyday questions are kept with the version in force; its elder sisters answer them for their own days.
    """
    linked = {d.id: d.supersedes for d in (p.document for p in passages) if d.supersedes is not None}
    found: dict[tuple[str, str], Passage] = {}
    for passage in passages:
        at = (_eldest(passage.document.id, linked), passage.passage_id.rpartition("#")[2])
        if at not in found or passage.score > found[at].score:
            found[at] = passage
    taken = []
    for passage in passages:
        best = found[_eldest(passage.document.id, linked), passage.passage_id.rpartition("#")[2]]
        taken.append(
            passage
            if passage.score >= best.score
            else passage.model_copy(update={"score": best.score, "asked": best.asked, "answer": best.answer})
        )
    return taken


def _eldest(document: str, supersedes: Mapping[str, str]) -> str:
    """The first version of a document."""
    seen = set()
    while document in supersedes and document not in seen:
        seen.add(document)
        document = supersedes[document]
    return document


def _near(passage: Passage) -> float:
    """How near the nearest question is that the passage is known to answer, 0..1."""
    return min(1.0, max(0.0, (passage.asked - _NO_NEARER) / (_AS_GOOD - _NO_NEARER)))


def _known(passage: Passage, texts: Sequence[str]) -> int | None:
    """The place of the statement that answers that question; a table row is written in another way there."""
    wanted = terms(passage.answer)
    if not wanted:
        return None
    shares = [len(wanted & own) / max(1, min(len(wanted), len(own))) for own in map(terms, texts)]
    place = max(range(len(shares)), key=lambda i: shares[i], default=None)
    return place if place is not None and shares[place] >= _SAME else None


def held(asked: str, passages: Sequence[Passage]) -> float:
    """Share of the question's words that any passage holds, 0..1. Next to nothing: it is about something else."""
    wanted = terms(simplify(asked))
    known = frozenset(t for p in passages for t in terms(f"{p.document.title} {p.section} {p.text}"))
    return len(wanted & known) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=2048)
def statements(text: str) -> tuple[str, ...]:
    """The sentences of a passage, then what its tables say: the whole of a short one behind its lead, and each row."""
    found = list(sentences(text))
    head: list[str] = []
    rows: list[str] = []
    for line in [*text.splitlines(), ""]:
        row = _ROW.match(line)
        if row is None:
            if rows:
                found = _with_table(rows, found)
            head, rows = ([], []) if line.strip() or rows else (head, rows)
        elif not _RULE.match(line):
            cells = [cell.strip() for cell in row[1].split("|")]
            if head:
                rows.append(_row(head, cells))
            else:
                head = cells
    return tuple(found)


def is_caveat(text: str, voice: Voice) -> bool:
    """Whether a sentence only says that the text around it is an example: the answer's own note says that."""
    return speaks_of(text, voice.text("documents.caveat_words").split("|"))


def leans(text: str, voice: Voice) -> bool:
    """Whether a sentence needs the one before it to be understood."""
    return text.startswith(tuple(voice.text("documents.leaning_words").split("|")))


def _with_table(rows: Sequence[str], found: Sequence[str]) -> list[str]:
    """The statements so far with those of a table; a short one stands behind the sentence with a colon."""
    lead = next((text for text in reversed(found) if text.endswith(_COLONS)), None)
    if lead is None or len(rows) > _MOST_ROWS or len(lead) + sum(map(len, rows)) > _LONGEST_TABLE:
        return [*found, *(_closed(row) for row in rows)]
    han = _HAN.search(lead) is not None
    whole = _closed(f"{lead}{'' if han else ' '}{('；' if han else '; ').join(rows)}")
    return [*(whole if text == lead else text for text in found), *(_closed(row) for row in rows)]


def _closed(text: str) -> str:
    return text + ("。" if _HAN.search(text) else ".")


def _row(head: Sequence[str], cells: Sequence[str]) -> str:
    """A row as a line: the first cell names it, each other stands behind its column's name where there are several."""
    han = _HAN.search("".join(head)) is not None
    joint = " " if han else ": "
    pairs = zip(head[1:], cells[1:], strict=False)
    named = [f"{name if han else name.lower()}{joint}{cell}" for name, cell in pairs if cell]
    if len(cells) == 2:
        named = [cell for cell in cells[1:] if cell]
    return f"{cells[0]}：{'，'.join(named)}" if han else f"{cells[0]} ({'; '.join(named)})"


def _given(question: str, texts: Sequence[str]) -> frozenset[int]:
    """Places of the statements that give the kind of fact asked for."""
    if not facts().asked(question):
        return frozenset()
    lines = [(at, line) for at, text in enumerate(texts) for line in read("", "", text).sentences]
    return frozenset(at for at, line in lines if facts().answers(question, line))


def _preferred(passage: Passage, intent: Intent, voice: Voice) -> float:
    title = f"{passage.document.title} {passage.section}"
    stepwise = intent == "howto" and speaks_of(title, voice.text("documents.step_words").split("|"))
    sourced = intent == "policy" and passage.document.status == "sourced"
    return _STEPWISE * stepwise + _SOURCED * sourced


def _rarity(said: Sequence[str]) -> dict[str, float]:
    """How much a term tells among these statements: what every one holds tells nothing."""
    counts = Counter(term for text in said for term in terms(text))
    return {term: log(1 + len(said) / count) for term, count in counts.items()}
