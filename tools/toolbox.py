"""The measuring tools in one box: what each takes and gives, and the one way to run them, which asks for an Access."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from tools import insights, prospects, trend
from tools.insights import Arguments, Insight
from tools.types import Access

if TYPE_CHECKING:
    from tools.reader import SnapshotMeter


@dataclass(frozen=True)
class Tool:
    """One tool. `writes` is whether it changes anything; none of those that measure does.

    `name` is the function's name, in `module`; it is imported when first run, for some need heavy libraries.
    """

    name: str
    module: str
    takes: type[Arguments]
    gives: type[Insight]
    writes: bool = False


_ALL = (
    Tool("explain", "tools.explain", insights.ExplainArguments, insights.Explanation),
    Tool("flows", "tools.flows", insights.FlowArguments, insights.Flows),
    Tool("totals", "tools.totals", insights.TotalsArguments, insights.Totals),
    Tool("what_if", "tools.what_if", insights.WhatIfArguments, insights.WhatIf),
    Tool("chances", "tools.chances", insights.ChanceArguments, insights.Chances),
    Tool("effect", "tools.effect", insights.EffectArguments, insights.Effect),
    Tool("running", "tools.running", insights.RunningArguments, insights.Running),
    Tool("plan", "tools.plan", prospects.PlanArguments, prospects.MovePlan),
    Tool("forecast", "tools.forecast", prospects.ForecastArguments, prospects.Forecast),
    Tool("points", "tools.points", prospects.PointsArguments, prospects.Points),
    Tool("trend", "tools.trend", trend.TrendArguments, trend.Trend),
)
TOOLS = {tool.name: tool for tool in _ALL}
_BY_ARGUMENTS = {tool.takes: tool for tool in _ALL}


def run(meter: SnapshotMeter, access: Access, arguments: Arguments) -> Insight:
    """Run the tool that takes these arguments.

    NotFoundError where the merchant is not within `access`, exactly as for one that does not exist.
    """
    tool = _BY_ARGUMENTS[type(arguments)]
    shop = meter.shop(access, arguments.merchant_id)
    return cast(Insight, getattr(import_module(tool.module), tool.name)(shop, arguments))
