"""Every planted story, asked about in both languages by the shop and its manager, is told right."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation import Conversations
from bot.terminal import to_json

from .told import Asked, Told, asked_about, questions, read, stories
from .told_right import complaints

Ask = Callable[[Asked], Awaitable[Told]]
PRINTED = ("return_fell", "redemption_fell", "regulars_lost", "points_expiring", "coupons_bought", "campaign")
_KNOWN: dict[str, Told] = {}


@pytest.fixture
def ask(conversations: Conversations, demo_platform: Path) -> Ask:
    """Asks each question once, in a thread of its own."""

    async def asked(question: Asked) -> Told:
        if str(question) not in _KNOWN:
            answer = await conversations.ask(question.text, asker=question.asker, now=question.now)
            _KNOWN[str(question)] = read(question, json.loads(to_json(answer)), demo_platform)
        return _KNOWN[str(question)]

    return asked


def chosen(platform: Path, kind: str) -> Sequence[Asked]:
    """Every question about a kind of story, each of another of its shops in turn."""
    of_shops = [list(asked_about(platform, s)) for s in stories(platform) if s["story"] == kind]
    if "by_scope" in questions()[kind]:
        return [asked for shop in of_shops for asked in shop]
    return [of_shops[at % len(of_shops)][at] for at in range(min(map(len, of_shops)))]


@pytest.mark.parametrize("kind", questions())
async def test_a_planted_story_is_told_right(ask: Ask, demo_platform: Path, kind: str) -> None:
    asked = chosen(demo_platform, kind)
    assert len(asked) >= 6
    wrong = [f"{question}\n    {what}" for question in asked for what in complaints(await ask(question))]
    assert not wrong, "\n".join(wrong)


async def test_a_telling_with_other_figures_or_another_cause_is_noticed(ask: Ask, demo_platform: Path) -> None:
    """The checks above can fail: each right telling becomes a wrong one when its digits change."""
    seen = 0
    for kind in PRINTED:
        for question in chosen(demo_platform, kind):
            told = await ask(question)
            if complaints(told):
                continue
            lie = re.sub(r"\d", lambda m: str((int(m[0]) + 3) % 10), told.text)
            assert complaints(replace(told, answer={**told.answer, "text": lie})), question
            assert complaints(replace(told, answer={**told.answer, "text": ""})), question
            seen += 1
    assert seen >= 15
