"""Stage 4: nothing unverified leaves. A draft that fails is repaired once, then replaced; the outcome says which."""

from datetime import date

import structlog

from bot.answering.ports import Desk
from bot.answering.types import Draft, Evidence, Finding, Frozen, Outcome, Plan, Question, Sentence, Verdict
from bot.answering.verify import verify

log = structlog.get_logger()


class Checked(Frozen):
    """A draft that verify has passed, and how it got there."""

    draft: Draft
    outcome: Outcome
    findings: tuple[Finding, ...] = ()  # what the first draft was objected for


async def pass_or_replace(question: Question, plan: Plan, draft: Draft, evidence: Evidence, desk: Desk) -> Checked:
    today = question.now.date()
    verdict = verify(draft, evidence, desk.catalog, today)
    if verdict.passed:
        return Checked(draft=draft, outcome=_plain_outcome(plan, draft, evidence))
    log.warning("draft_blocked", composer=draft.composer, findings=[f.kind for f in verdict.findings])
    repaired = repair(draft, verdict)
    if repaired is not None and _passes(repaired, evidence, desk, today):
        return Checked(draft=repaired, outcome="repaired", findings=verdict.findings)
    replacement = await desk.fallback.compose(question, plan, evidence) if draft.composer != "embedded" else draft
    for candidate in (replacement, repair(replacement, verify(replacement, evidence, desk.catalog, today))):
        if candidate is not None and candidate is not draft and _passes(candidate, evidence, desk, today):
            return Checked(draft=candidate, outcome="replaced", findings=verdict.findings)
    return Checked(draft=desk.cannot_say(plan.language), outcome="replaced", findings=verdict.findings)


def repair(draft: Draft, verdict: Verdict) -> Draft | None:
    """The draft without the faulty sentences; None when the heart of it (the first one) or most of it is among them."""
    faulty = {finding.sentence for finding in verdict.findings}
    kept: tuple[Sentence, ...] = tuple(s for i, s in enumerate(draft.sentences) if i not in faulty)
    if not kept or 0 in faulty or len(kept) * 2 < len(draft.sentences):
        return None
    return draft.model_copy(update={"sentences": kept})


def _passes(draft: Draft, evidence: Evidence, desk: Desk, today: date) -> bool:
    return verify(draft, evidence, desk.catalog, today).passed


def _plain_outcome(plan: Plan, draft: Draft, evidence: Evidence) -> Outcome:
    if plan.clarification is not None:
        return "clarify"
    intents = {step.intent for step in plan.steps}
    if plan.decline is not None or intents <= {"out_of_scope"} or "not_found" in evidence.unavailable:
        return "declined"
    of_shop = evidence.judged or any(evidence.insights.values())
    silent = not evidence.answerable or "documents_silent" in draft.warnings
    if silent and not of_shop and intents <= {"policy", "howto"}:
        return "declined"
    return "grounded" if intents & SERVED else "declined"


SERVED = frozenset(
    {
        "overview", "metric", "improve", "compare", "explain", "what_if", "plan", "points", "effect", "forecast",
        "policy", "howto", "help", "smalltalk",
    }
)  # fmt: skip
