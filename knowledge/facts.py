"""Whether passages give the kind of fact that a question asks for: a price, a share, a time, a count.

Judged sentence by sentence: a price somewhere in a passage is no answer to what something else costs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from knowledge.errors import KnowledgeError
from knowledge.lexicon import simplify
from knowledge.sentences import sentences_of
from knowledge.types import Frozen
from knowledge.words import stem

PATH = Path(__file__).with_name("facts.yaml")
EXACT = frozenset({"price", "share", "contact"})  # nearly right is wrong
TITLE = 0.3  # what a thing counts that the title names: every sentence of the document is about it
NEARBY = 0.5  # what a thing counts that only the heading names
_DATE = re.compile(
    r"\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?|\d{4}-\d{2}(?:-\d{2})?|\b(?:19|20)\d{2}\b|[a-z-]+\d[\d.]*\b"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_WHEN = re.compile(  # when a question is about says nothing of what it is about
    r"(?:19|20)\d{2}\s*年(?:\s*\d{1,2}\s*月(?:份)?)?(?:\s*\d{1,2}\s*[日号])?|\d{1,2}\s*月\s*(?:\d{1,2}\s*[日号]|份)"
    r"|[去今前明]年|[上本下]个?[月周]|(?<!什么)(?<!啥)那?(?:的)?时候|当时|\d{4}-\d{1,2}(?:-\d{1,2})?"
    r"|\b(?:as of |since |until |on |in )?(?:\d{1,2}(?:st|nd|rd|th)? )?"
    rf"{_MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? (?:19|20)\d{{2}}\b"
    r"|\b(?:as of|in|since|until|by) (?:19|20)\d{2}\b|\b(?:last|next|this) (?:year|month|week)\b"
)
_CLASSIFIER = re.compile(r"(?:多少|几)(?:个)?([张次条种项家人篇份位点笔款级页步套倍枚台件节批档字])(?!钟|击|赞)")
_COUNTED = re.compile(
    r"(?:多少|几)(?:个|位|家|款|张|次|条)?([\u4e00-\u9fff]{2})|\bhow many (?:more |different )?([a-z-]+)"
)
_NUMERAL = r"(?:\d[\d,.]*|[二两三四五六七八九十百千万]+|(?:每|只)[^，。；]{0,8}一)\s*[万亿多余]*\s*"
_MEASURE = re.compile(  # words of a question that ask how much, and name nothing
    r"[几多一二两三四五六七八九十半每]+[少大长久个张次条种项家人篇份位点笔款枚台件节批档天年月周日号级名元块钱]?|时候|时间|[a-z]?\d{1,2}"
)
_REASONED = re.compile(  # who asks how a price comes about wants no price
    r"怎么算|如何计算|怎么来的|公式|\b(?:computed|calculated|worked out|formula)\b"
)
_LATIN = re.compile(r"[a-z0-9]+(?:[-_.'][a-z0-9]+)*")


class Kind(Frozen):
    """How questions ask for a kind of fact, and the forms in which a sentence gives it."""

    asks: tuple[str, ...]
    gives: tuple[str, ...]


class FactsFile(Frozen):
    kinds: dict[str, Kind]
    silent: tuple[str, ...]
    publicity: tuple[str, ...]


class Thing(NamedTuple):
    """One thing that a question names: the ways to say it, each as the words it needs, and how much it tells."""

    ways: Sequence[Sequence[str]]
    weight: float


class Text(NamedTuple):
    """A sentence ready to match: its words as they stand, and the stems of the Latin ones."""

    said: str
    stems: frozenset[str]

    @classmethod
    def of(cls, line: str) -> "Text":
        """A simplified line."""
        runs = _LATIN.findall(line)
        parts = [part for run in runs for part in re.split(r"[-_.']", run) if part]
        return cls(line, frozenset(runs) | frozenset(stem(part) for part in parts))


class Read(NamedTuple):
    """A passage as facts see it."""

    sentences: tuple[Text, ...]
    title: Text
    heading: Text


class Counted(NamedTuple):
    """What a question counts: a Chinese classifier, or the stem of an English noun; "" where any will do."""

    classifier: str
    noun: str


class Given(NamedTuple):
    """How well the best sentence covers what a question names, 0..1."""

    said: float = 0.0  # any that says something
    value: float = 0.0  # one that gives the kind of fact asked for
    silence: float = 0.0  # one that says that nothing is said
    asks: bool = False  # whether a kind of fact is asked for
    exact: bool = False  # whether it is a price, a share or an address
    publicity: bool = False  # whether it is asked if something is public


class Facts:
    """facts.yaml, ready to match. Questions come simplified, as `simplify` leaves them."""

    def __init__(self, content: FactsFile) -> None:
        self._asks = {name: _any(kind.asks) for name, kind in content.kinds.items()}
        self._gives = {name: _any(kind.gives) for name, kind in content.kinds.items()}
        self._silent = _any(content.silent)
        self._publicity = _any(content.publicity)

    def asked(self, question: str) -> frozenset[str]:
        """Kinds of fact that a question asks for; any of them is an answer. How much of nothing special is a count."""
        found = frozenset(name for name, pattern in self._asks.items() if pattern.search(question))
        found -= {"price"} if _REASONED.search(question) else frozenset()
        return found - {"count"} or found

    def about_publicity(self, question: str) -> bool:
        """Whether it asks if something is public: then "nothing is published" is what it wants to know."""
        return self._publicity.search(question) is not None

    def gives(self, kinds: Iterable[str], sentence: Text, counted: "Counted") -> bool:
        """Whether a sentence gives a fact of these kinds; a count in the unit that was asked for."""
        return any(
            self._gives[kind].search(sentence.said) if kind != "count" else self._counts(sentence, counted)
            for kind in kinds
        )

    def answers(self, question: str, sentence: Text) -> bool:
        """Whether a sentence gives a kind of fact that a question asks for, and does not say that nothing is said."""
        return not self.is_silent(sentence.said) and self.gives(self.asked(question), sentence, counted(question))

    def _counts(self, sentence: Text, counted: "Counted") -> bool:
        plain = _DATE.sub(" ", sentence.said)
        if self._gives["count"].search(plain) is None or (counted.noun and counted.noun not in sentence.stems):
            return False
        return not counted.classifier or re.search(_NUMERAL + counted.classifier, plain) is not None or "不限" in plain

    def is_silent(self, sentence: str) -> bool:
        return self._silent.search(sentence) is not None

    def given(self, question: str, passages: Iterable[tuple[Sequence[Thing], Read]]) -> Given:
        """What passages give for a question, each with the things it names, as that passage's language weighs them."""
        kinds, wanted = self.asked(question), counted(question)
        said = value = silence = 0.0
        for things, passage in passages:
            for sentence, covered in covering(things, passage):
                if self.is_silent(sentence.said):
                    silence = max(silence, covered)
                    continue
                said = max(said, covered)
                if covered > value and self.gives(kinds, sentence, wanted):
                    value = covered
        exact = bool(kinds & EXACT)
        return Given(said, value, silence, bool(kinds), exact, self.about_publicity(question))


