"""Every question of the evaluation on platforms of one and of nine shops: no figure of others may leave."""

import asyncio
import shutil
import sys
from pathlib import Path

from bot.settings import Settings
from tests.few_peers import ask_all, asked, questions
from tests.soak.outcome import Outcome


def run(settings: Settings) -> Outcome:
    texts, told, wrong = questions(1), 0, []
    for shops, asker in ((1, "merchant:M0001"), (9, "merchant:M0003")):
        home = Path(".ccare") / f"soak-few-{shops}"
        shutil.rmtree(home, ignore_errors=True)
        conversations = asked(home, (settings.data / "knowledge").resolve(), shops)
        figures, found = asyncio.run(ask_all(conversations, texts, asker))
        told, wrong = told + figures, [*wrong, *found]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return Outcome(
        "questions on platforms of 1 and 9 shops",
        2 * len(texts),
        "no figure of other shops",
        f"{len(wrong)} figures of others; {told} answers with figures of the shop's own",
        bool(wrong) or told == 0,
    )
