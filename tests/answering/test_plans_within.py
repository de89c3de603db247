"""What a plan says of the time it takes: weekly work each week, a day that is too near to show anything."""

from datetime import datetime

import pytest

from bot.conversation import Conversations
from tests.conftest import NOW

AT = datetime.fromisoformat(NOW)
WEEKLY = ("每周 1 小时", "1 hour each week")


@pytest.mark.parametrize(
    "text", ["到明年1月20日把回访做好，排个计划", "Make a plan for my Active score until 20 January"]
)
async def test_weekly_work_is_not_told_as_done_once(conversations: Conversations, text: str) -> None:
    answered = await conversations.ask(text, asker="merchant:M0001", now=AT)
    assert answered.plan[0].intent == "plan"
    lines = [line for line in answered.text.splitlines() if "群发" in line or "roadcast" in line]
    assert lines, answered.text
    assert all(any(words in line for words in WEEKLY) for line in lines if "1." in line[:3]), answered.text
    assert "只算了一次" in answered.text or "counted once" in answered.text


@pytest.mark.parametrize(
    "text", ["this week I have one hour for the shop, make me a plan", "帮我排个计划，这周我就一个小时"]
)
async def test_an_hour_this_week_is_work_that_may_show_later(conversations: Conversations, text: str) -> None:
    answered = await conversations.ask(text, asker="merchant:M0001", now=AT)
    assert answered.plan[0].intent == "plan"
    hours = next(m.value for m in answered.measurements if m.metric.endswith(".plan_hours"))
    assert hours is not None
    assert 0 < hours <= 1
    assert answered.outcome == "grounded"
