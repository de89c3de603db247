"""The best passages for a question, looked at once more: the words that they hold, and what single sentences give."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knowledge.facts import Given, Thing, facts, is_measure, read
from knowledge.lexical import Lexical
from knowledge.lexicon import Lexicon
from knowledge.query import Wording, overlap
from knowledge.shelves import Holdings


class Found(NamedTuple):
    """A passage by its place in its word index, and by its row."""

    words: str
    place: int
    row: int


def in_words(
    wording: Wording, found: Sequence[Found], holdings: Holdings, lexical: Mapping[str, Lexical], lexicon: Lexicon
) -> dict[str, float]:
    """The features that rest on whole passages and their words."""
    shares = [overlap(wording, lexical[f.words], f.place) for f in found]
    texts = (f"{holdings.rows[f.row].section}\n{holdings.rows[f.row].text}".lower() for f in found)
    return {
        "overlap": max(held for held, _ in shares),
        "known": max(known for _, known in shares),
        "terms": min(3, wording.terms) / 3,
        "missing_fact": min(lexicon.missing(wording.facts, text) for text in texts),
    }


def given(wording: Wording, found: Sequence[Found], holdings: Holdings, lexical: Mapping[str, Lexical]) -> Given:
    """What single sentences of the passages give for the question."""
    things = {name: _things(wording, lexical[name]) for name in dict.fromkeys(f.words for f in found)}
    rows = [(f.words, holdings.rows[f.row]) for f in found]
    texts = [(things[name], read(holdings.documents[row.document].title, row.section, row.text)) for name, row in rows]
    return facts().given(wording.text, texts)


def _things(wording: Wording, lexical: Lexical) -> list[Thing]:
    """What a question names, weighed by rarity; words that only ask how much left out."""
    said = zip(wording.units, wording.scale(lexical), strict=True)
    return [Thing(ways, unit.rarity**0.5) for ways, unit in said if not is_measure(ways)]
