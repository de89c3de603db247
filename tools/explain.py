"""Why a score or a metric changed between two dates: four terms without residue, the metrics, the users behind them."""

from collections.abc import Sequence
from math import isnan, nan

from tools.catalog import Metric
from tools.cautions import cautions
from tools.errors import DataMissingError
from tools.insights import Cause, Caution, ExplainArguments, Explanation, Refusal
from tools.making import Maker
from tools.pair import Block, Pair, blocks
from tools.parts import COUNTS, RECIPES
from tools.segments import Effect, change_by_segment, segment_sums
from tools.shop import Shop
from tools.terms import TERMS, cause_of
from tools.types import DIMENSIONS, Measurement, ScoreCard

SPLIT = 3  # so many metrics are split over segments, and so many named behind the own part: those that did most
TOLD = 0.1  # points of the own part; less is not worth naming

DIMENSION_SCORES = (*DIMENSIONS, "overall")  # what an operator may issue itself


def explain(shop: Shop, arguments: ExplainArguments) -> Explanation:
    """Take the change of `base` apart. Both dates are the newest that the feed covers, `as_of` says which.

    Refused: `no_earlier` (nothing to compare with), `no_score`, `no_peers` or `unmeasured` (nothing to explain), and
    `official` (the scores are the operator's: their change stands, ours is not shown beside it). A refusal leaves out
    the terms; the metrics' own changes and their segments stay, where both dates have them. `cause` and the
    contributions speak only where nothing is refused. CatalogError for a base that has no score.
    """
    now = shop.card(on=arguments.on, today=arguments.today)
    earlier = _earlier(shop, arguments, now)
    pair = Pair(shop, earlier, now)
    maker = Maker(shop.merchant_id, now.as_of, currency=shop.meter.currency)
    parts = blocks(pair, arguments.base)
    refused = _refusal(pair, arguments.base)
    if refused != "no_earlier":
        _put_scores(maker, pair, arguments.base)
    metrics = _metrics(pair, parts)
    cause: Cause = "mixed"
    own: tuple[str, ...] = ()
    if refused is None:
        metrics = tuple(m for m in metrics if not isnan(_contribution(parts, m)))
        cause = _put_terms(maker, pair, arguments.base, parts, metrics)
        own = _put_own_first(maker, arguments.base, metrics)
    for metric in metrics:
        _put_metric(maker, pair, metric)
    said = _cautions(pair, arguments.base, () if refused else (*metrics[:SPLIT], *own))
    _put_cautions(maker, pair, said)
    split = dict.fromkeys((*metrics[:SPLIT], *own))
    segments = {metric: _put_segments(maker, pair, metric) for metric in split if _splits(pair, metric)}
    return Explanation(
        merchant_id=shop.merchant_id,
        as_of=now.as_of,
        figures=maker.figures,
        refused=refused,
        base=arguments.base,
        before=earlier.as_of,
        now=now,
        earlier=earlier,
        cause=cause,
        metrics=metrics,
        own_first=own,
        segments={metric: names for metric, names in segments.items() if names},
        cautions=tuple(caution.key for caution in said),
    )


def _earlier(shop: Shop, arguments: ExplainArguments, now: ScoreCard) -> ScoreCard:
    """The earlier card; one without figures where nothing was measured that far back."""
    try:
        found = shop.card(on=arguments.before, today=arguments.today)
    except DataMissingError:
        found = None
    if found is not None and found.as_of < now.as_of:
        return found
    return ScoreCard(
        merchant=shop.merchant, as_of=arguments.before, state="empty", newest_day=shop.newest_day, figures={}
    )


def _refusal(pair: Pair, base: str) -> Refusal | None:
    if base in pair.shop.meter.catalog.by_id:
        return _metric_refusal(pair, base)
    if pair.now.official or pair.earlier.official:
        return "official"
    if pair.now.get(f"{base}.score") is None:
        return "no_peers" if _alone(pair.now, _members(pair, base)) else "no_score"
    return "no_earlier" if pair.earlier.get(f"{base}.score") is None else None


def _metric_refusal(pair: Pair, metric: str) -> Refusal | None:
    if pair.now.get(metric) is None:
        return "unmeasured"
    if pair.earlier.get(metric) is None:
        return "no_earlier"
    if pair.both(f"{metric}.score") is not None:
        return None
    return "no_peers" if _alone(pair.now, (metric,)) or _alone(pair.earlier, (metric,)) else "no_score"


