"""All questions of the main job, asked of the demo: not one figure of an answer is wrong or unexplained."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Conversations
from bot.settings import Settings
from bot.terminal import to_json

from .checker import asked_merchant, check
from .findings import Finding
from .mutations import mutations
from .rows import load

QUESTIONS = Path(__file__).parents[1] / "evals" / "main_job.jsonl"
MEASURED = {"overview", "improve", "compare"}
ENOUGH = 3
EVERY = 4  # of the answers with figures, one in so many is mutated: about forty of both languages
_ASKED: dict[Path, list["Asked"]] = {}


@dataclass(frozen=True)
class Asked:
    """One question with its answer as JSON, and the shop that it is about."""

    question: dict[str, Any]
    answer: dict[str, Any]
    merchant: str | None
    platform: Path

    def read(self, text: str | None = None) -> list[Finding]:
        answer = {**self.answer, "question": self.question["question"], "text": text or self.answer["text"]}
        anyone = self.merchant or next(iter(load(self.platform).shops))
        return check(answer, self.platform, anyone, datetime.fromisoformat(self.question["now"]))

    def bad(self, text: str | None = None) -> list[str]:
        return [f"{self.question['id']} {self.merchant} {f}" for f in self.read(text) if f.verdict != "right"]


# How many managed it: counted by brute force in test_tools_ahead.py.
ODDS = re.compile(r"；起点相近的 [\d,]+ 家里 [\d,]+ 家做到过|; [\d,]+ of [\d,]+ that started near managed it")
TOOLS = {"explain", "what_if", "plan", "points", "effect", "forecast"}


@pytest.fixture
async def asked(conversations: Conversations, demo_settings: Settings, demo_platform: Path) -> list[Asked]:
    """Asked once, read by every test here. Each thread is a question's own, so that none leans on another."""
    if demo_platform not in _ASKED:
        assert demo_platform.is_relative_to(demo_settings.data)
        questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
        _ASKED[demo_platform] = [
            Asked(q, await _answer(conversations, q), asked_merchant(q, demo_platform), demo_platform)
            for q in questions
        ]
    return [one for one in _ASKED[demo_platform] if not _of_tools(one)]


def _of_tools(one: Asked) -> bool:
    """Told by the measuring tools, whose parts, suppositions and odds have oracles of their own (test_tools_*.py)."""
    return any(step["intent"] in TOOLS for step in one.answer["plan"])


async def _answer(conversations: Conversations, question: dict[str, Any]) -> dict[str, Any]:
    now = datetime.fromisoformat(question["now"])
    answered = await conversations.ask(question["question"], asker=question["as"], now=now, id=question["id"])
    found: dict[str, Any] = json.loads(to_json(answered))
    found["text"] = ODDS.sub("", found["text"])
    return found


def test_no_figure_of_any_answer_is_wrong_or_unexplained(asked: list[Asked]) -> None:
    assert len(asked) >= 180
    bad = [line for one in asked for line in one.bad()]
    assert not bad, "\n".join(bad)


def test_answers_about_one_shop_carry_measured_figures(asked: list[Asked]) -> None:
    """Unless they say, truly, that the figure asked for does not exist."""
    poor = []
    for one in asked:
        if one.question["intent"] not in MEASURED or one.merchant is None or one.answer["outcome"] != "grounded":
            continue
        right = [f for f in one.read() if f.verdict == "right"]
        missing = any(f.kind == "statement" and " missing on " in f.claim for f in right)
        if len([f for f in right if f.kind == "figure"]) < ENOUGH and not missing:
            poor.append(f"{one.question['id']}: {one.answer['text'][:80]}")
    assert not poor, "\n".join(poor)


def test_a_changed_digit_is_noticed_in_real_answers(asked: list[Asked]) -> None:
    figures = [a for a in asked if a.answer["outcome"] == "grounded" and any(mutations(a.answer["text"]))]
    chosen = figures[::EVERY]
    assert {one.answer["language"] for one in chosen} == {"zh", "en"}
    caught, missed = 0, []
    for one in chosen:
        before = len(one.bad())
        for what, text in mutations(one.answer["text"]):
            if len(one.bad(text)) > before:
                caught += 1
            else:
                missed.append(f"{one.question['id']} {what}")
    assert len(chosen) >= 35
    assert caught >= 0.97 * (caught + len(missed)), missed
