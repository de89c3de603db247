"""Figures that are described and not named, and where names, descriptions and nothing at all decide."""

import json
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from bot.answering.embedded.classifier_train import load_all
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.slots_shop import ShopNames
from bot.answering.embedded.understand_figures import figures_of
from bot.answering.embedded.understand_reading import read
from bot.answering.types import Intent, Plan
from tests.answering.understanding.conftest import NOW, Ask
from tools.catalog import load_catalog

CATALOG = load_catalog()
QUESTIONS = [
    json.loads(line) for line in Path(__file__).with_name("figures.jsonl").read_text(encoding="utf-8").splitlines()
]
FIGURE_FLOOR, INTENT_FLOOR = 0.85, 0.85
NEARLY = 90

Asked = list[tuple[dict[str, Any], Plan]]


@pytest.fixture(scope="module")
def described(ask: Ask) -> Asked:
    return [(q, ask(q["text"])) for q in QUESTIONS]


def _figure(plan: Plan) -> tuple[str | None, str | None]:
    slots = plan.steps[0].slots if plan.steps else None
    return (slots.metric, slots.dimension) if slots else ("asked back", None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_described_figure_is_understood(described: Asked, language: str) -> None:
    asked = [(q, p) for q, p in described if q["language"] == language]
    wrong = [(q["text"], _figure(p)) for q, p in asked if _figure(p) != (q.get("metric"), q.get("dimension"))]
    assert 1 - len(wrong) / len(asked) >= FIGURE_FLOOR, wrong


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_asked_about_a_described_figure_is_understood(described: Asked, language: str) -> None:
    asked = [(q, p) for q, p in described if q["language"] == language]
    wrong = [q["text"] for q, p in asked if [s.intent for s in p.steps] != [q["intent"]]]
    assert 1 - len(wrong) / len(asked) >= INTENT_FLOOR, wrong


def test_the_descriptions_cover_every_metric_and_nothing_in_particular() -> None:
    assert {q.get("metric") for q in QUESTIONS} - set(CATALOG.series_by_id) == {*CATALOG.by_id, None}


def test_no_described_figure_is_an_exemplar_or_nearly_one() -> None:
    known = [plain(e.text) for e in load_all(CATALOG)]
    asked = [plain(q["text"]) for q in QUESTIONS]
    assert [
        (q, found[0]) for q in asked if (found := process.extractOne(q, known, scorer=fuzz.ratio, score_cutoff=NEARLY))
    ] == []


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("how many new users did I get", "new_users_28d"),
        ("what does it cost me to bring in one new customer with ads", "new_user_cost"),
        ("新客多少", "new_users_28d"),
        ("用推广带来一个新客要花多少钱", "new_user_cost"),
        ("多少客人来过", "visitors_28d"),
        ("每个客人一个月平均来几天", "visit_days_per_user"),
        ("平均每个客人带来多少收入", "revenue_per_active_user"),
        ("how many of our coupons were used", "redemption_rate"),
        ("how much do we sell for a yuan of coupons", "coupon_return"),
        ("how many new followers did I get this week", "followers"),
    ],
)
def test_a_generic_word_yields_to_what_the_question_describes(ask: Ask, text: str, metric: str) -> None:
    assert [s.slots.metric for s in ask(text).steps] == [metric]


@pytest.mark.parametrize("intent", ["overview", "improve", "explain", "compare", "plan"])
def test_a_question_that_names_no_figure_leaves_the_dimension_out(described: Asked, intent: str) -> None:
    found = [_figure(p) for q, p in described if q["intent"] == intent and not (q.get("metric") or q.get("dimension"))]
    assert found
    assert set(found) == {(None, None)}


@pytest.mark.parametrize("text", ["我的总分是多少", "what is my overall score", "综合得分多少", "my total score?"])
def test_the_overall_score_is_a_figure_like_any_other(ask: Ask, text: str) -> None:
    assert [(s.intent, s.slots.dimension) for s in ask(text).steps] == [("metric", "overall")]


@pytest.mark.parametrize(
    ("text", "intent"), [("怎么提高总分", "improve"), ("why did my overall score fall", "explain")]
)
def test_the_overall_score_is_kept_where_it_is_named(ask: Ask, text: str, intent: str) -> None:
    assert [(s.intent, s.slots.dimension) for s in ask(text).steps] == [(intent, "overall")]


