"""`ccare eval`: labelled questions asked, judged by code, and reported."""

import asyncio
import shlex
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InputError

BRAINS = ("embedded",)


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled questions, one JSON object a line.")],
    brain: Annotated[str, typer.Option(help="What answers: embedded.")] = "embedded",
    out: Annotated[Path | None, typer.Option(help="Where run.json and the reports go; default: under .ccare.")] = None,
    against: Annotated[Path | None, typer.Option(help="The run.json of an earlier run, to compare with.")] = None,
    passes: Annotated[int, typer.Option(min=1, max=20, help="Ask each question so often, in fresh conversations.")] = 1,
    log: Annotated[
        Path | None, typer.Option(help="One line of sums goes here; of a sealed set always beside it.")
    ] = None,
) -> None:
    """Ask labelled questions, judge the answers by code, report. A sealed set shows sums only, and that five times."""
    from bot.asking import open_desk
    from bot.evaluating.comparing import compare, read_run
    from bot.evaluating.page import page
    from bot.evaluating.reading import is_sealed
    from bot.evaluating.report import markdown, summary
    from bot.evaluating.running import evaluate as run_all
    from bot.evaluating.sealing import log_beside, require_turn, write_log
    from bot.settings import read_settings
    from bot.terminal import progress

    if brain not in BRAINS:
        raise InputError(f"There is no brain {brain}; the brains are: {', '.join(BRAINS)}.")
    settings = read_settings()
    sealed = any(is_sealed(path) for path in files)
    logs = {path.resolve(): path for path in [*([log_beside(files)] if sealed else []), *([log] if log else [])]}
    if sealed:
        require_turn(list(logs.values()))
    before = read_run(against) if against else None
    target = out or settings.data / "eval" / f"{datetime.now(tz=settings.zone):%Y%m%dT%H%M%S}"
    command = _command(files, brain, passes)
    with progress() as show:
        run = asyncio.run(
            run_all(files, open_desk(settings), settings, show, passes=passes, brain=brain, command=command)
        )
    for each in logs.values():
        write_log(each, run)
    comparison = compare(before, run) if before else None
    target.mkdir(parents=True, exist_ok=True)
    (target / "run.json").write_text(run.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (target / "report.md").write_text(markdown(run, comparison), encoding="utf-8")
    (target / "report.html").write_text(page(run, comparison), encoding="utf-8")
    typer.echo(summary(run))
    typer.echo(f"\nrun.json, report.md and report.html are in {target}.")


def _command(files: list[Path], brain: str, passes: int) -> str:
    more = ["--passes", str(passes)] if passes > 1 else []
    return shlex.join(["ccare", "eval", *map(str, files), "--brain", brain, *more])
