"""Moves and exchanges are allowed as the documents' rules, the shop's figures and the merchant's authorisations say."""

from datetime import date
from typing import Any

import pytest

from bot.answering.eligibility import (
    INCENTIVE_POINTS,
    Asker,
    asker,
    credit_terms,
    exchanges,
    judge,
    move_choices,
    programmes,
)
from bot.answering.types import Language, Principal
from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.embed import SHIPPED_CACHE
from knowledge.load import load_documents
from knowledge.rules import Rules, parse_rule
from knowledge.rules_load import load_rules, shelf_of
from knowledge.types import Audience
from tools.catalog import load_catalog
from tools.demo.stories import read_stories
from tools.reader import SnapshotMeter
from tools.tables import SCOPES
from tools.types import Measurement, Merchant, Period, ScoreCard

TODAY = date(2026, 11, 22)
READER = Audience(role="merchant")
OWNER = Principal(role="merchant", id="M1", merchants=frozenset({"M1"}))
MANAGER = Principal(role="manager", id="A001", merchants=frozenset({"M1"}), tenant="P001")
EVERY = frozenset(SCOPES)
# Names that thresholds may use although nobody measures them: their conditions stay unchecked.
UNMEASURED = {"mini_program_days", "provider_mini_app_merchants", "solution_stores", "solution_days", "clean_days"}


@pytest.fixture(scope="module")
def rules() -> Rules:
    corpus = SHIPPED_CACHE.parent
    return load_rules(corpus, shelf_of(load_documents(corpus)))


def card(industry: str = "catering", **figures: float | None) -> ScoreCard:
    period = Period(start=date(2026, 10, 25), end=date(2026, 11, 21))
    made = {
        name: Measurement(
            metric=name, merchant_id="M1", value=value, unit="count", period=period, as_of=period.end,
            state="ok" if value is not None else "empty",
        )
        for name, value in figures.items()
    }  # fmt: skip
    merchant = Merchant(merchant_id="M1", name="shop", industry=industry)
    return ScoreCard(merchant=merchant, as_of=period.end, state="ok", newest_day=period.end, figures=made)


def choices(
    principal: Principal, rules: Rules, scopes: frozenset[str] | None = None, language: Language = "en"
) -> dict[str, Any]:
    found = move_choices(asker(principal, language, card(), scopes), load_catalog(), rules, TODAY)
    return {f"{c.metric}.{c.move}": c for c in found}


def some(rule: dict[str, Any], **more: Any) -> Rules:
    fields = {"id": "r", "kind": "eligibility", "product": "thing", "passages": [{"zh": "a-zh#1", "en": "a-en#1"}]}
    return Rules([parse_rule(fields | rule | more)])


def who(principal: Principal = OWNER, scopes: frozenset[str] | None = None, **figures: float | None) -> Asker:
    return asker(principal, "en", card(**figures), scopes)


def test_every_move_of_the_catalog_gets_its_word_in_the_catalogs_order(rules: Rules) -> None:
    catalog = load_catalog()
    found = move_choices(who(), catalog, rules, TODAY)
    assert [(c.metric, c.move) for c in found] == [(m.id, v.id) for m in catalog.metrics for v in m.moves]


def test_a_merchant_needs_nobodys_authorisation(rules: Rules) -> None:
    found = choices(OWNER, rules)
    assert all(c.allowed for c in found.values())
    assert {c.reason for name, c in found.items() if name.endswith("search_direct")} == {"unchecked"}
    assert {c.reason for name, c in found.items() if not name.endswith("search_direct")} == {""}


def test_a_provider_may_do_only_what_was_authorised(rules: Rules) -> None:
    refused = {n: c for n, c in choices(MANAGER, rules, EVERY - {"PROMOTION_MANAGE"}).items() if not c.allowed}
    assert {name.split(".")[1] for name in refused} == {"promotion_plan", "promotion_trim", "promotion_landing"}
    assert {(c.reason, c.passage) for c in refused.values()} == {("scope_missing", "provider-authorisation-en#1")}
    without_app = choices(MANAGER, rules, EVERY - {"MINI_APP_OPER"})
    assert without_app["visitors_28d.search_direct"].reason == "scope_missing"
    assert without_app["identified_share.member_card"].reason == "scope_missing"
    assert without_app["visitors_28d.promotion_plan"].allowed
    assert all(c.allowed for c in choices(MANAGER, rules, EVERY).values())


def test_scopes_that_nobody_looked_up_are_not_taken_for_missing(rules: Rules) -> None:
    found = choices(MANAGER, rules)
    assert all(c.allowed for c in found.values())
    assert found["visitors_28d.promotion_plan"].reason == "unchecked"
    resolved = MANAGER.model_copy(update={"scopes": frozenset({"SHOP_MANAGE"})})
    assert not choices(resolved, rules)["visitors_28d.promotion_plan"].allowed


