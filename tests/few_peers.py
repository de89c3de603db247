"""Platforms of fewer shops than a comparison takes, and what an answer there must not hold."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.assemble import assemble
from bot.conversation import Conversations
from bot.settings import Settings
from bot.workshop import Workshop
from tests.platforms import write_tables
from tools.demo.generate import slice_industry
from tools.types import Measurement

NEWEST = date(2026, 11, 21)
QUESTIONS = sorted((Path(__file__).parent / "evals").glob("*.jsonl"))
OF_OTHERS = ("peer_", "chance_", "did_", "matched_", "gain_at", "plan_chance")
# A sentence that speaks of other shops and gives a number: only how many it takes may be said.
OTHERS = re.compile(r"同行|同类|其他店|其它店|别的店|peers?\b|similar shops|other shops|shops like", re.IGNORECASE)
CITED = re.compile(r"（《[^）]*）|\([^)]*\)|\[P\d+\]")  # a document's title and dates
FEWEST = re.compile(r"(?:10|十)\s*家|\b(?:10|ten)\b", re.IGNORECASE)


def questions(every: int) -> list[str]:
    rows = [json.loads(line) for path in QUESTIONS for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in rows][::every]


def of_others(figures: tuple[Measurement, ...]) -> list[str]:
    """Figures that rest on what other shops did."""
    return [
        f"{m.metric}.{m.statistic}"
        for m in figures
        if m.merchant_id is None or m.statistic.startswith(OF_OTHERS) or m.group_level not in (None, "own_past")
    ]


def numbers_of_others(text: str) -> list[str]:
    """Clauses about others that hold a digit beyond how many shops a comparison takes."""
    clauses = re.split(r"(?<=[。！？；\n])|(?<=[.!?;])\s", CITED.sub("", text))
    return [c for c in clauses if OTHERS.search(c) and re.search(r"\d", FEWEST.sub("", c))]


def asked(home: Path, index: Path, shops: int) -> Conversations:
    """Conversations over a platform of so few shops; `index` holds the published documents."""
    workshop = Workshop(Settings(data=home))
    rows = slice_industry(seed=5, anchor=NEWEST, merchants=shops, days=240)
    workshop.platform.build(f"import-{shops}", lambda out: write_tables(out, rows))
    workshop.build_snapshot(lambda _what, _done: None)
    (home / "knowledge").symlink_to(index)
    return Conversations(assemble(workshop.settings), workshop.settings)


async def ask_all(conversations: Conversations, texts: Sequence[str], asker: str) -> tuple[int, list[str]]:
    """How many answers held figures at all, and what was said of others, with its question."""
    now = datetime.combine(NEWEST + timedelta(days=1), datetime.min.time(), tzinfo=Settings().zone).replace(hour=10)
    told, wrong = 0, []
    for text in texts:
        answer = await conversations.ask(text, asker=asker, now=now)
        told += bool(answer.measurements)
        found = [*of_others(answer.measurements), *numbers_of_others(answer.text)]
        wrong += [f"{text}\n    {what}" for what in found]
    return told, wrong
