"""Every file of the published document index truncated, removed and changed in turn: found at start, rebuilt."""

import shutil
from pathlib import Path

from bot.assemble import assemble
from bot.publishing import is_sound
from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.types import Audience
from tests.damage import DAMAGES, files_of, spoil
from tests.soak.outcome import Outcome

QUESTION = "搜索直达的触发词最多几个"


def run(settings: Settings) -> Outcome:
    home = Path(".ccare") / "soak-damage"
    shutil.rmtree(home, ignore_errors=True)
    workshop = Workshop(settings.model_copy(update={"data": home}))
    workshop.build_knowledge(lambda _what, _done: None)
    whole = _found(workshop)
    trials = missed = silent = 0
    for damage in DAMAGES:
        for number in range(len(files_of(workshop))):
            if not spoil(files_of(workshop)[number], damage):
                continue
            trials += 1
            missed += is_sound(workshop)
            silent += _found(workshop) != whole
            missed += not is_sound(workshop)
    return Outcome(
        "index files truncated, removed, changed",
        trials,
        "found at start, rebuilt, the same answer",
        f"{missed} not found or not rebuilt, {silent} other answers",
        missed + silent > 0 or not whole,
    )


def _found(workshop: Workshop) -> tuple[str, ...]:
    """What a process that has just started finds."""
    desk = assemble(workshop.settings)
    vector = desk.embedder.query(QUESTION)
    found = desk.library.search(
        QUESTION, vector=vector, audience=Audience(role="merchant"), on=workshop.today(), locale="zh"
    )
    return tuple(p.passage_id for p in found.passages)
