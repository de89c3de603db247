"""Asking every labelled turn through the door of `ccare ask --jsonl`, judging the answers, keeping one row of each."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import Field

from bot.answering.gaps import Gap
from bot.answering.types import Answer, Frozen
from bot.assemble import Workbench
from bot.conversation import Conversations
from bot.errors import InputError
from bot.evaluating.facts import Book
from bot.evaluating.judging import Marks, failed, judge
from bot.evaluating.reading import Labelled, is_sealed, named_before, read_sets
from bot.evaluating.totals import Judged, Latency, Repeated, Total, latencies, repeated, totals
from bot.evaluating.truth import Truth
from bot.intake import localised
from bot.principals import resolve
from bot.settings import PROJECT, Settings

log = structlog.get_logger()
NOTHING_ASKED = "none"  # the intent of turns whose labels have no step
Turns = Sequence[tuple[Path, int, Labelled]]
Progress = Callable[[str, float], None]


class Shown(Frozen):
    """A figure of an answer, as kept in a row."""

    name: str
    merchant: str | None
    value: float | None


class Row(Judged):
    """One turn and its (first) answer. `outcome` is the answer's own, or `failed` where there was none."""

    question: str
    asker: str
    wanted: tuple[dict[str, Any], ...]
    plan: tuple[dict[str, Any], ...] = ()
    outcome: str
    answer_language: str = ""
    text: str = ""
    measurements: tuple[Shown, ...] = ()
    citations: tuple[str, ...] = ()


class Run(Frozen):
    """What a run leaves behind. A sealed run has no rows: sums only."""

    commit: str
    command: str
    date: datetime
    brain: str
    files: tuple[str, ...]
    sealed: bool
    versions: dict[str, str]
    n: int
    totals: tuple[Total, ...]
    latency: tuple[Latency, ...]
    repeated: Repeated | None = None
    rows: tuple[Row, ...] = Field(default=())


class NoGaps:
    """A gap book that keeps nothing: questions of an evaluation are nobody's, and sealed ones stay where they are."""

    def record(self, gap: Gap) -> None:
        """Drop it."""


async def evaluate(
    paths: Sequence[Path], desk: Workbench, settings: Settings, show: Progress, *, passes: int, brain: str, command: str
) -> Run:
    """Ask and judge everything. InputError for a file, line or asker that cannot be taken, before anything runs."""
    turns = read_sets(paths)
    check_askers(turns, desk, settings)
    pinned = desk.pinned()  # one snapshot and one index for the whole run
    rows, versions = await ask_all(turns, pinned, settings, passes, show)
    sealed = any(map(is_sealed, paths))
    return Run(
        commit=commit(PROJECT), command=command, date=datetime.now(tz=settings.zone), brain=brain,
        files=tuple(path.name for path in paths), sealed=sealed, versions=versions, n=len(rows),
        totals=tuple(totals(rows)), latency=tuple(latencies(rows)), repeated=repeated(rows),
        rows=() if sealed else tuple(rows),
    )  # fmt: skip


def check_askers(turns: Turns, desk: Workbench, settings: Settings) -> None:
    """InputError names the first line whose asker the data do not know."""
    for path, number, turn in turns:
        try:
            resolve(turn.asker, desk.meter, on=localised(turn.now, settings.zone).date())
        except InputError as error:
            raise InputError(
                f"{path}, line {number}: {error} A labelled set needs the data that it was labelled on."
            ) from error


async def ask_all(
    turns: Turns, desk: Workbench, settings: Settings, passes: int, show: Progress
) -> tuple[list[Row], dict[str, str]]:
    """(a row of every turn, versions of what answered): the first pass is kept, the others say only what was right."""
    named, book = named_before(turns), Truth(desk.meter)
    kept: list[tuple[Labelled, Answer | None, float]] = []
    right: dict[str, list[bool]] = {turn.id: [] for _, _, turn in turns}
    for number in range(passes):
        conversations = Conversations(desk, settings, NoGaps())
        for at, (path, _, turn) in enumerate(turns, start=1):
            answer, ms = await _ask(conversations, path, turn)
            right[turn.id].append(_marks(turn, answer, named, book).right)
            if number == 0:
                kept.append((turn, answer, ms))
            show("Asking" if passes == 1 else f"Asking, pass {number + 1} of {passes}", at / len(turns))
    rows = [_row(turn, answer, _marks(turn, answer, named, book), ms, right[turn.id]) for turn, answer, ms in kept]
    versions = next((answer.versions for _, answer, _ in kept if answer is not None), {})
    return rows, versions


async def _ask(conversations: Conversations, path: Path, turn: Labelled) -> tuple[Answer | None, float]:
    """(the answer, milliseconds); None where answering broke down, which costs this turn and not the run."""
    line = turn.model_copy(update={"thread": f"{path}#{turn.thread}"}) if turn.thread else turn
    began = time.perf_counter()
    try:
        answer = await conversations.ask_line(line)
    except Exception as error:  # whatever breaks is counted; its words might quote the question
        log.warning("answering_failed", error=type(error).__name__)
        answer = None
    return answer, (time.perf_counter() - began) * 1000


def _marks(turn: Labelled, answer: Answer | None, named: Mapping[str, frozenset[str]], book: Book) -> Marks:
    return failed(turn) if answer is None else judge(turn, answer, named[turn.id], book)


def _row(turn: Labelled, answer: Answer | None, marks: Marks, ms: float, passes: Sequence[bool]) -> Row:
    wanted = tuple({"intent": s.intent, "slots": s.slots} for s in turn.steps)
    row = Row(
        id=turn.id, groups=groups(turn), expect=turn.expect, latency_ms=round(ms, 1), marks=marks, passes=tuple(passes),
        question=turn.question, asker=turn.asker, wanted=wanted, outcome="failed",
    )  # fmt: skip
    if answer is None:
        return row
    return row.model_copy(
        update={
            "plan": tuple(s.model_dump(mode="json", by_alias=True, exclude_none=True) for s in answer.plan),
            "outcome": answer.outcome,
            "answer_language": answer.language,
            "text": answer.text,
            "measurements": tuple(
                Shown(name=m.metric, merchant=m.merchant_id, value=m.value) for m in answer.measurements
            ),
            "citations": tuple(c.document for c in answer.citations),
        }
    )


def groups(turn: Labelled) -> dict[str, tuple[str, ...]]:
    """The groups that a turn counts in, by kind."""
    return {
        "intent": tuple(dict.fromkeys(s.intent for s in turn.steps)) or (NOTHING_ASKED,),
        "language": (turn.tongue,),
        "expected": (turn.expect,),
        "asked in": ("a conversation" if turn.thread else "a single question",),
        "asker": (turn.asker.partition(":")[0],),
        "tag": turn.tags,
    }


def commit(project: Path) -> str:
    """The commit of the code, with "-dirty" where files differ from it; "unknown" outside a repository."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=project, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
