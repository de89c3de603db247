"""Which measuring tools a step of the plan needs, and with what arguments: days and subjects, never an identity."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal

from bot.answering.eligibility import (
    INCENTIVE_POINTS,
    Asker,
    asker,
    credit_terms,
    exchanges,
    judge,
    move_choices,
)
from bot.answering.ports import Desk
from bot.answering.retrieve import audience
from bot.answering.types import Judgement, Language, Plan, Question, Step, Target
from tools.catalog import Catalog
from tools.insights import (
    Arguments,
    ChanceArguments,
    EffectArguments,
    ExplainArguments,
    FlowArguments,
    RunningArguments,
    TotalsArguments,
    WhatIfArguments,
)
from tools.prospects import Exchange, ForecastArguments, PlanArguments, PointsArguments
from tools.trend import TrendArguments
from tools.types import Period, ScoreCard

LOOK_BACK = timedelta(days=28)  # without a period, change is told since the window before
FURTHEST = 28  # days that a forecast looks ahead
_SERIES = {"visitors_28d": "visitors", "new_users_28d": "new_users", "average_order_value": "gmv"}
_FORECAST = ("visits", "orders", "gmv")  # what is foreseen where nothing is named
_EXPIRY = timedelta(days=30)


class _Asked:
    """A step with what all its calls share."""

    def __init__(self, question: Question, language: Language, step: Step, card: ScoreCard, desk: Desk) -> None:
        self.language = language
        self.question, self.step, self.slots, self.card, self.desk = question, step, step.slots, card, desk
        self.today = question.now.date()
        self.yesterday = self.today - timedelta(days=1)
        self.base = step.slots.metric or step.slots.dimension or "overall"

    def common(self, on: date) -> dict[str, Any]:
        return {"merchant_id": self.card.merchant.merchant_id, "on": on, "today": self.today}


def calls(question: Question, plan: Plan, step: Step, card: ScoreCard, desk: Desk) -> list[Arguments]:
    """The tools' arguments for one step, in the order in which their results are spoken of."""
    asked = _Asked(question, plan.language, step, card, desk)
    make = _CALLS.get(step.intent)
    if is_plain_sum(step, desk.catalog):
        make = _of_series
    elif (step.slots.metric or "").startswith("users.") and step.intent not in ("forecast", "effect"):
        make = _of_users
    return make(asked) if make is not None else []


def is_plain_sum(step: Step, catalog: Catalog) -> bool:
    """Whether the step is about sums of days, which need no card: sales of 6 October, orders of last week."""
    metric = step.slots.metric or ""
    plain = metric in catalog.series_by_id and not metric.startswith("users.")
    return plain and step.intent not in ("forecast", "effect")


def stretch(slots_period: Period | None, newest: date) -> tuple[date, date]:
    """(before, on): the two as-of dates between which a change is told."""
    if slots_period is None or slots_period.start > newest:
        return newest - LOOK_BACK, newest
    end = min(slots_period.end, newest)
    return slots_period.start - timedelta(days=1), end


def preceding(period: Period) -> Period:
    """The stretch to set beside a period: as many days right before it; for a single day the same weekday."""
    days = (period.end - period.start).days + 1
    back = timedelta(days=7 if days <= 7 else days)
    return Period(start=period.start - back, end=period.end - back)


def _explain(asked: _Asked) -> list[Arguments]:
    before, on = stretch(asked.slots.period, asked.card.as_of)
    return [ExplainArguments(**asked.common(on), base=asked.base, before=before), *_trend(asked)]


def _trend(asked: _Asked) -> list[Arguments]:
    """What the picture beside a value, a comparison or an explanation is drawn of."""
    return [TrendArguments(**asked.common(asked.card.as_of), base=asked.base)]


def _of_users(asked: _Asked) -> list[Arguments]:
    before, on = stretch(asked.slots.period, asked.card.newest_day or asked.card.as_of)
    return [FlowArguments(**asked.common(on), before=before)]


def _of_series(asked: _Asked) -> list[Arguments]:
    newest = newest_whole_day(asked.card, asked.yesterday)
    period = asked.slots.period or Period(start=asked.yesterday - timedelta(days=27), end=asked.yesterday)
    if period.start > newest:  # none of it has arrived: the newest stretch of as many days, and the answer says so
        shift = period.end - newest
        period = Period(start=period.start - shift, end=newest)
    against, why = asked.slots.against or preceding(period), asked.step.intent == "explain"
    return [TotalsArguments(**asked.common(asked.yesterday), period=period, against=against, why=why)]


def newest_whole_day(card: ScoreCard, yesterday: date) -> date:
    """The last day that sums may cover. The card's own date does not say it: cards are kept of few days only."""
    if card.newest_day is None:
        return card.as_of
    return min(card.newest_day - timedelta(days=card.state == "partial"), yesterday)


def _improve(asked: _Asked) -> list[Arguments]:
    return [ChanceArguments(**asked.common(asked.card.as_of), base=asked.base)]


def _absolute(asked: _Asked, base: str) -> Target | None:
    """The target in the unit of `base`: a multiple is one of what it is now."""
    target = asked.slots.target
    if target is None or target.kind != "times":
        return target
    now = asked.card.get(base if base in asked.desk.catalog.by_id else f"{base}.score")
    return None if now is None or now.value is None else Target(value=now.value * target.value, kind="to")


