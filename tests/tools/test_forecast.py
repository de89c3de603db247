"""The forecast tool: figures that add up, days that are whole, people counted once, and refusals instead of guesses."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.tools.measuring_desk import NEWEST, Row, ago, everybody, measure, shop, visit, write_platform
from tools.forecast import distinct, forecast
from tools.prospects import Forecast, ForecastArguments
from tools.reader import SnapshotMeter

Ask = Callable[..., Forecast]


def _rows(merchant: str, first: int, last: int = 0) -> list[Row]:
    """A busy shop from `first` to `last` days ago: 30 people, more of them at weekends."""
    chance = random.Random(merchant)
    rows = []
    for back in range(first, last - 1, -1):
        day = ago(back)
        for user in range(30):
            if chance.random() < (0.4 if day.weekday() > 4 else 0.2):
                bought = {"orders": 1, "gmv": chance.randint(1000, 5000) / 100} if chance.random() < 0.5 else {}
                rows.append(visit(f"u{user}", day, merchant=merchant, **bought))
    return rows


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    folder = tmp_path_factory.mktemp("forecast")
    rows = (
        _rows("busy", 199) + _rows("young", 50) + _rows("stale", 199, 10) + _rows("gone", 199, 40) + _rows("half", 99)
    )
    random.Random(1).shuffle(rows)
    feeds = [
        {"merchant_id": name, "newest_day": ago(back), "complete": name != "half"}
        for name, back in (("busy", 0), ("young", 0), ("stale", 10), ("gone", 40), ("half", 0), ("silent", 0))
    ]
    merchants = [shop(name) for name in ("busy", "young", "stale", "gone", "half", "silent")]
    platform = write_platform(folder / "platform", merchants=merchants, activity=rows, feeds=feeds)
    (platform / "manifest.json").write_text(json.dumps({"as_of": NEWEST.isoformat(), "currency": "USD"}))
    return measure(folder, platform)


@pytest.fixture(scope="module")
def ask(meter: SnapshotMeter) -> Ask:
    def asked(merchant: str, series: str = "visits", horizon: int = 28, on: date = NEWEST) -> Forecast:
        arguments = ForecastArguments(
            merchant_id=merchant, on=on, today=on + timedelta(days=1), series=series, horizon=horizon
        )
        return forecast(meter.shop(everybody(meter), merchant), arguments)

    return asked


@pytest.mark.parametrize("series", ["visits", "orders", "gmv", "new_users"])
@pytest.mark.parametrize("horizon", [7, 28])
def test_the_total_is_the_sum_of_the_days_and_lies_within_its_bands(ask: Ask, series: str, horizon: int) -> None:
    told = ask("busy", series, horizon)
    if series == "new_users":  # thirty people: nobody is new any more
        assert told.refused == "few_days"
        return
    value = {name: told.figures[f"{series}.{name}"].value for name in ("forecast", "last", "forecast_change", "error")}
    ends = [told.figures[f"{series}.forecast_{end}"].value for end in ("low95", "low80", "high80", "high95")]
    assert value["forecast"] == pytest.approx(sum(day.value for day in told.days))
    assert ends == sorted(ends)
    assert ends[1] < value["forecast"] < ends[2]
    assert value["forecast_change"] == pytest.approx(value["forecast"] / value["last"] - 1)
    assert value["last"] == pytest.approx(sum(told.past[-horizon:]))
    assert len(told.past) == 56
    for day in told.days:
        assert 0 <= day.low95 <= day.low80 <= day.value <= day.high80 <= day.high95
    weekend = [d.value for d in told.days if d.day.weekday() > 4]
    assert min(weekend) > max(d.value for d in told.days if d.day.weekday() <= 4)


def test_periods_units_and_the_proof_of_the_method_are_told(ask: Ask) -> None:
    told = ask("busy", "gmv", 14)
    figure = told.figures["gmv.forecast"]
    assert (figure.period.start, figure.period.end) == (NEWEST + timedelta(days=1), NEWEST + timedelta(days=14))
    assert (figure.unit, figure.currency, figure.merchant_id, figure.as_of) == ("yuan", "USD", "busy", NEWEST)
    assert told.figures["gmv.last"].period.start == ago(13)
    assert [day.day for day in told.days] == [NEWEST + timedelta(days=n) for n in range(1, 15)]
    backtests = told.figures["gmv.backtests"].value
    assert backtests == (200 - 14 - 28) // 7 + 1
    assert told.figures["gmv.error"].n == backtests
    simple = [told.figures[f"gmv.error_{name}"].value for name in ("last_week", "weekday_mean")]
    assert (told.method == "ours") == (told.figures["gmv.error"].value < min(simple))
    assert told.figures["gmv.error"].value <= min(simple)


def test_people_who_come_on_two_days_are_counted_once(ask: Ask) -> None:
    told = ask("busy", "visitors")
    assert told.figures["visitors.last"].value == 30
    assert 25 < told.figures["visitors.forecast"].value < 33
    assert sum(day.value for day in told.days) > 150
    assert told.figures["visitors.forecast_high95"].value < 45


def test_people_of_every_window_are_those_a_set_would_hold() -> None:
    chance = np.random.default_rng(6)
    user, day = chance.integers(0, 15, 200), chance.integers(0, 60, 200)
    for window in (1, 7, 28):
        found = distinct(user, day, 60, window)
        assert np.isnan(found[: window - 1]).all()
        for end in range(window - 1, 60):
            assert found[end] == len(set(user[(day > end - window) & (day <= end)].tolist()))


def test_a_stale_feed_is_foreseen_from_its_last_whole_day_and_says_so(ask: Ask) -> None:
    told = ask("stale")
    assert told.as_of == ago(10)
    assert told.figures["visits.forecast"].period.start == ago(9)
    assert told.figures["visits.last"].period.end == ago(10)
    assert ask("stale", horizon=10).refused == "past_date"
    assert ask("stale", horizon=11).refused is None
    assert ask("gone").refused == "past_date"


def test_a_day_that_is_still_arriving_is_foreseen_not_measured(ask: Ask) -> None:
    told = ask("half")
    assert told.as_of == ago(1)
    assert told.days[0].day == NEWEST


def test_nothing_after_the_day_asked_about_is_looked_at(ask: Ask, meter: SnapshotMeter) -> None:
    told = ask("busy", on=ago(28))
    assert told.as_of == ago(28)
    assert told.past[-1] == meter.shop(everybody(meter), "busy").days.values["visits"][-29]
    assert told.figures["visits.backtests"].value == (172 - 28 - 28) // 7 + 1


@pytest.mark.parametrize(
    ("merchant", "series", "horizon", "on", "why"),
    [
        ("young", "visits", 28, NEWEST, "few_days"),
        ("silent", "visits", 28, NEWEST, "empty"),
        ("busy", "visits", 28, ago(400), "empty"),
        ("busy", "visits", 28, ago(150), "few_days"),
        ("busy", "visits", 29, NEWEST, "out_of_range"),
        ("busy", "visits", 0, NEWEST, "out_of_range"),
        ("busy", "return_rate_28d", 28, NEWEST, "unmeasured"),
        ("busy", "discount", 28, NEWEST, "few_days"),
    ],
)
def test_what_cannot_be_foreseen_is_refused(
    ask: Ask, merchant: str, series: str, horizon: int, on: date, why: str
) -> None:
    told = ask(merchant, series, horizon, on)
    assert told.refused == why
    assert not told.figures
    assert not told.days


def test_the_order_of_rows_changes_nothing(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "a").mkdir()
    platform = write_platform(tmp_path / "platform", activity=sorted(_rows("busy", 199), key=lambda r: r["user_id"]))
    (platform / "manifest.json").write_text(json.dumps({"as_of": NEWEST.isoformat(), "currency": "USD"}))
    other = measure(tmp_path / "a", platform)
    for series in ("visitors", "gmv"):
        arguments = ForecastArguments(merchant_id="busy", on=NEWEST, today=NEWEST, series=series)
        assert forecast(other.shop(everybody(other), "busy"), arguments) == ask("busy", series)


def test_daily_totals_foretell_visits_but_not_people(tmp_path: Path) -> None:
    daily = [{"merchant_id": "M1", "day": ago(n), "visits": 20 + n % 7, "visitors": 15, "gmv": 100} for n in range(100)]
    meter = measure(tmp_path, write_platform(tmp_path / "p", merchants=[shop("M1")], daily=daily))
    found = {
        series: forecast(
            meter.shop(everybody(meter), "M1"),
            ForecastArguments(merchant_id="M1", on=NEWEST, today=NEWEST, series=series),
        )
        for series in ("visits", "visitors", "orders", "gmv")
    }
    assert [f.refused for f in found.values()] == [None, "no_users", "unmeasured", None]
    assert found["visits"].figures["visits.forecast"].value == pytest.approx(4 * sum(20 + n for n in range(7)))
    assert found["gmv"].figures["gmv.forecast"].value == pytest.approx(2800)


@pytest.mark.parametrize("series", ["visits", "gmv", "visitors"])
@pytest.mark.parametrize(("first", "last"), [(1, 1), (3, 3), (2, 8), (7, 13), (20, 28)])
def test_days_asked_for_have_a_sum_and_a_band_of_their_own(
    meter: SnapshotMeter, ask: Ask, series: str, first: int, last: int
) -> None:
    arguments = ForecastArguments(
        merchant_id="busy", on=NEWEST, today=NEWEST + timedelta(days=1), series=series,
        first=NEWEST + timedelta(days=first), last=NEWEST + timedelta(days=last),
    )  # fmt: skip
    told, whole = forecast(meter.shop(everybody(meter), "busy"), arguments), ask("busy", series, last)
    figure = told.figures[f"{series}.forecast"]
    assert (figure.period.start, figure.period.end) == (arguments.first, arguments.last)
    assert [day.day for day in told.days] == [day.day for day in whole.days[first - 1 :]]
    if series != "visitors":
        assert figure.value == pytest.approx(sum(day.value for day in whole.days[first - 1 :]))
    ends = [told.figures[f"{series}.forecast_{end}"].value for end in ("low95", "low80", "high80", "high95")]
    assert ends == sorted(ends)
    assert ends[1] < figure.value < ends[2]
    past = told.figures[f"{series}.last"].period
    assert past.end <= NEWEST < past.end + timedelta(days=7)
    assert (past.end - past.start, past.end.weekday()) == (timedelta(days=last - first), figure.period.end.weekday())
    if first > 1 and series != "visitors":  # fewer days are told more closely than all of them
        sums = [whole.figures[f"{series}.forecast_{end}"].value for end in ("low80", "high80")]
        assert ends[2] - ends[1] < sums[1] - sums[0]


def test_days_that_nobody_can_foresee_are_refused(meter: SnapshotMeter) -> None:
    def refused(first: int, last: int) -> str | None:
        day = NEWEST + timedelta(days=1)
        arguments = ForecastArguments(
            merchant_id="busy", on=NEWEST, today=day,
            first=NEWEST + timedelta(days=first), last=NEWEST + timedelta(days=last),
        )  # fmt: skip
        return forecast(meter.shop(everybody(meter), "busy"), arguments).refused

    assert refused(29, 35) == "too_far"
    assert refused(-5, 0) == "past_date"
    assert refused(27, 40) is None
