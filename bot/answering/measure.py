"""Stage 2b: the figures that the plan's steps need, measured for merchants within reach, numbered M1, M2, ..."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta

from pydantic import Field, SerializeAsAny

from bot.answering.measure_tools import LOOK_BACK, barred, calls, is_plain_sum, judged
from bot.answering.ports import Desk
from bot.answering.types import Frozen, Intent, Judgement, Plan, Question, Step
from tools.compare import changes
from tools.errors import DataMissingError, NotFoundError
from tools.insights import Insight
from tools.types import DIMENSIONS, Measurement, ScoreCard

NEAR = timedelta(days=10)  # how far a card may lie from the day that it is taken for
WITH_CARD: frozenset[Intent] = frozenset({"overview", "metric", "improve", "compare"})
WITH_TOOLS: frozenset[Intent] = frozenset({"explain", "what_if", "plan", "points", "effect", "forecast"})


class Measured(Frozen):
    """What measuring found: numbered figures, the cards and insights they belong to, and what could not be had."""

    measurements: tuple[Measurement, ...] = ()
    cards: tuple[ScoreCard, ...] = ()
    insights: dict[int, tuple[SerializeAsAny[Insight], ...]] = Field(default_factory=dict)
    unavailable: tuple[str, ...] = ()
    barred: frozenset[str] = frozenset()
    judged: dict[int, Judgement] = Field(default_factory=dict)


def measure(question: Question, plan: Plan, desk: Desk) -> Measured:
    """Read one merchant's card, an earlier one where the question compares, and run the tools that its steps need."""
    steps = {at: s for at, s in enumerate(plan.steps) if s.intent in WITH_CARD | WITH_TOOLS or _of_shop(s)}
    if not steps:
        return Measured()
    first = next(iter(steps.values()))
    merchant_id = first.slots.merchant_id or question.principal.own_merchant
    if merchant_id is None:
        return Measured()
    try:
        cards = _cards(question, merchant_id, list(steps.values()), desk)
        found = {
            at: tuple(
                desk.tool(question.principal.access, call) for call in calls(question, plan, step, cards[0], desk)
            )
            for at, step in steps.items()
        }
    except NotFoundError:
        return Measured(unavailable=("not_found",))
    except DataMissingError:
        return Measured(unavailable=("too_early",))
    measured = _numbered(cards, found, frozenset().union(*(_relevant(s, desk) for s in steps.values())))
    allowed = {at: said for at, step in steps.items() if (said := judged(question, plan, step, cards[0], desk))}
    return measured.model_copy(update={"barred": barred(question, plan, cards[0], desk), "judged": allowed})


def _of_shop(step: Step) -> bool:
    """Whether a question about a rule asks how things stand in one shop as well."""
    return step.intent == "policy" and bool(step.slots.kind or step.slots.merchant_id)


def _cards(question: Question, merchant_id: str, steps: list[Step], desk: Desk) -> list[ScoreCard]:
    """The newest card first; an earlier one behind it where a step compares."""
    today, access = question.now.date(), question.principal.access
    of_card = [s for s in steps if s.intent in WITH_CARD]
    step = next((s for s in of_card if not is_plain_sum(s, desk.catalog)), (of_card or steps)[0])
    newest = desk.meter.card(access, merchant_id, on=_asked_for(step, today, desk), today=today)
    earlier = _earlier(step, newest)
    if earlier is None or is_plain_sum(step, desk.catalog):
        return [newest]
    if step.slots.against is not None:
        before = _nearest(earlier, lambda on: desk.meter.card(access, merchant_id, on=on, today=today))
        if before is None:  # then only the present can be told, and that is not the end of some past days
            return [desk.meter.card(access, merchant_id, on=today - timedelta(days=1), today=today)]
    else:
        before = desk.meter.card(access, merchant_id, on=earlier, today=today)
    return [newest, before] if before is not None and before.as_of < newest.as_of else [newest]


def _nearest(day: date, card: Callable[[date], ScoreCard]) -> ScoreCard | None:
    """The card nearest to a day, of those not too far from it to stand for it: few are kept of long ago."""
    found: list[ScoreCard] = []
    for on in (day, day + NEAR / 5, day + NEAR / 2, day + NEAR):
        with suppress(DataMissingError):
            found.append(card(on))
    near = [one for one in found if abs(one.as_of - day) <= NEAR]
    return min(near, key=lambda one: abs(one.as_of - day), default=None)


def _asked_for(step: Step, today: date, desk: Desk) -> date:
    """The last complete day, or the end of a past period that the question names (a comparison starts from now).

    Plain sums are of any days, and no card is kept of most of them: theirs is the newest, for how the feed stands.
    """
    yesterday = today - timedelta(days=1)
    period = step.slots.period
    if period is None or is_plain_sum(step, desk.catalog):
        return yesterday
    of_then = step.intent == "compare" and step.slots.against is not None
    if not of_then and step.intent in (WITH_TOOLS | {"compare", "policy"}) - {"explain"}:
        return yesterday
    return min(period.end, yesterday)


def _earlier(step: Step, newest: ScoreCard) -> date | None:
    if step.intent == "overview":
        return newest.as_of - LOOK_BACK
    if step.intent == "compare":
        period, against = step.slots.period, step.slots.against
        if against is not None and period is not None:  # of a period that is not over, as many days of the other
            cut = newest.as_of < period.end and against.start + (newest.as_of - period.start)
            return min(against.end, cut or against.end)
        ended = period is not None and period.end < newest.as_of
        return period.end if period is not None and ended else newest.as_of - LOOK_BACK
    return None


def _relevant(step: Step, desk: Desk) -> frozenset[str]:
    """Catalog ids and dimensions that this step may speak of."""
    dimension = step.slots.dimension
    if _of_shop(step):
        return frozenset()
    if step.slots.metric in desk.catalog.by_id:
        metric = desk.catalog.by_id[step.slots.metric]
        return frozenset({metric.id, metric.dimension, "discount_rate"})
    if step.slots.metric is not None:  # a series or a state of users
        return frozenset({"users"})
    if dimension is None or dimension == "overall" or step.intent == "overview":
        return frozenset({"overall", "users", *DIMENSIONS, *desk.catalog.by_id})
    chosen = (m.id for m in desk.catalog.of_dimension(dimension))
    return frozenset({dimension, "overall", "worth", "discount_rate", "users", *chosen})


def _numbered(cards: list[ScoreCard], found: dict[int, tuple[Insight, ...]], relevant: frozenset[str]) -> Measured:
    """Give every figure its id; cards and insights carry the same numbered figures."""
    numbered: list[Measurement] = []

    def number(figures: Iterable[tuple[str, Measurement]]) -> dict[str, Measurement]:
        kept: dict[str, Measurement] = {}
        for key, figure in figures:
            kept[key] = figure.model_copy(update={"id": f"M{len(numbered) + 1}"})
            numbered.append(kept[key])
        return kept

    def some(figures: Mapping[str, Measurement]) -> dict[str, Measurement]:
        return number((key, figure) for key, figure in figures.items() if figure.base in relevant)

    kept_cards = [card.model_copy(update={"figures": some(card.figures)}) for card in cards]
    if len(kept_cards) > 1:
        some(changes(kept_cards[0], kept_cards[1]))
    insights = {
        at: tuple(i.model_copy(update={"figures": number(i.figures.items())}) for i in several)
        for at, several in found.items()
    }
    return Measured(measurements=tuple(numbered), cards=tuple(kept_cards), insights=insights)
