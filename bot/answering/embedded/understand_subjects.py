"""Which figure a step is about once its intent and period are known: a metric, a plain series, or a user asset."""

from collections.abc import Mapping

from bot.answering.embedded.lexicon_data import SeriesWords
from bot.answering.types import Intent, Slots, Step
from tools.catalog import Catalog
from tools.types import Period

Series = Mapping[str, SeriesWords]

# What can be told of a plain figure: its sum, two sums side by side, what moved it, what will come, what an action did.
OF_SERIES: frozenset[Intent] = frozenset({"metric", "compare", "explain", "forecast", "effect"})
_ADVICE: frozenset[Intent] = frozenset({"improve", "plan"})
USERS = "users."
# Metrics speak of 28 days: a month is near enough, a week or a quarter is not.
FEWEST_DAYS, MOST_DAYS = 27, 31


def _is_window(period: Period) -> bool:
    return FEWEST_DAYS <= (period.end - period.start).days + 1 <= MOST_DAYS


def _of_other_days(slots: Slots, intent: Intent) -> bool:
    """Whether the days asked about are not such that a figure of 28 days would answer for them."""
    if intent == "metric":
        return slots.period is not None and not _is_window(slots.period)
    if intent == "compare" and slots.against is not None and slots.period is not None:
        return not _is_window(slots.period) and not _is_window(slots.against)
    return False


def _instead(slots: Slots, subject: str | None, catalog: Catalog) -> Slots:
    """`slots` about another figure; a dimension that was named stays."""
    if subject is None or subject in catalog.by_id:
        return slots.model_copy(update={"metric": subject})
    return slots.model_copy(update={"metric": None, "dimension": slots.dimension or subject})


def settled(step: Step, series: Series, catalog: Catalog) -> Step:
    """The step with the figure that can answer it.

    Visitors of yesterday are a series, those of 28 days a metric; more sales are sought through the dimension that they
    serve; a rule or a draft is about no series. Of a what-if the series stays: it must be asked back.
    """
    slots, intent = step.slots, step.intent
    daily = {words.daily_of: id for id, words in series.items() if words.daily_of}
    if slots.metric in daily and _of_other_days(slots, intent):
        return Step(intent=intent, slots=slots.model_copy(update={"metric": daily[slots.metric]}))
    words = series.get(slots.metric or "")
    if words is None or intent == "what_if":
        return step
    serves: str | None = words.serves
    if intent in _ADVICE:
        return Step(intent=intent, slots=_instead(slots, serves, catalog))
    if intent == "explain" and serves in catalog.by_id and not (slots.metric or "").startswith(USERS):
        return Step(intent=intent, slots=_instead(slots, serves, catalog))
    users_of_action = intent == "effect" and (slots.metric or "").startswith(USERS)
    if intent not in OF_SERIES or users_of_action:
        return Step(intent=intent, slots=slots.model_copy(update={"metric": None}))
    return step
