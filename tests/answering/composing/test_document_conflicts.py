"""Documents that disagree are both shown: by the structure of their sentences, whatever the question's words are."""

from datetime import date
from typing import Any

import pytest

from bot.answering.embedded.compose import EmbeddedComposer
from bot.answering.types import Draft, Evidence, Language
from prompts import load_prompts
from tests.answering.composing.samples import CATALOG, TODAY, document, passage, plan, question

COMPOSER = EmbeddedComposer(CATALOG, load_prompts())
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)


def version(n: int, value: int, language: Language = "zh", **dates: Any) -> Any:
    text = {
        "zh": f"松果计划每签约一家门店得 {value} 枚徽章，记在商家名下。",
        "en": f"In the Cone Plan a merchant gets {value} badges for each store that signs up.",
    }[language]
    older = f"cone-{language}-{n - 1}" if n > 1 else None
    title = {"zh": f"松果计划奖励（第 {n} 版）", "en": f"Cone Plan rewards, version {n}"}[language]
    made = document(
        f"cone-{language}-{n}", locale=language, title=title, product="cone", kind="policy", supersedes=older, **dates
    )
    return passage(f"P{n}", made, text, on=dates.pop("on", TODAY))


def said(language: Language, *passages: Any) -> Draft:
    asked = {"zh": "松果计划签约一家门店得几枚徽章", "en": "how many badges for a store in the Cone Plan"}[language]
    return COMPOSER.draft(question(asked), plan(language, "policy"), Evidence(passages=passages))


def items(draft: Draft) -> list[tuple[str, ...]]:
    return [s.passages for s in draft.sentences if s.block == "item"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_versions_in_force_on_one_day_with_different_values_are_shown_side_by_side(language: Language) -> None:
    draft = said(language, version(1, 40, language, start=FIRST), version(2, 70, language, start=date(2026, 1, 1)))
    assert sorted(items(draft)) == [("P1",), ("P2",)]
    whole = " ".join(s.text for s in draft.sentences)
    assert all(part in whole for part in ("40", "70", "2024-01-01", "2026-01-01"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_version_that_has_ended_is_no_conflict(language: Language) -> None:
    draft = said(
        language, version(1, 40, language, start=FIRST, end=LAST), version(2, 70, language, start=date(2026, 1, 1))
    )
    assert items(draft) == []
    whole = " ".join(s.text for s in draft.sentences)
    assert "70" in whole
    assert "40" not in whole


def test_two_versions_that_state_the_same_value_are_no_conflict() -> None:
    assert items(said("zh", version(1, 40, start=FIRST), version(2, 40, start=date(2026, 1, 1)))) == []


def test_different_numbers_of_different_things_are_no_conflict() -> None:
    other = passage("P2", document("cone-other", title="松果计划名额", product="cone"), "松果计划每月开放 500 个名额。")
    assert items(said("zh", version(1, 40, start=FIRST), other)) == []
