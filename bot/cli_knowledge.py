"""`ccare knowledge`: build the document index, search it, check, compare, publish and take back."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InputError

knowledge = typer.Typer(help="Documents: build, search, check, compare, publish.", no_args_is_help=True)

JSON = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@knowledge.command()
def build(
    hold: Annotated[bool, typer.Option("--hold", help="Do not publish it yet: look at `diff` first.")] = False,
) -> None:
    """Index the documents; the old index answers until the new one is complete and has found itself."""
    from bot.settings import read_settings
    from bot.terminal import progress
    from bot.workshop import Workshop

    with progress() as show:
        path = Workshop(read_settings()).build_knowledge(show, publish=not hold)
    if hold:
        typer.echo(
            f"The document index {path.name} is ready and not published. "
            f"Compare it with `ccare knowledge diff --to {path.name}`, then `ccare knowledge publish {path.name}`."
        )
    else:
        typer.echo(f"The document index is ready in {path}.")


@knowledge.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Folders or files: Markdown, HTML, PDF, DOCX, XLSX, TXT.")],
    audience: Annotated[str | None, typer.Option(help="Who may read them: merchant, provider or all.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose own documents these are; nobody else sees them.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, but write nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove documents whose source is gone.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as one line of JSON.")] = False,
) -> None:
    """Turn your own files into documents that can be read, corrected and indexed. Exit code 1 if one was rejected."""
    from bot.ingesting import ingest_lines
    from bot.terminal import progress

    with progress() as show:
        lines, sound = ingest_lines(
            paths, audience=audience, tenant=tenant, dry_run=dry_run, prune=prune, as_json=as_json, progress=show
        )
    for line in lines:
        typer.echo(line)
    raise typer.Exit(0 if sound else 1)


@knowledge.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for, zh or en.")],
    role: Annotated[str, typer.Option(help="Who reads: merchant or provider.")] = "merchant",
    on: Annotated[str | None, typer.Option(help="The day the rules must hold on, ISO; default: today.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
) -> None:
    """Show the passages that would be found, best first."""
    from bot.searching import search_lines

    for line in search_lines(text, role=role, on=on, limit=limit):
        typer.echo(line)


@knowledge.command()
def check() -> None:
    """List what is wrong or old in the documents, and verify the published index."""
    from bot.searching import check_lines

    lines, sound = check_lines()
    for line in lines:
        typer.echo(line)
    raise typer.Exit(0 if sound else 1)


@knowledge.command()
def diff(
    from_: Annotated[str | None, typer.Option("--from", help="An index; default: the one before.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="An index; default: the published one.")] = None,
    until: Annotated[
        str | None, typer.Option(help="Instead: what begins or ends by the calendar from today to this day, ISO.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """What a new index changes, and for whom: rules that came, went, began, ended or say something else."""
    from bot.noticing import notice_lines
    from bot.settings import read_settings
    from bot.workshop import Workshop

    workshop = Workshop(read_settings())
    current = workshop.knowledge.current()
    if to is not None and from_ is None and current is not None and current.name != to:
        from_ = current.name  # one that waits is compared with what it would take the place of
    for line in notice_lines(workshop, from_, to, _day(until), as_json=as_json):
        typer.echo(line)


@knowledge.command()
def publish(name: Annotated[str, typer.Argument(help="A finished index that waits, or an earlier one.")]) -> None:
    """Prove an index and let it answer; running processes take it up at their next question."""
    from bot import publishing
    from bot.settings import read_settings
    from bot.workshop import Workshop

    path = publishing.publish(Workshop(read_settings()), name)
    typer.echo(f"The document index {path.name} answers now.")


@knowledge.command()
def rollback() -> None:
    """Go back to the index before; the present one stays away until it is published or the documents change."""
    from bot.publishing import roll_back
    from bot.settings import read_settings
    from bot.workshop import Workshop

    path = roll_back(Workshop(read_settings()))
    typer.echo(f"The document index {path.name} answers again. `ccare knowledge diff` shows what was taken back.")


@knowledge.command()
def stale(as_json: JSON = False) -> None:
    """Documents that were to be compared with their source by now, the longest overdue first."""
    from bot.noticing import stale_lines
    from bot.settings import read_settings
    from bot.workshop import Workshop

    for line in stale_lines(Workshop(read_settings()), as_json=as_json):
        typer.echo(line)


@knowledge.command()
def gaps(
    since: Annotated[str | None, typer.Option(help="Only questions from this day on, ISO.")] = None,
    as_json: JSON = False,
) -> None:
    """Questions that the documents did not answer, those that ask for the same together, the most frequent first."""
    from bot.gap_groups import gap_lines
    from bot.gap_store import GapStore
    from bot.settings import read_settings
    from knowledge.embed import cached_embedder

    day = _day(since)
    for line in gap_lines(GapStore(read_settings().data).read(day), cached_embedder(), since=day, as_json=as_json):
        typer.echo(line)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text} is not a day; write it as 2026-12-31.") from error
