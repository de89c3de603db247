"""The platform's words: other ways to say a thing, products a question names, and the kind of fact it asks for."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from pydantic import Field

from knowledge.errors import KnowledgeError
from knowledge.finder import Finder
from knowledge.mend import Mender
from knowledge.types import Frozen

HERE = Path(__file__).parent
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Fact(Frozen):
    """A kind of fact: how questions ask for it, and what a passage that gives it says."""

    weight: float  # how much it tells when a passage does not speak of it, 0..1
    asks: tuple[str, ...]
    speaks: tuple[str, ...]


class LexiconFile(Frozen):
    terms: tuple[tuple[str, ...], ...]
    words: tuple[str, ...] = ()
    products: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    facts: dict[str, Fact] = Field(default_factory=dict)
    stop: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Lexicon:
    """lexicon.yaml, ready to match. All matching is on simplified, half-width, lower-case text."""

    def __init__(self, content: LexiconFile) -> None:
        self.content = content
        self.stop = frozenset(simplify(w) for words in content.stop.values() for w in words)
        self._groups = [tuple(simplify(t) for t in group) for group in content.terms]
        members: dict[str, list[int]] = {}
        for number, group in enumerate(self._groups):
            for term in group:
                members.setdefault(term, []).append(number)
        self._members = members
        self._term = Finder(members)
        self._product_of = {simplify(w): id for id, words in content.products.items() for w in words}
        self._product = Finder(self._product_of)
        self._asks: dict[str, set[str]] = {}  # a way to ask, to the facts it asks for
        for name, fact in content.facts.items():
            for way in fact.asks:
                self._asks.setdefault(simplify(way), set()).add(name)
        self._asked = Finder(self._asks)
        self._speaks = {name: _pattern(simplify(s) for s in fact.speaks) for name, fact in content.facts.items()}

    def chinese_words(self) -> list[str]:
        """What the segmenter must not cut."""
        named = [t for group in self._groups for t in group] + [simplify(w) for w in self.content.words]
        return sorted({w for w in named if re.search(r"[\u4e00-\u9fff]", w) and len(w) > 1})

    def terms(self, simplified: str) -> list[str]:
        """The known terms in a text, longest match first at each place."""
        return self._term.words(simplified)

    def variants(self, simplified: str) -> list[str]:
        """Other ways to say the terms of a text, without those it already holds."""
        return self.others(self.terms(simplified), simplified)

    def others(self, terms: Sequence[str], simplified: str) -> list[str]:
        """`variants` where the terms of the text are known already."""
        groups = (self._groups[number] for term in terms for number in self._members[term])
        return list(dict.fromkeys(t for group in groups for t in group if t not in simplified))

    @cached_property
    def mender(self) -> Mender:
        """Sets slips in the platform's words right."""
        return Mender(self._members, self.stop)

    def same(self, term: str) -> list[str]:
        """Every other way to say a known term."""
        return [t for t in dict.fromkeys(t for n in self._members[term] for t in self._groups[n]) if t != term]

    def products(self, simplified: str) -> frozenset[str]:
        """Products that a text names."""
        return frozenset(self._product_of[w] for w in self._product.words(simplified))

    def asked_facts(self, simplified: str) -> tuple[str, ...]:
        """Kinds of fact a question asks for."""
        asked = {name for way in self._asked.every(simplified) for name in self._asks[way]}
        return tuple(name for name in self.content.facts if name in asked)

    def missing(self, facts: Sequence[str], simplified: str) -> float:
        """How much of what was asked for a passage does not speak of: 0 nothing, 1 a kind of fact that it must give."""
        absent = [self.content.facts[f].weight for f in facts if not self._speaks[f].search(simplified)]
        return max(absent, default=0.0)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped lexicon, read once."""
    path = HERE / "lexicon.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return Lexicon(LexiconFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise KnowledgeError(
            f"The lexicon {path.name} cannot be read: {error}. Restore the file from the project."
        ) from error


def simplify(text: str) -> str:
    """Traditional to simplified, full width to half width, lower case: one form to match on."""
    return text.translate(_table()).lower()


@lru_cache(maxsize=1)
def _table() -> dict[int, int]:
    traditional, simplified = (HERE / "traditional.txt").read_text(encoding="utf-8").splitlines()[:2]
    return {ord(t): ord(s) for t, s in zip(traditional, simplified, strict=True)} | _FULL_WIDTH


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """One alternation, longest first; Latin words only whole. Words that hold a backslash are expressions."""
    parts = []
    for word in sorted(set(words), key=lambda w: (-len(w), w)):
        body = word if "\\" in word else re.escape(word)
        latin = re.match(r"[a-z0-9]", word) is not None
        parts.append(rf"(?<![a-z0-9]){body}(?![a-z0-9])" if latin else body)
    return re.compile("|".join(parts) or r"(?!)")