def test_an_authorisation_that_the_documents_do_not_name_cannot_be_checked(rules: Rules) -> None:
    found = choices(MANAGER, rules, EVERY)
    assert found["redemption_rate.coupon_validity"].reason == "unchecked"
    assert found["redemption_rate.coupon_validity"].passage == "merchant-coupon-overview-en#1"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_passage_is_in_the_askers_language(rules: Rules, language: Language) -> None:
    found = choices(OWNER, rules, language=language)["visitors_28d.search_direct"].passage
    assert found is not None
    assert found.startswith("search-direct-overview-")
    assert found.split("#")[0].endswith(f"-{language}")


def test_where_no_rule_speaks_everything_is_allowed_and_nothing_is_cited() -> None:
    assert {(c.allowed, c.reason, c.passage) for c in choices(MANAGER, Rules()).values()} == {(True, "", None)}
    assert judge("thing", who(), Rules(), TODAY).outcome == "allowed"


AT_LEAST = {"conditions": [{"kind": "figure", "figure": "followers", "at_least": 300}]}
AT_MOST = {"conditions": [{"kind": "figure", "figure": "refund_rate", "at_most": 0.1}]}
TRADE = {"conditions": [{"kind": "industry", "industries": ["catering", "retail"]}]}


@pytest.mark.parametrize(
    ("rule", "figures", "outcome", "reason"),
    [
        (AT_LEAST, {"followers": 300}, "allowed", ""),
        (AT_LEAST, {"followers": 299}, "refused", "below_threshold"),
        (AT_LEAST, {"followers": None}, "unchecked", "unchecked"),
        (AT_LEAST, {}, "unchecked", "unchecked"),
        (AT_MOST, {"refund_rate": 0.1}, "allowed", ""),
        (AT_MOST, {"refund_rate": 0.11}, "refused", "above_threshold"),
        (TRADE, {}, "allowed", ""),
        ({"conditions": [{"kind": "feature", "feature": "life_account"}]}, {"followers": 5}, "allowed", ""),
        ({"conditions": [{"kind": "feature", "feature": "life_account"}]}, {"followers": 0}, "unchecked", "unchecked"),
        ({"conditions": [{"kind": "feature", "feature": "filing"}]}, {"followers": 5}, "unchecked", "unchecked"),
    ],
)
def test_conditions_are_held_against_the_shops_figures(
    rule: dict[str, Any], figures: dict[str, Any], outcome: str, reason: str
) -> None:
    found = judge("thing", who(**figures), some(rule), TODAY)
    assert (found.outcome, found.reason, found.passage) == (outcome, reason, "a-en#1")
    assert found.allowed == (outcome != "refused")


def test_another_industry_is_refused() -> None:
    other = asker(OWNER, "en", card(industry="beauty"))
    assert judge("thing", other, some(TRADE), TODAY).reason == "other_industry"


def test_all_conditions_must_hold_and_the_worst_is_told() -> None:
    both = {"conditions": [{"kind": "feature", "feature": "filing"}, *AT_LEAST["conditions"]]}
    assert judge("thing", who(followers=299), some(both), TODAY).reason == "below_threshold"
    assert judge("thing", who(followers=300), some(both), TODAY).reason == "unchecked"


def test_of_variants_one_suffices() -> None:
    def variants(common: dict[str, Any] | None = None) -> Rules:
        several = [*some(AT_LEAST, id="a", variant="one"), *some(TRADE, id="b", variant="two")]
        return Rules([*several, *some(common, id="c")] if common else several)

    assert judge("thing", who(followers=1), variants(), TODAY).outcome == "allowed"
    beauty = asker(OWNER, "en", card(industry="beauty", followers=1))
    assert judge("thing", beauty, variants(), TODAY).outcome == "refused"
    assert judge("thing", who(followers=1, refund_rate=0.5), variants(AT_MOST), TODAY).reason == "above_threshold"


@pytest.mark.parametrize(
    ("day", "outcome", "reason"),
    [
        (date(2025, 12, 31), "refused", "not_yet_valid"),
        (date(2026, 1, 1), "allowed", ""),
        (date(2026, 3, 31), "allowed", ""),
        (date(2026, 4, 1), "refused", "ended"),
    ],
)
def test_a_programme_is_open_between_its_dates_only(day: date, outcome: str, reason: str) -> None:
    offered = some(AT_LEAST, offers=True, valid_from=date(2026, 1, 1), valid_until=date(2026, 3, 31))
    found = judge("thing", who(followers=300), offered, day)
    assert (found.outcome, found.reason) == (outcome, reason)
    assert (found.since, found.until) == (date(2026, 1, 1), date(2026, 3, 31))


