"""The labelled questions: how often the intents, the slots and the language are right."""

import json
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from bot.answering.embedded.classifier_exemplars import INTENTS
from bot.answering.embedded.classifier_train import load_all
from bot.answering.embedded.lexicon_text import plain
from bot.answering.types import Plan
from tests.answering.understanding.conftest import Ask
from tools.catalog import load_catalog

QUESTIONS = [
    json.loads(line) for line in Path(__file__).with_name("questions.jsonl").read_text(encoding="utf-8").splitlines()
]
INTENT_FLOOR, SLOT_FLOOR = 0.93, 0.92
NEARLY = 90

Labelled = list[tuple[dict[str, Any], Plan]]


def _steps(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"intent": s.intent, "slots": s.slots.model_dump(mode="json", by_alias=True, exclude_none=True)}
        for s in plan.steps
    ]


@pytest.fixture(scope="module")
def labelled(ask: Ask) -> Labelled:
    return [(q, ask(q["text"], q["as"], q.get("history", ()))) for q in QUESTIONS]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_intents_of_the_labelled_questions_are_right(labelled: Labelled, language: str) -> None:
    asked = [(q, p) for q, p in labelled if q["language"] == language]
    wrong = [q["text"] for q, p in asked if [s.intent for s in p.steps] != [s["intent"] for s in q["steps"]]]
    assert 1 - len(wrong) / len(asked) >= INTENT_FLOOR, wrong


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_slots_of_the_labelled_questions_are_right(labelled: Labelled, language: str) -> None:
    asked = [(q, p) for q, p in labelled if q["language"] == language]
    wrong = [(q["text"], _steps(p)) for q, p in asked if _steps(p) != q["steps"]]
    assert 1 - len(wrong) / len(asked) >= SLOT_FLOOR, wrong


def test_every_labelled_question_is_answered_in_its_own_language(labelled: Labelled) -> None:
    assert [q["text"] for q, p in labelled if p.language != q["language"]] == []


def test_no_labelled_question_is_an_exemplar_or_nearly_one() -> None:
    known = [plain(e.text) for e in load_all(load_catalog())]
    asked = [plain(q["text"]) for q in QUESTIONS if not q.get("history")]
    assert [
        (q, found[0]) for q in asked if (found := process.extractOne(q, known, scorer=fuzz.ratio, score_cutoff=NEARLY))
    ] == []


def test_the_labelled_questions_cover_every_intent() -> None:
    assert {s["intent"] for q in QUESTIONS for s in q["steps"]} == set(INTENTS)
