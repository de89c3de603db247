"""The marks of one answer, by the labels of its turn: how it ended, steps, slots, facts, language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import permutations
from typing import TypeVar

from pydantic import BaseModel

from bot.answering.types import Answer, Frozen, Intent, Language, Step
from bot.evaluating.facts import Book, FactMark, fact_marks, figure_marks
from bot.evaluating.reading import Labelled, Wanted
from bot.evaluating.slots import slot_right

ENDED = {"clarify": "clarify", "declined": "decline", "failed": "failed"}  # everything else is an answer
FULL, HALF = re.compile(r"[，。；：？！、]"), re.compile(r"[,.;:?!](?=\s|$)")
MOST = 6  # steps that are tried against each other in every order
T = TypeVar("T", bound=BaseModel)


class StepMark(Frozen):
    """One labelled step: whether the plan has it, and which of its slots are right. `merchant_id` is wrong, labelled or
    not, where the plan took a shop that nobody named."""

    intent: Intent
    right: bool
    slots: dict[str, bool]


class Marks(Frozen):
    """What is right about one answer. `steps` is empty where there is nothing to judge: a turn without labelled steps,
    or one that was rightly asked back. `surplus`: steps of the plan beyond those judged, which no
    label takes."""

    ending: bool
    language: bool
    steps: tuple[StepMark, ...] = ()
    surplus: int = 0
    facts: tuple[FactMark, ...] = ()
    follow_up: bool = False  # whether the turn is one
    figures: int = 0  # in the text, held against the data
    untrue: tuple[str, ...] = ()  # the metrics of those that differ

    @property
    def understood(self) -> bool:
        """Every step's intent and every slot right."""
        return all(step.right and all(step.slots.values()) for step in self.steps)

    @property
    def right(self) -> bool:
        """Everything right at once."""
        told = all(fact.right for fact in self.facts)
        return self.ending and self.language and self.understood and told and not self.surplus and not self.untrue


def judge(turn: Labelled, answer: Answer, named: frozenset[str], book: Book) -> Marks:
    """All marks. `named`: shops that the turn or those before it name; `book`: the data, apart from the answer."""
    ending = ended(answer.outcome)
    steps, surplus = step_marks(turn, answer.plan, ending, named)
    figures, untrue = figure_marks(answer, turn.now.date(), book)
    return Marks(
        ending=ending in turn.endings,
        language=right_language(turn, answer),
        steps=steps,
        surplus=surplus,
        facts=fact_marks(turn, answer, ending, book),
        follow_up=turn.follow_up,
        figures=figures,
        untrue=untrue,
    )


def failed(turn: Labelled) -> Marks:
    """The marks of a turn whose answering broke down: nothing is right."""
    steps = (StepMark(intent=w.intent, right=False, slots=dict.fromkeys(w.slots, False)) for w in turn.steps)
    facts = (FactMark(kind=f.kind, name="", right=False, why="failed") for f in turn.facts)
    return Marks(ending=False, language=False, steps=tuple(steps), facts=tuple(facts), follow_up=turn.follow_up)


def ended(outcome: str) -> str:
    """answer, clarify, decline or failed."""
    return ENDED.get(outcome, "answer")


def right_language(turn: Labelled, answer: Answer) -> bool:
    """Whether the answer is in a language that the labels take, by its word and by its sentences."""
    return answer.language in {turn.language, *turn.language_also} and answer.language == spoken(answer.text)


def spoken(text: str) -> Language:
    """The language of a text's sentences by their punctuation, whatever names and titles stand in them."""
    return "zh" if len(FULL.findall(text)) > len(HALF.findall(text)) else "en"


def step_marks(
    turn: Labelled, plan: Sequence[Step], ending: str, named: frozenset[str]
) -> tuple[tuple[StepMark, ...], int]:
    """(marks of the labelled steps, how many other steps the plan has that no label takes)."""
    if not turn.steps or (ending == "clarify" and ending in turn.endings):
        return (), 0
    if not plan and ending == "decline":
        plan = (Step(intent="out_of_scope"),)  # declined before there was a plan
    wanted, got = _once(turn.steps), _once(plan)
    today = turn.now.date()
    pairs = pair(wanted, got, today, turn.own)
    known = named if turn.own is None else named | {turn.own}
    marks = [_mark(step, pairs.get(at), today, turn.own, known) for at, step in enumerate(wanted)]
    taken = frozenset().union(*(step.intents for step in wanted))
    judged = list(pairs.values())
    return tuple(marks), sum(step.intent not in taken and step not in judged for step in got)


def pair(wanted: Sequence[Wanted], got: Sequence[Step], today: date, own: str | None) -> Mapping[int, Step]:
    """The step of the plan that each labelled step (by its place) is judged on: the best assignment as a whole, by
    intents, then by slots, then by order. A labelled step left without one shares a step that is right for it in full:
    two steps that agree count once."""
    places = range(max(len(wanted), min(len(got), MOST)))
    fits = [[_fit(w, g, today, own) for g in got] for w in wanted]

    def worth(order: tuple[int, ...]) -> tuple[int, int, int]:
        found = [fits[at][g] for at, g in enumerate(order) if g < len(got)]
        turned = sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])
        return sum(right for right, _ in found), sum(slots for _, slots in found), -turned

    best = max(permutations(places, len(wanted)), key=worth)
    paired = {at: got[g] for at, g in enumerate(best) if g < len(got)}
    for at, step in enumerate(wanted):
        if at in paired and paired[at].intent in step.intents:
            continue
        whole = [g for g, fit in zip(got, fits[at], strict=True) if fit == (True, len(step.slots))]
        if whole:
            paired[at] = whole[0]
    return paired


def _fit(wanted: Wanted, got: Step, today: date, own: str | None) -> tuple[bool, int]:
    slots = sum(slot_right(wanted, slot, got.slots, today, own) for slot in wanted.slots)
    return got.intent in wanted.intents, slots


def _mark(wanted: Wanted, got: Step | None, today: date, own: str | None, known: frozenset[str]) -> StepMark:
    if got is None:
        return StepMark(intent=wanted.intent, right=False, slots=dict.fromkeys(wanted.slots, False))
    slots = {slot: slot_right(wanted, slot, got.slots, today, own) for slot in wanted.slots}
    if got.slots.merchant_id is not None and got.slots.merchant_id not in known:
        slots["merchant_id"] = False
    return StepMark(intent=wanted.intent, right=got.intent in wanted.intents, slots=slots)


def _once(steps: Iterable[T]) -> list[T]:
    """Steps that agree in intent and slots count once."""
    kept: list[T] = []
    for step in steps:
        if step not in kept:
            kept.append(step)
    return kept
