"""Situations that words decide: what is behind a change, whether that is good, odds, leave for a shop, an end."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answering.embedded.lexicon_data import load_cues
from bot.answering.types import Plan
from tests.answering.understanding.conftest import MANAGER, Ask

_READ: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("situations.yaml").read_text(encoding="utf-8"))
OTHERS: dict[str, list[str]] = _READ.pop("others")
ASKED = [(kind, language, text) for kind, row in _READ.items() for language in ("zh", "en") for text in row[language]]


def planned(ask: Ask, text: str) -> Plan:
    question = text.removeprefix("a|")
    return ask(question, MANAGER) if question != text else ask(question)


@pytest.mark.parametrize(("kind", "language", "text"), ASKED)
def test_a_situation_is_understood_however_it_is_said(ask: Ask, kind: str, language: str, text: str) -> None:
    plan = planned(ask, text)
    assert plan.language == language
    assert [s.intent for s in plan.steps] in [[intent] for intent in _READ[kind]["intents"]]
    slots = plan.steps[0].slots.model_dump(exclude_none=True)
    assert {k: slots.get(k) for k in _READ[kind].get("slots", {})} == _READ[kind].get("slots", {})
    assert set(_READ[kind].get("has", ())) <= set(slots)


def test_every_situation_is_asked_in_at_least_five_ways_in_each_language() -> None:
    assert len(_READ) == 8
    assert all(len(row[language]) >= 5 for row in _READ.values() for language in ("zh", "en"))


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in OTHERS.items() for text in texts])
def test_what_only_sounds_like_a_situation_stays_what_it_was(ask: Ask, intent: str, text: str) -> None:
    plan = planned(ask, text)
    assert [s.intent for s in plan.steps] == [intent]
    assert intent != "policy" or plan.steps[0].slots.kind is None


@pytest.mark.parametrize("text", ["May I set up search direct for {}?", "When does the search direct of {} end?"])
def test_a_shop_beyond_reach_is_asked_back_alike_whether_there_is_one_or_not(ask: Ask, text: str) -> None:
    strange, none = (ask(text.format(id)).clarification for id in ("M0002", "M9999"))
    assert strange is not None
    assert none is not None
    assert strange.key == "unknown_shop"
    assert (strange.key, strange.choices) == (none.key, none.choices)


def test_what_a_shop_may_do_is_a_rule_of_no_shop_until_one_is_named(ask: Ask) -> None:
    steps = ask("服务商能不能替商家开搜索直达？", MANAGER).steps
    assert [(s.intent, s.slots.product, s.slots.merchant_id) for s in steps] == [("policy", "search_direct", None)]


@pytest.mark.parametrize(
    ("history", "text", "slots"),
    [
        (["我的搜索直达什么时候到期？"], "那公域推广呢", {"product": "public_promotion", "kind": "promotion_plan"}),
        (["When does my search direct end?"], "and coupons?", {"product": "merchant_coupon"}),
        (["我的核销率是多少"], "那搜索直达呢", {"product": "search_direct"}),
    ],
)
def test_a_follow_up_asks_for_the_end_of_what_it_names_itself(
    ask: Ask, history: list[str], text: str, slots: dict[str, str]
) -> None:
    steps = ask(text, history=history).steps
    assert [(s.intent, s.slots.model_dump(exclude_none=True)) for s in steps] == [("policy", slots)]


def test_a_follow_up_to_leave_stays_with_the_shop_and_one_to_a_figure_does_not(ask: Ask) -> None:
    after = ask("那公域推广呢", MANAGER, ["能不能给 M0034 开搜索直达？"]).steps[0].slots
    assert (after.product, after.merchant_id) == ("public_promotion", "M0034")
    after = ask("那公域推广呢", MANAGER, ["M0034 的核销率是多少"]).steps[0].slots
    assert (after.product, after.merchant_id) == ("public_promotion", None)


@pytest.mark.parametrize("group", load_cues("situations.yaml"))
def test_every_class_of_words_speaks_both_languages(group: str) -> None:
    said = load_cues("situations.yaml")[group].pattern
    assert any("a" <= c <= "z" for c in said.replace("\\b", ""))
    assert any("\u4e00" <= c <= "\u9fff" for c in said)
