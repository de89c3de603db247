"""The best passages for a question, looked at once more: what speaks for them as an answer, as figures."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.beyond import Directions, residual
from knowledge.calibration import Ranking
from knowledge.candidates import Hit
from knowledge.confidence import Features, from_facts, scaled, standing, stretch, unanswered
from knowledge.facts import Given, Thing, facts, is_measure, read, undated
from knowledge.lexical import Lexical
from knowledge.lexicon import Lexicon
from knowledge.linking import Linkable, Weighed, asked, asking_places, linkable, linked, nearness
from knowledge.query import Wording, overlap
from knowledge.ranking import meaning
from knowledge.shelves import Holdings
from knowledge.words import Words

Vector = NDArray[np.float32]
JUDGED = 3  # passages looked at when deciding whether they answer
SHOWN = 5  # passages among which a single sentence may give the fact
COMPARED = 10  # passages whose cosines and words tell how far the best stand out
TOPICS = 5  # nearest topics from elsewhere that are looked at together
UNPLACED = 0.3  # nearness of a thing that the question names in words of its own


class Found(NamedTuple):
    """A passage by its place in its word index, and by its row."""

    words: str
    place: int
    row: int


class Judging:
    """One generation of the index, as far as the refusal is concerned."""

    def __init__(
        self,
        holdings: Holdings,
        lexical: Mapping[str, Lexical],
        words: Words,
        lexicon: Lexicon,
        vectors: Vector,
        topics: Vector,
        unsaid: Vector,
        directions: Mapping[bool, Directions],
        ranking: Ranking,
    ) -> None:
        """`vectors` float32[passages, 384]; `topics` float32[n, 384] of what is asked elsewhere, `unsaid` of what no
        passage answers.
        """
        self._holdings = holdings
        self._lexical = lexical
        self._words = words
        self._lexicon = lexicon
        self._vectors = vectors
        self._topics = topics
        self._unsaid = unsaid
        self._directions = directions
        self._ranking = ranking

    def features(self, text: str, found: Sequence[Found], hits: Sequence[Hit], vector: Vector) -> Features:
        """What the best passages give for a question, set right already; the days that it names need not be held."""
        wording = Wording(undated(text), self._words, self._lexicon, self._ranking)
        best, cosines = hits[:COMPARED], sorted((hit.similarity for hit in hits[:COMPARED]), reverse=True)
        topics = np.sort(self._topics @ vector)[::-1][:TOPICS]
        nearest = max(hit.similarity for hit in hits[:JUDGED])
        asked_before = max(hit.asked for hit in hits[:JUDGED])
        outside, beyond = self._directions[self.listed(hits)].along(self.residual(hits, vector))
        return Features(
            similarity=stretch(nearest, self._ranking),
            **standing(nearest - float(topics[0])),
            clear=scaled(cosines[0] - float(topics.mean())),
            clear_all=scaled(float(np.mean(cosines[:TOPICS])) - float(topics.mean())),
            asked=meaning(0.0, asked_before, self._ranking),
            **unanswered(asked_before, float((self._unsaid @ vector).max(initial=0.0)), self._ranking),
            asked_clear=scaled(asked_before - float(topics.mean())),
            lead=min(1.0, 10 * (cosines[0] - cosines[min(TOPICS, len(cosines)) - 1])),
            words=min(1.0, max(hit.lexical for hit in best)),
            words_mean=min(1.0, float(np.mean([hit.lexical for hit in best[:JUDGED]]))),
            **self._in_words(wording, found[:JUDGED]),
            **from_facts(self._given(wording, found[:SHOWN])),
            **self._linked(text, wording, found[:JUDGED]),
            outside=outside,
            beyond=beyond,
        )

    def listed(self, hits: Sequence[Hit]) -> bool:
        """Whether any of the best passages is of a document that lists what is asked of it."""
        return any(self._holdings.rows[hit.row].document in self._holdings.listing for hit in hits[:JUDGED])

    def residual(self, hits: Sequence[Hit], vector: Vector) -> Vector:
        """What the question says that its best passages do not, float32[384]."""
        return residual(vector, np.asarray(self._vectors[[hit.row for hit in hits[:JUDGED]]]))

    def _in_words(self, wording: Wording, found: Sequence[Found]) -> dict[str, float]:
        """The features that rest on whole passages and their words."""
        shares = [overlap(wording, self._lexical[f.words], f.place) for f in found]
        rows = [self._holdings.rows[f.row] for f in found]
        return {
            "overlap": max(held for held, _ in shares),
            "known": max(known for _, known in shares),
            "terms": min(3, wording.terms) / 3,
            "missing_fact": min(
                self._lexicon.missing(wording.facts, f"{row.section}\n{row.text}".lower()) for row in rows
            ),
        }

    def _given(self, wording: Wording, found: Sequence[Found]) -> Given:
        """What single sentences of the passages give for the question."""
        things = {name: _things(wording, self._lexical[name]) for name in dict.fromkeys(f.words for f in found)}
        rows = [(f.words, self._holdings.rows[f.row]) for f in found]
        texts = [
            (things[name], read(self._holdings.documents[row.document].title, row.section, row.text))
            for name, row in rows
        ]
        return facts().given(wording.text, texts)

    def _linked(self, text: str, wording: Wording, found: Sequence[Found]) -> dict[str, float]:
        """Whether the facts belong to what was asked; rarity is that of the first passage's language."""
        things = _weighed(wording, self._lexical[found[0].words])
        return linked(asked(wording.text, things), [self._linkable(f.row) for f in found], text)._asdict()

    def _linkable(self, number: int) -> Linkable:
        row, document = self._holdings.rows[number], self._holdings.document(number)
        return linkable(document.title, row.section, row.text, document.product)


def _things(wording: Wording, lexical: Lexical) -> list[Thing]:
    """What a question names, weighed by rarity; words that only ask how much left out."""
    said = zip(wording.units, wording.scale(lexical), strict=True)
    return [Thing(ways, unit.rarity**0.5) for ways, unit in said if not is_measure(ways)]


def _weighed(wording: Wording, lexical: Lexical) -> list[Weighed]:
    """The same, each with its nearness to the words that ask and its rarity, 0..1."""
    places, rarest = asking_places(wording.text), lexical.idf("")
    found = []
    for ways, unit in zip(wording.units, wording.scale(lexical), strict=True):
        if not is_measure(ways):
            at = wording.text.find(ways[0][0])
            near = nearness(min(abs(at - place) for place in places)) if at >= 0 else UNPLACED
            found.append(Weighed(Thing(ways, unit.rarity**0.5), near, unit.rarity / rarest))
    return found
