"""What the documents did not answer, for whoever writes them: seen where an answer is made, kept elsewhere."""

from datetime import datetime
from typing import Literal, Protocol

from bot.answering.types import Answer, Frozen, Language, Plan

GapKind = Literal["unanswered", "off_topic"]
_FROM_DOCUMENTS = frozenset({"policy", "howto"})


class Gap(Frozen):
    """One question that found nothing. `text` is masked before it gets here."""

    text: str
    language: Language
    kind: GapKind
    asked_at: datetime
    nearest: str = ""  # the document that came nearest, by its title


class GapBook(Protocol):
    """Where gaps are kept. A failure to keep one never reaches the asker."""

    def record(self, gap: Gap) -> None: ...


def gap_kind(answer: Answer, plan: Plan) -> GapKind | None:
    """Whether an answer left a gap: a rule or a how-to that the documents do not give, or something else altogether."""
    if answer.outcome != "declined":
        return None
    intents = {step.intent for step in plan.steps}
    if intents & _FROM_DOCUMENTS:
        return "unanswered"
    return "off_topic" if intents == {"out_of_scope"} else None
