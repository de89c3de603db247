"""What the commands `ask` and `chat` do."""

import sys
from pathlib import Path

from bot.answering.types import Answer, Step
from bot.assemble import Workbench, assemble
from bot.chat import converse, known_asker
from bot.conversation import Conversations
from bot.errors import InputError
from bot.intake import QuestionLine, parse_now, read_questions, refused
from bot.settings import Settings, read_settings
from bot.terminal import pictures, progress, to_json, to_text
from bot.workshop import Workshop


async def ask_one(text: str, *, asker: str, now: str | None, json: bool, charts: Path | None = None) -> None:
    settings = read_settings()
    if (refusal := refused(text)) is not None:
        raise InputError(refusal[1])
    moment = parse_now(now, settings.zone)
    desk = open_desk(settings)
    conversations = Conversations(desk, settings)
    answered = await conversations.ask(text, asker=known_asker(asker), now=moment)
    sys.stdout.write(
        (to_json(answered) if json else to_text(answered, desk.prompts, colour=sys.stdout.isatty())) + "\n"
    )
    if charts is not None and answered.charts:
        from bot.charting import write_charts

        drawn = write_charts(answered.charts, charts, "chart")
        (sys.stderr if json else sys.stdout).write(pictures(drawn, answered, desk.prompts) + "\n")


async def ask_file(path: Path) -> None:
    """One JSON line for each line of the file, in order; lines of one thread form one conversation."""
    settings = read_settings()
    lines = read_questions(path)
    desk = open_desk(settings)
    conversations = Conversations(desk, settings)
    for line in lines:
        try:
            answered = await conversations.ask_line(line)
        except InputError as error:  # an unknown asker costs one line, not the file
            answered = _refused(line, str(error))
        sys.stdout.write(to_json(answered) + "\n")
        sys.stdout.flush()


def open_chat(asker: str, now: str | None) -> None:
    settings = read_settings()
    if now is not None:
        parse_now(now, settings.zone)
    with progress() as show:
        Workshop(settings).ready(show)
    desk = open_desk(settings)
    converse(Conversations(desk, settings), settings, desk.prompts, asker=known_asker(asker), now=now)


def open_desk(settings: Settings) -> Workbench:
    """The desk over what is published; SetupError says which part is missing and how to build it."""
    desk = assemble(settings)
    _ = desk.meter, desk.library  # a missing or damaged part is said at once, not after the first question
    workshop = Workshop(settings)
    if workshop.knowledge.current() is not None and not workshop.knowledge.holds(workshop.knowledge_name()):
        sys.stderr.write("The documents have changed since they were indexed; run `ccare knowledge build`.\n")
    return desk


def _refused(line: QuestionLine, reason: str) -> Answer:
    language = "zh" if any("一" <= c <= "鿿" for c in line.question) else "en"
    return Answer(
        id=line.id, question=line.question, language=language, outcome="declined",
        plan=(Step(intent="out_of_scope"),), text=reason,
    )  # fmt: skip
