"""The shipped corpus against labelled questions: a paraphrase finds its document, a stranger is told so."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.types import SearchResult

Asker = Any  # conftest's: ask(text, role=, tenant=, on=, locale=, ...)
DATA = Path(__file__).with_name("data")


def read(name: str) -> list[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ask(shipped: Asker, row: dict[str, Any]) -> SearchResult:
    on = date.fromisoformat(row.get("on", "2026-11-22"))
    return shipped(row["question"], role=row.get("role", "merchant"), on=on, locale=row["locale"])


def found(row: dict[str, Any], result: SearchResult) -> bool:
    """Whether one of the passages is of a document that answers, and says what it must."""
    return any(
        p.document.id.rpartition("-")[0] in row["documents"] and row.get("says", "") in p.section + p.text
        for p in result.passages
    )


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("held", [False, True], ids=["seen", "held out"])
def test_a_paraphrased_question_finds_its_document_among_five(shipped: Asker, locale: str, held: bool) -> None:
    rows = [r for r in read("questions.jsonl") if r["locale"] == locale and bool(r.get("held")) == held]
    missed = [r["question"] for r in rows if not found(r, ask(shipped, r))]
    assert len(missed) <= 0.05 * len(rows), missed


def refused(shipped: Asker, rows: list[dict[str, Any]]) -> list[str]:
    return [r["question"] for r in rows if not ask(shipped, r).answerable]


@pytest.mark.parametrize("held", [False, True], ids=["seen", "held out"])
def test_questions_that_the_corpus_answers_are_seldom_refused(shipped: Asker, held: bool) -> None:
    rows = [r for r in read("questions.jsonl") if not r.get("silent") and bool(r.get("held")) == held]
    found = refused(shipped, rows)
    assert len(found) <= 0.06 * len(rows), found


@pytest.mark.parametrize(("near", "least"), [(False, 0.95), (True, 0.6)], ids=["far", "near"])
def test_questions_that_the_corpus_does_not_answer_are_refused(shipped: Asker, near: bool, least: float) -> None:
    rows = [r for r in read("unanswerable.jsonl") if r["near"] == near]
    rows += [r for r in read("questions.jsonl") if near and r.get("silent")]
    found = refused(shipped, rows)
    assert len(found) >= least * len(rows), [r["question"] for r in rows if r["question"] not in found]


@pytest.mark.parametrize(
    ("group", "least", "most"), [("answerable", 0.0, 0.04), ("near", 0.75, 1.0), ("far", 0.98, 1.0)]
)
def test_of_the_questions_for_the_refusal_few_are_judged_wrongly(
    shipped: Asker, group: str, least: float, most: float
) -> None:
    rows = [r for r in read("refusal.jsonl") if r["group"] == group]
    assert len(rows) >= 200
    assert least <= len(refused(shipped, rows)) / len(rows) <= most


def test_documents_that_disagree_are_both_shown(shipped: Asker) -> None:
    for question, locale in (("触发词最多几个", "zh"), ("how many trigger words", "en")):
        shown = {p.document.id for p in shipped(question, locale=locale).passages}
        assert {f"search-direct-apply-{locale}", f"search-direct-precheck-{locale}"} <= shown


def test_an_expired_policy_is_found_for_its_own_time_and_never_as_current_today(shipped: Asker) -> None:
    question = "2021 年 1 月铺门店码有奖励吗"
    then = shipped(question, role="provider", on=date(2021, 1, 15)).passages[0]
    assert (then.document.id, then.validity) == ("store-code-policy-2020-zh", "current")
    today = [p for p in shipped(question, role="provider").passages if p.document.id == "store-code-policy-2020-zh"]
    assert {p.validity for p in today} == {"ended"}


def test_the_same_question_gives_the_same_answer_twice(shipped: Asker) -> None:
    assert shipped("激励点数怎么用") == shipped("激励点数怎么用")