def _members(pair: Pair, base: str) -> tuple[str, ...]:
    catalog = pair.shop.meter.catalog
    return (base,) if base in catalog.by_id else tuple(m.id for m in catalog.of_dimension(base))


def _alone(card: ScoreCard, metrics: Sequence[str]) -> bool:
    """Whether a measured one of these metrics has no peers."""
    found = (card.get(metric) for metric in metrics)
    return any(measured is not None and measured.group_level == "own_past" for measured in found)


def _contribution(parts: Sequence[Block], metric: str) -> float:
    return sum(next(block for block in parts if metric in block.metrics).of(metric).values())


def _metrics(pair: Pair, parts: Sequence[Block]) -> tuple[str, ...]:
    """The metrics with a value at both dates, by size of contribution; those without one by relative change."""
    keys = {}
    for block in parts:
        for metric in block.metrics:
            measured = pair.both(metric)
            if measured is not None:
                before, after = _exact(measured[0]), _exact(measured[1])
                moved = _contribution(parts, metric)
                relative = abs(after - before) / abs(before) if before else float(after != before)
                keys[metric] = (0.0 if isnan(moved) else -abs(moved), -relative, metric)
    return tuple(sorted(keys, key=keys.__getitem__))


def _put_scores(maker: Maker, pair: Pair, base: str) -> None:
    """Score before, after and its change; no change between an official score and one of ours."""
    scores = pair.both(f"{base}.score")
    if scores is None or (base in DIMENSION_SCORES and pair.earlier.official != pair.now.official):
        return
    for name, measured in zip(("score_before", "score_after"), scores, strict=True):
        maker.put(
            f"{base}.{name}", measured.value, "score", as_of=measured.as_of, period=measured.period, n=measured.n,
            group=measured.group, group_level=measured.group_level, source=measured.source,
        )  # fmt: skip
    _put_points(maker, pair, f"{base}.score_change", _difference(pair, f"{base}.score"), source=scores[1].source)


def _difference(pair: Pair, metric: str) -> float:
    before, after = pair.values(metric)
    return after - before


def _put_points(maker: Maker, pair: Pair, name: str, value: float, *, source: str | None = None) -> None:
    maker.put(name, value, "points", period=pair.period, source=source)


def _put_terms(maker: Maker, pair: Pair, base: str, parts: Sequence[Block], metrics: Sequence[str]) -> Cause:
    """The terms of the base, of its dimensions and of its metrics; what to call the cause."""
    totals = [block.totals() for block in parts]
    terms = {name: sum(total[name] for total in totals) for name in TERMS}
    alone = base in pair.shop.meter.catalog.by_id
    for name, value in terms.items():
        if not (alone and name == "coverage_changed"):  # a metric alone is there at both dates, or nothing is
            _put_points(maker, pair, f"{base}.{name}", value)
    if len(parts) > 1:
        for block in parts:
            change = _difference(pair, f"{block.name}.score")
            _put_points(maker, pair, f"{block.name}.contribution", block.share * change)
    for metric in metrics:
        found = next(block for block in parts if metric in block.metrics).of(metric)
        for name, value in found.items():
            _put_points(maker, pair, f"{metric}.{name}", value)
        _put_points(maker, pair, f"{metric}.contribution", sum(found.values()))
    return cause_of(_difference(pair, f"{base}.score"), terms)


def _put_own_first(maker: Maker, base: str, metrics: Sequence[str]) -> tuple[str, ...]:
    """The metrics that did most of the own part, largest first; what the others did together is `own_rest`."""
    own = {m: maker.figures[f"{m}.own"].value or 0.0 for m in metrics if m != base}
    told = tuple(sorted((m for m in own if abs(own[m]) >= TOLD), key=lambda m: (-abs(own[m]), m)))[:SPLIT]
    if told:
        rest = (maker.figures[f"{base}.own"].value or 0.0) - sum(own[m] for m in told)
        maker.put(f"{base}.own_rest", rest, "points", period=maker.figures[f"{base}.own"].period)
    return told


