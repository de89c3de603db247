"""Which words go with which tool's result."""

from bot.answering.embedded.compose_effect import effect
from bot.answering.embedded.compose_explain import explain
from bot.answering.embedded.compose_forecast import close_forecast, forecast
from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_plan import plan
from bot.answering.embedded.compose_points import points
from bot.answering.embedded.compose_totals import totals
from bot.answering.embedded.compose_users import users
from bot.answering.embedded.compose_what_if import what_if
from tools.insights import Effect, Explanation, Flows, Totals, WhatIf
from tools.prospects import Forecast, MovePlan, Points


def speak(found: list[Found]) -> None:
    """Say what the tools found for one step, in their order."""
    for at, one in enumerate(found):
        insight = one.insight
        match insight:
            case Explanation():
                explain(one, insight)
            case Flows():
                users(one, insight)
            case Totals():
                totals(one, insight)
            case WhatIf():
                what_if(one, insight)
            case MovePlan():
                plan(one, insight)
            case Effect():
                effect(one, insight)
            case Forecast():
                _forecast(found, at, insight)
            case Points():
                points(one, insight)


def _forecast(found: list[Found], at: int, insight: Forecast) -> None:
    one = found[at]
    asked = one.slots.dimension or (one.slots.metric if one.slots.metric in one.catalog.by_id else None)
    named = asked if asked is not None and len(found) > 1 else None
    forecast(one, insight, at == 0, named)
    if at == len(found) - 1:
        close_forecast(one, insight)
