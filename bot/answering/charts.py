"""The pictures that go with an answer, as specs: made of the evidence its sentences rest on, by whichever brain."""

from datetime import date, timedelta

from bot.answering.pictures import Chart, Format, Line
from bot.answering.types import Evidence, Language
from prompts import Prompts
from tools.catalog import Catalog
from tools.insights import Chances, Explanation, Flows, Insight
from tools.prospects import Forecast
from tools.trend import Trend
from tools.types import DIMENSIONS, Unit

_MOST_BARS = 6
_TERMS = ("own", "peers_moved", "group_changed", "coverage_changed")
_VISIBLE = 0.05  # points; a bar below it would have no height
_TREND_DAYS = 190


class _Draw:
    """What all charts of one answer share."""

    def __init__(self, evidence: Evidence, catalog: Catalog, prompts: Prompts, language: Language) -> None:
        self.evidence, self.catalog, self.prompts, self.language = evidence, catalog, prompts, language

    def text(self, key: str, **variables: str) -> str:
        return self.prompts.text(self.language, f"charts.{key}", **variables)

    def name(self, base: str) -> str:
        name = self.catalog.name(base, self.language)
        if base not in self.catalog.dimension_by_id:
            return name
        key = "words.score_overall" if base == "overall" else "words.score"
        return self.prompts.text(self.language, key, dimension=name)

    def day(self, day: date) -> str:
        return f"{day.month}-{day.day:02d}"

    def format(self, base: str) -> Format:
        if base in self.catalog.dimension_by_id:
            return "score"
        unit: Unit = (self.catalog.by_id.get(base) or self.catalog.series_by_id[base]).unit
        return "percent" if unit == "ratio" else "money" if unit == "yuan" else "number"


def charts(evidence: Evidence, catalog: Catalog, prompts: Prompts, language: Language) -> tuple[Chart, ...]:
    """At most one chart an insight, in the order of the steps; nothing that has too little to show."""
    draw = _Draw(evidence, catalog, prompts, language)
    insights = [insight for at in sorted(evidence.insights) for insight in evidence.insights[at]]
    made = (_chart(draw, insight) for insight in insights)
    return tuple(chart for chart in made if chart is not None)


def _chart(draw: _Draw, insight: Insight) -> Chart | None:
    match insight:
        case Trend():
            return _trend(draw, insight)
        case Explanation():
            return _waterfall(draw, insight)
        case Chances():
            return _bars(draw, insight)
        case Forecast():
            return _fan(draw, insight)
        case Flows():
            return _flows(draw, insight)
    return None


def _trend(draw: _Draw, insight: Trend) -> Chart | None:
    points = [p for p in insight.points if p.day > insight.as_of - timedelta(days=_TREND_DAYS)]
    if len(points) < 3:
        return None
    name = draw.name(insight.base)
    lines = [Line(name=draw.text("own"), role="own", values=tuple(p.value for p in points))]
    if any(p.median is not None for p in points):
        lines.append(Line(name=draw.text("median"), role="median", values=tuple(p.median for p in points)))
    if any(p.upper is not None for p in points):
        lines.append(Line(name=draw.text("upper"), role="upper", values=tuple(p.upper for p in points)))
    return Chart(
        kind="trend", title=draw.text("trend_title", subject=name), axis=name, format=draw.format(insight.base),
        labels=tuple(p.day.isoformat() for p in points), lines=tuple(lines),
        alt=draw.text("trend_alt", subject=name, from_day=draw.day(points[0].day), to_day=draw.day(points[-1].day)),
    )  # fmt: skip