def test_a_requirement_outside_its_dates_asks_nothing() -> None:
    old = some(AT_LEAST, valid_until=date(2026, 3, 31))
    assert judge("thing", who(followers=1), old, date(2026, 3, 31)).outcome == "refused"
    assert judge("thing", who(followers=1), old, date(2026, 4, 1)).outcome == "allowed"


def test_programmes_are_judged_with_the_documents_thresholds(rules: Rules) -> None:
    small = {j.product: j for j in programmes(who(visitors_28d=299), rules, TODAY)}
    assert (small["star_plan"].reason, small["star_plan"].passage) == (
        "below_threshold", "star-plan-eligibility-en#1",
    )  # fmt: skip
    assert small["luoma_plan"].outcome == "unchecked"  # visitors suffice, the store code cannot be seen
    assert (small["store_code_policy"].reason, small["store_code_policy"].until) == ("ended", date(2021, 3, 31))
    assert "chengfeng_plan" not in small  # for providers only
    large = who(visitors_28d=300, followers=10, average_order_value=20.0)
    assert judge("star_plan", large, rules, TODAY).reason == "unchecked"  # nobody measures the mini program's age
    assert "chengfeng_plan" in {j.product for j in programmes(who(MANAGER), rules, TODAY)}


def test_without_a_card_figures_are_unchecked(rules: Rules) -> None:
    assert judge("star_plan", asker(OWNER, "en", None), rules, TODAY).reason == "unchecked"


def test_every_threshold_names_a_figure_of_the_catalog_or_one_that_is_known_to_be_unmeasured(rules: Rules) -> None:
    named = {c.figure for r in rules if r.kind == "eligibility" for c in r.conditions if c.kind == "figure"}
    assert named - set(load_catalog().by_id) <= UNMEASURED
    scopes = {c.scope for r in rules if r.kind == "eligibility" for c in r.conditions if c.kind == "scope"}
    assert scopes - {None} <= EVERY


def test_exchanges_are_those_of_the_day_with_their_passages(rules: Rules) -> None:
    found = exchanges(rules, TODAY, READER)
    assert [(e.id, e.programme, e.cost, e.gives, e.place, e.per_month, e.use_within_days) for e in found] == [
        ("luoma-plan-exchange-payment-result", "luoma_plan", 400, 2500, "payment_result", None, None),
        ("star-plan-exchange-payment-result", "star_plan", 500, 3000, "payment_result", 10000, 30),
        ("star-plan-exchange-public-union", "star_plan", 500, 5000, "public_union", 10000, 30),
    ]
    assert found[1].passage == "star-plan-exchange-zh#1"
    assert exchanges(rules, TODAY, READER, language="en")[1].passage == "star-plan-exchange-en#1"
    assert {"star-plan-exchange-zh#1", "star-plan-exchange-en#2"} <= set(found[1].passages)
    assert exchanges(rules, date(2025, 12, 31), READER) == ()


def test_credit_terms_hold_for_the_days_of_booking(rules: Rules) -> None:
    star = [t for t in credit_terms(rules, READER) if t.programme == "star_plan"]
    assert sorted((t.days, t.booked_from, t.booked_until) for t in star) == [
        (120, date(2027, 1, 1), None),
        (180, date(2026, 1, 1), date(2026, 12, 31)),
        (365, date(2024, 7, 1), date(2025, 12, 31)),
    ]
    assert {t.spends for t in star} == {"first_to_expire"}


def test_each_planted_missing_scope_closes_what_it_covers(demo_settings: Settings, rules: Rules) -> None:
    workshop = Workshop(demo_settings)
    platform, snapshot = workshop.platform.current(), workshop.snapshot.current()
    assert platform is not None
    assert snapshot is not None
    told, demo = read_stories(platform), SnapshotMeter(snapshot, load_catalog())
    planted = told.of("scope_missing")
    assert planted
    for story in planted:
        provider, scope = story.truth["provider_id"], story.truth["scope"]
        granted = demo.authorised(provider, on=told.anchor)[story.merchant_id]
        assert scope not in granted
        manager = MANAGER.model_copy(update={"merchants": frozenset({story.merchant_id}), "tenant": provider})
        asks = asker(manager, "en", card(), granted)
        covered = {
            "PROMOTION_MANAGE": "public_promotion", "MINI_APP_OPER": "mini_program",
            "INCENTIVE_POINT_MANAGE": INCENTIVE_POINTS,
        }[scope]  # fmt: skip
        assert judge(covered, asks, rules, told.anchor).reason == "scope_missing"
        for other in {"public_promotion", "mini_program", INCENTIVE_POINTS} - {covered}:
            assert judge(other, asks, rules, told.anchor).allowed
    demo.close()
