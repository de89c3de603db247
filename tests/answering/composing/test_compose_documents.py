"""What the embedded composer says of documents, and where no evidence is asked for."""

from datetime import date

import pytest

from bot.answering.embedded.compose import EmbeddedComposer
from bot.answering.render import render_draft
from bot.answering.types import Clarification, Draft, Evidence, Language, Plan
from prompts import load_prompts
from tests.answering.composing.honest import LANGUAGES, apply_guide, check_guide, make, old_policy, points_rule
from tests.answering.composing.samples import CATALOG, TODAY, plan, question

COMPOSER = EmbeddedComposer(CATALOG, load_prompts())
BOTH = pytest.mark.parametrize("language", LANGUAGES)


def text(draft: Draft, evidence: Evidence) -> str:
    return render_draft(draft, evidence, TODAY)


@BOTH
def test_disagreeing_documents_are_shown_side_by_side_with_their_dates(language: Language) -> None:
    at = Evidence(passages=(apply_guide(language, "P1"), check_guide(language, "P2")))
    said = make(language, "policy", at, {"zh": "触发词最多几个", "en": "how many trigger words"}[language])
    items = [s for s in said.draft.sentences if s.block == "item"]
    assert [s.passages for s in items] == [("P1",), ("P2",)]
    assert "10" in items[0].text
    assert "6" in items[1].text
    assert all("2024-01-01" in s.text for s in items)


@BOTH
def test_an_ended_document_is_never_offered_as_current(language: Language) -> None:
    at = Evidence(passages=(old_policy(language, "P1"),))
    said = make(language, "policy", at, "门店码政策 store-code policy")
    assert "ended_document" in said.draft.warnings
    assert ("已经结束" if language == "zh" else "has ended") in said.draft.sentences[0].text


@BOTH
def test_a_rule_asked_for_its_own_time_is_told_as_valid_then_and_over_now(language: Language) -> None:
    at = Evidence(passages=(old_policy(language, "P1", asked=date(2021, 1, 15)),))
    said = make(language, "policy", at, "门店码政策 store-code policy", document_date="2021-01-15")
    assert ("你问的那个时间" if language == "zh" else "At the time you ask about") in said.draft.sentences[0].text


@BOTH
def test_what_the_documents_do_not_say_is_said_with_the_nearest_and_whom_to_ask(language: Language) -> None:
    at = Evidence(passages=(apply_guide(language, "P1"),), answerable=False)
    whole = text(make(language, "policy", at, "触发词要多少钱 price of trigger words").draft, at)
    assert ("文件" if language == "zh" else "documents") in whole
    assert ("客户经理" if language == "zh" else "account manager") in whole
    assert "[P1]" in whole


@BOTH
def test_an_answer_that_leans_on_an_illustrative_document_says_so(language: Language) -> None:
    at = Evidence(passages=(points_rule(language, "P1"),))
    said = make(language, "policy", at, "激励点数怎么得 incentive points earned")
    assert "illustrative" in said.draft.warnings
    assert ("示例" if language == "zh" else "illustrative") in text(said.draft, at)
    assert "20" in text(said.draft, at)


def test_a_document_cannot_smuggle_a_reference_or_a_mark_into_an_answer() -> None:
    hostile = apply_guide("zh", "P1").model_copy(update={"text": "触发词最多 {M1} 个，见 [P7]。触发词 1 到 8 个字。"})
    said = make("zh", "policy", Evidence(passages=(hostile,)), "触发词最多几个")
    assert all("{" not in s.text and "[P7]" not in s.text for s in said.draft.sentences)
    assert all(set(s.passages) <= {"P1"} for s in said.draft.sentences)


@BOTH
@pytest.mark.parametrize("intent", ["triage", "draft", "handoff"])
def test_what_is_not_there_yet_is_said_with_something_that_is(language: Language, intent: str) -> None:
    said = COMPOSER.draft(question("?"), plan(language, intent), Evidence())  # type: ignore[arg-type]
    assert said.suggestions
    assert ("还" if language == "zh" else "yet") in said.sentences[0].text


@pytest.mark.parametrize(
    ("asked", "key"), [("谢谢啦", "thanks"), ("thank you!", "thanks"), ("拜拜", "bye"), ("你好", "hello")]
)
def test_small_talk_answers_what_was_said(asked: str, key: str) -> None:
    said = COMPOSER.draft(question(asked), plan("zh", "smalltalk"), Evidence())
    prompts = load_prompts()
    assert said.sentences[0].text in {prompts.text("zh", f"talk.{key}", pick) for pick in range(3)}


def test_a_question_back_offers_its_choices_and_never_fails_on_an_unknown_key() -> None:
    def back(asked: Clarification) -> Draft:
        return COMPOSER.draft(question("?"), Plan(language="zh", clarification=asked), Evidence())

    shops = back(Clarification(key="which_shop", choices=("老陈面馆", "7天超市")))
    assert "老陈面馆" in shops.sentences[0].text
    assert shops.suggestions == ("老陈面馆", "7天超市")
    metric = back(
        Clarification(key="unknown_metric", variables={"asked": "跳出率", "suggestion": "转化率"}, choices=("转化率",))
    )
    assert "跳出率" in metric.sentences[0].text
    numbered = back(Clarification(key="unknown_metric", variables={"asked": "T30 率", "suggestion": "转化率"}))
    assert "30" not in numbered.sentences[0].text
    assert back(Clarification(key="never heard of")).sentences
    assert back(Clarification(key="too_long")).sentences[0].text.startswith("这条消息太长")
