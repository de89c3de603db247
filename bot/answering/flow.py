"""The one flow: question -> understand -> (retrieve || measure) -> compose -> verify -> reply."""

import asyncio

from bot.answering.compose import compose
from bot.answering.gate import pass_or_replace
from bot.answering.measure import measure
from bot.answering.ports import Desk
from bot.answering.reply import reply
from bot.answering.retrieve import retrieve
from bot.answering.timing import Stopwatch
from bot.answering.types import Answer, Evidence, Plan, Question
from bot.answering.understand import taken_up, understand


async def answer(question: Question, desk: Desk) -> tuple[Answer, Plan]:
    """Answer one question with what may be said to this Principal, and nothing that verify has not passed.

    The Plan comes along for whoever keeps the conversation.
    """
    desk, watch = desk.pinned(), Stopwatch()
    with watch.stage("understand"):
        question = taken_up(question)
        plan = understand(question, desk)
    found, measured = await asyncio.gather(
        watch.timed("retrieve", retrieve, question, plan, desk),
        watch.timed("measure", measure, question, plan, desk),
    )
    evidence = Evidence(
        measurements=measured.measurements,
        cards=measured.cards,
        insights=measured.insights,
        barred=measured.barred,
        judged=measured.judged,
        passages=found.passages,
        disputes=found.disputes,
        reading=found.reading,
        answerable=found.answerable,
        unavailable=measured.unavailable,
    )
    with watch.stage("compose"):
        draft = await compose(question, plan, evidence, desk)
    with watch.stage("verify"):
        checked = await pass_or_replace(question, plan, draft, evidence, desk)
    with watch.stage("reply"):
        answered = reply(question, plan, checked, evidence, desk)
    return answered.model_copy(update={"timings_ms": watch.read()}), plan
