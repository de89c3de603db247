"""`ccare knowledge`: build the document index, search it, check the documents."""

from typing import Annotated

import typer

knowledge = typer.Typer(help="Documents: build, search, check.", no_args_is_help=True)


@knowledge.command()
def build() -> None:
    """Index the documents; the old index answers until the new one is complete and has found itself."""
    from bot.settings import read_settings
    from bot.terminal import progress
    from bot.workshop import Workshop

    with progress() as show:
        path = Workshop(read_settings()).build_knowledge(show)
    typer.echo(f"The document index is ready in {path}.")


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
