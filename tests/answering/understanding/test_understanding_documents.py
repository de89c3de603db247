"""Questions that documents are known to answer reach them, whatever they sound like; figures and days stay figures."""

from datetime import date

import pytest

from bot.answering.embedded.understand_documents import known, may_be_known
from bot.answering.types import Intent, Slots, Step
from knowledge.types import Covered
from tools.types import Period

TODAY = date(2026, 11, 22)
THEN = Period(start=date(2025, 5, 1), end=date(2025, 5, 31))
NOW = Period(start=date(2026, 10, 1), end=date(2026, 10, 31))


@pytest.mark.parametrize(
    ("intent", "slots", "confidence", "asked"),
    [
        ("out_of_scope", Slots(), 0.9, True),
        ("improve", Slots(), 0.4, True),
        ("improve", Slots(), 0.6, False),
        ("improve", Slots(metric="refund_rate"), 0.2, False),
        ("metric", Slots(merchant_id="M0002"), 0.2, False),
        ("policy", Slots(), 0.2, False),
        ("points", Slots(period=THEN), 0.9, True),
        ("points", Slots(period=NOW), 0.3, False),
    ],
)
def test_only_what_is_unsure_and_names_no_figure_is_asked_of_the_documents(
    intent: Intent, slots: Slots, confidence: float, asked: bool
) -> None:
    assert may_be_known([Step(intent=intent, slots=slots)], confidence, TODAY) is asked


def test_two_questions_in_one_are_left_alone() -> None:
    assert not may_be_known([Step(intent="help"), Step(intent="improve")], 0.1, TODAY)


@pytest.mark.parametrize(
    ("rules", "figures", "about_rules"),
    [(0.95, 0.0, True), (0.95, 0.96, False), (0.89, 0.0, False), (0.93, 0.93, True)],
)
def test_a_playbook_that_is_nearer_keeps_the_question_with_the_figures(
    rules: float, figures: float, about_rules: bool
) -> None:
    assert known(Covered(rules=rules, figures=figures)) is about_rules
