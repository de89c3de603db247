"""The shipped rules say what the documents say, on the days on which these say it, to those who may read them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embed import SHIPPED_CACHE
from knowledge.errors import IndexDamagedError
from knowledge.load import load_documents
from knowledge.rules import CreditLife, Earning, Eligibility, ExchangeRule, Rules, parse_rule, read_rules, write_rules
from knowledge.rules_load import load_rules, shelf_of
from knowledge.types import Audience

MERCHANT, PROVIDER = Audience(role="merchant"), Audience(role="provider", tenant="P001")
NOW = date(2026, 11, 22)


@pytest.fixture(scope="module")
def rules() -> Rules:
    corpus = SHIPPED_CACHE.parent
    return load_rules(corpus, shelf_of(load_documents(corpus)))


def limit(**changes: Any) -> Any:
    return parse_rule(
        {"id": "a", "kind": "limit", "product": "p", "of": "x", "unit": "days", "at_most": 5,
         "passages": [{"zh": "a-zh#1"}], **changes}
    )  # fmt: skip


def _earnings(rules: Rules, day: date) -> set[tuple[Any, ...]]:
    return {
        (r.product, r.action, r.at_least, r.credits, r.cap, r.times, r.every)
        for r in rules.on(day, MERCHANT)
        if isinstance(r, Earning)
    }


def test_the_day_decides_which_version_of_an_earning_rule_holds(rules: Rules) -> None:
    first = {
        ("star_plan", "store_code_placed", None, 10, 100, None, "month"),
        ("star_plan", "coupon_redemption", None, 1, 5000, None, "month"),
        ("star_plan", "life_account_posts", None, 5, 15, None, "week"),
    }
    second = {
        ("star_plan", "store_code_placed", None, 20, 200, None, "month"),
        ("star_plan", "coupon_redemption", None, 2, 10000, None, "month"),
        ("star_plan", "life_account_posts", None, 10, 30, None, "week"),
        ("star_plan", "codes_associated", 0.95, 300, None, 1, "month"),
        ("star_plan", "search_direct_online", None, 200, None, 1, "month"),
        ("luoma_plan", "store_code_placed", None, 30, 300, None, "month"),
        ("luoma_plan", "second_order", None, 5, 1000, None, "month"),
    }
    assert _earnings(rules, date(2024, 6, 30)) == set()
    assert _earnings(rules, date(2025, 12, 31)) == first
    assert _earnings(rules, date(2026, 1, 1)) == second
    assert _earnings(rules, NOW) == second


def test_exchanges_are_those_of_the_documents(rules: Rules) -> None:
    found = {
        (r.product, r.place, r.cost, r.gives, r.per_month, r.use_within_days)
        for r in rules.on(NOW, MERCHANT)
        if isinstance(r, ExchangeRule)
    }
    assert found == {
        ("star_plan", "payment_result", 500, 3000, 10000, 30),
        ("star_plan", "public_union", 500, 5000, 10000, 30),
        ("luoma_plan", "payment_result", 400, 2500, None, None),
    }


@pytest.mark.parametrize(
    ("day", "star"), [(date(2025, 12, 31), 365), (date(2026, 12, 31), 180), (date(2027, 1, 1), 120)]
)
def test_points_last_as_long_as_the_rule_of_the_day_they_are_booked_on(rules: Rules, day: date, star: int) -> None:
    found = [r for r in rules.on(day, MERCHANT) if isinstance(r, CreditLife) and r.product == "star_plan"]
    assert [(r.days, r.spends) for r in found] == [(star, "first_to_expire")]


def test_upcoming_and_ended_rules_are_named_with_their_dates_and_not_applied(rules: Rules) -> None:
    upcoming = rules.upcoming(NOW, MERCHANT)
    assert [(r.id, r.valid_from) for r in upcoming] == [("star-plan-2027-validity", date(2027, 1, 1))]
    ended = {r.id: r.valid_until for r in rules.ended(NOW, MERCHANT)}
    assert ended["star-plan-v1-coupon"] == date(2025, 12, 31)
    assert ended["store-code-policy-2020"] == date(2021, 3, 31)
    in_force = {r.id for r in rules.on(NOW, MERCHANT)}
    assert not in_force & (ended.keys() | {r.id for r in upcoming})
    assert in_force | ended.keys() | {r.id for r in upcoming} == {r.id for r in rules.readable(MERCHANT)}


def test_a_rule_is_read_by_whoever_may_read_its_documents(rules: Rules) -> None:
    assert "chengfeng-plan-join" in {r.id for r in rules.on(NOW, PROVIDER)}
    assert "chengfeng-plan-join" not in {r.id for r in rules.on(NOW, MERCHANT)}
    own = limit().model_copy(update={"tenant": "P001"})
    assert Rules([own]).on(NOW, PROVIDER) == (own,)
    assert Rules([own]).on(NOW, Audience(role="provider", tenant="P002")) == ()


def test_the_documents_thresholds_are_the_conditions(rules: Rules) -> None:
    star, luoma = rules.get("star-plan-join"), rules.get("luoma-plan-join")
    assert isinstance(star, Eligibility)
    assert isinstance(luoma, Eligibility)
    assert sorted(star.numbers) == [90, 300]
    assert luoma.numbers == (100,)
    assert (star.status, rules.get("provider-promotion").status) == ("illustrative", "sourced")  # type: ignore[union-attr]


def test_every_rule_cites_both_languages(rules: Rules) -> None:
    assert len(rules) >= 50
    for rule in rules:
        assert all(cited.zh and cited.en for cited in rule.passages), rule.id
        assert rule.passages[0].of("zh") != rule.passages[0].of("en")


@given(start=st.integers(0, 60), length=st.integers(0, 60), at=st.integers(-10, 140))
def test_a_rule_is_in_exactly_one_of_three_states_and_both_its_end_days_count(start: int, length: int, at: int) -> None:
    first = date(2026, 1, 1) + timedelta(days=start)
    last = first + timedelta(days=length)
    day = date(2026, 1, 1) + timedelta(days=at)
    known = Rules([limit(valid_from=first, valid_until=last)])
    states = [len(known.on(day, MERCHANT)), len(known.upcoming(day, MERCHANT)), len(known.ended(day, MERCHANT))]
    assert states == [int(first <= day <= last), int(day < first), int(day > last)]


def test_rules_come_back_from_a_generation_as_they_went_in(rules: Rules, tmp_path: Path) -> None:
    write_rules(rules, tmp_path)
    assert list(read_rules(tmp_path)) == list(rules)
    (tmp_path / "rules.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(IndexDamagedError, match="knowledge build"):
        read_rules(tmp_path)
