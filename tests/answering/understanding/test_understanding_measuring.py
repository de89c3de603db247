"""Questions for the measuring tools: plain figures, inverses, kinds of action, and follow-ups."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from bot.answering.embedded.classifier_train import load_all
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_data import load_lexicon
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.slots_kinds import kind_of, products_of
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
         {"metric": "conversion_rate", "target": {"value": 0.2, "kind": "to"}, "sure": True}),
    ],
)  # fmt: skip
def test_a_follow_up_goes_on_with_the_subject_in_its_own_unit(
    ask: Ask, history: list[str], text: str, intent: str, slots: dict[str, object]
) -> None:
    assert _said(ask(text, history=history)) == [(intent, slots)]
