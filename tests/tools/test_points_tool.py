"""The tool over a snapshot: planted points come out exactly, days ahead, and what it says when it cannot say."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.answering.eligibility import credit_terms, exchanges
from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.rules import read_rules
from knowledge.types import Audience
from tests.tools.measuring_desk import NEWEST, ago, everybody, measure, visit, write_platform
from tools.catalog import load_catalog
from tools.demo.stories import read_stories
from tools.points import points
from tools.prospects import Exchange, Points, PointsArguments
from tools.reader import SnapshotMeter
from tools.types import Period

TODAY = NEWEST + timedelta(days=1)
BUY = Exchange(
    id="buy", programme="star_plan", cost=500, gives=3000, of="impressions", place="payment_result", per_month=10000,
    passage="a-zh#1", passages=("a-zh#1", "a-en#1"),
)  # fmt: skip
MORE = BUY.model_copy(update={"id": "more", "gives": 5000, "place": "public_union", "passages": ()})


def line(days_ago: int, delta: int, lasts: int | None = None, **more: Any) -> dict[str, Any]:
    at = ago(days_ago)
    last = None if lasts is None else at + timedelta(days=lasts)
    return {"merchant_id": "M1", "at": at, "programme": "star_plan", "delta": delta, "expires_on": last, **more}


LINES = [
    line(175, 700, 180),
    line(100, 900, 180),
    line(20, -300),
    line(10, 80, 180, programme="luoma_plan"),
    line(0, 60, 180, merchant_id="M2"),
    line(5, -90, merchant_id="M3"),
]


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnapshotMeter]:
    folder = tmp_path_factory.mktemp("ledger")
    activity = [visit("u", ago(d), merchant=m) for d in (0, 40) for m in ("M1", "M2", "M3", "M4")]
    platform = write_platform(folder / "platform", activity=activity, points=LINES)
    opened = measure(folder, platform)
    yield opened
    opened.close()


def ask(meter: SnapshotMeter, merchant: str = "M1", on: date = NEWEST, **more: Any) -> Points:
    return points(
        meter.shop(everybody(meter), merchant), PointsArguments(merchant_id=merchant, on=on, today=TODAY, **more)
    )


def value(found: Points, metric: str) -> float | None:
    figure = found.get(metric)
    return None if figure is None else figure.value


def test_balance_expiries_and_flows_with_their_periods(meter: SnapshotMeter) -> None:
    found = ask(meter)
    assert found.programmes == ("luoma_plan", "star_plan")
    assert {name: value(found, name) for name in found.figures} == {
        "credits.balance": 1380, "credits.balance@star_plan": 1300, "credits.balance@luoma_plan": 80,
        "credits.expiring": 400, "credits.expiring@star_plan": 400, "credits.expiring@luoma_plan": 0,
        "credits.next": 400, "credits.next@star_plan": 400,
        "credits.earned": 80, "credits.earned@star_plan": 0, "credits.earned@luoma_plan": 80,
        "credits.spent": 300, "credits.spent@star_plan": 300, "credits.spent@luoma_plan": 0,
    }  # fmt: skip
    assert found.next_expiry == NEWEST + timedelta(days=5)
    assert found.figures["credits.next"].period == Period(start=NEWEST, end=NEWEST + timedelta(days=5))
    assert found.figures["credits.balance"].period == Period(start=NEWEST, end=NEWEST)
    assert found.figures["credits.expiring"].period.end == NEWEST + timedelta(days=30)
    assert found.figures["credits.spent"].period == Period(start=ago(27), end=NEWEST)
    assert {f.unit for f in found.figures.values()} == {"credits"}
    assert {f.merchant_id for f in found.figures.values()} == {"M1"}
    assert [(lot.programme, lot.left) for lot in found.lots] == [
        ("star_plan", 400), ("star_plan", 900), ("luoma_plan", 80)
    ]  # fmt: skip


@pytest.mark.parametrize(("ahead", "balance"), [(0, 1300), (5, 1300), (6, 900), (80, 900), (81, 0)])
def test_a_day_ahead_tells_what_will_still_be_there(meter: SnapshotMeter, ahead: int, balance: int) -> None:
    found = ask(meter, on=NEWEST + timedelta(days=ahead), programme="star_plan")
    assert value(found, "credits.balance") == balance
    assert found.as_of == NEWEST
    assert found.figures["credits.balance"].as_of == NEWEST


@pytest.mark.parametrize(
    ("back", "balance"), [(176, None), (175, 700), (101, 700), (100, 1600), (21, 1600), (20, 1300)]
)
def test_a_day_back_sees_nothing_that_came_later(meter: SnapshotMeter, back: int, balance: int | None) -> None:
    found = ask(meter, on=ago(back), programme="star_plan")
    assert value(found, "credits.balance") == balance
    assert found.refused == ("empty" if balance is None else None)
    assert found.as_of == ago(back)


def test_until_decides_what_counts_as_expiring(meter: SnapshotMeter) -> None:
    for days, due in ((4, 0), (5, 400), (79, 400), (80, 1300)):
        assert value(ask(meter, until=NEWEST + timedelta(days=days)), "credits.expiring@star_plan") == due
    refused = ask(meter, until=ago(1))
    assert (refused.refused, refused.figures) == ("past_date", {})


def test_what_no_lot_of_can_expire_has_no_next_expiry(meter: SnapshotMeter) -> None:
    found = ask(meter, on=NEWEST + timedelta(days=365))
    assert (found.next_expiry, found.get("credits.next"), found.lots) == (None, None, ())
    assert value(found, "credits.balance") == 0


def test_spending_of_what_was_never_there_is_told_and_not_made_negative(meter: SnapshotMeter) -> None:
    found = ask(meter, "M3")
    assert (value(found, "credits.balance"), value(found, "credits.overspent")) == (0, 90)
    assert value(found, "credits.overspent@star_plan") == 90
    assert ask(meter, "M1").get("credits.overspent") is None


def test_without_a_line_the_balance_is_not_zero_but_unknown(meter: SnapshotMeter) -> None:
    for found in (ask(meter, "M4"), ask(meter, "M2", programme="luoma_plan"), ask(meter, programme="no_plan")):
        assert (found.refused, found.figures, found.best) == ("empty", {}, None)


def test_without_a_ledger_it_says_so(meter: SnapshotMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "keeps", lambda table: False)
    found = ask(meter, exchanges=(BUY,))
    assert (found.refused, found.figures, found.as_of) == ("no_ledger", {}, NEWEST)


def test_the_best_exchange_rests_on_what_it_gives_where_promotion_by_place_is_not_kept(meter: SnapshotMeter) -> None:
    if meter.keeps("places"):
        pytest.skip("the snapshot keeps promotion by place")
    found = ask(meter, exchanges=(BUY, MORE))
    assert (found.best, found.rests_on, found.best_passages) == ("more", "gives", ("a-zh#1",))
    assert (value(found, "credits.spend@buy"), value(found, "credits.gives@buy")) == (1000, 6000)
    assert (value(found, "credits.spend@more"), value(found, "credits.gives@more")) == (1000, 10_000)
    assert value(found, "credits.new_users@buy") is None
    assert ask(meter, exchanges=(BUY,), programme="luoma_plan").best is None


def test_the_best_exchange_rests_on_own_promotion_where_it_is_kept(meter: SnapshotMeter, tmp_path: Path) -> None:
    shop = meter.shop(everybody(meter), "M1")
    source = meter._snapshot
    for name in ("manifest.json", "snapshot.duckdb"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    with duckdb.connect(str(tmp_path / "snapshot.duckdb")) as con:
        con.execute(
            "CREATE OR REPLACE TABLE places (no INTEGER, place VARCHAR, first_day DATE, last_day DATE, "
            "impressions BIGINT, clicks BIGINT, spend BIGINT, new_users BIGINT)"
        )
        days = (ago(89), NEWEST)
        con.execute("INSERT INTO places VALUES (?, 'payment_result', ?, ?, 20000, 400, 100, 60)", [shop.no, *days])
        con.execute("INSERT INTO places VALUES (?, 'public_union', ?, ?, 20000, 400, 100, 20)", [shop.no, *days])
        con.execute("INSERT INTO places VALUES (?, 'public_union', ?, ?, 10, 400, 100, 999)", [shop.no + 1, *days])
    with_places = SnapshotMeter(tmp_path, load_catalog())
    try:
        found = ask(with_places, exchanges=(BUY, MORE))
    finally:
        with_places.close()
    assert (found.best, found.rests_on, found.best_passages) == ("buy", "new_users", ("a-zh#1", "a-en#1"))
    assert value(found, "credits.new_users@buy") == 6000 * 60 / 20000
    assert value(found, "credits.new_users@more") == 10_000 * 20 / 20000
    assert value(found, "credits.visits@buy") == 6000 * 400 / 20000
    figure = found.figures["credits.new_users@buy"]
    assert (figure.unit, figure.n, figure.source, figure.period.start) == ("users", 60, "promotion", ago(89))


def test_every_planted_expiry_comes_out_to_the_point_and_the_day(demo_settings: Settings) -> None:
    workshop = Workshop(demo_settings)
    platform, snapshot, index = (g.current() for g in (workshop.platform, workshop.snapshot, workshop.knowledge))
    assert platform is not None
    assert snapshot is not None
    assert index is not None
    told, rules, demo = read_stories(platform), read_rules(index), SnapshotMeter(snapshot, load_catalog())
    anchor, everyone = told.anchor, everybody(demo)
    reader = Audience(role="merchant")
    planted = told.of("points_expiring")
    assert len(planted) >= 6
    for story in planted:
        found = points(
            demo.shop(everyone, story.merchant_id),
            PointsArguments(
                merchant_id=story.merchant_id, on=anchor, today=anchor + timedelta(days=1),
                programme=story.truth["programme"], exchanges=exchanges(rules, anchor, reader),
                terms=credit_terms(rules, reader),
            ),
        )  # fmt: skip
        last = date.fromisoformat(story.truth["expires_on"])
        assert value(found, "credits.balance") == story.truth["balance"]
        assert value(found, "credits.expiring") == value(found, "credits.next") == story.truth["points"]
        assert (found.next_expiry, (last - anchor).days) == (last, story.truth["days_left"])
        assert found.best is not None
        spend = value(found, f"credits.spend@{found.best}")
        assert spend is not None
        assert spend <= min(story.truth["balance"], 10_000)
        assert spend % 500 == 0
    demo.close()
