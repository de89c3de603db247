"""The embedded composer: every sentence from a pattern, every figure by reference, every rule with its passage."""

from collections.abc import Callable

from bot.answering.embedded.compose_card import CardReader
from bot.answering.embedded.compose_certainty import certain, certain_value
from bot.answering.embedded.compose_compare import compare
from bot.answering.embedded.compose_documents import from_documents
from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_improve import improve
from bot.answering.embedded.compose_insights import speak
from bot.answering.embedded.compose_leave import leave, running
from bot.answering.embedded.compose_metric import metric_value
from bot.answering.embedded.compose_overview import overview
from bot.answering.embedded.compose_talk import clarify, talk
from bot.answering.embedded.compose_voice import Voice, pick_of
from bot.answering.types import Draft, Evidence, Language, Plan, Question, Sentence, Slots, Step
from prompts import Prompts
from tools.catalog import Catalog
from tools.insights import Insight, Running

Measured = Callable[[Question, Slots, Evidence, CardReader], None]
_MEASURED: dict[str, Measured] = {"overview": overview, "metric": metric_value, "improve": improve, "compare": compare}
_FROM_TOOLS = frozenset({"explain", "what_if", "plan", "points", "effect", "forecast"})
_NO_CARD = frozenset({"empty", "not_connected", "forbidden"})


class EmbeddedComposer:
    """Implements `Composer` without a model: deterministic for the same question, plan and evidence."""

    def __init__(self, catalog: Catalog, prompts: Prompts) -> None:
        self._catalog = catalog
        self._prompts = prompts

    async def compose(self, question: Question, plan: Plan, evidence: Evidence) -> Draft:
        return self.draft(question, plan, evidence)

    def draft(self, question: Question, plan: Plan, evidence: Evidence) -> Draft:
        voice = Voice(self._prompts, plan.language, pick_of(question), question.now.date())
        asked = plan.clarification or plan.decline
        if asked is not None:
            clarify(asked, voice)
        for at, step in enumerate(plan.steps):
            insights = evidence.of_step(at)
            if step.intent == "policy":
                self._rule(question, step, evidence, voice, at)
            elif (insights and step.intent not in _MEASURED) or step.slots.metric in self._catalog.series_by_id:
                self._insights(question, step, insights, evidence, voice)
            else:
                self._step(question, step, evidence, voice, insights)
        return voice.draft()

    def _insights(
        self, question: Question, step: Step, insights: tuple[Insight, ...], evidence: Evidence, voice: Voice
    ) -> None:
        """What the tools found for a step; why there is nothing, where they found nothing."""
        if not insights:
            voice.say(_why_no_card(evidence))
            return
        found = [Found(question, step.slots, i, evidence, self._catalog, voice) for i in insights]
        if not (step.slots.sure and certain(found)):
            speak(found)

    def _rule(self, question: Question, step: Step, evidence: Evidence, voice: Voice, at: int) -> None:
        """What the documents say, behind what holds for the shop that was asked about."""
        judged, insights = evidence.judged.get(at), evidence.of_step(at)
        if judged is not None and leave(judged, evidence, voice):
            return
        told = [
            running(Found(question, step.slots, i, evidence, self._catalog, voice), i)
            for i in insights
            if isinstance(i, Running)
        ]
        if not any(told):
            from_documents(question, step.slots, step.intent, evidence, voice)

    def _step(
        self, question: Question, step: Step, evidence: Evidence, voice: Voice, insights: tuple[Insight, ...]
    ) -> None:
        if step.intent == "howto":
            from_documents(question, step.slots, step.intent, evidence, voice)
        elif step.intent in _MEASURED:
            base = step.slots.metric or ""
            if step.slots.sure and certain_value(base, evidence, self._catalog, voice):
                return
            if evidence.cards and evidence.cards[0].state not in _NO_CARD:
                reader = CardReader(evidence.cards[0], evidence, self._catalog, voice, insights)
                _MEASURED[step.intent](question, step.slots, evidence, reader)
            else:
                voice.say(_why_no_card(evidence))
        elif step.intent in _FROM_TOOLS:
            voice.say(_why_no_card(evidence))
        else:
            talk(question, step.intent, voice)


def _why_no_card(evidence: Evidence) -> str:
    """The pattern that says why there are no figures to speak of."""
    for reason in ("not_found", "too_early"):
        if reason in evidence.unavailable:
            return f"states.{reason}"
    young = bool(evidence.cards) and evidence.cards[0].newest_day is not None
    return "states.too_young" if young else "states.no_data"


def cannot_say(prompts: Prompts, language: Language) -> Draft:
    """What is said when nothing that was composed could be verified."""
    return Draft(language=language, sentences=(Sentence(text=prompts.text(language, "states.cannot_say")),))
