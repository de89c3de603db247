"""Each cited passage bears the sentence that cites it: the labelled questions, answered from the shipped corpus."""

import re
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.answering.embedded.compose import EmbeddedComposer
from bot.answering.retrieve import retrieve
from bot.answering.types import Draft, Evidence, Intent, Language, Plan, Principal, Question, Slots, Step
from bot.answering.verify import verify
from knowledge.types import Passage
from prompts import load_prompts
from tests.knowledge.test_knowledge_questions import read
from tools.catalog import load_catalog

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 - the asker's wall clock
CATALOG = load_catalog()
PROMPTS = load_prompts()
COMPOSER = EmbeddedComposer(CATALOG, PROMPTS)
_NUMBER = re.compile(r"\d[\d,.]*")
_LETTERS = re.compile(r"[^\w%]+")


def answered(shipped: Any, row: dict[str, Any], intent: Intent) -> tuple[Draft, Evidence]:
    principal = Principal(
        role="manager" if row.get("role") == "provider" else "merchant", id="M0001", merchants=frozenset({"M0001"})
    )
    question = Question(id="q", text=row["question"], principal=principal, now=NOON)
    day = date.fromisoformat(row["on"]) if "on" in row else None
    language: Language = row["locale"]
    plan = Plan(language=language, steps=(Step(intent=intent, slots=Slots(document_date=day)),))
    desk: Any = SimpleNamespace(library=shipped.library, embedder=shipped.embedder, catalog=CATALOG)
    found = retrieve(question, plan, desk)
    evidence = Evidence(passages=found.passages, disputes=found.disputes, answerable=found.answerable)
    return COMPOSER.draft(question, plan, evidence), evidence


def bears(passage: Passage, sentence: str) -> bool:
    """Whether the words of a quote stand in the passage, its title or its table, and its numbers all do."""
    document = passage.document
    whole = f"{document.title} {passage.section} {passage.text} {document.valid_from} {document.valid_until}"
    said = re.sub(r"\[P\d+\]", "", sentence)
    if any(number.rstrip(".,") not in whole for number in _NUMBER.findall(said)):
        return False
    there = _LETTERS.sub("", whole).lower()
    parts = [part for part in _LETTERS.split(said.lower()) if part]
    held = sum(len(part) for part in parts if part in there)
    return held >= 0.8 * sum(len(part) for part in parts)


@pytest.mark.parametrize("intent", ["policy", "howto"])
def test_cited_passages_bear_their_sentences(shipped: Any, intent: Intent) -> None:
    borne, wrong = 0, []
    for row in read("questions.jsonl"):
        draft, evidence = answered(shipped, row, intent)
        for sentence in draft.sentences:
            for id in sentence.passages:
                passage = evidence.passage(id)
                assert passage is not None
                if bears(passage, sentence.text):
                    borne += 1
                else:
                    wrong.append((row["question"], sentence.text, passage.passage_id))
    assert borne > 200
    assert borne / (borne + len(wrong)) >= 0.95, wrong[:10]


@pytest.mark.parametrize("intent", ["policy", "howto"])
def test_every_answer_to_a_labelled_question_passes_verify(shipped: Any, intent: Intent) -> None:
    blocked = []
    for row in read("questions.jsonl"):
        draft, evidence = answered(shipped, row, intent)
        if not verify(draft, evidence, CATALOG, TODAY).passed:
            blocked.append(row["question"])
    assert blocked == []


def test_a_sentence_beside_its_passage_is_told_from_one_of_another(shipped: Any) -> None:
    one, other = (shipped(text).passages[0] for text in ("商家券图片要求", "生活号名称多长"))
    sentence = one.text.split("。")[0] + "。[P1]"
    assert bears(one, sentence)
    assert not bears(other, sentence)
    assert not bears(one, sentence.replace("600", "700"))


def test_what_is_not_public_is_said_so_from_the_document_that_says_it(shipped: Any) -> None:
    told = 0
    rows = [r for r in read("questions.jsonl") if r.get("silent")]
    for row in rows:
        draft, _ = answered(shipped, row, "policy")
        told += "documents_silent" in draft.warnings
    assert told >= 0.85 * len(rows)


TRAPS = (
    ("触发词最多能填几个", "zh", ("10", "6")),
    ("how many trigger words are allowed", "en", ("10", "6")), ("关联账号最多填几个", "zh", ("1 到 3", "1 到 2")),
    ("how many related accounts may I enter", "en", ("1 to 3", "1 to 2")),
    ("生活号标签最多能建多少个", "zh", ("100", "500")),
    ("maximum number of labels in the life account", "en", ("100", "500")),
)  # fmt: skip


@pytest.mark.parametrize(("asked", "locale", "values"), TRAPS)
def test_the_documents_that_disagree_are_told_with_both_values_and_their_dates(
    shipped: Any, asked: str, locale: str, values: tuple[str, str]
) -> None:
    draft, evidence = answered(shipped, {"question": asked, "locale": locale}, "policy")
    items = [s for s in draft.sentences if s.block == "item"]
    assert len({id for s in items for id in s.passages}) == 2
    whole = " ".join(s.text for s in items)
    assert all(value in whole for value in values)
    cited = [p for s in items for id in s.passages if (p := evidence.passage(id)) is not None]
    assert all(str(p.document.valid_from) in whole for p in cited)


@pytest.mark.parametrize(
    ("asked", "locale"),
    [("标签数据多久更新", "zh"), ("一个触发词最多几个字", "zh"), ("how many characters may a trigger word have", "en")],
)
def test_documents_that_disagree_elsewhere_do_not_disturb_what_they_agree_on(
    shipped: Any, asked: str, locale: str
) -> None:
    draft, _ = answered(shipped, {"question": asked, "locale": locale}, "policy")
    assert not [s for s in draft.sentences if s.block == "item"]
