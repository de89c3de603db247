"""Labelled questions: what is asked, by whom, and what a right answer is. The format is described in SETS.md."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from bot.answering.types import Frozen, Intent, Language, Slots
from bot.errors import InputError
from bot.intake import QuestionLine, read_lines

Ending = Literal["answer", "clarify", "decline"]
FORM = "A labelled line holds id, question, as, now, language, expect and steps, as tests/evals/SETS.md says."
SEALED = "sealed"  # a file of that name shows sums only


class Wanted(Frozen):
    """One labelled step: an intent, others that are right too, and the values that its slots should have."""

    intent: Intent
    also: tuple[Intent, ...] = ()
    slots: dict[str, Any] = Field(default_factory=dict)
    slots_also: dict[str, tuple[Any, ...]] = Field(default_factory=dict)

    @property
    def intents(self) -> frozenset[str]:
        return frozenset({self.intent, *self.also})

    def values(self, slot: str) -> tuple[Any, ...]:
        """Every value of a slot that counts as right; () where the slot is not labelled."""
        return (self.slots[slot], *self.slots_also.get(slot, ())) if slot in self.slots else ()

    @field_validator("slots", "slots_also")
    @classmethod
    def _known(cls, slots: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(slots) - set(Slots.model_fields))
        if unknown:
            raise ValueError(f"there is no slot {unknown[0]}")
        return slots


class Fact(Frozen):
    """What a right answer shows: exactly one of these, `of` beside a measure only."""

    measure: str | None = None
    of: str | None = None
    cites: tuple[str, ...] | None = None
    not_cites: tuple[str, ...] | None = None
    says: tuple[str, ...] | None = None
    nothing_of: str | None = None

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set - {"of"}))

    @model_validator(mode="after")
    def _one(self) -> "Fact":
        if len(self.model_fields_set - {"of"}) != 1:
            raise ValueError("a fact is one of measure, cites, not_cites, says, nothing_of")
        return self


class Labelled(QuestionLine):
    """One turn with its labels."""

    now: datetime  # never the moment of the run: the labels hold for one day
    language: Language
    language_also: tuple[Language, ...] = ()
    mixed: bool = False
    expect: Ending
    expect_also: tuple[Ending, ...] = ()
    steps: tuple[Wanted, ...]
    follow_up: bool = False
    facts: tuple[Fact, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def endings(self) -> frozenset[str]:
        return frozenset({self.expect, *self.expect_also})

    @property
    def tongue(self) -> str:
        return "mixed" if self.mixed else self.language

    @property
    def own(self) -> str | None:
        """The asker's shop; None for an account manager, who has many."""
        role, _, id = self.asker.partition(":")
        return id if role == "merchant" else None


def is_sealed(path: Path) -> bool:
    return SEALED in path.name


def read_sets(paths: Sequence[Path]) -> list[tuple[Path, int, Labelled]]:
    """(file, number of the line, turn), in order; InputError for a file or line that cannot be read, or an id twice."""
    turns: list[tuple[Path, int, Labelled]] = []
    seen: dict[str, Path] = {}
    for path in paths:
        for number, turn in read_lines(path, Labelled, FORM):
            if turn.id in seen:
                raise InputError(f"{path}, line {number}: the id {turn.id} stands in {seen[turn.id]} already.")
            seen[turn.id] = path
            turns.append((path, number, turn))
    return turns


def named_before(turns: Sequence[tuple[Path, int, Labelled]]) -> dict[str, frozenset[str]]:
    """By id, the shops that the turn itself or earlier turns of its thread name."""
    so_far: dict[tuple[Path, str], frozenset[str]] = {}
    found: dict[str, frozenset[str]] = {}
    for path, _, turn in turns:
        here = {v for step in turn.steps for v in step.values("merchant_id")}
        key = (path, turn.thread or f"alone {turn.id}")
        so_far[key] = so_far.get(key, frozenset()) | here
        found[turn.id] = so_far[key]
    return found
