"""Asked how sure it is, an answer tells its certainty and does not repeat itself."""

from datetime import datetime

import pytest

from bot.conversation import Conversations
from tests.conftest import NOW

AT = datetime.fromisoformat(NOW)
ASKED = (
    ("why did my Active score change?", "how sure are you?", "of 166"),
    ("下周能卖多少", "你有多大把握", "更少见的情况"),
    ("orders next week", "how certain are you?", "rarer misses"),
    ("群发有没有用", "你确定吗", "没有把握"),
    ("did my last broadcast help?", "are you sure?", "95% interval"),
    ("what if my return rate were 20%?", "how sure is that?", "shops that started near"),
    ("my sales last week", "is that reliable?", "counted"),
    ("回访率是多少", "靠谱吗", "数出来的"),
)


@pytest.mark.parametrize(("first", "then", "told"), ASKED)
async def test_how_sure_an_answer_is_is_told_and_not_the_answer_again(
    conversations: Conversations, first: str, then: str, told: str
) -> None:
    before = await conversations.ask(first, asker="merchant:M0001", now=AT, thread="sure")
    after = await conversations.ask(then, asker="merchant:M0001", now=AT, thread="sure")
    assert after.plan[0].intent == before.plan[0].intent
    assert after.outcome == "grounded"
    assert told in after.text
    assert after.text.split("\n\n")[0] != before.text.split("\n\n")[0]
