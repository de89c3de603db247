"""All planted stories x all questions about them, in both languages: how many are told right."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from bot.assemble import assemble
from bot.conversation import Conversations
from bot.settings import Settings
from bot.terminal import to_json
from bot.workshop import Workshop
from tests.independent.told import asked_about, read, stories
from tests.independent.told_right import complaints
from tests.soak.outcome import Outcome


def run(settings: Settings) -> tuple[Outcome, ...]:
    """One line a kind of story; every question told wrong is written to stderr with what is wrong."""
    platform = Workshop(settings).platform.current()
    assert platform is not None
    asked, right = asyncio.run(_ask_all(Conversations(assemble(settings), settings), platform))
    return tuple(
        Outcome(f"story {kind}", n, "told right", f"{right[kind]} of {n} told right", right[kind] < n)
        for kind, n in asked.items()
    )


async def _ask_all(conversations: Conversations, platform: Path) -> tuple[Counter[str], Counter[str]]:
    asked, right = Counter[str](), Counter[str]()
    for story in stories(platform):
        for question in asked_about(platform, story):
            answer = await conversations.ask(question.text, asker=question.asker, now=question.now)
            told = read(question, json.loads(to_json(answer)), platform)
            wrong = complaints(told)
            asked[question.kind] += 1
            right[question.kind] += not wrong
            for what in wrong:
                sys.stderr.write(f"{question}\n    {what}\n")
    return asked, right
