"""What could move: the metrics of a dimension with what catching up would bring, and the easiest way to begin."""

from dataclasses import dataclass

from bot.answering.embedded.compose_card import CardReader, ease
from tools.catalog import Metric, Move


@dataclass(frozen=True)
class Opportunity:
    """One metric that could move, with what it would bring and the easiest way to begin."""

    metric: Metric
    key: str  # the figure that says what it brings
    gain: float
    move: Move | None

    def figures(self, reader: CardReader) -> dict[str, str]:
        """The variables that every line about it has."""
        return {
            "metric": reader.name(self.metric.id),
            "value": reader.ref(self.metric.id),
            "gain": reader.ref(self.key, "+"),
            "score_name": reader.score_name(self.metric.dimension),
        }


def opportunities(reader: CardReader, dimension: str) -> tuple[Opportunity, ...]:
    """Those behind the peers first, then those that could still go ahead; the largest gain first in each."""
    found = []
    for metric in reader.catalog.of_dimension(dimension):
        gain = reader.gain(metric)
        if gain is not None:
            found.append(Opportunity(metric, gain[0], gain[1], min(metric.moves, key=ease, default=None)))
    return tuple(sorted(found, key=lambda o: (not reader.behind(o.metric), -o.gain)))


def shortlist(items: tuple[Opportunity, ...], count: int) -> tuple[Opportunity, ...]:
    """At most `count`, in their order; the one to begin with stays, so that a shorter answer gives the same advice."""
    begin = best_first(items)
    if begin is None or begin[0] in items[:count]:
        return items[:count]
    return (*items[: count - 1], begin[0])


def best_first(items: tuple[Opportunity, ...]) -> tuple[Opportunity, Move] | None:
    """Where to begin: the most points for the least hours and money."""
    ready = [(o, o.move) for o in items if o.move is not None]
    return max(ready, key=lambda pair: pair[0].gain / ease(pair[1]), default=None)
