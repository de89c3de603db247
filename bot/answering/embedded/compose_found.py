"""What a measuring tool found, as a composer reads it: references to figures, names of parts, days."""

from datetime import date, timedelta

from bot.answering.embedded.compose_card import shop
from bot.answering.embedded.compose_voice import Voice
from bot.answering.render import figure
from bot.answering.types import Evidence, Question, Slots
from tools.catalog import Catalog
from tools.insights import Insight
from tools.types import Measurement

_VISIBLE = 0.05  # points; less prints as 0.0


class Found:
    """One insight beside the voice that speaks of it, and the question that asked for it."""

    def __init__(
        self, question: Question, slots: Slots, insight: Insight, evidence: Evidence, catalog: Catalog, voice: Voice
    ) -> None:
        self.question, self.slots, self.insight, self.evidence = question, slots, insight, evidence
        self.catalog, self.voice = catalog, voice

    def get(self, key: str) -> Measurement | None:
        return self.insight.get(key)

    def value(self, key: str) -> float:
        """The value, 0.0 where there is none."""
        found = self.get(key)
        return found.value if found is not None and found.value is not None else 0.0

    def has(self, *keys: str) -> bool:
        return all(self.get(key) is not None for key in keys)

    def ref(self, key: str, style: str = "") -> str:
        """`{M3}` for a figure that is there; KeyError otherwise."""
        found = self.insight.figures[key]
        if not style and self.voice.language == "en" and found.unit == "users":
            style = "bare"
        return f"{{{found.id}:{style}}}" if style else f"{{{found.id}}}"

    def part_of(self, key: str, field: str) -> str:
        """`{M3.n}` and its kin: what stands behind a figure, as a number alone."""
        return f"{{{self.insight.figures[key].id}.{field}}}"

    def visible(self, key: str) -> bool:
        """Whether a figure of points is there and would not print as nothing."""
        return self.has(key) and abs(self.value(key)) >= _VISIBLE

    def alike(self, one: str, other: str) -> bool:
        """Whether two figures read the same."""
        first, second = self.get(one), self.get(other)
        if first is None or second is None:
            return False
        return figure(first, self.voice.language) == figure(second, self.voice.language)

    def name(self, base: str) -> str:
        return self.catalog.name(base, self.voice.language)

    def score_name(self, dimension: str) -> str:
        key = "words.score_overall" if dimension == "overall" else "words.score"
        return self.voice.text(key, dimension=self.name(dimension))

    def subject(self, base: str) -> str:
        """A dimension's score or a metric, by name."""
        return self.score_name(base) if base in self.catalog.dimension_by_id else self.name(base)

    def part(self, part: str) -> str:
        """A segment, a programme or a kind of action by name; the id itself where nobody named it."""
        key = f"segments.{part.replace(':', '_')}"
        if self.voice.knows(key):
            return self.voice.text(key)
        return self.action(part)

    def action(self, kind: str) -> str:
        """What a kind of action is called: the catalog's move of that id, or a word of its own."""
        if self.voice.knows(f"segments.{kind}"):
            return self.voice.text(f"segments.{kind}")
        moves = (move for metric in self.catalog.metrics for move in metric.moves if move.id == kind)
        found = next(moves, None)
        return found.name.of(self.voice.language) if found is not None else kind

    def shop(self) -> str:
        return shop(self.question, self.evidence.cards[0], self.voice)

    def day(self, day: date) -> str:
        return self.voice.day(day)

    def say_as_of(self) -> None:
        """Which day is spoken of, where that is not simply yesterday."""
        card = self.evidence.cards[0]
        if card.state in ("partial", "stale"):
            self.voice.say(f"states.{card.state}", day=self.day(card.as_of))
            self.voice.warn("partial_day" if card.state == "partial" else "stale_data")
        elif self.insight.as_of < self.voice.today - timedelta(days=1):
            self.voice.say("states.as_of", day=self.day(self.insight.as_of))
