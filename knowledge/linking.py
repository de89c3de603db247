"""Whether a fact belongs to what was asked: its number's own clause, the matter in question, and whose matter it is.

"At most 90 days" in a sentence about activities does not say how long a review takes. So a question is taken apart into
its product, its matters (knowledge/matters.yaml) and its other words, each weighed by how near it stands to the words
that ask; and these are looked for beside the fact: in its clause, then its sentence or table row, then the heading.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.facts import Counted, Text, Thing, counted, facts, holds, names, read, undated
from knowledge.lexicon import lexicon
from knowledge.matters import matters

HEADING = 0.4  # what a thing counts that only the heading or title names
SENTENCE = 0.6  # the same, of what stands in the sentence but not in the fact's own clause
NEAR = 6  # characters from the asking words at which a thing counts half
_CLAUSE = re.compile(r"[，,；;：:（）()。]|\||\s-\s|\b(?:and|but|while|which|whereas)\b")
_ASKING = re.compile(
    r"怎么|怎样|如何|什么|哪|谁|多少|几|多久|多长|多大|能不能|可不可以|可以|能|吗|啥|呢"
    r"|\b(?:how (?:much|many|long|often|soon|quickly|big)|how|what|which|who|whom|whose|where|when|why)\b"
    r"|\b(?:can|may|does|do|is|are)\b"
)
_NOUN = re.compile(r"(?:多少|几)(?:个|位|家|款|张|次|条|所|种|件|名|篇|项|步)?([\u4e00-\u9fff]{2})")


class Linked(NamedTuple):
    """How far the best passages give a fact of the very matter that was asked about; all 0..1."""

    matter: float  # share of the matters asked about that a sentence about the same product speaks of
    fact: float  # the same, of sentences that give a fact of the form asked for
    clause: float  # the same, of the fact's own clause
    unsaid: float  # the same, of sentences that say that nothing is said
    more_unsaid: float  # how much better such a sentence fits than the best that answers
    lacking: float  # share of the matters that no passage speaks of
    lacks: float  # 1 when two or more are lacking, 0.5 when one is
    matters: float  # 1 for four or more asked about
    focus: float  # share of the words, weighed by nearness to the asking ones, that stand beside one fact
    focus_matter: float  # the same of matters
    rarest: float  # rarity of the rarest thing asked about that no passage names
    named: float  # 1 when the question names one of the platform's products
    uncounted: float  # 1 when what is to be counted stands beside no number
    outsider: float  # 1 when another company is named that no passage names


class Part(NamedTuple):
    """A sentence or a clause with the matters that it speaks of."""

    text: Text
    matters: frozenset[str]


class Sentence(NamedTuple):
    whole: Part
    products: frozenset[str]
    silent: bool
    clauses: tuple[Part, ...]


class Linkable(NamedTuple):
    """A passage as linking sees it."""

    sentences: tuple[Sentence, ...]
    title: Text
    heading: Text
    above: frozenset[str]  # matters of title and heading
    products: frozenset[str]  # of heading, else of title, else the document's own


class Weighed(NamedTuple):
    """A thing that a question names, with how near it stands to the asking words and how rare it is."""

    thing: Thing
    near: float
    rarity: float


class Ask(NamedTuple):
    """A question taken apart."""

    text: str
    kinds: frozenset[str]
    counted: Counted
    noun: str
    products: frozenset[str]
    matters: dict[str, float]  # each with its nearness to the asking words
    things: Sequence[Weighed]


def asked(text: str, things: Sequence[Weighed]) -> Ask:
    """A simplified question with the things it names."""
    plain = undated(text)
    places = asking_places(plain)
    near = {name: nearness(min(abs(at - p) for p in places)) for name, at in matters().places(plain).items()}
    noun = _NOUN.search(plain)
    return Ask(
        plain, facts().asked(plain), counted(plain), noun[1] if noun else "", lexicon().products(plain), near, things
    )


def asking_places(text: str) -> list[int]:
    """Where a question asks; its end where it does not say."""
    return [found.start() for found in _ASKING.finditer(text)] or [len(text)]


def nearness(distance: int) -> float:
    return NEAR / (NEAR + distance)


@lru_cache(maxsize=4096)
def linkable(title: str, section: str, text: str, product: str) -> Linkable:
    """A passage taken apart, worked out once."""
    passage, known, words = read(title, section, text), matters(), lexicon()
    found = []
    for sentence in passage.sentences:
        clauses = tuple(
            Part(Text.of(part), known.of(part)) for part in _CLAUSE.split(sentence.said) if part and part.strip()
        )
        silent = facts().is_silent(sentence.said)
        found.append(Sentence(Part(sentence, known.of(sentence.said)), words.products(sentence.said), silent, clauses))
    above = known.of(passage.title.said) | known.of(passage.heading.said)
    products = words.products(passage.heading.said) or words.products(passage.title.said) or frozenset({product})
    return Linkable(tuple(found), passage.title, passage.heading, above, products)


def linked(ask: Ask, passages: Sequence[Linkable], text: str) -> Linked:
    """What passages give for a question; `text` is the question as it was asked, simplified, with its years."""
    known = facts()
    matter = fact = clause = unsaid = focus = focus_matter = 0.0
    spoken: set[str] = set()
    beside = not ask.noun
    total_near = sum(w.near for w in ask.things) or 1.0
    total_matter = sum(ask.matters.values())
    for passage in passages:
        for sentence in passage.sentences:
            spoken |= sentence.whole.matters | passage.above
            own = _belongs(ask, sentence, passage)
            share = own * _share(ask.matters, sentence.whole.matters, passage.above)
            if sentence.silent:
                unsaid = max(unsaid, share)
                continue
            matter = max(matter, share)
            if ask.kinds and not known.gives(ask.kinds, sentence.whole.text, ask.counted):
                continue
            fact = max(fact, share)
            for part in sentence.clauses if ask.kinds else (sentence.whole,):
                if ask.kinds and not known.gives(ask.kinds, part.text, ask.counted):
                    continue
                beside = beside or ask.noun in part.text.said
                held = sum(
                    near * _worth(name, part.matters, sentence.whole.matters, passage.above)
                    for name, near in ask.matters.items()
                )
                clause = max(clause, own * _clause_share(ask.matters, part.matters, sentence, passage))
                focus_matter = max(focus_matter, own * held / total_matter if total_matter else 0.0)
                focus = max(focus, own * _focus(ask.things, part.text, sentence.whole.text, passage) / total_near)
    lacking = [name for name in ask.matters if name not in spoken]
    best = fact if ask.kinds else matter
    return Linked(
        matter=matter,
        fact=fact if ask.kinds else 0.0,
        clause=clause if ask.kinds else 0.0,
        unsaid=unsaid,
        more_unsaid=min(1.0, max(0.0, 0.5 + unsaid - best)),
        lacking=len(lacking) / len(ask.matters) if ask.matters else 0.0,
        lacks=min(2, len(lacking)) / 2,
        matters=min(4, len(ask.matters)) / 4,
        focus=focus,
        focus_matter=focus_matter,
        rarest=max((w.rarity for w in ask.things if not _anywhere(w.thing, passages)), default=0.0),
        named=float(bool(ask.products)),
        uncounted=float(not beside and bool(ask.kinds)),
        outsider=float(_missing(matters().companies(text), passages)),
    )


def _belongs(ask: Ask, sentence: Sentence, passage: Linkable) -> float:
    """Share of the products asked about that a sentence is about: those it names, else those of its heading."""
    if not ask.products:
        return 1.0
    about = sentence.products or passage.products
    share = len(ask.products & about) / len(ask.products)
    return max(share, 0.5 * len(ask.products & passage.products) / len(ask.products))


def _share(wanted: dict[str, float], held: frozenset[str], above: frozenset[str]) -> float:
    if not wanted:
        return 0.5
    return sum(1.0 if name in held else HEADING if name in above else 0.0 for name in wanted) / len(wanted)


def _clause_share(wanted: dict[str, float], part: frozenset[str], sentence: Sentence, passage: Linkable) -> float:
    if not wanted:
        return 0.5
    return sum(_worth(name, part, sentence.whole.matters, passage.above) for name in wanted) / len(wanted)


def _worth(name: str, part: frozenset[str], sentence: frozenset[str], above: frozenset[str]) -> float:
    return 1.0 if name in part else SENTENCE if name in sentence else HEADING if name in above else 0.0


def _focus(things: Sequence[Weighed], part: Text, sentence: Text, passage: Linkable) -> float:
    held = 0.0
    for thing, near, _ in things:
        if names(thing, part):
            held += near
        elif names(thing, sentence):
            held += near * SENTENCE
        elif names(thing, passage.heading) or names(thing, passage.title):
            held += near * HEADING
    return held


def _anywhere(thing: Thing, passages: Sequence[Linkable]) -> bool:
    return any(
        names(thing, passage.title)
        or names(thing, passage.heading)
        or any(names(thing, sentence.whole.text) for sentence in passage.sentences)
        for passage in passages
    )


def _missing(words: Iterable[str], passages: Sequence[Linkable]) -> bool:
    """Whether something is named that no sentence or title holds."""
    return any(
        not any(
            holds(passage.title, word) or any(holds(s.whole.text, word) for s in passage.sentences)
            for passage in passages
        )
        for word in words
    )
