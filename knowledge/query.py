"""A question as the word side sees it: its terms, their weights, the other ways to say them, and what it asks for."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from knowledge.calibration import Ranking
from knowledge.lexical import Lexical
from knowledge.lexicon import Lexicon, simplify
from knowledge.words import Words

LONG = 10  # words of a question that count as many
_HAN = re.compile("[\u4e00-\u9fff]")


class Unit(NamedTuple):
    """One thing said, as one word index knows it."""

    ways: list[list[str]]  # the ways to say it that the index knows throughout
    rarity: float  # of its commonest known name, or of an unknown word


class Signals(NamedTuple):
    """A question as fusing sees it; all 0..1."""

    rarity: float  # of its rarest known word: high for a name, low for a paraphrase in common words
    length: float  # words that say something, 1 for LONG or more
    han: float  # 1 for Chinese, which character pairs match more surely than English stems


def share(signals: Signals, ranking: Ranking) -> float:
    """How much words count beside meaning, 0..1."""
    words = ranking.lexical + ranking.rare * signals.rarity + ranking.long * signals.length + ranking.han * signals.han
    return min(1.0, max(0.0, words))


class Wording:
    """One question, taken apart once; every word index is asked with the same parts."""

    def __init__(
        self, text: str, words: Words, lexicon: Lexicon, ranking: Ranking, known: Callable[[str], bool] | None = None
    ) -> None:
        """`known` tells whether any passage that may be read holds a Latin word, which then is no slip."""
        self.text = lexicon.mender.mend(simplify(text), words.cut, known or (lambda word: False))
        self._words = words
        self._lexicon = lexicon
        self._ranking = ranking
        self._scales: dict[int, list[Unit]] = {}
        self.language = "zh" if _HAN.search(self.text) else "en"
        self.said = list(dict.fromkeys(words.terms(self.text)))
        self.content = [t for t in self.said if not t.startswith("~")]
        self.named = lexicon.terms(self.text)
        self.products = lexicon.products(self.text)
        self._weighted: dict[bool, dict[str, float]] = {}

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Kinds of fact that the question asks for."""
        return self._lexicon.asked_facts(self.text)

    def weighted(self, native: bool) -> dict[str, float]:
        """Term to weight: words as said 1, character pairs less, other ways to say a term less still.

        `native` False asks an index of another language, where the other ways to say it are the only ones.
        """
        if native not in self._weighted:
            self._weighted[native] = self._weights(native)
        return self._weighted[native]

    def _weights(self, native: bool) -> dict[str, float]:
        weights = {t: self._ranking.pair if t.startswith("~") else 1.0 for t in self.said}
        for term in self._varied:
            weights.setdefault(term, self._ranking.variant if native else self._ranking.translated)
        return weights

    @cached_property
    def _varied(self) -> list[str]:
        variants = self._lexicon.others(self.named, self.text)
        return [term for variant in variants for term in self._words.named(variant)]

    @cached_property
    def units(self) -> list[list[list[str]]]:
        """What a passage should speak of: for each thing said, the ways to say it, each as the words it needs."""
        units: list[list[list[str]]] = []
        covered: set[str] = set()
        for term in self.named:
            own = self._words.named(term)
            if not own or covered.issuperset(own):
                continue
            covered.update(own)
            units.append([own, *(w for w in (self._words.named(v) for v in self._lexicon.same(term)) if w)])
        units.extend([[term]] for term in self.content if term not in covered)
        return units

    def scale(self, lexical: Lexical) -> list[Unit]:
        """The units as a word index knows them."""
        found = self._scales.get(id(lexical))
        if found is None:
            found = self._scales[id(lexical)] = [_unit(ways, lexical) for ways in self.units]
        return found

    @property
    def terms(self) -> int:
        """How many things of the platform the question names."""
        return len(self.named)

    def best_score(self, lexical: Lexical, native: bool) -> float:
        """What a passage would score that holds everything said, unknown words included; never 0."""
        if native:
            pair = self._ranking.pair
            return max(1e-6, sum((pair if t[0] == "~" else 1.0) * lexical.idf(t) for t in self.said))
        return max(1e-6, sum(unit.rarity for unit in self.scale(lexical)))

    def signals(self, indexes: Sequence[Lexical]) -> Signals:
        """What the question is, as far as that tells how much its words can be relied on."""
        return Signals(
            rarity=max((self.rarity(index) for index in indexes), default=0.0),
            length=min(1.0, len(self.content) / LONG),
            han=float(self.language == "zh"),
        )

    def rarity(self, lexical: Lexical) -> float:
        """How rare the question's known words are, 0..1: high for a name, low for a paraphrase in common words."""
        known = [lexical.idf(t) for t in self.content if t in lexical]
        return max(known) / lexical.idf("") if known else 0.0


def overlap(wording: Wording, lexical: Lexical, place: int) -> tuple[float, float]:
    """(share of what was said that the passage holds, share that any passage holds), 0..1.

    Weighted by the root of the rarity: by rarity itself, one everyday word that no passage uses outweighs the subject.
    """
    total = held = known = 0.0
    for unit in wording.scale(lexical):
        weight = unit.rarity**0.5
        total += weight
        if unit.ways:
            known += weight
            if any(all(lexical.holds(t, place) for t in way) for way in unit.ways):
                held += weight
    return (held / total, known / total) if total else (0.0, 0.0)


def _unit(ways: list[list[str]], lexical: Lexical) -> Unit:
    known = [way for way in ways if all(t in lexical for t in way)]
    rarities = (max(lexical.idf(t) for t in way) for way in known)
    return Unit(known, min(rarities, default=lexical.idf("")))
