"""What the embedded composer says of any evidence passes; the same text with one digit changed does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.render import render
from bot.answering.types import Draft
from bot.answering.verify import verify
from tests.answering.composing.honest import Honest, honest
from tests.answering.composing.samples import CATALOG, TODAY

CASES = honest()


def literal(case: Honest) -> Draft:
    """The draft with its figures typed out, as a model would write it."""
    lookup = {m.id: m for m in case.evidence.measurements}
    typed = (s.model_copy(update={"text": render(s, lookup, case.draft.language)}) for s in case.draft.sentences)
    return case.draft.model_copy(update={"sentences": tuple(typed)})


LITERAL = [(case, literal(case)) for case in CASES]
DIGITS = [
    (which, at, place)
    for which, (_, draft) in enumerate(LITERAL)
    for at, sentence in enumerate(draft.sentences)
    for place, char in enumerate(sentence.text)
    if char.isdigit()
]


def test_there_are_enough_honest_drafts_to_speak_of_a_rate() -> None:
    assert len(CASES) >= 200
    assert len(DIGITS) >= 3000


@pytest.mark.parametrize("typed", [False, True], ids=["by reference", "typed out"])
def test_no_honest_draft_is_blocked(typed: bool) -> None:
    drafts = [(case, draft if typed else case.draft) for case, draft in LITERAL]
    verdicts = {case.name: verify(draft, case.evidence, CATALOG, TODAY) for case, draft in drafts}
    assert {name: verdict.findings for name, verdict in verdicts.items() if not verdict.passed} == {}


@settings(max_examples=250, deadline=None)
@given(where=st.sampled_from(DIGITS), by=st.integers(1, 9))
def test_changing_any_digit_is_blocked(where: tuple[int, int, int], by: int) -> None:
    which, at, place = where
    case, draft = LITERAL[which]
    text = draft.sentences[at].text
    digit = str((int(text[place]) + by) % 10)
    changed = draft.sentences[at].model_copy(update={"text": f"{text[:place]}{digit}{text[place + 1 :]}"})
    sentences = (*draft.sentences[:at], changed, *draft.sentences[at + 1 :])
    verdict = verify(draft.model_copy(update={"sentences": sentences}), case.evidence, CATALOG, TODAY)
    assert not verdict.passed, changed.text