def _waterfall(draw: _Draw, insight: Explanation) -> Chart | None:
    """From the score then to the score now: your own part by metric, then what the others and the group did."""
    base = insight.base
    before, after = insight.get(f"{base}.score_before"), insight.get(f"{base}.score_after")
    if before is None or after is None or before.value is None or after.value is None:
        return None
    steps = [(draw.name(m), insight.get(f"{m}.own")) for m in insight.metrics if m != base]
    named = [(name, m.value) for name, m in steps if m is not None and m.value is not None]
    if not named:
        own = insight.get(f"{base}.own")
        named = [(draw.text("term_own"), own.value or 0.0)] if own is not None else []
    kept = [(name, value) for name, value in named if abs(value) >= _VISIBLE]
    rest = sum(value for name, value in named) - sum(value for name, value in kept)
    for term in _TERMS[1:]:
        found = insight.get(f"{base}.{term}")
        if found is not None and found.value is not None and abs(found.value) >= _VISIBLE:
            kept.append((draw.text(f"term_{term}"), found.value))
        elif found is not None and found.value is not None:
            rest += found.value
    if abs(rest) >= _VISIBLE:
        kept.append((draw.text("rest"), rest))
    if not kept:
        return None
    name = draw.name(base)
    days = {"from_day": draw.day(insight.before), "to_day": draw.day(insight.as_of)}
    return Chart(
        kind="waterfall", title=draw.text("waterfall_title", subject=name, **days), axis=name, format="score",
        labels=(draw.day(insight.before), *(label for label, _ in kept), draw.day(insight.as_of)),
        lines=(Line(name=name, role="part", values=(before.value, *(value for _, value in kept), after.value)),),
        alt=draw.text("waterfall_alt", subject=name, **days),
    )  # fmt: skip


def _bars(draw: _Draw, insight: Chances) -> Chart | None:
    """What each metric would bring at the peers' median or upper quarter, best first."""
    found = []
    metrics = draw.catalog.of_dimension(insight.base) if insight.base in (*DIMENSIONS, "overall") else ()
    for metric in metrics:
        gain = insight.get(f"{metric.id}.gain_at_median") or insight.get(f"{metric.id}.gain_at_upper_quarter")
        if gain is not None and gain.value is not None and gain.value >= _VISIBLE:
            found.append((gain.value, draw.name(metric.id)))
    best = sorted(found, key=lambda pair: (-pair[0], pair[1]))[:_MOST_BARS]
    if len(best) < 2:
        return None
    name = draw.name(insight.base)
    return Chart(
        kind="bars", title=draw.text("bars_title", subject=name), axis=draw.text("points"), format="score",
        labels=tuple(label for _, label in best),
        lines=(Line(name=draw.text("points"), role="part", values=tuple(value for value, _ in best)),),
        alt=draw.text("bars_alt", subject=name, first=best[0][1]),
    )  # fmt: skip


def _fan(draw: _Draw, insight: Forecast) -> Chart | None:
    if not insight.days or not insight.past:
        return None
    first, ahead = insight.days[0].day, insight.days
    days = [first - timedelta(days=len(insight.past) - at) for at in range(len(insight.past))]
    none: tuple[float | None, ...] = (None,) * len(insight.past)
    bands = (("low95", "low95"), ("high95", "high95"), ("low80", "low80"), ("high80", "high80"), ("median", "value"))
    name = draw.name(insight.series)
    lines = [Line(name=draw.text("own"), role="own", values=(*insight.past, *([None] * len(ahead))))]
    lines += [
        Line(name=draw.text(role), role=role, values=(*none, *(getattr(d, field) for d in ahead)))
        for role, field in bands
    ]
    return Chart(
        kind="fan", title=draw.text("fan_title", subject=name), axis=name, format=draw.format(insight.series),
        labels=tuple(d.isoformat() for d in (*days, *(d.day for d in ahead))), lines=tuple(lines),
        alt=draw.text("fan_alt", subject=name, from_day=draw.day(first), to_day=draw.day(ahead[-1].day)),
    )  # fmt: skip


def _flows(draw: _Draw, insight: Flows) -> Chart | None:
    """How many users went from which state to which: the six largest movements between different states."""
    moved = []
    for key, figure in insight.figures.items():
        start, _, end = (figure.part or "").partition(">")
        if figure.statistic == "moved" and start != end and figure.value:
            moved.append(
                (figure.value, draw.text("flow", start=draw.text(f"state_{start}"), end=draw.text(f"state_{end}")), key)
            )
    largest = sorted(moved, key=lambda m: (-m[0], m[2]))[:_MOST_BARS]
    if not largest:
        return None
    days = {"from_day": draw.day(insight.before), "to_day": draw.day(insight.as_of)}
    return Chart(
        kind="flows", title=draw.text("flows_title", **days), axis=draw.text("users"), format="number",
        labels=tuple(label for _, label, _ in largest),
        lines=(Line(name=draw.text("users"), role="part", values=tuple(value for value, _, _ in largest)),),
        alt=draw.text("flows_alt", first=largest[0][1], **days),
    )  # fmt: skip
