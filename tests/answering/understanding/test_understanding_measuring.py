"""Questions for the measuring tools: costs, days, plain figures, inverses, kinds of action, and follow-ups."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from bot.answering.embedded.classifier_train import load_all
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_data import load_lexicon
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.slots_kinds import kind_of, products_of
from bot.answering.embedded.slots_limits import find_limits, in_all
from bot.answering.embedded.slots_periods import against_of, deadline_of, period_of
from bot.answering.embedded.understand_subjects import settled
from bot.answering.types import Intent, Plan, Slots, Step
from tests.answering.understanding.conftest import NOW, Ask
from tests.evals.score import judge
from tools.catalog import load_catalog
from tools.demo.actions import KINDS
from tools.types import Period

TODAY = NOW.date()
CATALOG = load_catalog()
DATA = load_lexicon()
SET = Path(__file__).parents[2] / "evals" / "measuring_dev.jsonl"
QUESTIONS = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]
INTENT_FLOOR, SLOT_FLOOR = 0.95, 0.93
NEARLY = 90

Asked = list[tuple[dict[str, Any], Plan]]


def _said(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(s.intent, s.slots.model_dump(mode="json", by_alias=True, exclude_none=True)) for s in plan.steps]


# ---- the labelled set ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def asked(ask: Ask) -> Asked:
    return [(q, ask(q["question"], q["as"], q.get("history", ()))) for q in QUESTIONS]


def _marks(asked: Asked, language: str) -> list[dict[str, Any]]:
    answers = [
        (q, {"plan": [{"intent": i, "slots": s} for i, s in _said(p)], "language": p.language}) for q, p in asked
    ]
    return [judge(q, a) for q, a in answers if q["language"] == language]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_intents_and_slots_of_the_measuring_questions_are_right(asked: Asked, language: str) -> None:
    marks = _marks(asked, language)
    assert sum(m["right"] for m in marks) / len(marks) >= INTENT_FLOOR, [m["id"] for m in marks if not m["right"]]
    wrong = [(m["id"], m["got_slots"]) for m in marks if not all(m["slots"].values())]
    assert 1 - len(wrong) / len(marks) >= SLOT_FLOOR, wrong


def test_the_measuring_questions_cover_what_they_are_for() -> None:
    languages, intents = (Counter(q[name] for q in QUESTIONS) for name in ("language", "intent"))
    assert len(QUESTIONS) >= 150
    assert abs(languages["zh"] - languages["en"]) <= 10
    assert all(intents[i] >= 12 for i in ("explain", "what_if", "plan", "points", "effect", "forecast", "metric"))
    assert len({q["id"] for q in QUESTIONS}) == len(QUESTIONS)


def test_no_measuring_question_is_an_exemplar_or_nearly_one() -> None:
    known = [plain(e.text) for e in load_all(CATALOG)]
    texts = [plain(q["question"]) for q in QUESTIONS if not q.get("history")]
    found = [(t, process.extractOne(t, known, scorer=fuzz.ratio, score_cutoff=NEARLY)) for t in texts]
    # Five words or fewer can hardly be said in another way.
    assert [(t, m[0]) for t, m in found if m and len(t) > SHORTEST] == []


SHORTEST = 24


# ---- what a plan may cost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("预算500块", {"yuan": 500}),
        ("手头就两千块", {"yuan": 2000}),
        ("预算一千五", {"yuan": 1500}),
        ("1.5万预算", {"yuan": 15000}),
        ("¥800", {"yuan": 800}),
        ("不花钱", {"yuan": 0}),
        ("一分钱也不想花", {"yuan": 0}),
        ("with a budget of 500 yuan", {"yuan": 500}),
        ("spend 1k at most", {"yuan": 1000}),
        ("I don't want to spend more than 300 yuan", {"yuan": 300}),
        ("without spending money", {"yuan": 0}),
        ("we have no budget", {"yuan": 0}),
        ("两小时", {"hours": 2}),
        ("两个半小时", {"hours": 2.5}),
        ("half an hour", {"hours": 0.5}),
        ("an hour and a half", {"hours": 1.5}),
        ("90 minutes", {"hours": 1.5}),
        ("每周就两小时", {"hours": 4}),
        ("two hours a week", {"hours": 4}),
        ("2 hrs/week", {"hours": 4}),
        ("w/o spending anything", {"yuan": 0}),
        ("每天半小时", {"hours": 7}),
        ("最多用3000点数", {"credits": 3000}),
        ("用5000点", {"credits": 5000}),
        ("at most 2000 points", {"credits": 2000}),
        ("without touching my points", {"credits": 0}),
        ("预算 500 块，每周就两小时", {"yuan": 500, "hours": 4}),
        ("raise it by 5 points", {}),
        ("48小时内", {}),
        ("with two people", {}),
        ("with 70 as the target", {}),
    ],
)
def test_hours_money_and_points_are_read_and_what_is_said_for_a_week_counts_for_two(
    text: str, limits: dict[str, float]
) -> None:
    assert in_all(find_limits(plain(text)), TODAY, date(2026, 12, 5)) == pytest.approx(limits)


def test_without_a_last_day_hours_a_week_stay_as_said() -> None:
    assert in_all(find_limits("two hours a week"), TODAY, None) == {"hours": 2}


@given(st.integers(min_value=1, max_value=9000), st.sampled_from(["预算{}元", "a budget of {} yuan", "最多花{}块"]))
def test_any_budget_is_read_as_said(amount: int, form: str) -> None:
    assert in_all(find_limits(form.format(amount)), TODAY, None) == {"yuan": amount}


@given(st.text(alphabet="预算花不钱两小时每周一百点数0123 budgethourspawk", max_size=40))
def test_limits_lie_inside_the_text_and_are_never_negative(text: str) -> None:
    for limit in find_limits(plain(text)):
        assert 0 <= limit.start < limit.end <= len(plain(text))
        assert limit.value >= 0


def test_an_amount_of_money_is_the_target_of_a_figure_of_money_and_else_a_limit(ask: Ask) -> None:
    assert _said(ask("排个计划,月底前客单价做到50块")) == [
        ("plan", {"metric": "average_order_value", "target": {"value": 50.0, "kind": "to"}, "by": "2026-11-30"})
    ]
    assert _said(ask("排个计划,月底前活跃分做到60,就50块")) == [
        ("plan", {"dimension": "active", "target": {"value": 60.0, "kind": "to"}, "by": "2026-11-30", "yuan": 50.0})
    ]


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("why did it fall last month", "2026-10-01", "2026-10-31"),
        ("跟国庆前比为什么掉了", "2026-10-01", "2026-11-22"),
        ("why is it lower than before National Day", "2026-10-01", "2026-11-22"),
        ("和上周比为什么少了", "2026-11-16", "2026-11-22"),
        ("why is it lower than in September", "2026-10-01", "2026-11-22"),
        ("why was October worse than September", "2026-10-01", "2026-10-31"),
        ("为什么十月比九月差", "2026-10-01", "2026-10-31"),
        ("between 10 and 20 November", "2026-11-10", "2026-11-20"),
        ("since 1 October", "2026-10-01", "2026-11-22"),
        ("国庆之后怎么掉了", "2026-10-08", "2026-11-22"),
        ("after Double 11", "2026-11-12", "2026-11-22"),
    ],
)
def test_an_explanation_spans_the_days_over_which_the_figure_changed(text: str, start: str, end: str) -> None:
    assert period_of(plain(text), "explain", TODAY) == Period(
        start=date.fromisoformat(start), end=date.fromisoformat(end)
    )


def test_days_to_come_are_no_period_of_an_effect() -> None:
    assert period_of("券有效期改成7天之后效果怎么样", "effect", TODAY) is None


@pytest.mark.parametrize("text", ["this week vs last week", "上周和这周比", "这周比上周"])
def test_two_periods_are_the_later_and_the_earlier_in_whichever_order(text: str) -> None:
    this_week = Period(start=date(2026, 11, 16), end=TODAY)
    last_week = Period(start=date(2026, 11, 9), end=date(2026, 11, 15))
    assert (period_of(text, "compare", TODAY), against_of(text, TODAY)) == (this_week, last_week)


@pytest.mark.parametrize(
    ("text", "marked", "day"),
    [
        ("两周内", True, "2026-12-05"),
        ("一周三小时,月底前", True, "2026-11-30"),
        ("一周三小时", False, None),
        ("before Christmas", True, "2026-12-24"),
        ("by Friday", True, "2026-11-27"),
        ("in three weeks", True, "2026-12-12"),
        ("by Friday, no, by 31 December", True, "2026-12-31"),
        ("next month", True, None),
        ("next month", False, "2026-12-31"),
        ("last month", False, None),
    ],
)
def test_the_last_day_of_a_plan_lies_ahead_and_is_never_a_rhythm(text: str, marked: bool, day: str | None) -> None:
    found = deadline_of(plain(text), find_limits(plain(text)), TODAY, marked=marked)
    assert found == (date.fromisoformat(day) if day else None)


# ---- plain figures and user assets -----------------------------------------------------------------------------------

DAY = Period(start=date(2026, 11, 21), end=date(2026, 11, 21))
MONTH = Period(start=date(2026, 10, 1), end=date(2026, 10, 31))
WEEK = Period(start=date(2026, 11, 16), end=TODAY)


@pytest.mark.parametrize(
    ("intent", "slots", "expected"),
    [
        ("metric", Slots(metric="visitors_28d", period=DAY), Slots(metric="visitors", period=DAY)),
        ("metric", Slots(metric="new_users_28d", period=WEEK), Slots(metric="new_users", period=WEEK)),
        ("metric", Slots(metric="visitors_28d", period=MONTH), Slots(metric="visitors_28d", period=MONTH)),
        ("metric", Slots(metric="visitors_28d"), Slots(metric="visitors_28d")),
        ("forecast", Slots(metric="visitors_28d", period=WEEK), Slots(metric="visitors_28d", period=WEEK)),
        (
            "compare",
            Slots(metric="visitors_28d", period=WEEK, against=DAY),
            Slots(metric="visitors", period=WEEK, against=DAY),
        ),
        ("compare", Slots(metric="visitors_28d", period=WEEK), Slots(metric="visitors_28d", period=WEEK)),
        ("improve", Slots(metric="gmv"), Slots(dimension="worth")),
        ("improve", Slots(metric="gmv", dimension="efficiency"), Slots(dimension="efficiency")),
        ("plan", Slots(metric="users.regulars"), Slots(metric="return_rate_28d")),
        ("explain", Slots(metric="visits"), Slots(metric="visitors_28d")),
        ("explain", Slots(metric="orders"), Slots(metric="orders")),
        ("explain", Slots(metric="users.regulars"), Slots(metric="users.regulars")),
        ("effect", Slots(metric="users.regulars", kind="broadcast"), Slots(kind="broadcast")),
        ("policy", Slots(metric="orders", product="star_plan"), Slots(product="star_plan")),
        ("draft", Slots(metric="users.regulars"), Slots()),
    ],
)
def test_a_step_is_about_a_figure_that_can_answer_it(intent: Intent, slots: Slots, expected: Slots) -> None:
    assert settled(Step(intent=intent, slots=slots), DATA.series, CATALOG).slots == expected


def test_the_series_of_the_words_are_those_of_the_catalog_and_serve_what_it_has() -> None:
    assert set(DATA.series) <= set(CATALOG.series_by_id)
    known = {*CATALOG.by_id, *CATALOG.dimension_by_id}
    assert {w.serves for w in DATA.series.values()} | {i for w in DATA.series.values() for i in w.near} <= known


@pytest.mark.parametrize("series", CATALOG.series, ids=lambda s: s.id)
def test_a_series_is_found_by_its_names(lexicon: Lexicon, series: Any) -> None:
    meant = {series.id, DATA.series[series.id].daily_of}
    for name in (series.name.zh, series.name.en):
        assert meant & {m.id for m in lexicon.find(lexicon.corrected(plain(name)))}


def test_a_what_if_of_a_plain_figure_is_asked_back(ask: Ask) -> None:
    plan = ask("要是营业额涨到5万,活跃分会多少")
    assert plan.clarification is not None
    assert plan.clarification.key == "unknown_metric"
    assert plan.clarification.choices == ("访客人均收入", "客单价")


# ---- the inverse of a what-if ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "价值分到66分,转化率得做到多少",
            {"dimension": "worth", "through": "conversion_rate", "target": {"value": 66.0, "kind": "to"}},
        ),
        (
            "what interaction rate would give me +4",
            {"dimension": "active", "through": "interaction_rate", "target": {"value": 4.0, "kind": "by"}},
        ),
        (
            "conversion must be what for Worth 66",
            {"dimension": "worth", "through": "conversion_rate", "target": {"value": 66.0, "kind": "to"}},
        ),
        (
            "要是转化率到22%,价值分会多少",
            {"dimension": "worth", "metric": "conversion_rate", "target": {"value": 0.22, "kind": "to"}},
        ),
        (
            "what would Active be at an interaction rate of 40%",
            {"dimension": "active", "metric": "interaction_rate", "target": {"value": 0.4, "kind": "to"}},
        ),
    ],
)
def test_a_target_belongs_to_the_figure_that_is_left_beside_it(ask: Ask, text: str, slots: dict[str, object]) -> None:
    assert _said(ask(text)) == [("what_if", slots)]


# ---- kinds of action -------------------------------------------------------------------------------------------------

PRODUCTS = products_of(CATALOG)


def test_every_kind_of_the_log_has_words_in_both_languages() -> None:
    assert set(KINDS) <= set(DATA.kinds)
    for words in DATA.kinds.values():
        assert any(w.isascii() for w in words)
        assert any(not w.isascii() for w in words)


@pytest.mark.parametrize(
    ("text", "product", "kind"),
    [
        ("上次群发有没有用", "life_account", "broadcast"),
        ("券有效期改成7天之后", "merchant_coupon", "coupon_validity"),
        ("店庆活动的效果", None, "campaign"),
        ("did the campaign work", None, "campaign"),
        ("the broadcast campaign", "life_account", "broadcast"),
        ("since shortening the coupon validity", "merchant_coupon", "coupon_validity"),
        ("did the stamp card help", "mini_program", "stamp_card"),
        ("推广活动", "public_promotion", "promotion_plan"),
        ("did it help", None, None),
        ("群发的效果", "merchant_coupon", None),
    ],
)
def test_a_kind_of_action_is_named_and_fits_its_product(text: str, product: str | None, kind: str | None) -> None:
    assert kind_of(plain(text), product, PRODUCTS) == kind


# ---- between intents -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("为什么我的价值分这么低", "improve"),
        ("why is my Worth so low", "improve"),
        ("为什么我的价值分突然这么低", "explain"),
        ("why is my Worth lower than last month", "explain"),
        ("get Worth to 60 by Christmas with 200 yuan", "plan"),
        ("how do I get Worth to 60", "improve"),
        ("how can I get more incentive points", "policy"),
        ("how many incentive points are there", "points"),
        ("明天能有多少单", "forecast"),
        ("昨天有多少单", "metric"),
    ],
)
def test_words_decide_between_intents_that_look_alike(ask: Ask, text: str, intent: str) -> None:
    assert [s.intent for s in ask(text).steps] == [intent]


# ---- follow-ups ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "text", "intent", "slots"),
    [
        (["我的店怎么样"], "为什么?", "explain", {}),
        (["我的核销率多少"], "要是25%呢", "what_if",
         {"metric": "redemption_rate", "target": {"value": 0.25, "kind": "to"}}),
        (["what is my conversion rate"], "and if it were 25%?", "what_if",
         {"metric": "conversion_rate", "target": {"value": 0.25, "kind": "to"}}),
        (["怎么把价值分提高到60"], "给我排个计划", "plan",
         {"dimension": "worth", "target": {"value": 60.0, "kind": "to"}}),
        (["plan: Worth to 60 by the end of December"], "and with 200 yuan?", "plan",
         {"dimension": "worth", "target": {"value": 60.0, "kind": "to"}, "by": "2026-12-31", "yuan": 200.0}),
        (["plan: Worth to 60 by the end of December"], "and if I only have two hours a week?", "plan",
         {"dimension": "worth", "target": {"value": 60.0, "kind": "to"}, "by": "2026-12-31", "hours": 11.43}),
        (["what is my Active score"], "which metric holds it back?", "improve", {"dimension": "active"}),
        (["昨天营业额多少"], "那订单呢", "metric",
         {"metric": "orders", "period": {"from": "2026-11-21", "to": "2026-11-21"}}),
        (["昨天营业额多少"], "怎么提高", "improve",
         {"dimension": "worth", "period": {"from": "2026-11-21", "to": "2026-11-21"}}),
        (["what were my sales yesterday"], "show me", "metric",
         {"metric": "gmv", "period": {"from": "2026-11-21", "to": "2026-11-21"}, "chart": True}),
        (["昨天营业额多少", "画个图"], "那订单呢", "metric",
         {"metric": "orders", "period": {"from": "2026-11-21", "to": "2026-11-21"}}),
        (["如果转化率到20%会怎样"], "你有多大把握", "what_if",
         {"metric": "conversion_rate", "target": {"value": 0.2, "kind": "to"}}),
    ],
)  # fmt: skip
def test_a_follow_up_goes_on_with_the_subject_in_its_own_unit(
    ask: Ask, history: list[str], text: str, intent: str, slots: dict[str, object]
) -> None:
    assert _said(ask(text, history=history)) == [(intent, slots)]
