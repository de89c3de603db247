"""Nothing unverified leaves: a lying composer is repaired once, then replaced, and the answer says so."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.answering.gate import repair
from bot.answering.types import Answer, Draft, Evidence, Finding, Plan, Question, Sentence, Verdict
from bot.assemble import Workbench, assemble
from bot.conversation import Conversations
from bot.settings import Settings
from tests.conftest import NOW

AT = datetime.fromisoformat(NOW)
Lie = Callable[[Draft, Evidence], Draft]


class Liar:
    """A composer that takes the embedded draft and does something to it."""

    def __init__(self, honest: Workbench, lie: Lie) -> None:
        self._honest, self._lie = honest, lie

    async def compose(self, question: Question, plan: Plan, evidence: Evidence) -> Draft:
        draft = await self._honest.fallback.compose(question, plan, evidence)
        return self._lie(draft, evidence).model_copy(update={"composer": "liar"})


def _with(draft: Draft, text: str, *ids: str, first: bool = False) -> Draft:
    said = Sentence(text=text, measurements=ids)
    return draft.model_copy(update={"sentences": (said, *draft.sentences) if first else (*draft.sentences, said)})


def _id(evidence: Evidence, metric: str) -> str:
    return evidence.cards[0].figures[metric].id


async def _ask(desk: Workbench, settings: Settings, lie: Lie, text: str = "how do I raise my Active score?") -> Answer:
    lying = assemble(settings, composer=Liar(desk, lie))
    return await Conversations(lying, settings).ask(text, asker="merchant:M0001", now=AT)


async def test_a_wrong_number_is_cut_out(desk: Workbench, demo_settings: Settings) -> None:
    def lie(draft: Draft, evidence: Evidence) -> Draft:
        return _with(draft, "Your return rate is 77.7%.", _id(evidence, "return_rate_28d"))

    answered = await _ask(desk, demo_settings, lie)
    assert answered.outcome == "repaired"
    assert "77.7" not in answered.text


async def test_a_right_number_under_the_wrong_metric_is_cut_out(desk: Workbench, demo_settings: Settings) -> None:
    told = []

    def lie(draft: Draft, evidence: Evidence) -> Draft:
        told.append(f"redemption rate is {evidence.cards[0].figures['return_rate_28d'].value:.1%}")
        return _with(
            draft, f"Your redemption rate is {{{_id(evidence, 'return_rate_28d')}}}.", _id(evidence, "return_rate_28d")
        )

    answered = await _ask(desk, demo_settings, lie)
    assert answered.outcome == "repaired"
    assert told[0] not in answered.text


@pytest.mark.parametrize(
    "text", ["Your Active score is above the median.", "Your Active score rose.", "You lead your peers in Active."]
)
async def test_a_false_comparison_is_cut_out(desk: Workbench, demo_settings: Settings, text: str) -> None:
    def lie(draft: Draft, evidence: Evidence) -> Draft:
        return _with(draft, text, _id(evidence, "active.score"), _id(evidence, "active.peer_median"))

    answered = await _ask(desk, demo_settings, lie)
    assert answered.outcome == "repaired"
    assert text not in answered.text


async def test_a_draft_whose_heart_is_a_lie_is_replaced_from_the_same_evidence(
    desk: Workbench, demo_settings: Settings
) -> None:
    def lie(draft: Draft, evidence: Evidence) -> Draft:
        return _with(draft, "Your Active score is 99.9.", _id(evidence, "active.score"), first=True)

    answered = await _ask(desk, demo_settings, lie)
    assert answered.outcome == "replaced"
    assert "99.9" not in answered.text
    assert answered.versions["model"] == "embedded"
    assert any(m.metric == "active.score" for m in answered.measurements)


async def test_an_invented_citation_is_cut_out(desk: Workbench, demo_settings: Settings) -> None:
    def lie(draft: Draft, evidence: Evidence) -> Draft:
        said = Sentence(text="The platform pays a bonus for it [P99].", passages=("P99",))
        return draft.model_copy(update={"sentences": (*draft.sentences, said)})

    answered = await _ask(desk, demo_settings, lie)
    assert answered.outcome == "repaired"
    assert "bonus" not in answered.text


async def test_a_composer_that_fails_is_replaced_by_the_embedded_one(desk: Workbench, demo_settings: Settings) -> None:
    def fail(draft: Draft, evidence: Evidence) -> Draft:
        raise TimeoutError

    answered = await _ask(desk, demo_settings, fail)
    assert answered.outcome == "grounded"
    assert answered.versions["model"] == "embedded"


async def test_when_nothing_can_be_verified_no_figure_is_said(
    desk: Workbench, demo_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> Verdict:
        return Verdict(findings=(Finding(sentence=0, kind="unknown_number", said="1"),))

    monkeypatch.setattr("bot.answering.gate.verify", never)
    answered = await Conversations(desk, demo_settings).ask(
        "how do I raise my Active score?", asker="merchant:M0001", now=AT
    )
    assert answered.outcome == "replaced"
    assert not any(c.isdigit() for c in answered.text)
    assert answered.measurements == ()


def test_repair_refuses_when_the_first_sentence_or_most_of_the_draft_is_faulty() -> None:
    draft = Draft(language="en", sentences=tuple(Sentence(text=f"s{i}") for i in range(4)))

    def verdict(*faulty: int) -> Verdict:
        return Verdict(findings=tuple(Finding(sentence=i, kind="unknown_number", said="") for i in faulty))

    mended = repair(draft, verdict(2))
    assert mended is not None
    assert [s.text for s in mended.sentences] == ["s0", "s1", "s3"]
    assert repair(draft, verdict(0)) is None
    assert repair(draft, verdict(1, 2, 3)) is None
