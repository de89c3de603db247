"""The main job: a merchant's question answered from documents and figures, in the merchant's language."""

from datetime import datetime

import pytest

from bot.conversation import Conversations
from tests.conftest import NOW

AT = datetime.fromisoformat(NOW)


@pytest.mark.parametrize(
    ("question", "language"),
    [("how do I raise my Active score?", "en"), ("我的活跃分怎么提高?", "zh")],
)
async def test_the_main_question_is_answered_with_figures_a_dated_rule_and_a_next_step(
    conversations: Conversations, question: str, language: str
) -> None:
    answered = await conversations.ask(question, asker="merchant:M0001", now=AT)
    assert (answered.language, answered.outcome) == (language, "grounded")
    assert [(s.intent, s.slots.dimension) for s in answered.plan] == [("improve", "active")]
    used = {m.metric for m in answered.measurements}
    assert "active.score" in used
    assert "active.peer_median" in used
    assert sum(m.endswith((".gain_at_median", ".gain_at_upper_quarter")) for m in used) >= 2
    assert answered.citations
    assert all(c.valid_from is not None and f"[{c.id}]" in answered.text for c in answered.citations)
    assert answered.suggestions


async def test_an_improve_answer_fits_one_screen(conversations: Conversations) -> None:
    zh = await conversations.ask("怎么提高活跃分", asker="merchant:M0001", now=AT)
    assert sum("一" <= c <= "鿿" for c in zh.text) <= 350
    en = await conversations.ask("How can I improve my Active score?", asker="merchant:M0001", now=AT)
    assert len(en.text.split()) <= 180


async def test_another_merchants_figures_are_never_said(conversations: Conversations) -> None:
    answered = await conversations.ask("what is the redemption rate of M0002?", asker="merchant:M0001", now=AT)
    assert answered.measurements == ()
    unknown = await conversations.ask("what is the redemption rate of M9999?", asker="merchant:M0001", now=AT)
    assert answered.text.replace("M0002", "X") == unknown.text.replace("M9999", "X")


async def test_a_thread_is_one_conversation_and_belongs_to_its_asker(conversations: Conversations) -> None:
    await conversations.ask("how do I raise my Active score?", asker="merchant:M0001", now=AT, thread="t")
    follow = await conversations.ask("and Worth?", asker="merchant:M0001", now=AT, thread="t")
    assert [(s.intent, s.slots.dimension) for s in follow.plan] == [("improve", "worth")]
    stranger = await conversations.ask("and Worth?", asker="merchant:M0003", now=AT, thread="t")
    assert [s.intent for s in stranger.plan] != ["improve"]
