"""Asking: a text and an asker become a Question, the flow answers it, and the thread remembers the turn."""

import uuid
from collections import defaultdict, deque
from datetime import datetime

import structlog

from bot.answering.flow import answer
from bot.answering.gaps import Gap, GapBook, gap_kind
from bot.answering.gate import SERVED
from bot.answering.types import Answer, Plan, Question, Turn
from bot.assemble import Workbench
from bot.gap_store import GapStore
from bot.intake import QuestionLine, localised
from bot.masking import masked
from bot.principals import resolve
from bot.settings import Settings

log = structlog.get_logger()
REMEMBERED = 6  # turns of a thread that can still be referred to


class Conversations:
    """The threads of one process. A thread belongs to who began it: another asker's turns are never its history."""

    def __init__(self, desk: Workbench, settings: Settings, gaps: GapBook | None = None) -> None:
        self._desk, self._settings = desk, settings
        self._gaps = gaps or GapStore(settings.data)
        self._turns: dict[tuple[str, str], deque[Turn]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    async def ask(
        self, text: str, *, asker: str, now: datetime, thread: str | None = None, id: str | None = None
    ) -> Answer:
        """Answer one message; InputError when there is no such asker."""
        principal = resolve(asker, self._desk.meter, on=now.date())
        history = self._turns[asker, thread] if thread else deque[Turn]()
        question = Question(
            id=id or uuid.uuid4().hex[:12],
            text=text,
            principal=principal,
            now=now,
            thread=thread,
            history=tuple(history),
        )
        answered, plan = await answer(question, self._desk)
        self._note_gap(question, answered, plan)
        if not {step.intent for step in plan.steps} & SERVED:
            plan = plan.model_copy(update={"steps": ()})  # nothing was answered: there is nothing to go on from
        offers = plan.clarification is None and plan.decline is None
        history.append(Turn(text=text, plan=plan, offered=next(iter(answered.suggestions), None) if offers else None))
        return answered.model_copy(update={"question": text})

    def _note_gap(self, question: Question, answered: Answer, plan: Plan) -> None:
        """Keep what the documents did not answer, without whoever asked it; a failure here never costs the answer."""
        kind = gap_kind(answered, plan)
        if kind is None:
            return
        try:
            names = [m.name for m in self._desk.meter.merchants(question.principal.access)]
            nearest = next((c.title for c in answered.citations), "")
            text = masked(question.text, [*names, *question.principal.merchants])
            self._gaps.record(
                Gap(text=text, language=answered.language, kind=kind, asked_at=question.now, nearest=nearest)
            )
        except Exception as error:  # whatever a book throws: the answer stands
            log.warning("gap_not_recorded", error=type(error).__name__)

    def introduce(self, asker: str) -> str:
        """Who asks, by name: "老陈面馆 (M0001)"; InputError when there is nobody of that id."""
        principal = resolve(asker, self._desk.meter, on=datetime.now(tz=self._settings.zone).date())
        shop = principal.own_merchant
        if shop is None:
            return principal.id
        return f"{self._desk.meter.merchants(principal.access)[0].name} ({shop})"

    async def ask_line(self, line: QuestionLine) -> Answer:
        zone = self._settings.zone
        now = localised(line.now, zone) if line.now else datetime.now(tz=zone)
        return await self.ask(line.question, asker=line.asker, now=now, thread=line.thread, id=line.id)
