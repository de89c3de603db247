"""The tool: which action is meant, what is told of it, what of the planted campaigns, and what never leaves."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.assemble import Workbench
from tests.tools.measuring_desk import NEWEST, ago, measure, visit, write_platform
from tools.effect import claims, clearance, effect, newest, others
from tools.groups import FEWEST
from tools.insights import Effect, EffectArguments
from tools.own import ActionEntry
from tools.types import Access

ANCHOR = date(2026, 11, 21)
OUTCOMES = ("visits", "orders", "gmv")


def entry(kind: str, started: date, ended: date | None = None, product: str | None = "coupon") -> ActionEntry:
    return ActionEntry(kind=kind, product=product, started_on=started, ended_on=ended)


def asked(**more: Any) -> EffectArguments:
    return EffectArguments(**{"merchant_id": "M1", "on": NEWEST, "today": NEWEST + timedelta(days=1), **more})


LOG = (
    entry("campaign", ago(120), ago(100)),
    entry("broadcast", ago(60), ago(60), product="life_account"),
    entry("campaign", ago(50), ago(30)),
    entry("bundle", ago(40), product=None),
)


@pytest.mark.parametrize(
    ("arguments", "which"),
    [
        ({}, 3),
        ({"kind": "campaign"}, 2),
        ({"kind": "campaign", "until": ago(55)}, 0),
        ({"product": "life_account"}, 1),
        ({"kind": "broadcast", "product": "coupon"}, None),
        ({"since": ago(39)}, 2),  # it went on for ten days of them
        ({"since": ago(29)}, None),
        ({"since": ago(60), "until": ago(60)}, 1),
        ({"on": ago(45)}, 2),
    ],
)
def test_the_newest_action_that_fits_is_meant(arguments: dict[str, Any], which: int | None) -> None:
    assert newest(LOG, asked(**arguments)) == (None if which is None else LOG[which])


def test_other_kinds_that_began_or_ended_in_the_same_weeks_are_named() -> None:
    mine = LOG[2]
    assert others(LOG, mine, 28, ago(30)) == ("broadcast", "bundle")
    assert others(LOG, mine, 5, ago(45)) == ()
    long = entry("search_direct", ago(200), ago(40))
    assert others((*LOG, long), mine, 5, ago(40)) == ("bundle", "search_direct")


def test_a_claim_needs_an_interval_without_zero_and_one_outcome_well_clear_of_it() -> None:
    assert clearance(1.5 / 2 - 1, 1.5 * 2 - 1) == pytest.approx(0.585, abs=0.001)
    assert claims({"visits": (0.005, 0.25), "orders": (-0.1, 0.3)}) == ()
    assert claims({"visits": (0.05, 0.25), "orders": (0.005, 0.3), "gmv": (-0.1, 0.2)}) == ("visits", "orders")
    assert claims({"visits": (-0.3, -0.1)}) == ("visits",)
    assert claims({"visits": (None, None)}) == ()
    assert claims({}) == ()


def told(desk: Workbench, merchant_id: str, **more: Any) -> Effect:
    shop = desk.meter.shop(Access(merchants=frozenset({merchant_id})), merchant_id)
    arguments = {"merchant_id": merchant_id, "on": ANCHOR, "today": ANCHOR + timedelta(days=1), **more}
    return effect(shop, EffectArguments(**arguments))


def value(found: Effect, metric: str) -> float:
    figure = found.get(metric)
    assert figure is not None
    assert figure.value is not None
    return figure.value


@pytest.fixture(scope="module")
def campaigns(demo_platform: Path) -> list[dict[str, Any]]:
    stories: list[dict[str, Any]] = json.loads((demo_platform / "stories.json").read_text(encoding="utf-8"))["stories"]
    return [s for s in stories if s["story"] == "campaign"]


def test_planted_campaigns_are_measured_within_their_tolerance(
    desk: Workbench, campaigns: list[dict[str, Any]]
) -> None:  # fmt: skip
    covered = []
    for story in campaigns:
        found = told(desk, story["merchant_id"], kind="campaign")
        assert found.refused is None
        assert found.started_on == date.fromisoformat(story["started_on"])
        for series in OUTCOMES:
            truth = story[f"lift_{series}"]
            assert value(found, f"{series}.effect") == pytest.approx(truth, abs=story["tolerance"]), story
            covered.append(value(found, f"{series}.effect_low") <= truth <= value(found, f"{series}.effect_high"))
    assert len(covered) == 18
    assert sum(covered) >= 16


def test_a_campaign_that_brought_nothing_is_not_claimed_and_one_that_brought_much_is(
    desk: Workbench, campaigns: list[dict[str, Any]]
) -> None:  # fmt: skip
    assert {s["lift"] for s in campaigns} >= {0.0, 0.3, 0.45, 0.6}
    for story in campaigns:
        claimed = told(desk, story["merchant_id"], kind="campaign").claimed
        if story["lift"] == 0.0:
            assert claimed == ()
        if story["lift"] >= 0.3:
            assert claimed == OUTCOMES


def test_every_figure_has_its_owner_its_days_and_enough_shops_behind_it(
    desk: Workbench, campaigns: list[dict[str, Any]]
) -> None:  # fmt: skip
    story = campaigns[0]
    found = told(desk, story["merchant_id"], kind="campaign")
    start, end = date.fromisoformat(story["started_on"]), date.fromisoformat(story["ended_on"])
    for series, unit in (("visits", "count"), ("orders", "count"), ("gmv", "yuan")):
        for statistic, of_peers in (("before", False), ("after", False), ("matched_before", True), ("matches", True)):
            figure = found.figures[f"{series}.{statistic}"]
            assert figure.merchant_id == (None if of_peers else story["merchant_id"])
            period = (figure.period.start, figure.period.end)
            before = (start - timedelta(days=28), start - timedelta(days=1))
            assert period == (before if statistic.endswith("before") else (start, end))
            assert figure.unit == ("merchants" if statistic == "matches" else unit)
        assert found.figures[f"{series}.effect"].unit == "ratio"
        assert found.figures[f"{series}.effect"].n == value(found, f"{series}.matches") >= FEWEST
        own = value(found, f"{series}.after") / value(found, f"{series}.before")
        peers = value(found, f"{series}.matched_after") / value(found, f"{series}.matched_before")
        assert value(found, f"{series}.effect") == pytest.approx(own / peers - 1)


def test_an_action_older_than_half_a_year_is_named_but_not_measured(desk: Workbench) -> None:
    found = told(desk, "M0001", kind="qr_code")
    assert (found.refused, found.kind) == ("too_old", "qr_code")
    assert not found.figures


def test_a_kind_that_the_shop_never_tried_is_not_found(desk: Workbench) -> None:
    found = told(desk, "M0001", kind="stamp_card")
    assert (found.refused, found.kind, found.figures) == ("no_action", "", {})
    shop = desk.meter.shop(Access(merchants=frozenset({"M0001"})), "M0001")
    last = max(a.started_on for a in shop.actions or ())
    assert found.latest_on == last, "what it did last is named instead"
    assert (found.latest_kind, last) in {(a.kind, a.started_on) for a in shop.actions or ()}


def test_days_beyond_those_asked_about_are_not_told(desk: Workbench, campaigns: list[dict[str, Any]]) -> None:
    found = told(desk, campaigns[0]["merchant_id"], kind="campaign", on=ANCHOR - timedelta(days=1))
    assert found.refused == "too_recent"
    assert not found.figures


def test_no_figure_of_peers_leaves_where_fewer_than_ten_were_matched(desk: Workbench) -> None:
    cursor = desk.meter.cursor()
    query = "SELECT DISTINCT merchant_id, kind, started_on FROM effects JOIN merchants USING (no) WHERE matches < 10"
    rows = cursor.execute(f"{query} ORDER BY ALL LIMIT 60").fetchall()
    refused = set()
    for merchant_id, kind, started_on in rows:
        found = told(desk, merchant_id, kind=kind, since=started_on, until=started_on)
        peers = [f for f in found.figures.values() if f.merchant_id is None]
        assert all(f.n is not None and f.n >= FEWEST for f in peers)
        refused.add(found.refused)
    assert {"few_matches", "too_recent"} <= refused
    assert cursor.execute("SELECT count(*) FROM effects WHERE matches < 10 AND effect IS NOT NULL").fetchall() == [(0,)]


def test_without_a_log_of_actions_nothing_can_be_measured(tmp_path: Path) -> None:
    rows = [visit(f"u{n}", ago(n)) for n in range(60)]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows))
    shop = meter.shop(Access(merchants=frozenset({"M1"})), "M1")
    assert effect(shop, asked()).refused == "no_actions"
    meter.close()


def test_a_period_means_what_went_on_in_it_and_not_only_what_began_in_it() -> None:
    began, ended = date(2026, 9, 8), date(2026, 10, 7)
    log = [entry("promotion_plan", began, ended)]
    assert newest(log, asked(kind="promotion_plan", since=date(2026, 10, 1), until=date(2026, 10, 31))) == log[0]
    assert newest(log, asked(kind="promotion_plan", since=date(2026, 10, 8), until=date(2026, 10, 31))) is None
