"""A rule asked about for one shop: what it lets the asker do, when what it has running ends, and who is told."""

from datetime import datetime

import pytest

from bot.answering.types import Answer
from bot.assemble import Workbench
from bot.conversation import Conversations
from bot.principals import resolve
from tests.conftest import NOW

AT = datetime.fromisoformat(NOW)
MANAGERS = ("manager:A001", "manager:A002", "manager:A003")
NO_LEAVE = ("没有授权", "has not authorised")
WHAT = {
    "search_direct": ("能不能给 {} 开搜索直达？", "May I set up search direct for {}?"),
    "public_promotion": ("我们可以给 {} 投公域推广吗？", "Can I run a promotion plan for {}?"),
    "incentive_points": ("我能帮 {} 兑换激励积分吗？", "Can I exchange incentive points for {}?"),
}
SCOPES = {
    "search_direct": "MINI_APP_OPER",
    "public_promotion": "PROMOTION_MANAGE",
    "incentive_points": "INCENTIVE_POINT_MANAGE",
}


async def told(conversations: Conversations, text: str, asker: str) -> Answer:
    return await conversations.ask(text, asker=asker, now=AT)


@pytest.fixture(scope="module")
def reach(desk: Workbench) -> dict[str, dict[str, frozenset[str]]]:
    """By manager: the scopes that each shop has granted."""
    managers = {id: resolve(id, desk.meter, on=AT.date()) for id in MANAGERS}
    return {
        id: {m: desk.meter.authorised(who.tenant or "", on=AT.date()).get(m, frozenset()) for m in who.merchants}
        for id, who in managers.items()
    }


@pytest.mark.parametrize("product", WHAT)
async def test_leave_is_denied_exactly_where_the_shop_has_not_granted_it(
    conversations: Conversations, reach: dict[str, dict[str, frozenset[str]]], product: str
) -> None:
    asked = sorted(
        (id, shop, SCOPES[product] not in scopes) for id, own in reach.items() for shop, scopes in own.items()
    )
    lacking, having = ([row for row in asked if row[2] == lacks] for lacks in (True, False))
    assert lacking
    assert having
    for manager, shop, denied in (*lacking[:2], *having[:2]):
        for pattern in WHAT[product]:
            answered = await told(conversations, pattern.format(shop), manager)
            assert answered.outcome == "grounded"
            assert any(words in answered.text for words in NO_LEAVE) == denied, answered.text
            assert answered.citations
            assert all(c.valid_from is not None and f"[{c.id}]" in answered.text for c in answered.citations)


async def test_what_ended_is_told_as_ended_and_what_never_ran_as_unknown(conversations: Conversations) -> None:
    ended = await told(conversations, "我的公域推广什么时候结束？", "merchant:M0001")
    assert "10 月 6 日就已经结束" in ended.text
    none = await told(conversations, "When does my search direct end?", "merchant:M0001")
    assert "no last day to tell" in none.text
    assert "90 days at most" in none.text
    assert {ended.outcome, none.outcome} == {"grounded"}


async def test_no_merchant_learns_when_another_ones_action_ends(conversations: Conversations) -> None:
    strange = await told(conversations, "When does the search direct of M0088 end?", "merchant:M0001")
    nobody = await told(conversations, "When does the search direct of M9999 end?", "merchant:M0001")
    assert strange.text.replace("M0088", "X") == nobody.text.replace("M9999", "X")
    assert not strange.measurements