def covering(things: Sequence[Thing], passage: Read) -> Iterator[tuple[Text, float]]:
    """Each sentence with the share of the things that it names, by weight; what only the heading names counts half."""
    weighed = []
    for thing in things:
        titled = names(thing, passage.title)
        weight = thing.weight * (TITLE if titled else 1.0)
        weighed.append((thing, weight, weight * NEARBY if titled or names(thing, passage.heading) else 0.0))
    total = sum(weight for _, weight, _ in weighed)
    for sentence in passage.sentences:
        held = sum(weight if names(thing, sentence) else nearby for thing, weight, nearby in weighed)
        yield sentence, held / total if total else 0.0


@lru_cache(maxsize=4096)
def read(title: str, section: str, text: str) -> Read:
    """A passage taken apart: its sentences, list lines and table rows, each row with the head of its table."""
    found = tuple(Text.of(line) for line in sentences_of(simplify(text)))
    return Read(found, Text.of(simplify(title)), Text.of(simplify(section)))


@lru_cache(maxsize=1)
def facts() -> Facts:
    """The shipped kinds of fact, read once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return Facts(FactsFile.model_validate(yaml.load(PATH.read_text(encoding="utf-8"), Loader=loader)))
    except (OSError, yaml.YAMLError, ValueError, re.error) as error:
        raise KnowledgeError(f"{PATH.name} cannot be read: {error}. Restore the file from the project.") from error


def counted(question: str) -> Counted:
    """What is counted, as a sentence must name it: 张, trigger; nothing where any count will do."""
    classifier, noun = _CLASSIFIER.search(question), _COUNTED.search(question)
    if noun is None:
        return Counted(classifier[1] if classifier else "", "")
    if noun[2]:
        return Counted("", stem(noun[2]))
    return Counted(classifier[1], "") if classifier else Counted("", "")


def undated(question: str) -> str:
    """A question without the days that it names; as it was where nothing else is left."""
    return _WHEN.sub(" ", question) if _WHEN.sub("", question).strip() else question


def is_measure(ways: Sequence[Sequence[str]]) -> bool:
    """Whether a thing of a question only asks how much, as 几张 does."""
    return any(len(way) == 1 and _MEASURE.fullmatch(way[0]) is not None for way in ways)


def names(thing: Thing, text: Text) -> bool:
    """Whether a text says a thing in one of its ways."""
    return any(all(holds(text, word) for word in way) for way in thing.ways)


def holds(text: Text, word: str) -> bool:
    return word in text.said if word[0] >= "\u4e00" else word in text.stems


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
