"""The terminal's view: an Answer as text, with its sources beneath; and progress of long work."""

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.answering.types import Answer, Citation
from bot.workshop import Progress
from prompts import Prompts

BOLD = re.compile(r"\*\*(.+?)\*\*")


def to_json(answer: Answer) -> str:
    """One line of JSON; absent slots are left out."""
    data: dict[str, Any] = answer.model_dump(mode="json", by_alias=True)
    for step in data["plan"]:
        step["slots"] = {name: value for name, value in step["slots"].items() if value is not None}
    return json.dumps(data, ensure_ascii=False)


def to_text(answer: Answer, prompts: Prompts, *, colour: bool) -> str:
    """What a person reads: the answer, then one line for each source."""
    text = BOLD.sub("\033[1m\\1\033[0m" if colour else "\\1", answer.text)
    sources = [_source(c, answer.language, prompts) for c in answer.citations]
    if not sources:
        return text
    dim = ("\033[2m", "\033[0m") if colour else ("", "")
    return "\n".join([text, "", *(f"{dim[0]}{line}{dim[1]}" for line in sources)])


def pictures(paths: Sequence[Path], answer: Answer, prompts: Prompts) -> str:
    """One line for each picture: what it shows, and where it lies."""
    return "\n".join(
        prompts.text(answer.language, "chat.picture", alt=chart.alt, path=str(path))
        for chart, path in zip(answer.charts, paths, strict=True)
    )


def _source(citation: Citation, language: str, prompts: Prompts) -> str:
    where = f"{citation.title} · {citation.section}" if citation.section else citation.title
    dates = _dates(citation, language, prompts)
    if citation.status == "illustrative":
        dates = prompts.text(language, "chat.illustrative", dates=dates)
    return prompts.text(language, "chat.source", id=citation.id, where=where, dates=dates)


def _dates(citation: Citation, language: str, prompts: Prompts) -> str:
    since, until = citation.valid_from, citation.valid_until
    if since and until:
        return prompts.text(language, "chat.valid_between", since=str(since), until=str(until))
    if since:
        return prompts.text(language, "chat.valid_since", since=str(since))
    return (
        prompts.text(language, "chat.valid_until", until=str(until))
        if until
        else prompts.text(language, "chat.undated")
    )


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """Shows long work on standard error: a bar on a terminal, a line for each step elsewhere."""
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines()


@contextlib.contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(what: str, done: float) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=1.0)
            bars.update(tasks[what], completed=min(done, 1.0))

        yield show


def _lines() -> Progress:
    begun: dict[str, float] = {}

    def show(what: str, done: float) -> None:
        if what not in begun:
            begun[what] = time.monotonic()
            sys.stderr.write(f"{what} ...\n")
        elif done >= 1.0 and begun[what] >= 0:
            sys.stderr.write(f"{what}: done in {time.monotonic() - begun[what]:.0f} s\n")
            begun[what] = -1.0
        sys.stderr.flush()

    return show
