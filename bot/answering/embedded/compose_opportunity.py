"""What could move: the metrics of a dimension with what catching up would bring, and the easiest way to begin."""

from dataclasses import dataclass

from bot.answering.embedded.compose_card import CardReader, ease
from tools.catalog import Metric, Move

_HOPELESS = 0.05  # what fewer manage is not advised while there is something else
_UNTOLD = 0.25  # how likely a gain is taken to be where too few can be compared


@dataclass(frozen=True)
class Opportunity:
    """One metric that could move, with what it would bring and the easiest way to begin."""

    metric: Metric
    key: str  # the figure that says what it brings
    gain: float
    move: Move | None
    chance: float | None = None  # share of comparable merchants that managed it; None where nobody can tell
    chance_key: str = ""  # the figure that says so

    @property
    def expected(self) -> float:
        """Points that it is worth: a gain that nobody achieved is worth nothing, however large."""
        return self.gain * (self.chance if self.chance is not None else _UNTOLD)

    def figures(self, reader: CardReader) -> dict[str, str]:
        """The variables that every line about it has."""
        return {
            "metric": reader.name(self.metric.id),
            "value": reader.ref(self.metric.id),
            "gain": reader.ref(self.key, "+"),
            "score_name": reader.score_name(self.metric.dimension),
        }

    def odds(self, reader: CardReader) -> str:
        """ "; 11 of 37 that started near managed it", or nothing where nobody can tell."""
        found = reader.get(self.chance_key)
        if found is None:
            return ""
        parts = {"managed": f"{{{found.id}.numerator}}", "of": f"{{{found.id}.denominator}}"}
        return reader.voice.text("chance.short", **parts)


def opportunities(reader: CardReader, dimension: str) -> tuple[Opportunity, ...]:
    """Those behind the peers first, then those that could still go ahead; by points times how many managed it."""
    found = []
    for metric in reader.catalog.of_dimension(dimension):
        gain = reader.gain(metric)
        if gain is not None:
            key = gain[0].replace(".gain_", ".chance_")
            move = next(iter(reader.moves(metric)), None)
            found.append(Opportunity(metric, gain[0], gain[1], move, reader.value(key), key))
    likely = [o for o in found if o.chance is None or o.chance >= _HOPELESS] or found
    return tuple(sorted(likely, key=lambda o: (not reader.behind(o.metric), -o.expected)))


def shortlist(items: tuple[Opportunity, ...], count: int) -> tuple[Opportunity, ...]:
    """At most `count`, in their order; the one to begin with stays, so that a shorter answer gives the same advice."""
    begin = best_first(items)
    if begin is None or begin[0] in items[:count]:
        return items[:count]
    return (*items[: count - 1], begin[0])


def best_first(items: tuple[Opportunity, ...]) -> tuple[Opportunity, Move] | None:
    """Where to begin: the most points, as likely as they are, for the least hours and money."""
    ready = [(o, o.move) for o in items if o.move is not None]
    return max(ready, key=lambda pair: pair[0].expected / ease(pair[1]), default=None)