def _what_if(asked: _Asked) -> list[Arguments]:
    target = _absolute(asked, asked.base)
    if target is None and asked.slots.target is not None:
        return []
    if target is not None:
        kind: Literal["to", "by"] = "by" if target.kind == "by" else "to"
        return [WhatIfArguments(**asked.common(asked.card.as_of), base=asked.base, value=target.value, kind=kind)]
    median = asked.card.get(f"{asked.base}.peer_median")
    if median is None or median.value is None:
        return []
    return [WhatIfArguments(**asked.common(asked.card.as_of), base=asked.base, value=median.value, kind="to")]


def _plan(asked: _Asked) -> list[Arguments]:
    slots, dimension = asked.slots, asked.slots.dimension
    if slots.metric in asked.desk.catalog.by_id:
        dimension = asked.desk.catalog.by_id[slots.metric].dimension
    dimension = dimension or "overall"
    wanted = None if slots.metric else _absolute(asked, dimension)
    target = None if wanted is None else wanted.value
    score = asked.card.get(f"{dimension}.score")
    if wanted is not None and target is not None and wanted.kind == "by":
        target = None if score is None or score.value is None else score.value + target
    rules = asked.desk.library.rules
    aim = _what_if(asked) if slots.metric is not None and slots.target is not None else []
    return [
        *aim,  # a metric's own target: what it would bring, then the plan for the score that it is part of
        PlanArguments(
            **asked.common(asked.card.as_of), base=dimension, target=target, by=slots.by, hours=slots.hours,
            weekly_hours=slots.weekly_hours or None, yuan=slots.yuan, credits=slots.credits,
            choices=move_choices(
                _who(asked.question, asked.language, asked.card, asked.desk), asked.desk.catalog, rules, asked.today
            ),
        )
    ]  # fmt: skip


def barred(question: Question, plan: Plan, card: ScoreCard, desk: Desk) -> frozenset[str]:
    """ "metric/move" of the moves that an account manager may not make for this shop: the authorisation is missing."""
    if question.principal.role == "merchant":
        return frozenset()
    who = _who(question, plan.language, card, desk)
    choices = move_choices(who, desk.catalog, desk.library.rules, question.now.date())
    return frozenset(f"{choice.metric}/{choice.move}" for choice in choices if not choice.allowed)


def judged(question: Question, plan: Plan, step: Step, card: ScoreCard, desk: Desk) -> Judgement | None:
    """What the rules say to an account manager who asks whether something may be done for this shop."""
    product = step.slots.product
    if step.intent != "policy" or step.slots.kind or product is None or question.principal.role == "merchant":
        return None
    return judge(product, _who(question, plan.language, card, desk), desk.library.rules, question.now.date())


def _running(asked: _Asked) -> list[Arguments]:
    kind = asked.slots.kind
    return [RunningArguments(**asked.common(asked.today), kind=kind)] if kind is not None else []


def _who(question: Question, language: Language, card: ScoreCard, desk: Desk) -> Asker:
    """The asker with what this merchant has granted the manager's provider; a merchant needs no authorisation."""
    principal, scopes = question.principal, None
    if principal.role == "manager" and principal.tenant is not None:
        granted = desk.meter.authorised(principal.tenant, on=question.now.date())
        scopes = granted.get(card.merchant.merchant_id, frozenset())
    return asker(principal, language, card, scopes)


def _exchanges(asked: _Asked) -> tuple[Exchange, ...]:
    """What this asker may exchange the points for; nothing where the authorisation to manage points is missing."""
    rules, who = asked.desk.library.rules, _who(asked.question, asked.language, asked.card, asked.desk)
    if not judge(INCENTIVE_POINTS, who, rules, asked.today).allowed:
        return ()
    return exchanges(rules, asked.today, who.audience, language=asked.language)


def _points(asked: _Asked) -> list[Arguments]:
    period, product = asked.slots.period, asked.slots.product
    until = period.end if period is not None and period.end >= asked.today else asked.today + _EXPIRY
    on = min(period.end, asked.today) if period is not None else asked.today
    rules, reader = asked.desk.library.rules, audience(asked.question.principal)
    return [
        PointsArguments(
            **asked.common(on), programme=product if product and product.endswith("_plan") else None, until=until,
            exchanges=_exchanges(asked), terms=credit_terms(rules, reader, language=asked.language),
        )
    ]  # fmt: skip


def _effect(asked: _Asked) -> list[Arguments]:
    period, slots = asked.slots.period, asked.slots
    return [
        EffectArguments(
            **asked.common(asked.yesterday), kind=slots.kind, product=None if slots.kind else slots.product,
            since=period.start if period else None, until=period.end if period else None,
        )
    ]  # fmt: skip


def _forecast(asked: _Asked) -> list[Arguments]:
    period = asked.slots.period
    days: dict[str, Any] = {"horizon": FURTHEST}
    if period is not None and period.end >= asked.today:
        days |= {"first": period.start, "last": period.end}
    named = _SERIES.get(asked.base, asked.base)
    series = (named,) if named in asked.desk.catalog.series_by_id and not named.startswith("users.") else _FORECAST
    return [ForecastArguments(**asked.common(asked.yesterday), series=s, **days) for s in series]


_CALLS: dict[str, Callable[[_Asked], list[Arguments]]] = {
    "explain": _explain, "improve": _improve, "what_if": _what_if, "plan": _plan, "points": _points,
    "effect": _effect, "forecast": _forecast, "metric": _trend, "compare": _trend,
    "policy": _running,
}  # fmt: skip
