"""`ccare doctor`: is everything in place? One line a part, with what to do where it is not."""

import sys
from collections.abc import Callable, Iterator

import typer

from bot.settings import Settings, read_settings
from bot.workshop import Workshop


def examine() -> int:
    """Print a line for each part; returns the number of problems."""
    settings = read_settings()
    problems = 0
    for name, verdict in _findings(settings):
        problems += verdict is not None
        typer.echo(f"{'ok ' if verdict is None else 'NOT'}  {name}" + (f": {verdict}" if verdict else ""))
    return problems


def _findings(settings: Settings) -> Iterator[tuple[str, str | None]]:
    workshop = Workshop(settings)
    yield (
        f"Python {sys.version_info.major}.{sys.version_info.minor}",
        None if sys.version_info[:2] == (3, 11) else "3.11 is needed",
    )
    yield "embedder", _attempt(_embeds)
    yield "documents", _attempt(lambda: _documents(settings))
    platform = workshop.platform.current()
    yield "merchant data", _attempt(lambda: _platform(workshop)) if platform else "run `ccare data demo` or `import`"
    yield (
        "snapshot",
        _attempt(lambda: _snapshot(workshop)) if workshop.snapshot.current() else "run `ccare data snapshot`",
    )
    yield (
        "document index",
        _attempt(lambda: _index(workshop)) if workshop.knowledge.current() else "run `ccare knowledge build`",
    )
    yield "room to write", _attempt(lambda: _writes(settings))


def _attempt(work: Callable[[], object]) -> str | None:
    try:
        work()
    except Exception as error:  # the doctor reports whatever is wrong, and goes on to the next part
        return str(error) or type(error).__name__
    return None


def _embeds() -> None:
    from knowledge.embed import cached_embedder

    cached_embedder().query("ok")


def _documents(settings: Settings) -> None:
    from knowledge.load import load_documents

    load_documents(Workshop(settings).documents())


def _platform(workshop: Workshop) -> None:
    from tools.engine import open_platform

    path = workshop.platform.current()
    if path is not None:
        open_platform(path).close()


def _snapshot(workshop: Workshop) -> None:
    from tools.catalog import load_catalog
    from tools.reader import SnapshotMeter

    path = workshop.snapshot.current()
    if path is not None:
        SnapshotMeter(path, load_catalog()).close()


def _index(workshop: Workshop) -> None:
    from knowledge.embed import cached_embedder
    from knowledge.soundness import verify_index

    path = workshop.knowledge.current()
    if path is not None:
        verify_index(path, cached_embedder(), server=workshop.settings.chroma)


def _writes(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    probe = settings.data / ".doctor"
    probe.write_text("ok", encoding="utf-8")
    probe.unlink()
