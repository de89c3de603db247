"""The days that a forecast is asked for: those named; and what else a question is about."""

from datetime import date

import pytest

from bot.answering.embedded.slots_periods import period_of
from tests.answering.understanding.conftest import Ask
from tools.types import Period

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("sales tomorrow", (2026, 11, 23), (2026, 11, 23)),
        ("明天能卖多少", (2026, 11, 23), (2026, 11, 23)),
        ("后天会来多少人", (2026, 11, 24), (2026, 11, 24)),
        ("how much next weekend", (2026, 11, 28), (2026, 11, 29)),
        ("下周末生意怎么样", (2026, 11, 28), (2026, 11, 29)),
        ("orders next week", (2026, 11, 23), (2026, 11, 29)),
        ("圣诞节那天呢", (2026, 12, 25), (2026, 12, 25)),
        ("12月10号能卖多少", (2026, 12, 10), (2026, 12, 10)),
        ("下周一到下周三能卖多少", (2026, 11, 23), (2026, 11, 25)),
        ("sales until Christmas", (2026, 11, 22), (2026, 12, 25)),
        ("到12月10号能卖多少", (2026, 11, 22), (2026, 12, 10)),
    ],
)
def test_a_forecast_is_of_the_days_named(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert period_of(text.lower(), "forecast", TODAY) == Period(start=date(*first), end=date(*last))


@pytest.mark.parametrize("text", ["what were my sales on Christmas 2025", "2025年圣诞节我卖了多少", "上周末的营业额"])
def test_days_gone_by_are_counted_and_not_foreseen(ask: Ask, text: str) -> None:
    assert [step.intent for step in ask(text).steps] == ["metric"]


@pytest.mark.parametrize(
    "text", ["我跑掉了哪些顾客", "哪些客人不来了", "which guests have I lost", "who among my customers stopped coming"]
)
def test_which_customers_are_gone_is_answered_by_how_many_regulars(ask: Ask, text: str) -> None:
    assert [(s.intent, s.slots.metric) for s in ask(text).steps] == [("metric", "users.regulars")]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("客服消息要在几小时内回", "policy"), ("客服消息一天最多发几条", "policy"), ("帮我转人工客服", "handoff")],
)
def test_messages_to_customers_are_no_call_for_a_person(ask: Ask, text: str, intent: str) -> None:
    assert [step.intent for step in ask(text).steps] == [intent]
