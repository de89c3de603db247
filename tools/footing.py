"""Where a merchant stands in each metric of a base, and what a point there is worth: what looking ahead is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tools.catalog import Catalog, Metric
from tools.curves import Curve, metric_score, rounded
from tools.insights import Refusal
from tools.shop import Shop
from tools.types import DIMENSIONS, Measurement, ScoreCard


@dataclass(frozen=True, eq=False)
class Footing:
    """One metric: its curve (the peers as they are), the own value, and `worth`, points of base for one of its own."""

    metric: Metric
    value: float
    curve: Curve
    worth: float
    median: float | None
    upper_quarter: float | None

    def score(self, value: float) -> float:
        """S(value; C), rounded as the snapshot rounds: at the own value exactly the score on the card."""
        return float(rounded(metric_score(self.curve, value, lower_is_better=self.lower)))

    @property
    def lower(self) -> bool:
        return self.metric.direction == "lower"

    @cached_property
    def own_score(self) -> float:
        return self.score(self.value)

    @property
    def best_score(self) -> float:
        """The highest that any value brings; ties at the end keep it below 100."""
        return self.score(float(self.curve.knots[0 if self.lower else -1]))


def needed_value(curve: Curve, score: float, *, lower_is_better: bool = False) -> float | None:
    """The mildest value that brings a metric score of `score`; None where not even the best end does.

    Higher is better: the smallest v with S(v) >= score; lower is better: the largest. A score that every value brings
    needs no more than the curve's worst end.
    """
    wanted = 1 - score / 100 if lower_is_better else score / 100
    knots, shares = curve.knots, curve.shares
    if lower_is_better:  # the same question from the other end
        knots, shares, wanted = -knots[::-1], -shares[::-1], -wanted
    if wanted > shares[-1] + 1e-12:
        return None
    at = int(np.searchsorted(shares, min(wanted, shares[-1])))  # the first knot that reaches it
    if at == 0:
        found = float(knots[0])
    else:
        part = (min(wanted, shares[-1]) - shares[at - 1]) / (shares[at] - shares[at - 1])
        found = float(knots[at] if part >= 1 else knots[at - 1] + part * (knots[at] - knots[at - 1]))
    return -found if lower_is_better else found


def footings(shop: Shop, card: ScoreCard, base: str) -> dict[str, Footing]:
    """By metric, in catalog order: every metric of a dimension or `overall` that counts in its score."""
    catalog = shop.meter.catalog
    found = {}
    for dimension in DIMENSIONS if base == "overall" else (base,):
        share = 1 / len(DIMENSIONS) if base == "overall" else 1.0
        metrics = [m for m in catalog.of_dimension(dimension) if card.get(f"{m.id}.score")]
        weight = sum(m.weight for m in metrics)
        for metric in metrics:
            footing = _footing(shop, card, metric, share * metric.weight / weight)
            if footing is not None:
                found[metric.id] = footing
    return found


def _footing(shop: Shop, card: ScoreCard, metric: Metric, worth: float) -> Footing | None:
    own = card.get(metric.id)
    if own is None or own.value is None or own.group is None:
        return None
    curve = shop.curve(metric.id, own.group, card.as_of)
    if curve is None:
        return None
    median, upper = (_value(card.get(f"{metric.id}.{mark}")) for mark in ("peer_median", "peer_upper_quarter"))
    return Footing(metric, own.value, curve, worth, median, upper)


def _value(figure: Measurement | None) -> float | None:
    return figure.value if figure is not None else None


def refusal(card: ScoreCard, catalog: Catalog, base: str) -> Refusal | None:
    """Why nothing can be said of what would raise a base; None where something can."""
    if base not in catalog.by_id and base not in catalog.dimension_by_id:
        return "unmeasured"
    if card.official:
        return "official"
    metrics = [base] if base in catalog.by_id else [m.id for m in catalog.of_dimension(base)]
    if any(card.get(f"{m}.score") for m in metrics):
        return "no_score" if base not in catalog.by_id and card.get(f"{base}.score") is None else None
    known = [figure for m in metrics if (figure := card.get(m)) is not None]
    return "no_peers" if any(figure.group_level == "own_past" for figure in known) else "unmeasured"
