"""From a question to a Plan without a language model: exemplar classifier, lexicons, date and number parsers."""

from collections.abc import Callable, Sequence

from bot.answering.embedded import followup
from bot.answering.embedded.classifier import Classifier
from bot.answering.embedded.classifier_features import Features
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_text import HAN
from bot.answering.embedded.slots_shop import ShopNames
from bot.answering.embedded.slots_unknown import UnknownFigure, did_you_mean, find_unknown
from bot.answering.embedded.understand_clauses import MOST_STEPS
from bot.answering.embedded.understand_documents import Covers, known, may_be_known
from bot.answering.embedded.understand_figures import MEASURED
from bot.answering.embedded.understand_language import language_of
from bot.answering.embedded.understand_reading import Reading, read
from bot.answering.embedded.understand_shops import share_shop, unclear_shop, which_shop
from bot.answering.embedded.understand_slots import steps_of, with_defaults
from bot.answering.embedded.understand_steps import StepReader
from bot.answering.embedded.understand_subjects import settled
from bot.answering.embedded.understand_text import refusal
from bot.answering.ports import Embedder
from bot.answering.types import Clarification, Language, Plan, Principal, Question, Slots, Step
from tools.catalog import Catalog
from tools.types import Merchant


class EmbeddedUnderstander:
    """The default understander: needs the catalog, the embedder, and the shops within a principal's reach."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        merchants: Callable[[Principal], Sequence[Merchant]],
        covers: Covers | None = None,
    ) -> None:
        """`covers` tells how near a question is to those that the documents answer; without it none is known to be."""
        self._catalog, self._merchants, self._covers = catalog, merchants, covers
        classifier = Classifier(Features())
        self._lexicon = Lexicon(catalog, vocabulary=classifier.vocabulary)
        self._steps = StepReader(catalog, embedder, classifier)
        self._reach: dict[str, tuple[Sequence[Merchant], ShopNames]] = {}

    def understand(self, question: Question) -> Plan:
        """The plan for one message in its conversation: it runs steps, asks back or declines, never two of these."""
        last = question.history[-1].plan.language if question.history else None
        declined = refusal(question.text)
        if declined is not None:
            return Plan(language=last or ("zh" if HAN.search(question.text) else "en"), decline=declined)
        names = self._names(question.principal)
        reading = read(question.text, self._lexicon, names, question.now.date())
        before = followup.last_turn(question)
        language = language_of(reading, last)
        reply = self._reply(question, reading)
        if reply is not None:
            return self._plan(*reply, language)
        steps, confidence = self._steps.steps(question, reading, before.plan if before else None)
        today = question.now.date()
        unsure = self._covers is not None and may_be_known(steps, confidence, today)
        if unsure and self._covers and known(self._covers(question.text, question.principal)):
            steps = steps_of(reading, "policy", today, self._catalog)
        return self._checked(question, reading, steps, language, confidence)

    def _reply(self, question: Question, reading: Reading) -> tuple[Question, Slots] | None:
        """The earlier question and what was missing from it, when this message answers what was asked back."""
        turn = followup.pending(question)
        if turn is None or turn.plan.clarification is None:
            return None
        choices = turn.plan.clarification.choices
        picked = followup.chosen(reading, choices)
        if picked is not None and picked < len(choices):
            reading = read(choices[picked], self._lexicon, self._names(question.principal), question.now.date())
        elif followup.bare_kind(reading) != "same":
            return None
        earlier = question.model_copy(update={"text": turn.text, "history": question.history[:-1]})
        found = steps_of(reading, "metric", question.now.date(), self._catalog)[0].slots
        return earlier, found

    def _plan(self, question: Question, given: Slots, language: Language) -> Plan:
        """The plan for a question asked before, with the slots that the asker has added since."""
        reading = read(question.text, self._lexicon, self._names(question.principal), question.now.date())
        before = followup.last_turn(question)
        steps, confidence = self._steps.steps(question, reading, before.plan if before else None)
        filled = [s.model_copy(update={"slots": followup.inherit(given, s.slots, s.intent)}) for s in steps]
        kept = reading if not (given.merchant_id or given.metric or given.dimension) else reading.without_questions()
        return self._checked(question, kept, filled, language, confidence)

    def _checked(
        self, question: Question, reading: Reading, steps: Sequence[Step], language: Language, confidence: float
    ) -> Plan:
        """The steps, or the one question back that must be answered first."""
        principal, merchants = question.principal, self._merchants(question.principal)
        steps = [settled(s, self._lexicon.data.series, self._catalog) for s in steps]
        asked = unclear_shop(reading, steps, merchants)
        if asked is None:
            steps, asked = self._known_figures(reading, steps, language)
        ready = [with_defaults(s, reading) for s in share_shop(steps, reading, followup.last_shop(question))][
            :MOST_STEPS
        ]
        asked = asked or which_shop(ready, principal, merchants)
        if asked is not None:
            return Plan(language=language, clarification=asked, confidence=confidence)
        return Plan(language=language, steps=tuple(ready), confidence=confidence)

    def _known_figures(
        self, reading: Reading, steps: Sequence[Step], language: Language
    ) -> tuple[list[Step], Clarification | None]:
        """A figure that the catalog lacks is asked back, except where advice on its dimension serves as well."""
        unknown = find_unknown(reading, self._lexicon.data, self._catalog)
        checked: list[Step] = []
        for step in steps:
            series = self._lexicon.data.series.get(step.slots.metric or "")
            if series is not None and step.intent == "what_if":  # a score has no curve for plain figures
                plain = UnknownFigure(self._catalog.name(step.slots.metric or "", language), series.near)
                return list(steps), did_you_mean(plain, self._catalog, language)
            lacking = (
                unknown is not None
                and step.intent in MEASURED - {"overview"}
                and step.slots.metric is None
                and step.slots.dimension is None
            )
            if unknown is None or not lacking:
                checked.append(step)
            elif step.intent in ("improve", "plan") and unknown.improve:
                checked.append(
                    step.model_copy(update={"slots": step.slots.model_copy(update={"dimension": unknown.improve})})
                )
            else:
                return list(steps), did_you_mean(unknown, self._catalog, language)
        return checked, None

    def _names(self, principal: Principal) -> ShopNames:
        """The name index of a reach, kept until the reach itself changes."""
        merchants = self._merchants(principal)
        known = self._reach.get(principal.id)
        if known is None or (known[0] is not merchants and known[0] != merchants):
            known = (merchants, ShopNames(merchants, self._lexicon.data.shop_endings))
            self._reach[principal.id] = known
        return known[1]
