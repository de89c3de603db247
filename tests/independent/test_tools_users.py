"""User flows, plain sums and incentive points of the tools, against rows counted one by one. Imports project code."""

import random
from datetime import date, timedelta

import pytest

from tools.insights import FlowArguments, Flows, Totals, TotalsArguments
from tools.prospects import Points, PointsArguments
from tools.types import Period

from . import ledger, moving
from .mixed import DAYS, NEWEST, ONE_OF_EACH, Mixed, common
from .plain import rows_of

SERIES = ("visits", "visitors", "new_users", "orders", "gmv")
A_DAY = timedelta(days=1)


@pytest.mark.parametrize("merchant", ONE_OF_EACH)
@pytest.mark.parametrize(("before", "on"), [(DAYS[2], NEWEST), (DAYS[1] + 5 * A_DAY, DAYS[2] + 9 * A_DAY)])
def test_every_user_flow_equals_the_one_counted_user_by_user(
    mixed: Mixed, merchant: str, before: date, on: date
) -> None:
    found = mixed.ask(Flows, FlowArguments.model_validate({**common(merchant, on), "before": before}))
    mine = moving.flows(mixed.platform, merchant, before, on)
    theirs = {k: f.value or 0.0 for k, f in found.figures.items()}
    off = {
        k: (theirs.get(k, 0.0), mine.get(k, 0.0)) for k in {*theirs, *mine} if theirs.get(k, 0.0) != mine.get(k, 0.0)
    }
    assert off == {}
    assert mine["users.lost_regulars"] > 0
    ordered = [mine[f"users.lost_regulars@channel:{c}"] for c in found.lost_by_channel]
    assert ordered == sorted(ordered, reverse=True)
    assert sum(ordered) == mine["users.lost_regulars"]


def test_totals_of_any_period_equal_the_sum_of_its_rows(mixed: Mixed) -> None:
    chance = random.Random(3)
    for merchant in ONE_OF_EACH:
        for _ in range(6):
            start = NEWEST - chance.randrange(1, 100) * A_DAY
            end = min(NEWEST, start + chance.randrange(0, 60) * A_DAY)
            other = Period(start=start - 100 * A_DAY, end=end - 100 * A_DAY)
            call = {**common(merchant), "period": Period(start=start, end=end), "against": other}
            found = mixed.ask(Totals, TotalsArguments.model_validate(call))
            now = moving.totals(mixed.platform, merchant, start, end)
            then = moving.totals(mixed.platform, merchant, other.start, other.end)
            for series in SERIES:
                shown = [found.figures[f"{series}.{s}"].value for s in ("total", "total_before", "total_change")]
                expected = [now[series], then[series], now[series] - then[series]]
                assert shown == [pytest.approx(v, abs=1e-9) for v in expected], (merchant, series, start, end)


def test_balance_expiry_and_flows_of_points_equal_the_ledger_replayed(mixed: Mixed) -> None:
    chance, seen, lapsing = random.Random(5), 0, 0
    for merchant in [f"M{n:04}" for n in range(1, 142, 4)]:
        lines = rows_of(mixed.platform, "points", merchant)
        if not lines:
            continue
        for _ in range(5):
            on = NEWEST + chance.randrange(-120, 90) * A_DAY
            until = on + chance.randrange(0, 70) * A_DAY
            call = {"merchant_id": merchant, "on": on, "today": NEWEST + A_DAY, "until": until}
            found = mixed.ask(Points, PointsArguments.model_validate(call))
            if found.refused:
                assert not [r for r in lines if r["at"] <= on]
                continue
            mine = {**ledger.figures(lines, on, until, found.as_of), **ledger.flows(lines, found.as_of)}
            assert found.as_of == min(on, max([NEWEST, *(r["at"] for r in lines if r["at"] <= NEWEST + A_DAY)]))
            theirs = {k: f.value for k, f in found.figures.items() if k in mine}
            assert theirs == mine, (merchant, on, until)
            seen += 1
            lapsing += mine["credits.expiring"] > 0
    assert seen > 100
    assert lapsing > 10
