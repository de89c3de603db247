"""Which metrics, dimensions and products a text names: the longest known words, in simplified lower-case form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answering.embedded.lexicon_data import LexiconData, load_lexicon
from bot.answering.embedded.lexicon_sound import Sounds, in_characters, spoken_mentions
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.lexicon_typos import Speller
from tools.catalog import Catalog

Kind = Literal["metric", "dimension", "product", "score", "other", "shop", "date", "number"]

BLOT = "\x01"


@dataclass(frozen=True)
class Mention:
    """One thing named in a text, at [start, end) of the plain form.

    A weak one is an ordinary word as well; a generic one also stands inside descriptions of other figures.

    `id` is a metric, dimension, product or merchant id; for `other` the number of the figure in the lexicon's list.
    """

    start: int
    end: int
    kind: Kind
    id: str
    weak: bool = False
    generic: bool = False


@dataclass(frozen=True)
class Term:
    kind: Kind
    id: str
    weak: bool = False
    generic: bool = False


def _variants(word: str) -> Iterable[str]:
    yield word
    if word.isascii() and not word.endswith("s"):
        yield word + "s"
    if not word.isascii() and " " in word:
        yield word.replace(" ", "")


def _named(ids_to_words: Mapping[str, Iterable[str]], kind: Kind) -> Iterable[tuple[str, Term]]:
    for id, words in ids_to_words.items():
        for word in words:
            for variant in _variants(plain(word)):
                yield variant, Term(kind, id)


def _catalog_words(catalog: Catalog) -> Iterable[tuple[str, Term]]:
    yield from _named(
        {d.id: (d.name.zh, d.name.en, *d.phrasings.zh, *d.phrasings.en) for d in catalog.dimensions}, "dimension"
    )
    yield from _named(
        {
            m.id: (m.name.zh, m.name.en, m.id.replace("_", " "), *m.phrasings.zh, *m.phrasings.en)
            for m in catalog.metrics
        },
        "metric",
    )


def _series_words(catalog: Catalog, data: LexiconData) -> Iterable[tuple[str, Term]]:
    """Series and user assets, which descriptions of other figures are made of; our own words over the catalog's."""
    known = [s for s in catalog.series_by_id.values() if s.id in data.series]
    catalogs = {s.id: (s.name.zh, s.name.en, *s.phrasings.zh, *s.phrasings.en) for s in known}
    ours = {s.id: (*data.series[s.id].zh, *data.series[s.id].en) for s in known}
    for words in (catalogs, ours):
        for word, term in _named(words, "metric"):
            yield word, Term("metric", data.series[term.id].daily_of or term.id, generic=True)


def _terms(catalog: Catalog, data: LexiconData) -> dict[str, Term]:
    """Every known word; what stands later wins: our own words over the catalog's, products over figures."""
    words: dict[str, Term] = dict(_series_words(catalog, data))
    for i, figure in enumerate(data.other_figures):
        words.update(_named({str(i): (*figure.zh, *figure.en)}, "other"))
    words.update(_catalog_words(catalog))
    words.update(_named(data.metrics, "metric"))
    words.update(_named(data.dimensions, "dimension"))
    words.update(_named({"score": data.score_words}, "score"))
    words.update((w, Term(t.kind, t.id, True)) for w, t in _named(data.weak_products, "product"))
    words.update(_named(data.products, "product"))
    weak = {v for w in data.weak for v in _variants(plain(w))}
    generic = {v for w in data.generic for v in _variants(plain(w))}
    return {w: Term(t.kind, t.id, t.weak or w in weak, t.generic or w in generic) for w, t in words.items()}


class Lexicon:
    """Finds what a text names. Built once; looking up costs some tens of microseconds."""

    def __init__(
        self, catalog: Catalog, data: LexiconData | None = None, vocabulary: frozenset[str] = frozenset()
    ) -> None:
        self.data = data or load_lexicon()
        self.terms = _terms(catalog, self.data)
        self._lengths: dict[str, tuple[int, ...]] = {}
        for word in self.terms:
            self._lengths[word[0]] = tuple(sorted({len(word), *self._lengths.get(word[0], ())}, reverse=True))
        self._guards = {plain(word): re.compile(pattern) for word, pattern in self.data.guards.items()}
        named = [w for w, t in self.terms.items() if t.kind in ("metric", "dimension", "product")]
        self._sounds = Sounds(named)
        self._typed = Sounds([*named, *self.data.typed_words])
        self._speller = Speller(named, vocabulary | self.data.not_typos)

    def corrected(self, text: str) -> str:
        """The plain form with pinyin in characters and spelling slips put right."""
        return self._speller.correct(in_characters(text, self._typed))

    def find(self, text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Mention]:
        """What the plain form `text` names outside the spans `taken`, left to right, never overlapping."""
        # 下个月活跃分 holds 月活, daily actives, once 下个月 is not blotted out.
        for start, end in taken:
            text = f"{text[:start]}{BLOT * (end - start)}{text[end:]}"
        found = list(self._scan(text))
        for start, end, word in spoken_mentions(text, self._sounds, [(m.start, m.end) for m in found]):
            term = self.terms[word]
            found.append(Mention(start, end, term.kind, term.id))
        return sorted(found, key=lambda m: m.start)

    def _scan(self, text: str) -> Iterable[Mention]:
        i = 0
        while i < len(text):
            word = self._word_at(text, i)
            if word is None:
                i += 1
                continue
            term = self.terms[word]
            guard = self._guards.get(word)
            if guard is None or not guard.search(text):
                yield Mention(i, i + len(word), term.kind, term.id, term.weak, term.generic)
            i += len(word)

    def _word_at(self, text: str, i: int) -> str | None:
        lengths = self._lengths.get(text[i])
        if lengths is None or not _starts_word(text, i):
            return None
        for length in lengths:
            word = text[i : i + length]
            if len(word) == length and word in self.terms and _ends_word(text, i + length):
                return word
        return None


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _starts_word(text: str, i: int) -> bool:
    return i == 0 or not (_latin(text[i]) and _latin(text[i - 1]))


def _ends_word(text: str, i: int) -> bool:
    return i >= len(text) or not (_latin(text[i]) and _latin(text[i - 1]))
