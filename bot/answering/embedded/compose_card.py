"""A score card as a composer reads it: references to figures, names, places, comparisons as they will be displayed."""

from collections.abc import Sequence
from typing import Literal

from bot.answering.embedded.compose_voice import Voice, plain
from bot.answering.render import figure
from bot.answering.statistics import CHANGES
from bot.answering.types import Evidence, Question
from tools.catalog import Catalog, Metric, Move
from tools.insights import Insight
from tools.types import DIMENSIONS, Dimension, Measurement, ScoreCard

_MIDDLE = 0.05  # so near to the middle of the peers counts as the middle
_VISIBLE = 0.05  # a gain below it would print as +0.0


class CardReader:
    """One card beside the voice that speaks of it."""

    def __init__(
        self,
        card: ScoreCard,
        evidence: Evidence,
        catalog: Catalog,
        voice: Voice,
        insights: Sequence[Insight] = (),
    ) -> None:
        self.card = card
        self.insights = tuple(insights)
        self._barred = evidence.barred
        self.catalog = catalog
        self.voice = voice
        known = {m.id for m in evidence.measurements}
        self._figures = {key: m for key, m in card.figures.items() if m.value is not None and m.id in known}
        for m in evidence.measurements:  # changes between two cards belong to neither of them
            if m.value is not None and m.statistic in CHANGES and m.part is None and m.as_of == card.as_of:
                self._figures.setdefault(m.metric, m)
        for insight in insights:  # what the tools add to the card: how likely a gain is
            for key, m in insight.figures.items():
                self._figures.setdefault(key, m)

    def get(self, key: str) -> Measurement | None:
        return self._figures.get(key)

    def value(self, key: str) -> float | None:
        found = self._figures.get(key)
        return None if found is None else found.value

    def ref(self, key: str, style: str = "") -> str:
        """`{M3}` for a figure that is there; KeyError otherwise."""
        found = self._figures[key]
        if not style and self.voice.language == "en" and found.unit == "users":
            style = "bare"  # "visitors 412", not "visitors 412 users"
        return f"{{{found.id}:{style}}}" if style else f"{{{found.id}}}"

    def has(self, *keys: str) -> bool:
        return all(key in self._figures for key in keys)

    def moves(self, metric: Metric) -> list[Move]:
        """The moves that the asker may make, the easiest first."""
        return sorted((m for m in metric.moves if f"{metric.id}/{m.id}" not in self._barred), key=ease)

    def score_name(self, dimension: str) -> str:
        key = "words.score_overall" if dimension == "overall" else "words.score"
        return self.voice.text(key, dimension=self.catalog.name(dimension, self.voice.language))

    def name(self, metric: str) -> str:
        return self.catalog.name(metric, self.voice.language)

    def group(self, base: str) -> str | None:
        """143 shops of your trade and size; None where the peers are unknown or too few to speak of."""
        peers = self.get(f"{base}.peers")
        if peers is None or peers.group_level == "own_past":
            return None
        level = peers.group_level or "all"
        return self.voice.text(f"words.group_{level}", peers=self.ref(f"{base}.peers"))

    def place(self, dimension: str) -> str | None:
        share = self.value(f"{dimension}.rank_share")
        if share is None:
            return None
        return self.voice.text(f"words.place_{_place(share)}")

    def beside(self, own: str, other: str) -> Literal["above", "below", "level"] | None:
        """How two figures compare as they are displayed; None when one of them is missing."""
        left, right = self.get(own), self.get(other)
        if left is None or right is None or left.value is None or right.value is None:
            return None
        if figure(left, self.voice.language) == figure(right, self.voice.language):
            return "level"
        return "above" if left.value > right.value else "below"

    def behind(self, metric: Metric) -> bool:
        """Whether the raw value is displayed as worse than the peers' median."""
        return self.beside(metric.id, f"{metric.id}.peer_median") == (
            "below" if metric.direction == "higher" else "above"
        )

    def level(self, metric: Metric) -> bool:
        """Whether the raw value and the peers' median read the same."""
        return self.beside(metric.id, f"{metric.id}.peer_median") == "level"

    def gain(self, metric: Metric) -> tuple[str, float] | None:
        """The figure that says what the metric could bring, and how much; None where there is nothing to show."""
        keys = (f"{metric.id}.gain_at_median",) if self.behind(metric) else (f"{metric.id}.gain_at_upper_quarter",)
        for key in keys:
            gain = self.value(key)
            if gain is not None and gain >= _VISIBLE and self.has(metric.id):
                return key, gain
        return None

    def problem(self, metric: Metric) -> str:
        key = f"metrics.{metric.id}"
        return self.voice.text(key if self.voice.prompts.has(key) else "metrics.other")

    def scored(self) -> tuple[Dimension, ...]:
        """The dimensions that have a score, best first; ties in catalog order."""
        with_score = [d for d in DIMENSIONS if self.has(f"{d}.score")]
        return tuple(sorted(with_score, key=lambda d: -(self.value(f"{d}.score") or 0.0)))


def _place(share: float) -> str:
    if share >= 0.75:
        return "top_quarter"
    if share > 0.5 + _MIDDLE:
        return "upper_half"
    if share >= 0.5 - _MIDDLE:
        return "middle"
    return "lower_half" if share >= 0.25 else "bottom_quarter"


def shop(question: Question, card: ScoreCard, voice: Voice) -> str:
    """Whose shop: yours for a merchant about the own one, its name for anybody else."""
    if question.principal.role == "merchant" and question.principal.own_merchant in (None, card.merchant.merchant_id):
        return voice.text("words.shop_you")
    return voice.text("words.shop_named", shop=plain(card.merchant.name))


def ease(move: Move) -> float:
    """How little a move asks for, as a divisor of its gain: hours, and money at a hundred yuan an hour."""
    return 0.5 + move.effort_hours + move.cost_yuan / 100
