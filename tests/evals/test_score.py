"""The question sets keep their promises, and the marks are given by the written rules."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from .score import judge, main, read, report

HERE = Path(__file__).parent
MAIN, UNSEEN = read(HERE / "main_job.jsonl"), read(HERE / "unseen_intents.jsonl")
NINE = {"overview", "metric", "improve", "compare", "policy", "howto", "help", "smalltalk", "out_of_scope"}
OTHER = {"explain", "what_if", "plan", "points", "effect", "forecast", "triage", "draft", "handoff"}
SLOTS = {"dimension", "metric", "period", "target", "product", "document_date", "merchant_id"}
QUESTION: dict[str, Any] = {
    "id": "X1", "question": "降退款率", "language": "zh", "intent": "improve", "slots": {"metric": "refund_rate"},
}  # fmt: skip


def answer(intent: str, **slots: Any) -> dict[str, Any]:
    return {"id": "X1", "language": "zh", "outcome": "grounded", "plan": [{"intent": intent, "slots": slots}]}


def test_the_main_set_has_a_hundred_questions_of_each_language_over_nine_intents_and_twenty_shops() -> None:
    assert Counter(q["language"] for q in MAIN) == {"zh": 100, "en": 100}
    assert {q["intent"] for q in MAIN} == NINE
    assert len({q["as"] for q in MAIN if q["as"].startswith("merchant:")}) == 20
    assert len({q["question"] for q in MAIN}) == 200


def test_the_other_nine_intents_have_forty_questions() -> None:
    assert {q["intent"] for q in UNSEEN} == OTHER
    assert len(UNSEEN) == 40
    assert all(set(q["slots"]) <= SLOTS for q in MAIN + UNSEEN)


def test_a_step_anywhere_in_the_plan_counts_and_its_slots_are_judged() -> None:
    two = answer("overview")
    two["plan"].append({"intent": "improve", "slots": {"metric": "refund_rate", "dimension": "efficiency"}})
    mark = judge(QUESTION, two)
    assert (mark["right"], mark["slots"], mark["surplus"]) == (True, {"metric": True}, [])


def test_a_wrong_slot_and_a_slot_nobody_asked_for_are_told_apart() -> None:
    mark = judge(QUESTION, answer("improve", metric="discount_rate", product="merchant_coupon"))
    assert (mark["right"], mark["slots"], mark["surplus"]) == (True, {"metric": False}, ["product"])


@pytest.mark.parametrize(
    ("got", "right"), [("2021-01-01", True), ("2021-01-31", True), ("2021-02-01", False), (None, False)]
)
def test_a_month_accepts_any_day_of_it(got: str | None, right: bool) -> None:
    question = {**QUESTION, "slots": {"document_date": "2021-01"}}
    assert judge(question, answer("policy", document_date=got))["slots"] == {"document_date": right}


def test_an_answer_that_is_missing_is_counted_as_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "missing 1" in report([judge(QUESTION, {})])[-1]
    (tmp_path / "q").write_text(json.dumps(QUESTION), encoding="utf-8")
    (tmp_path / "a").write_text("", encoding="utf-8")
    assert main([str(tmp_path / "q"), str(tmp_path / "a"), "--misses"]) == 0
    assert "wanted ('improve'" in capsys.readouterr().out
