"""Stage 3: the evidence becomes a Draft. A composer that fails is replaced by the embedded one."""

import structlog

from bot.answering.ports import Desk
from bot.answering.types import Draft, Evidence, Plan, Question

log = structlog.get_logger()


async def compose(question: Question, plan: Plan, evidence: Evidence, desk: Desk) -> Draft:
    if desk.composer is desk.fallback:
        return await desk.fallback.compose(question, plan, evidence)
    try:
        return await desk.composer.compose(question, plan, evidence)
    except Exception as error:  # whatever a model or its network throws, the merchant still gets an answer
        log.warning("composer_failed", error=type(error).__name__)
        return await desk.fallback.compose(question, plan, evidence)