def test_names_joined_by_and_are_a_list_of_figures(ask: Ask) -> None:
    assert [s.slots.metric for s in ask("访客和新客分别多少").steps] == ["visitors_28d", "new_users_28d"]
    assert [s.slots.metric for s in ask("how many visitors and new users did I get").steps] == [
        "visitors_28d",
        "new_users_28d",
    ]


@pytest.mark.parametrize("text", ["我的利润多少", "how much profit do I make from each order", "出勤率多少"])
def test_a_figure_that_the_catalog_lacks_is_never_taken_for_one_that_it_has(ask: Ask, text: str) -> None:
    plan = ask(text)
    assert plan.clarification is not None
    assert plan.clarification.key == "unknown_metric"


def test_a_figure_made_of_sales_may_be_described_by_them(ask: Ask) -> None:
    assert [s.slots.metric for s in ask("how big a part of our sales goes into price cuts").steps] == ["discount_rate"]


def test_a_what_if_that_names_a_score_may_describe_the_metric_that_moves_it(ask: Ask) -> None:
    step = ask("如果一半发出去的券都被用掉,活跃分会变成多少").steps[0]
    assert (step.intent, step.slots.metric, step.slots.dimension) == ("what_if", "redemption_rate", "active")


@pytest.mark.parametrize("text", ["M0123的核销率是多少", "老王火锅的券有多少被用掉了"])
def test_somebody_elses_shop_stays_unknown_however_the_figure_is_said(ask: Ask, text: str) -> None:
    plan = ask(text)
    assert plan.clarification is not None
    assert plan.clarification.key == "unknown_shop"


@pytest.mark.parametrize(
    ("history", "text", "metric"),
    [
        ("how many of our vouchers get used", "why?", "redemption_rate"),
        ("上个月来过的人有几成又来了", "怎么提高它", "return_rate_28d"),
        ("what is my refund rate", "how do I raise the part of people who buy", "conversion_rate"),
    ],
)
def test_a_follow_up_keeps_a_described_figure_until_another_is_described(
    ask: Ask, history: str, text: str, metric: str
) -> None:
    assert [s.slots.metric for s in ask(text, history=[history]).steps] == [metric]


@pytest.mark.parametrize(
    ("intent", "meant", "figures"),
    [
        ("metric", {"new_user_cost": 0.9, "new_users_28d": 0.1}, [{"metric": "new_user_cost"}]),
        ("metric", {"new_user_cost": 0.3, "new_users_28d": 0.2}, [{"metric": "new_users_28d"}]),
        ("metric", {"none": 0.9}, [{"metric": "new_users_28d"}]),
        ("policy", {"new_user_cost": 0.9}, [{"metric": "new_users_28d"}]),
        ("metric", None, [{"metric": "new_users_28d"}]),
    ],
)
def test_a_generic_name_stands_unless_something_else_is_clearly_described(
    lexicon: Lexicon, intent: Intent, meant: dict[str, float] | None, figures: list[dict[str, str]]
) -> None:
    assert figures_of(read("新客怎样", lexicon, ShopNames((), ()), NOW.date()), intent, meant) == figures


@pytest.mark.parametrize(
    ("text", "meant", "figures"),
    [
        ("核销率", {"coupon_return": 0.99}, [{"metric": "redemption_rate"}]),
        ("它怎样", {"coupon_return": 0.99}, [{"metric": "coupon_return"}]),
        ("它怎样", {"coupon_return": 0.3, "none": 0.2}, [{}]),
        ("客人怎样", {"none": 0.9}, [{}]),
        ("我的收入怎样", {"discount_rate": 0.99}, [{"metric": "discount_rate"}]),
        ("我的利润怎样", {"discount_rate": 0.99}, [{}]),
    ],
)
def test_a_specific_name_wins_and_an_unsure_description_fills_nothing(
    lexicon: Lexicon, text: str, meant: dict[str, float], figures: list[dict[str, str]]
) -> None:
    assert figures_of(read(text, lexicon, ShopNames((), ()), NOW.date()), "metric", meant) == figures
