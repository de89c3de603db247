"""One shop at two dates, and the four scores of each metric from which the terms of a change are made."""

from dataclasses import dataclass
from math import nan

import numpy as np

from tools.catalog import Metric
from tools.curves import metric_score
from tools.errors import CatalogError
from tools.shop import Shop
from tools.terms import TERMS, Terms, take_apart
from tools.types import DIMENSIONS, Measurement, Period, ScoreCard


@dataclass(frozen=True, eq=False)
class Pair:
    """A shop's cards at an earlier and a later date."""

    shop: Shop
    earlier: ScoreCard
    now: ScoreCard

    @property
    def period(self) -> Period:
        return Period(start=self.earlier.as_of, end=self.now.as_of)

    def both(self, metric: str) -> tuple[Measurement, Measurement] | None:
        """A figure at both dates, if it has a value at both."""
        before, after = self.earlier.get(metric), self.now.get(metric)
        return None if before is None or after is None else (before, after)

    def values(self, metric: str) -> tuple[float, float]:
        """Its values at both dates, NaN where there is none."""
        before, after = self.earlier.get(metric), self.now.get(metric)
        return _value(before), _value(after)


@dataclass(frozen=True, eq=False)
class Block:
    """What is one weighted mean: a dimension, or a metric alone. `share` is its part of the base."""

    name: str
    metrics: tuple[str, ...]
    share: float
    terms: Terms

    def totals(self) -> dict[str, float]:
        """Each of TERMS in points of the base."""
        return {name: self.share * float(value) for name, value in self.terms.sums().items()}

    def of(self, metric: str) -> dict[str, float]:
        """The terms of one metric in points of the base; NaN where it is not there at both dates."""
        at = self.metrics.index(metric)
        parts = (self.terms.own, self.terms.peers_moved, self.terms.group_changed)
        return {name: self.share * float(part[at]) for name, part in zip(TERMS[:3], parts, strict=True)}


def blocks(pair: Pair, base: str) -> tuple[Block, ...]:
    """The weighted means that a base is made of; CatalogError where it is neither a dimension nor a metric."""
    catalog = pair.shop.meter.catalog
    if base in catalog.by_id:
        metric = catalog.by_id[base]
        return (_block(pair, base, (metric,), (1.0,), 1.0),)
    if base not in catalog.dimension_by_id:
        raise CatalogError(
            f"{base} has no score whose change could be explained; "
            f"ask for a metric of the catalog, overall, or one of {', '.join(DIMENSIONS)}."
        )
    names = DIMENSIONS if base == "overall" else (base,)
    parts = ((name, catalog.of_dimension(name)) for name in names)
    return tuple(
        _block(pair, name, metrics, tuple(m.weight for m in metrics), 1 / len(names)) for name, metrics in parts
    )


def _block(pair: Pair, name: str, metrics: tuple[Metric, ...], weights: tuple[float, ...], share: float) -> Block:
    before, own, moved, after = np.array([four_scores(pair, metric) for metric in metrics]).T
    score_before, score_after = pair.values(f"{name}.score")
    terms = take_apart(
        before, own, moved, after, weights=weights, score_before=score_before, score_after=score_after
    )  # fmt: skip
    return Block(name, tuple(m.id for m in metrics), share, terms)


def four_scores(pair: Pair, metric: Metric) -> tuple[float, float, float, float]:
    """S(v0; C0,G0), S(v1; C0,G0), S(v1; C1,G0), S(v1; C1,G1); NaN where one does not exist.

    The outer two are the stored scores, which are these sums over the stored curves rounded to 12 digits. The old
    group has no curve at the later date where it is not kept or rests on fewer than ten merchants.
    """
    before, after = pair.values(f"{metric.id}.score")
    scores, measured = pair.both(f"{metric.id}.score"), pair.both(metric.id)
    if scores is None or measured is None or scores[0].group is None:
        return before, nan, nan, after
    value, group, lower = measured[1].value, scores[0].group, metric.direction == "lower"
    old = pair.shop.curve(metric.id, group, pair.earlier.as_of)
    if old is None or value is None:
        return before, nan, nan, after
    # The same value has the same place on the same curve, to the last digit: nothing of the change is its own.
    same = measured[0].value == value
    own = before if same else float(metric_score(old, value, lower_is_better=lower))
    if group == scores[1].group:
        return before, own, after, after
    new = pair.shop.curve(metric.id, group, pair.now.as_of)
    moved = float(metric_score(new, value, lower_is_better=lower)) if new is not None else nan
    return before, own, moved, after


def _value(measured: Measurement | None) -> float:
    return nan if measured is None or measured.value is None else measured.value
