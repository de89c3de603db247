"""Each measuring tool on the demo, beside a score card of the same merchant."""

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from bot.assemble import assemble
from bot.settings import Settings
from tests.benchmarks.home import p50, p95, table
from tools import insights, prospects, toolbox
from tools.reader import SnapshotMeter
from tools.types import Access

SHOPS = 60
Call = tuple[str, insights.Arguments]


def run(settings: Settings) -> str:
    """Every merchant is asked everything once; the ratio is to a card read just before."""
    meter: SnapshotMeter = assemble(settings).meter
    times, refused = _timed(meter, sorted(meter.merchant_ids())[:SHOPS])
    card = p50(times.pop("score card"))
    rows = [
        [name, f"{p50(spent):.2f}", f"{p95(spent):.2f}", f"{p50(spent) / card:.1f}", f"{refused[name]} of {len(spent)}"]
        for name, spent in times.items()
    ]
    return "\n".join([
        f"## The measuring tools ({SHOPS} merchants of the demo)\n",
        table(["tool", "p50 ms", "p95 ms", "as ratio to a card", "refused"], rows),
        f"A card: {card:.2f} ms. Refusals (no campaign, no ledger, ...) are quicker and counted in.\n",
    ])  # fmt: skip


def _timed(meter: SnapshotMeter, ids: list[str]) -> tuple[dict[str, list[float]], dict[str, int]]:
    on = meter.newest
    today = on + timedelta(days=1)
    for _, arguments in _calls(ids[0], on, today):  # code and files are loaded before anything is timed
        toolbox.run(meter, Access(merchants=frozenset(ids)), arguments)
    times, refused = defaultdict[str, list[float]](list), defaultdict[str, int](int)
    for id in ids:
        access = Access(merchants=frozenset({id}))
        for name, arguments in _calls(id, on, today):
            begun = time.perf_counter()
            meter.card(access, id, on=on, today=today)
            between = time.perf_counter()
            found = toolbox.run(meter, access, arguments)
            times["score card"].append((between - begun) * 1000)
            times[name].append((time.perf_counter() - between) * 1000)
            refused[name] += found.refused is not None
    return times, refused


def _calls(id: str, on: date, today: date) -> Iterator[Call]:
    who = {"merchant_id": id, "on": on, "today": today}
    before = on - timedelta(days=28)
    yield "explain a dimension", insights.ExplainArguments(**who, base="active", before=before)
    yield "explain overall", insights.ExplainArguments(**who, base="overall", before=before)
    yield "flows of users", insights.FlowArguments(**who, before=before)
    yield "what if a metric", insights.WhatIfArguments(**who, base="return_rate_28d", value=0.02, kind="by")
    yield "what if, the inverse", insights.WhatIfArguments(**who, base="active", value=5, kind="by")
    yield "chances of a dimension", insights.ChanceArguments(**who, base="active")
    yield "plan of a dimension", prospects.PlanArguments(**who, base="active", target=80)
    yield "plan overall", prospects.PlanArguments(**who, base="overall", target=70, by=on + timedelta(days=60))
    yield "effect of an action", insights.EffectArguments(**who)
    yield "forecast", prospects.ForecastArguments(**who)
    yield "points", prospects.PointsArguments(**who)
