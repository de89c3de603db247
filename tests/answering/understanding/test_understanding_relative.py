"""What a figure should become, said as a multiple of what it is now."""

import pytest

from bot.answering.embedded.slots_relative import relative_target
from tests.answering.understanding.conftest import Ask


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("what if i halved my refund rate", 0.5),
        ("cut the discounts in half", 0.5),
        ("复购率减半会怎样", 0.5),
        ("折扣率打对折", 0.5),
        ("what if it doubled", 2),
        ("回访率翻一番", 2),
        ("新客翻倍的话", 2),
        ("转化率多三成", 1.3),
        ("客单价涨两成", 1.2),
        ("折扣砍掉三分之一", 2 / 3),
        ("退款少四分之一", 0.75),
        ("cut it by a third", 2 / 3),
        ("a quarter more visitors", 1.25),
        ("raise it by two thirds", 5 / 3),
    ],
)
def test_a_multiple_of_what_is_now(text: str, factor: float) -> None:
    found = relative_target(text)
    assert found is not None
    assert (found.kind, found.value) == ("times", pytest.approx(factor))


@pytest.mark.parametrize(
    "text", ["提高到三成", "复购率做到 30%", "half an hour a week", "raise it by 5 points", "会员成交多", "十成"]
)
def test_levels_and_amounts_are_no_multiples(text: str) -> None:
    assert relative_target(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "我的复购率打对折会怎样",
        "复购率也减半呢",
        "what if my repurchase rate were cut by half",
        "repurchase rate halved, what then?",
    ],
)
def test_a_multiple_supposed_is_a_what_if(ask: Ask, text: str) -> None:
    step = ask(text).steps[0]
    assert (step.intent, step.slots.metric) == ("what_if", "repurchase_rate_90d")
    assert step.slots.target is not None
    assert (step.slots.target.kind, step.slots.target.value) == ("times", 0.5)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("如果折扣率减半会怎样", "那预算再翻倍呢"),
        ("what if I halved my discount rate", "and if I also doubled my budget?"),
    ],
)
def test_what_cannot_be_supposed_is_asked_back_and_not_taken_for_what_was_before(
    ask: Ask, first: str, then: str
) -> None:
    plan = ask(then, history=[first])
    assert plan.steps == ()
    assert plan.clarification is not None
