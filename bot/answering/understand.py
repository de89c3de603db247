"""Stage 1: the question becomes a Plan. The Plan may name no merchant that the Principal cannot reach."""

from bot.answering.errors import AnsweringError
from bot.answering.ports import Desk
from bot.answering.types import Plan, Question


def understand(question: Question, desk: Desk) -> Plan:
    """The understander's plan, held against the Principal: reach is decided by code, whatever the brain says."""
    plan = desk.understander.understand(question)
    for step in plan.steps:
        named = step.slots.merchant_id
        if named is not None and named not in question.principal.merchants:
            raise AnsweringError(
                f"The plan names {named}, which is beyond the asker's reach; the understander is broken."
            )
    return plan
