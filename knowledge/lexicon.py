"""The platform's words: other ways to say a thing, products a question names, and the kind of fact it asks for."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import Field

from knowledge.errors import KnowledgeError
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
        self._term = _pattern(members)
        self._product_of = {simplify(w): id for id, words in content.products.items() for w in words}
        self._product = _pattern(self._product_of)
        self._asks = {name: _pattern(simplify(a) for a in fact.asks) for name, fact in content.facts.items()}
        self._speaks = {
            name: _pattern((simplify(s) for s in fact.speaks), raw=True) for name, fact in content.facts.items()
        }

    def chinese_words(self) -> list[str]:
        """What the segmenter must not cut."""
        named = [t for group in self._groups for t in group] + [simplify(w) for w in self.content.words]
        return sorted({w for w in named if re.search(r"[\u4e00-\u9fff]", w) and len(w) > 1})

    def terms(self, simplified: str) -> list[str]:
        """The known terms in a text, longest match first at each place."""
        return list(dict.fromkeys(self._term.findall(simplified)))

    def variants(self, simplified: str) -> list[str]:
        """Other ways to say the terms of a text, without those it already holds."""
        found: dict[str, None] = {}
        for term in self.terms(simplified):
            for number in self._members[term]:
                found.update(dict.fromkeys(t for t in self._groups[number] if t not in simplified))
        return list(found)

    def same(self, term: str) -> list[str]:
        """Every other way to say a known term."""
        return [t for t in dict.fromkeys(t for n in self._members[term] for t in self._groups[n]) if t != term]

    def products(self, simplified: str) -> frozenset[str]:
        """Products that a text names."""
        return frozenset(self._product_of[w] for w in self._product.findall(simplified))

    def asked_facts(self, simplified: str) -> tuple[str, ...]:
        """Kinds of fact a question asks for."""
        return tuple(name for name, pattern in self._asks.items() if pattern.search(simplified))

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


def _pattern(words: Iterable[str], *, raw: bool = False) -> re.Pattern[str]:
    """One alternation, longest first; Latin words only whole. `raw` words that hold a backslash are expressions."""
    parts = []
    for word in sorted(set(words), key=lambda w: (-len(w), w)):
        body = word if raw and "\\" in word else re.escape(word)
        latin = re.match(r"[a-z0-9]", word) is not None
        parts.append(rf"(?<![a-z0-9]){body}(?![a-z0-9])" if latin else body)
    return re.compile("|".join(parts) or r"(?!)")
