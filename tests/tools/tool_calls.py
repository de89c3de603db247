"""A call of every measuring tool for one shop, with arguments that reach into every corner of it."""

from datetime import date, timedelta

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
from tools.prospects import ForecastArguments, PlanArguments, PointsArguments
from tools.reader import SnapshotMeter
from tools.trend import TrendArguments
from tools.types import DIMENSIONS, Period


def calls_of(meter: SnapshotMeter, merchant_id: str, *, on: date, today: date) -> list[Arguments]:
    """Some sixty calls: every tool, every dimension and metric."""
    common = {"merchant_id": merchant_id, "on": on, "today": today}
    month = Period(start=on - timedelta(days=27), end=on)
    scores = (*DIMENSIONS, "overall")
    bases = (*scores, *(m.id for m in meter.catalog.metrics))
    calls: list[Arguments] = [ExplainArguments(**common, base=b, before=on - timedelta(days=28)) for b in bases]
    calls += [TrendArguments(**common, base=b) for b in bases]
    calls += [ChanceArguments(**common, base=b) for b in bases]
    calls += [WhatIfArguments(**common, base=d, value=5.0, kind="by") for d in scores]
    calls += [WhatIfArguments(**common, base=m.id, value=0.3, kind="to") for m in meter.catalog.metrics]
    calls += [PlanArguments(**common, base=d, target=60.0, by=today + timedelta(days=40)) for d in scores]
    calls += [PlanArguments(**common, base="active")]
    calls += [FlowArguments(**common, before=on - timedelta(days=28))]
    calls += [TotalsArguments(**common, period=month), EffectArguments(**common), PointsArguments(**common)]
    calls += [RunningArguments(**common, kind=kind) for kind in ("search_direct", "campaign")]
    calls += [ForecastArguments(**common, series=s.id) for s in meter.catalog.series]
    return calls
