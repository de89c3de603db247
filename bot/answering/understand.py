"""Stage 1: the question becomes a Plan. The Plan may name no merchant that the Principal cannot reach."""

import re

from bot.answering.errors import AnsweringError
from bot.answering.ports import Desk
from bot.answering.types import Clarification, Plan, Question

_YES = re.compile(
    r"(?:y|yes|yeah|yep|sure|ok(?:ay)?|please|yes,? please|do it|go (?:on|ahead)|ok go on|please do|sounds good"
    r"|of course|是|是的|对|对的|好|好的|好啊|好呀|好吧|行|行啊|可以|可以啊|要|要的|嗯|嗯嗯|来吧|来一个|没错"
    r"|麻烦了|看看|看看吧)[\s.!。！~～]*",
    re.IGNORECASE,
)


def taken_up(question: Question) -> Question:
    """A plain "yes" asks for what the last answer offered; anything else stays as it was said."""
    offered = question.history[-1].offered if question.history else None
    if offered is None or not _YES.fullmatch(question.text.strip()):
        return question
    return question.model_copy(update={"text": offered})


def understand(question: Question, desk: Desk) -> Plan:
    """The understander's plan, held against the Principal: reach is decided by code, whatever the brain says.

    An answer speaks of one shop, so that no figure can stand under another's name: several shops are asked back.
    """
    plan = desk.understander.understand(question)
    named = tuple(dict.fromkeys(s.slots.merchant_id for s in plan.steps if s.slots.merchant_id is not None))
    for merchant_id in named:
        if merchant_id not in question.principal.merchants:
            raise AnsweringError(
                f"The plan names {merchant_id}, which is beyond the asker's reach; the understander is broken."
            )
    if len(named) > 1:
        names = {m.merchant_id: m.name for m in desk.meter.merchants(question.principal.access)}
        choices = tuple(names[merchant_id] for merchant_id in named)
        return plan.model_copy(update={"steps": (), "clarification": Clarification(key="which_shop", choices=choices)})
    return plan
