"""Every planted story, asked about in both languages by the shop and its manager, is told right."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Conversations
from bot.terminal import to_json

from .told import Asked, Told, asked_about, questions, read, stories
from .told_right import complaints

Ask = Callable[[Asked], Awaitable[Told]]
_TOLD: dict[Asked, Told] = {}


@pytest.fixture
def ask(conversations: Conversations, demo_platform: Path) -> Ask:
    """Asks once, each question in a thread of its own."""

    async def asked(question: Asked) -> Told:
        key = replace(question, truth={})
        if str(key) not in _KNOWN:
            answered = await conversations.ask(question.text, asker=question.asker, now=question.now)
            found: dict[str, Any] = json.loads(to_json(answered))
            _KNOWN[str(key)] = read(question, found, demo_platform)
        return _KNOWN[str(key)]

    return asked


_KNOWN: dict[str, Told] = {}


def chosen(platform: Path, kind: str) -> list[Asked]:
    """Every question about a kind of story, each of another of its shops in turn."""
    of_shops = [list(asked_about(platform, s)) for s in stories(platform) if s["story"] == kind]
    if len({len(asked) for asked in of_shops}) > 1 or "by_scope" in questions()[kind]:
        return list(chain.from_iterable(of_shops))
    return [asked[at % len(of_shops)] for at, asked in enumerate(zip_longest(*of_shops))]


async def wrong(ask: Ask, asked: Iterable[Asked]) -> list[str]:
    return [f"{q}\n    {c}" for q in asked for c in complaints(await ask(q))]


@pytest.mark.parametrize("kind", questions())
async def test_a_planted_story_is_told_right(ask: Ask, demo_platform: Path, kind: str) -> None:
    asked = chosen(demo_platform, kind)
    assert len(asked) >= 6
    found = await wrong(ask, asked)
    assert not found, "\n".join(found)
