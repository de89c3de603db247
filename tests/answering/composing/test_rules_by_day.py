"""A rule is told for the day that is asked about: versions made here, indexed for real (soak `dates` counts on)."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.answering.types import Draft
from tests.soak.dates import MARKED, TODAY, Asking, Case, Family, Version, cases, prepared, wrong

FEW = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asking, list[Family]]]:
    asking, families, library = prepared(tmp_path_factory.mktemp("versions"), random.Random(41), 24)
    yield asking, families
    library.close()


def test_the_version_of_the_day_is_told_and_no_other_as_if_it_held(made: tuple[Asking, list[Family]]) -> None:
    asking, families = made
    stream = cases(families, random.Random(43))
    assert [said for _ in range(FEW) if (said := wrong(next(stream), asking))] == []


def test_every_first_and_last_day_belongs_to_its_version(made: tuple[Asking, list[Family]]) -> None:
    asking, families = made
    found = []
    for family in families:
        for version in family.versions:
            for day in (version.start, version.end):
                if day is not None and sum(v.holds(day) for v in family.versions) == 1:
                    draft, _, _ = asking.ask(asked(family, day), family.language, day)
                    found += [(version.id, day)] if not tells(version, draft_text(draft)) else []
    assert found == []


def test_the_day_after_the_last_version_is_told_as_over(made: tuple[Asking, list[Family]]) -> None:
    asking, families = made
    closed = [family for family in families if family.versions[-1].end is not None]
    assert closed
    for family in closed:
        day = max(v.end for v in family.versions if v.end is not None) + timedelta(days=1)
        draft, _, passed = asking.ask(asked(family, day), family.language, day)
        assert passed
        assert any(word in draft_text(draft) for word in MARKED["ended"]), draft_text(draft)


def test_a_reader_that_takes_every_rule_as_valid_is_caught(made: tuple[Asking, list[Family]]) -> None:
    asking, families = made
    family = next(f for f in families if f.versions[-1].end is not None and f.versions[-1].end < TODAY)

    class Careless(Asking):
        def __init__(self) -> None:
            self.__dict__.update(asking.__dict__)

        def ask(self, text, language, day):  # type: ignore[no-untyped-def]
            draft, evidence, passed = super().ask(text, language, day)
            plain = [s.model_copy(update={"text": f"[{id}]"}) for s in draft.sentences for id in s.passages]
            return draft.model_copy(update={"sentences": tuple(plain)}), evidence, passed

    day = date(2026, 11, 20)
    assert wrong(Case(asked(family, day), family, day), Careless()) is not None


def asked(family: Family, day: date) -> str:
    if family.language == "zh":
        return f"{family.name}计划在{day.year}年{day.month}月{day.day}日签约一家门店给多少枚徽章"
    return f"how many badges for each store in the {family.name} Plan on {day:%d %B %Y}"


def tells(version: Version, text: str) -> bool:
    return f" {version.value} " in text


def draft_text(draft: Draft) -> str:
    return "\n".join(s.text for s in draft.sentences)
