"""What each step of a question speaks of: which slots an intent takes, filled from the clause's own words."""

from datetime import date
from typing import Any

from bot.answering.embedded.dates import document_day, find_dates
from bot.answering.embedded.lexicon import Mention
from bot.answering.embedded.lexicon_data import load_cues
from bot.answering.embedded.slots_kinds import kind_of, products_of
from bot.answering.embedded.slots_limits import in_all
from bot.answering.embedded.slots_periods import against_of, deadline_of, period_of, since_then
from bot.answering.embedded.slots_target import find_target, is_of_score, through_which
from bot.answering.embedded.slots_year import against_last_year
from bot.answering.embedded.understand_figures import MEASURED, Meant, figures_of
from bot.answering.embedded.understand_reading import Reading
from bot.answering.embedded.understand_situations import asks_leave, ending, product_of
from bot.answering.types import Intent, Slots, Step
from tools.catalog import Catalog

_SCORES = ("dimension", "metric", "period", "merchant_id", "chart")
TAKES: dict[Intent, tuple[str, ...]] = {
    "overview": ("dimension", "period", "merchant_id", "chart"),
    "metric": (*_SCORES, "sure"),
    "improve": (*_SCORES, "target"),
    "explain": (*_SCORES, "sure"),
    "compare": (*_SCORES, "against"),
    "what_if": (*_SCORES, "target", "through", "sure"),
    "plan": ("dimension", "metric", "merchant_id", "chart", "target", "by", "hours", "weekly_hours", "yuan", "credits"),
    "policy": ("product", "document_date", "metric", "dimension", "kind", "merchant_id"),
    "howto": ("product", "document_date"),
    "points": ("product", "period", "merchant_id", "chart"),
    "effect": ("product", "kind", "metric", "dimension", "period", "merchant_id", "chart", "sure"),
    "forecast": (*_SCORES, "sure"),
    "triage": ("dimension", "metric", "period", "product"),
    "draft": ("merchant_id", "metric", "dimension", "product"),
}
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


def _document_date(reading: Reading, today: date) -> date | None:
    """A rule asked about "this year" or "now" is asked about today, which needs no date."""
    found = find_dates(reading.text, today)
    span = found[0].span if found else None
    return None if span is None or span.start <= today <= span.end else document_day(span)


def _limits(reading: Reading, figures: dict[str, str], catalog: Catalog, today: date) -> dict[str, Any]:
    """The last day and the costs of a plan; a bare amount of money is the figure's own where that is money."""
    money = catalog.by_id[figures["metric"]].unit == "yuan" if figures.get("metric") in catalog.by_id else False
    limits = [limit for limit in reading.limits if limit.sure or not money]
    by = deadline_of(reading.text, limits, today)
    return {"by": by, **in_all(limits, today, by)}


def _timing(reading: Reading, intent: Intent, today: date) -> dict[str, Any]:
    return {
        "period": period_of(reading.text, intent, today),
        "against": against_of(reading.text, today) if intent == "compare" else None,
        "document_date": _document_date(reading, today) if "document_date" in TAKES.get(intent, ()) else None,
    }


def _slots(reading: Reading, intent: Intent, figures: dict[str, str], today: date, catalog: Catalog) -> dict[str, Any]:
    values: dict[str, Any] = {**figures, **_timing(reading, intent, today)}
    if intent == "compare" and figures.get("metric") in catalog.series_by_id:
        values |= since_then(reading.text, today)
    if intent == "compare":
        values |= against_last_year(reading.text, today)
    values["target"] = find_target(reading, figures.get("metric"), catalog)
    if intent == "what_if":
        values |= through_which(reading, figures, values["target"], catalog)
    if intent == "plan" and "dimension" in figures and is_of_score(reading, figures.get("metric", ""), catalog):
        values["metric"] = None  # the target is the dimension's
    if intent == "plan":
        values |= _limits(reading, figures, catalog, today)
    values["product"] = _product(reading, intent)
    if intent == "effect":
        values["kind"] = kind_of(reading.text, values["product"], products_of(catalog))
    values["merchant_id"] = next((s.ids[0] for s in reading.shops if len(s.ids) == 1), None)
    values["chart"] = True if load_cues()["picture"].search(reading.text) else None
    if intent == "policy":
        values |= _of_shop(reading, values["merchant_id"], catalog)
    if values.get("product") == "c_care" and values.get("dimension") == "overall":
        values["dimension"] = None
    return values


def _of_shop(reading: Reading, merchant_id: str | None, catalog: Catalog) -> dict[str, Any]:
    """What a question about a rule asks of one shop: whether it may be done for it, or when something of it ends."""
    products = products_of(catalog)
    kind = ending(reading, products)
    if kind is not None:
        return {"kind": kind, "product": products.get(kind), "merchant_id": merchant_id}
    if merchant_id is not None and asks_leave(reading, products):
        return {"product": product_of(reading, products), "metric": None, "dimension": None}
    return {"merchant_id": None}


def steps_of(reading: Reading, intent: Intent, today: date, catalog: Catalog, meant: Meant | None = None) -> list[Step]:
    """The steps that one clause makes, with the slots that its own words fill and nothing by default.

    `meant` are the chances of the figure that it describes; without them only names count.
    """
    takes = TAKES.get(intent, ())
    steps = []
    for figures in figures_of(reading, intent, meant):
        values = _slots(reading, intent, figures, today, catalog)
        steps.append(
            Step(intent=intent, slots=Slots(**{k: v for k, v in values.items() if k in takes and v is not None}))
        )
    return steps


def in_context(step: Step, reading: Reading, today: date, catalog: Catalog) -> Step:
    """The step with its numbers read again by what the conversation has filled in.

    "And if it were 15 %" has the unit of the metric before; "two hours a week" lasts until the plan's last day.
    """
    slots = step.slots
    if step.intent == "plan" and slots.by is not None and reading.limits:
        limits = [limit for limit in reading.limits if limit.sure]
        slots = slots.model_copy(update={"weekly_hours": None, **in_all(limits, today, slots.by)})
        step = Step(intent=step.intent, slots=slots)
    if slots.metric is None or "target" not in TAKES.get(step.intent, ()) or not reading.numbers:
        return step
    target = find_target(reading, slots.metric, catalog)
    return Step(intent=step.intent, slots=slots.model_copy(update={"target": target})) if target else step


def with_defaults(step: Step, reading: Reading) -> Step:
    """The overall score, where the value of a score is asked for and nothing says of what."""
    slots = step.slots
    if step.intent == "metric" and slots.metric is None and slots.dimension is None and reading.of("score"):
        return Step(intent=step.intent, slots=slots.model_copy(update={"dimension": "overall"}))
    return step
