"""The steps of a message: which question each clause asks, and what the conversation fills in."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from bot.answering.embedded import followup
from bot.answering.embedded.classifier import Classifier
from bot.answering.embedded.classifier_exemplars import NO_FIGURE
from bot.answering.embedded.slots_kinds import kind_of, products_of
from bot.answering.embedded.understand_clauses import MOST_STEPS, clauses_of
from bot.answering.embedded.understand_figures import MEASURED
from bot.answering.embedded.understand_intents import refined
from bot.answering.embedded.understand_reading import Reading
from bot.answering.embedded.understand_situations import only_tells
from bot.answering.embedded.understand_slots import in_context, steps_of
from bot.answering.ports import Embedder
from bot.answering.types import Intent, Plan, Question, Slots, Step
from tools.catalog import Catalog

Chances = dict[Intent, float]
Whole = tuple[Chances, dict[str, float]]  # what the whole question asks, and which figure it means
Label = TypeVar("Label", bound=str)
CHATTER: frozenset[Intent] = frozenset({"smalltalk", "help"})
# How much the whole question says about one of its clauses.
WHOLE = 0.5


def _best(chances: Chances) -> tuple[Intent, float]:
    intent = max(chances, key=lambda i: chances[i])
    return intent, chances[intent]


def _blend(clause: dict[Label, float], whole: dict[Label, float]) -> dict[Label, float]:
    raw = {i: clause[i] * whole[i] ** WHOLE for i in clause}
    total = sum(raw.values()) or 1.0
    return {i: v / total for i, v in raw.items()}


class StepReader:
    """Reads steps; the question is embedded once, its clauses are told apart by their words."""

    def __init__(self, catalog: Catalog, embedder: Embedder, classifier: Classifier) -> None:
        self._catalog, self._embedder, self._classifier = catalog, embedder, classifier

    def steps(self, question: Question, reading: Reading, before: Plan | None) -> tuple[list[Step], float]:
        """At most three steps and the lowest probability among their intents."""
        today = question.now.date()
        if before is not None:
            carried = self._carried(reading, before.steps[-1], today)
            if carried:
                return carried[:MOST_STEPS], before.confidence
        vector = self._embedder.query(question.text)
        whole, meant = self._classifier.question(reading, vector), self._classifier.figure(reading, vector)
        alone = followup.name_only(reading)
        if alone is not None:
            alone = refined(reading, alone, today, self._catalog)
            return steps_of(reading, alone, today, self._catalog), whole[alone]
        clauses = self._clauses(clauses_of(reading), reading, (whole, self._known(meant)), today)
        steps = [_of_one_score(step) for found, _ in clauses for step in found]
        if before is not None and steps:
            steps[0] = self._leaning(steps[0], reading, before.steps[-1], today)
        return _distinct(steps)[:MOST_STEPS], min(p for _, p in clauses)

    def _carried(self, reading: Reading, before: Step, today: date) -> list[Step]:
        if followup.is_yes(reading):
            offered = followup.OFFERED.get(before.intent)
            return [Step(intent=offered, slots=followup.inherit(Slots(), before.slots, offered))] if offered else []
        intent = followup.carried_intent(reading, before)
        if intent is None:
            return []
        intent = refined(reading, intent, today, self._catalog)
        if followup.bare_kind(reading) == "show":
            return [Step(intent=intent, slots=followup.inherit(Slots(chart=True), before.slots, intent))]
        if followup.bare_kind(reading) == "sure":
            return [Step(intent=intent, slots=followup.inherit(Slots(sure=True), before.slots, intent))]
        found = steps_of(reading, intent, today, self._catalog)
        kept = [_of_rule(s, reading, before, self._catalog) if intent == "policy" else before.slots for s in found]
        inherited = [
            Step(intent=intent, slots=followup.inherit(s.slots, k, intent)) for s, k in zip(found, kept, strict=True)
        ]
        return [in_context(s, reading, today, self._catalog) for s in inherited]

    def _clauses(
        self, clauses: Sequence[Reading], reading: Reading, whole: Whole, today: date
    ) -> list[tuple[list[Step], float]]:
        found: list[tuple[list[Step], float]] = []
        if len(clauses) > 1:
            for at, clause in enumerate(clauses):
                if only_tells(clause, clauses[at + 1 :], today):
                    continue
                read = self._clause(clause, whole, today, found[-1][0][-1] if found else None)
                if not (found and _unnamed_points(read[0], clause)):
                    found.append(read)
            found = [f for f in found if f[0][0].intent not in CHATTER] or found[:1]
        if len({s.intent for steps, _ in found for s in steps}) < 2 and not _several_subjects(found):
            intent, chance = _best(whole[0])
            intent = refined(reading, intent, today, self._catalog)
            return [(steps_of(reading, intent, today, self._catalog, whole[1]), chance)]
        return found

    def _clause(self, clause: Reading, whole: Whole, today: date, before: Step | None) -> tuple[list[Step], float]:
        chances = _blend(self._classifier.clause(clause), whole[0])
        intent, chance = _best(chances)
        carried = followup.carried_intent(clause, before) if before else None
        if carried is not None:
            intent, chance = carried, max(chance, chances[carried])
        intent = refined(clause, intent, today, self._catalog)
        meant = _blend(self._known(self._classifier.clause_figure(clause)), whole[1])
        steps = steps_of(clause, intent, today, self._catalog, meant)
        return ([self._within(s, before) for s in steps] if before else steps), chance

    def _known(self, meant: dict[str, float]) -> dict[str, float]:
        """The chances without figures that this catalog does not have."""
        known = {NO_FIGURE, *self._catalog.by_id, *self._catalog.dimension_by_id, *self._catalog.series_by_id}
        return {id: p for id, p in meant.items() if id in known}

    def _within(self, step: Step, before: Step) -> Step:
        """A later clause without a subject speaks of the subject of the one before."""
        slots = step.slots
        if step.intent in MEASURED and before.intent in MEASURED and not (slots.metric or slots.dimension):
            subject = Slots(metric=before.slots.metric, dimension=before.slots.dimension)
            return Step(intent=step.intent, slots=followup.inherit(slots, subject, step.intent))
        return step

    def _leaning(self, step: Step, reading: Reading, before: Step, today: date) -> Step:
        """A question with an intent of its own but no subject goes on about the subject before."""
        slots, kept, subject = step.slots, before.slots, Slots()
        own = slots.metric or slots.dimension or slots.product
        if step.intent in ("policy", "howto") and not own and followup.leans_back(reading):
            subject = Slots(product=kept.product)
        elif (
            step.intent in MEASURED - {"overview"}
            and not own
            and followup.leans_back(reading)
            and not reading.of("score", "other")
        ):
            target = kept.target if step.intent == "plan" else None
            subject = Slots(metric=kept.metric, dimension=kept.dimension, target=target)
        inherited = Step(intent=step.intent, slots=followup.inherit(slots, subject, step.intent))
        return in_context(inherited, reading, today, self._catalog)


def _of_rule(step: Step, reading: Reading, before: Step, catalog: Catalog) -> Slots:
    """What a rule takes over: the shop only from a rule asked for it, the end asked for only of what is named now."""
    slots = before.slots
    if before.intent != "policy":
        return slots.model_copy(update={"merchant_id": None, "kind": None})
    if slots.kind is None or step.slots.product is None:
        return slots
    return slots.model_copy(update={"kind": kind_of(reading.text, step.slots.product, products_of(catalog))})


def _of_one_score(step: Step) -> Step:
    """An overview of one score is the value of that score."""
    return Step(intent="metric", slots=step.slots) if step.intent == "overview" and step.slots.dimension else step


def _unnamed_points(steps: Sequence[Step], clause: Reading) -> bool:
    """A balance of points that the clause does not name: "and what were they worth?" asks about what came before it."""
    return all(step.intent == "points" for step in steps) and not clause.of("product")


def _several_subjects(found: Sequence[tuple[list[Step], float]]) -> bool:
    """Two clauses of one intent are two questions when each names its own figure or product."""
    subjects = [(s.slots.metric, s.slots.dimension, s.slots.product) for steps, _ in found for s in steps]
    return len({s for s in subjects if any(s)}) > 1


def _distinct(steps: Sequence[Step]) -> list[Step]:
    return [s for i, s in enumerate(steps) if s not in steps[:i]]
