"""`ccare data`: the demo platform, imports, health, snapshots."""

from datetime import UTC, date
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InputError, SetupError

data = typer.Typer(help="Merchant data: demo, import, check, snapshot.", no_args_is_help=True)


@data.command()
def demo(
    seed: Annotated[int | None, typer.Option(help="Another seed, another platform.")] = None,
    anchor: Annotated[str | None, typer.Option(help="The last day of data, ISO; default: yesterday.")] = None,
) -> None:
    """Generate the demo platform and its snapshot."""
    from datetime import timedelta

    from bot.settings import read_settings
    from bot.terminal import progress
    from bot.workshop import Workshop

    settings = read_settings()
    workshop = Workshop(settings)
    chosen = _date(anchor) if anchor else workshop.today() - timedelta(days=1)
    with progress() as show:
        path = workshop.build_demo(settings.demo_seed if seed is None else seed, chosen, show)
        workshop.build_snapshot(show)
    typer.echo(f"The demo platform is ready in {path}; its last day is {chosen.isoformat()}.")


@data.command(name="import")
def import_(
    mapping: Annotated[Path, typer.Option(help="A mapping file: where each table and column comes from.")],
) -> None:
    """Load your own data by a mapping; bad rows are kept aside with their reason, and counted."""
    from bot.settings import read_settings
    from bot.terminal import progress
    from bot.workshop import Workshop
    from tools.importing.load import import_data
    from tools.importing.report import describe

    workshop = Workshop(read_settings())
    with progress() as show:
        report = workshop.platform.build(_import_name(mapping), lambda out: import_data(mapping, out, progress=show))
        workshop.build_snapshot(show)
    for line in describe(report):
        typer.echo(line)


@data.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="The whole check as one line of JSON.")] = False,
) -> None:
    """Say what is there, what it allows, what is wrong and what to do. Exit code 1 where something is an error."""
    from bot.settings import read_settings
    from bot.workshop import Workshop, no_platform
    from tools.importing.health import check as look
    from tools.importing.health_report import report_lines

    settings = read_settings()
    workshop = Workshop(settings)
    platform = workshop.platform.current()
    if platform is None:
        raise SetupError(no_platform(settings))
    health = look(platform, workshop.today())
    if as_json:
        typer.echo(health.model_dump_json())
    else:
        for line in report_lines(health):
            typer.echo(line)
    if health.broken:
        raise typer.Exit(1)


@data.command()
def snapshot(
    engine: Annotated[str, typer.Option(help="What computes: duckdb, postgres or spark.")] = "duckdb",
    database: Annotated[str | None, typer.Option(help="With postgres: postgresql://user@host:5432/name.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Measure every day anew, even where nothing changed.")] = False,
) -> None:
    """Compute every merchant's figures, peers and scores from the loaded data; unchanged days are taken over."""
    from bot.settings import read_settings
    from bot.terminal import progress
    from bot.workshop import Workshop

    with progress() as show:
        built = Workshop(read_settings()).build_snapshot(show, full=full, engine=engine, database=database)
    computed, reused, seconds = built.report
    if not computed and not seconds:
        typer.echo(f"Nothing changed: the snapshot in {built.path} is of these data. Measure all anew with --full.")
        return
    days = "day" if computed == 1 else "days"
    typer.echo(f"The snapshot is ready in {built.path}: {computed} {days} computed, {reused} reused, {seconds:.1f} s.")


def _import_name(mapping: Path) -> str:
    from datetime import datetime

    return f"import-{mapping.stem}-{datetime.now(tz=UTC):%Y%m%dT%H%M%S}"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"“{text}” is not a date; write it like 2026-11-21.") from error
