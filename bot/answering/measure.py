"""Stage 2b: the figures that the plan's steps need, read for merchants within reach, numbered M1, M2, ..."""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.answering.ports import Desk
from bot.answering.types import Frozen, Intent, Plan, Question, Step
from tools.compare import changes
from tools.errors import DataMissingError, NotFoundError
from tools.types import DIMENSIONS, Measurement, ScoreCard

WITH_FIGURES: frozenset[Intent] = frozenset({"overview", "metric", "improve", "compare"})
LOOK_BACK = timedelta(days=28)  # overview says what moved since the window before


class Measured(Frozen):
    """What measuring found: numbered figures, the cards they belong to, and what could not be had."""

    measurements: tuple[Measurement, ...] = ()
    cards: tuple[ScoreCard, ...] = ()
    unavailable: tuple[str, ...] = ()


def measure(question: Question, plan: Plan, desk: Desk) -> Measured:
    """Read one merchant's card, and an earlier one where the question compares; nothing else is touched."""
    steps = [s for s in plan.steps if s.intent in WITH_FIGURES]
    if not steps or (merchant_id := _merchant(question, steps[0])) is None:
        return Measured()
    step = steps[0]
    today = question.now.date()
    access = question.principal.access
    try:
        newest = desk.meter.card(access, merchant_id, on=_asked_for(step, today), today=today)
        cards = [newest]
        if (earlier := _earlier(step, newest)) is not None:
            before = desk.meter.card(access, merchant_id, on=earlier, today=today)
            cards += [before] if before.as_of < newest.as_of else []
    except NotFoundError:
        return Measured(unavailable=("not_found",))
    except DataMissingError:
        return Measured(unavailable=("too_early",))
    return _numbered(cards, frozenset().union(*(_relevant(s, desk) for s in steps)))


def _merchant(question: Question, step: Step) -> str | None:
    return step.slots.merchant_id or question.principal.own_merchant


def _asked_for(step: Step, today: date) -> date:
    """The last complete day, or the end of a past period that the question names (a comparison starts from now)."""
    yesterday = today - timedelta(days=1)
    period = step.slots.period
    return yesterday if period is None or step.intent == "compare" else min(period.end, yesterday)


def _earlier(step: Step, newest: ScoreCard) -> date | None:
    if step.intent == "overview":
        return newest.as_of - LOOK_BACK
    if step.intent == "compare":
        period = step.slots.period
        ended = period is not None and period.end < newest.as_of
        return period.end if period is not None and ended else newest.as_of - LOOK_BACK
    return None


def _relevant(step: Step, desk: Desk) -> frozenset[str]:
    """Catalog ids and dimensions that this step may speak of."""
    dimension = step.slots.dimension
    if step.slots.metric is not None:
        metric = desk.catalog.by_id[step.slots.metric]
        return frozenset({metric.id, metric.dimension, "discount_rate"})
    if dimension is None or dimension == "overall" or step.intent == "overview":
        return frozenset({"overall", "users", *DIMENSIONS, *desk.catalog.by_id})
    chosen = (m.id for m in desk.catalog.of_dimension(dimension))
    return frozenset({dimension, "overall", "worth", "discount_rate", "users", *chosen})


def _numbered(cards: list[ScoreCard], relevant: frozenset[str]) -> Measured:
    """Give every figure its id; the cards carry the same numbered figures."""
    numbered: list[Measurement] = []

    def number(figures: Iterable[tuple[str, Measurement]]) -> dict[str, Measurement]:
        kept: dict[str, Measurement] = {}
        for key, figure in figures:
            if figure.base in relevant:
                kept[key] = figure.model_copy(update={"id": f"M{len(numbered) + 1}"})
                numbered.append(kept[key])
        return kept

    kept_cards = [card.model_copy(update={"figures": number(card.figures.items())}) for card in cards]
    if len(kept_cards) > 1:
        number(changes(kept_cards[0], kept_cards[1]).items())
    return Measured(measurements=tuple(numbered), cards=tuple(kept_cards))
