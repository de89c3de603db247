"""What each step of a question speaks of: which slots an intent takes, filled from the clause's own words."""

from datetime import date
from typing import Any

from bot.answering.embedded.dates import document_day, find_dates
from bot.answering.embedded.lexicon import Mention
from bot.answering.embedded.slots_target import find_target
from bot.answering.embedded.understand_figures import MEASURED, Meant, figures_of
from bot.answering.embedded.understand_reading import Reading
from bot.answering.types import Intent, Slots, Step
from tools.catalog import Catalog
from tools.types import Period

_SCORES = ("dimension", "metric", "period", "merchant_id")
TAKES: dict[Intent, tuple[str, ...]] = {
    "overview": ("dimension", "period", "merchant_id"),
    "metric": _SCORES,
    "improve": (*_SCORES, "target"),
    "explain": _SCORES,
    "compare": _SCORES,
    "what_if": (*_SCORES, "target"),
    "plan": (*_SCORES, "target"),
    "policy": ("product", "document_date", "metric", "dimension"),
    "howto": ("product", "document_date"),
    "points": ("product", "period", "merchant_id"),
    "effect": ("product", "metric", "dimension", "period", "merchant_id"),
    "forecast": _SCORES,
    "triage": ("dimension", "metric", "period", "product"),
    "draft": ("merchant_id", "metric", "dimension", "product"),
}
AHEAD: frozenset[Intent] = frozenset({"plan", "forecast", "points"})
ONE_SHOP: frozenset[Intent] = MEASURED | {"points", "effect", "draft"}


def _named(mentions: list[Mention]) -> list[str]:
    return list(dict.fromkeys(m.id for m in mentions))


def _product(reading: Reading, intent: Intent) -> str | None:
    """The product or programme named first; for a balance the kind of points, or the plan that gave them."""
    if intent == "points":
        products = [m for m in reading.mentions if m.kind == "product"]
        kinds = [m.id for m in products if m.id.endswith("_points") and not m.weak]
        plans = [m.id for m in products if m.id.endswith("_plan")]
        return next(iter([*kinds, *plans]), "incentive_points")
    found = _named(reading.of("product"))
    # Nearly everything happens in a mini program: it is the subject only when nothing else is.
    return next(iter([*(p for p in found if p != "mini_program"), *found]), None)


def _period(reading: Reading, intent: Intent, today: date) -> Period | None:
    found = find_dates(reading.text, today, ahead=intent in AHEAD)
    return Period(start=found[0].span.start, end=found[0].span.end) if found else None


def _document_date(reading: Reading, today: date) -> date | None:
    """A rule asked about "this year" or "now" is asked about today, which needs no date."""
    found = find_dates(reading.text, today)
    span = found[0].span if found else None
    return None if span is None or span.start <= today <= span.end else document_day(span)


def steps_of(reading: Reading, intent: Intent, today: date, catalog: Catalog, meant: Meant | None = None) -> list[Step]:
    """The steps that one clause makes, with the slots that its own words fill and nothing by default.

    `meant` are the chances of the figure that it describes; without them only names count.
    """
    takes = TAKES.get(intent, ())
    steps = []
    for figures in figures_of(reading, intent, meant):
        values: dict[str, Any] = dict(figures)
        if "target" in takes:
            values["target"] = find_target(reading, figures.get("metric"), catalog)
        if "product" in takes:
            values["product"] = _product(reading, intent)
        if "period" in takes:
            values["period"] = _period(reading, intent, today)
        if "document_date" in takes:
            values["document_date"] = _document_date(reading, today)
        if "merchant_id" in takes:
            values["merchant_id"] = next((s.ids[0] for s in reading.shops if len(s.ids) == 1), None)
        if values.get("product") == "c_care" and values.get("dimension") == "overall":
            values["dimension"] = None
        steps.append(
            Step(intent=intent, slots=Slots(**{k: v for k, v in values.items() if k in takes and v is not None}))
        )
    return steps


def with_defaults(step: Step, reading: Reading) -> Step:
    """The overall score, where the value of a score is asked for and nothing says of what."""
    slots = step.slots
    if step.intent == "metric" and slots.metric is None and slots.dimension is None and reading.of("score"):
        return Step(intent=step.intent, slots=slots.model_copy(update={"dimension": "overall"}))
    return step
