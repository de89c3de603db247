"""What an effect and a forecast are by definition: windows, sums, limits, the method used. Imports project code."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from tools.insights import Effect, EffectArguments
from tools.prospects import Forecast, ForecastArguments

from .mixed import NEWEST, ONE_OF_EACH, Mixed, common
from .plain import Row, first_visits, rows_of, users, visits

A_DAY = timedelta(days=1)
FEWEST, LEAST_DAYS, WINDOW, LONGEST, HALF_A_YEAR = 10, 14, 28, 56, 180
CAMPAIGN = "M0002"
OUTCOMES = ("visits", "orders", "gmv")
METHODS = {"ours": "error", "last_week": "error_last_week", "weekday_mean": "error_weekday_mean"}


@lru_cache(maxsize=64)
def of_days(platform: Path, merchant: str) -> dict[date, list[Row]]:
    found: dict[date, list[Row]] = {}
    for row in rows_of(platform, "activity", merchant):
        found.setdefault(row["day"], []).append(row)
    return found


def by_day(platform: Path, merchant: str, series: str, start: date, days: int) -> list[float]:
    """A series a day from `start` on."""
    rows = of_days(platform, merchant)
    firsts: list[date] = []
    if series == "new_users":
        firsts = [day for day, _ in first_visits(rows_of(platform, "activity", merchant)).values()]
    found = []
    for day in (start + n * A_DAY for n in range(days)):
        mine = rows.get(day, [])
        if series in ("visitors", "new_users"):
            found.append(float(len(users(visits(mine))) if series == "visitors" else firsts.count(day)))
        else:
            found.append(float(sum((r[series] for r in mine), Decimal(0))))
    return found


# ---- effect ----------------------------------------------------------------------------------------------------------


def effect(mixed: Mixed, merchant: str, **which: object) -> Effect:
    return mixed.ask(Effect, EffectArguments.model_validate({**common(merchant), **which}))


def each_action(mixed: Mixed) -> list[tuple[str, Row, Effect]]:
    """Every kind of action of every fifth shop, as asked for by its kind and first day."""
    found = []
    for merchant in [CAMPAIGN, *(f"M{n:04}" for n in range(1, 142, 5))]:
        for row in rows_of(mixed.platform, "actions", merchant):
            which = {"kind": row["kind"], "since": row["started_on"], "until": row["started_on"]}
            found.append((merchant, row, effect(mixed, merchant, **which)))
    return found


def test_an_effect_compares_the_days_before_an_action_with_those_after_it(mixed: Mixed) -> None:
    told = [(m, row, found) for m, row, found in each_action(mixed) if found.refused is None]
    assert len(told) > 15
    for merchant, row, found in told:
        start = row["started_on"]
        assert found.started_on == start
        for series in OUTCOMES:
            before, after = (found.get(f"{series}.{side}") for side in ("before", "after"))
            if before is None or after is None:
                continue
            sides = (before.period, after.period)
            days = [(p.end - p.start).days + 1 for p in sides]
            assert (sides[0].end, sides[1].start) == (start - A_DAY, start)
            assert days[0] == WINDOW
            assert LEAST_DAYS <= days[1] <= LONGEST
            assert sides[1].end <= NEWEST
            for shown, period, n in zip((before, after), sides, days, strict=True):
                mean = sum(by_day(mixed.platform, merchant, series, period.start, n)) / n
                assert shown.value == pytest.approx(mean, abs=1e-6), (merchant, series)


def test_an_effect_has_ten_matches_an_interval_around_it_and_claims_only_what_leaves_out_zero(mixed: Mixed) -> None:
    seen = 0
    for merchant, row, found in each_action(mixed):
        for series in OUTCOMES:
            shown = [found.get(f"{series}.{name}") for name in ("effect_low", "effect", "effect_high", "matches")]
            if None in shown:
                assert series not in found.claimed
                continue
            seen += 1
            low, middle, high, matches = (s.value or 0.0 for s in shown if s is not None)
            assert low <= middle <= high, (merchant, row)
            assert matches >= FEWEST
            clear = low > 0 or high < 0
            # three outcomes are three chances to be lucky: one that is only just clear is not claimed alone
            assert series not in found.claimed or clear
            assert series in found.claimed or not (clear and found.claimed)
            total, after = (found.figures[f"{series}.{name}"] for name in ("effect_total", "after"))
            days = (after.period.end - after.period.start).days + 1
            assert total.value == pytest.approx((after.value or 0) * days * (1 - 1 / (1 + middle)), rel=1e-6, abs=1e-6)
    assert seen > 60


def test_an_action_without_fourteen_days_on_either_side_is_refused(mixed: Mixed) -> None:
    young = 0
    for merchant, row, found in each_action(mixed):
        start = row["started_on"]
        if (NEWEST - start).days > HALF_A_YEAR:
            assert found.refused == "too_old"
            continue
        first = min(r["day"] for r in rows_of(mixed.platform, "activity", merchant))
        if (NEWEST - start).days + 1 < LEAST_DAYS or (start - first).days < LEAST_DAYS:
            assert found.refused in ("too_recent", "few_days"), (merchant, row)
            assert found.figures == {}
            young += 1
        if found.refused == "too_recent":
            assert (NEWEST - start).days + 1 < LEAST_DAYS
    assert young >= 5


def test_what_else_was_done_in_those_weeks_is_named(mixed: Mixed) -> None:
    named = 0
    for merchant, row, found in each_action(mixed):
        if found.refused is not None:
            continue
        first, last = row["started_on"] - WINDOW * A_DAY, found.figures["visits.after"].period.end
        beside = {
            r["kind"] for r in rows_of(mixed.platform, "actions", merchant)
            if r["kind"] != row["kind"] and any(d and first <= d <= last for d in (r["started_on"], r["ended_on"]))
        }  # fmt: skip
        assert set(found.others) == beside, (merchant, row)
        named += len(beside)
    assert named > 10


def test_a_campaign_of_forty_percent_is_claimed(mixed: Mixed) -> None:
    found = effect(mixed, CAMPAIGN, since=NEWEST - 34 * A_DAY, until=NEWEST - 34 * A_DAY)
    assert "visits" in found.claimed
    assert found.figures["visits.effect"].value == pytest.approx(0.4, abs=0.15)


# ---- forecast --------------------------------------------------------------------------------------------------------


def forecast(mixed: Mixed, merchant: str, series: str, horizon: int) -> Forecast:
    call = {**common(merchant), "series": series, "horizon": horizon}
    return mixed.ask(Forecast, ForecastArguments.model_validate(call))


CASES = [(m, s, h) for m in ONE_OF_EACH[:4] for s, h in (("visits", 28), ("gmv", 7), ("new_users", 14), ("orders", 28))]


@pytest.fixture(scope="module")
def forecasts(mixed: Mixed) -> list[Forecast]:
    return [forecast(mixed, *case) for case in CASES]


def test_a_forecast_starts_after_the_data_and_its_total_is_the_sum_of_its_days(forecasts: list[Forecast]) -> None:
    for found in forecasts:
        assert found.refused is None
        assert [d.day for d in found.days] == [NEWEST + n * A_DAY for n in range(1, found.horizon + 1)]
        whole = found.figures[f"{found.series}.forecast"]
        assert whole.value == pytest.approx(sum(d.value for d in found.days), rel=1e-9)
        assert (whole.period.start, whole.period.end) == (found.days[0].day, found.days[-1].day)


def test_bands_hold_the_forecast_and_the_wider_holds_the_narrower(forecasts: list[Forecast]) -> None:
    for found in forecasts:
        ends = ("low95", "low80", "", "high80", "high95")
        whole = [found.figures[f"{found.series}.forecast{'_' * bool(e)}{e}"].value or 0.0 for e in ends]
        assert whole == sorted(whole)
        assert whole[0] >= 0
        for day in found.days:
            band = [day.low95, day.low80, day.value, day.high80, day.high95]
            assert band == sorted(band)


def test_the_past_beside_a_forecast_is_what_the_rows_say(mixed: Mixed, forecasts: list[Forecast]) -> None:
    for (merchant, series, horizon), found in zip(CASES, forecasts, strict=True):
        past = by_day(mixed.platform, merchant, series, NEWEST - 55 * A_DAY, 56)
        assert list(found.past) == pytest.approx(past)
        last = found.figures[f"{series}.last"].value
        assert last == pytest.approx(sum(past[-horizon:]))
        change = found.figures[f"{series}.forecast"].value / last - 1  # type: ignore[operator]
        assert found.figures[f"{series}.forecast_change"].value == pytest.approx(change)


def test_the_method_used_is_the_best_of_the_backtest(mixed: Mixed, forecasts: list[Forecast]) -> None:
    for found in forecasts:
        shown = {
            m: found.get(f"{found.series}.{s}") for m, s in METHODS.items() if m != "ours" or found.method == "ours"
        }
        errors = {m: f.value for m, f in shown.items() if f is not None and f.value is not None}
        assert set(errors) >= {"last_week", "weekday_mean"}
        assert errors[found.method] == min(errors.values())
        assert found.figures[f"{found.series}.error"].value == errors[found.method]
    assert len({f.method for f in forecasts}) >= 1


def test_a_simple_forecast_is_the_last_week_or_the_mean_of_four_of_each_weekday(
    mixed: Mixed, forecasts: list[Forecast]
) -> None:
    for found in forecasts:
        weeks = {"last_week": 1, "weekday_mean": 4}.get(found.method)
        for ahead, day in enumerate(found.days):
            if weeks is not None:
                same = [found.past[-7 * (w + 1) + ahead % 7] for w in range(weeks)]
                assert day.value == pytest.approx(sum(same) / weeks)


@pytest.mark.parametrize(
    ("series", "horizon", "why"),
    [("visits", 29, "out_of_range"), ("visits", 0, "out_of_range"), ("nothing", 7, "unmeasured")],
)
def test_what_cannot_be_foreseen_is_refused(mixed: Mixed, series: str, horizon: int, why: str) -> None:
    found = forecast(mixed, "M0041", series, horizon)
    assert found.refused == why
    assert found.figures == {}
