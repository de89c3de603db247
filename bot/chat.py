"""`ccare chat`: a conversation in the terminal. Answers each line and exits when standard input is not a terminal."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime

from bot.answering.types import Answer
from bot.conversation import Conversations
from bot.errors import InputError
from bot.intake import parse_now
from bot.settings import Settings
from bot.terminal import pictures, to_text
from prompts import Prompts

LEAVE = frozenset({"exit", "quit", "bye", "/quit", "/exit", "再见", "退出"})


def converse(
    conversations: Conversations, settings: Settings, prompts: Prompts, *, asker: str, now: str | None
) -> None:
    """Read questions until the end of input; a question that cannot be taken is answered with why."""
    talking = sys.stdin.isatty()
    who = conversations.introduce(asker)
    if talking:
        sys.stdout.write(
            "".join(prompts.text(language, "chat.welcome", who=who) + "\n" for language in ("zh", "en")) + "\n"
        )
    for text in _questions(talking):
        moment = parse_now(now, settings.zone) if now else datetime.now(tz=settings.zone)
        answered = asyncio.run(conversations.ask(text, asker=asker, now=moment, thread="terminal"))
        colour = sys.stdout.isatty()
        shown = to_text(answered, prompts, colour=colour) + _drawn(answered, settings, prompts)
        sys.stdout.write(f"{shown}\n\n" if talking else f"> {text.strip()}\n\n{shown}\n\n")
        sys.stdout.flush()


def _drawn(answered: Answer, settings: Settings, prompts: Prompts) -> str:
    """The pictures of an answer to somebody who asked for one: drawn, and where they lie."""
    if not answered.charts or not any(step.slots.chart for step in answered.plan):
        return ""
    from bot.charting import write_charts

    name = f"{datetime.now(tz=settings.zone):%Y%m%d-%H%M%S}"
    return "\n\n" + pictures(write_charts(answered.charts, settings.data / "charts", name), answered, prompts)


def _questions(talking: bool) -> Iterator[str]:
    if talking:
        yield from _typed()
        return
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", errors="replace")
        if text.strip().lower() in LEAVE:
            return
        if text.strip():
            yield text.rstrip("\r\n")


def _typed() -> Iterator[str]:
    while True:
        try:
            text = input("› ")
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            return
        if text.strip().lower() in LEAVE:
            return
        if text.strip():
            yield text


def known_asker(asker: str) -> str:
    """`M0001` alone means a merchant, `A001` a manager; anything with a role stays as it is."""
    if ":" in asker:
        return asker
    if not asker.strip():
        raise InputError("Say who asks, for example --as merchant:M0001.")
    return f"manager:{asker}" if asker.startswith("A") else f"merchant:{asker}"