def _put_metric(maker: Maker, pair: Pair, name: str) -> None:
    measured = pair.both(name)
    if measured is None:
        return
    for statistic, at in zip(("before", "after"), measured, strict=True):
        maker.put(
            f"{name}.{statistic}", at.value, at.unit, as_of=at.as_of, period=at.period, numerator=at.numerator,
            denominator=at.denominator, n=at.n, source=at.source,
        )  # fmt: skip
    change = _exact(measured[1]) - _exact(measured[0])
    maker.put(
        f"{name}.change", change, measured[1].unit, period=pair.period, n=measured[1].n, source=measured[1].source
    )


def _exact(measured: Measurement) -> float:
    """A value before its rounding to 12 digits, so that segments add up to its change whatever its size."""
    if measured.numerator is not None and measured.denominator:
        return measured.numerator / measured.denominator
    return nan if measured.value is None else measured.value


# ---- segments --------------------------------------------------------------------------------------------------------


def _splits(pair: Pair, metric: str) -> bool:
    before, after = pair.values(metric)
    return metric in RECIPES and abs(after - before) > 0 and pair.shop.history is not None


def _put_segments(maker: Maker, pair: Pair, name: str) -> tuple[str, ...]:
    """The figures of a metric's segments; their names, largest effect first. A kind with one segment says nothing."""
    history = pair.shop.history
    assert history is not None
    before, after = (segment_sums(history, name, card.as_of.toordinal()) for card in (pair.earlier, pair.now))
    metric = pair.shop.meter.catalog.by_id[name]
    found: list[Effect] = []
    for kind in before:
        if len(before[kind].keys() | after[kind].keys()) > 1:
            found += change_by_segment(before[kind], after[kind], counted=name in COUNTS)
    put = _put_count if name in COUNTS else _put_rate
    for effect in found:
        put(maker, pair, metric, effect)
    return tuple(effect.segment for effect in sorted(found, key=lambda e: (-abs(e.total), e.segment)))


def _put_rate(maker: Maker, pair: Pair, metric: Metric, effect: Effect) -> None:
    sides = (("before", effect.before, effect.rate_before), ("after", effect.after, effect.rate_after))
    for (side, (top, bottom), rate), card in zip(sides, (pair.earlier, pair.now), strict=True):
        shown = card.figures[metric.id]
        maker.put(
            f"{metric.id}.rate_{side}@{effect.segment}", rate, metric.unit, as_of=card.as_of, period=shown.period,
            numerator=top, denominator=bottom, source=shown.source,
            n=None if RECIPES[metric.id].cents[1] else int(bottom),
        )  # fmt: skip
    for name, value in (("rate_effect", effect.rate_effect), ("mix_effect", effect.mix_effect)):
        maker.put(f"{metric.id}.{name}@{effect.segment}", value, metric.unit, period=pair.period)


def _put_count(maker: Maker, pair: Pair, metric: Metric, effect: Effect) -> None:
    for side, (count, _), card in zip(
        ("before", "after"), (effect.before, effect.after), (pair.earlier, pair.now), strict=True
    ):
        shown = card.figures[metric.id]
        maker.put(
            f"{metric.id}.{side}@{effect.segment}", count, metric.unit, as_of=card.as_of, period=shown.period,
            n=int(count), source=shown.source,
        )  # fmt: skip
    maker.put(f"{metric.id}.count_effect@{effect.segment}", effect.rate_effect, metric.unit, period=pair.period)


def _cautions(pair: Pair, base: str, told: Sequence[str]) -> tuple[Caution, ...]:
    """What applies; a small base only where it is one of the metrics told, or why none can be."""
    found = cautions(pair.now, pair.earlier if pair.earlier.figures else None, pair.shop.meter.catalog)
    members = set(told or _members(pair, base))
    return tuple(c for c in found if c.key != "small_base" or members & set(c.metrics))


def _put_cautions(maker: Maker, pair: Pair, said: Sequence[Caution]) -> None:
    """What a bought activity was bought with, and what it cost: none of it need be a metric of the base."""
    for name in (name for caution in said if caution.key == "bought_activity" for name in caution.metrics):
        if name in pair.shop.meter.catalog.by_id:
            _put_metric(maker, pair, name)
        elif f"{name}.score_after" not in maker.figures:
            _put_scores(maker, pair, name)
