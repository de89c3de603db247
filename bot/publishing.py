"""The life of a document index after it is built: published, compared, taken back, mended.

root/withdrawn    the name of an index that was taken back: a start does not build and publish it again
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.errors import BotError, SetupError
from bot.generations import plain
from bot.workshop import Workshop
from knowledge.errors import IndexDamagedError, IndexMissingError, KnowledgeError

if TYPE_CHECKING:
    from knowledge.changes import Notice
    from knowledge.embed import Embedder
    from knowledge.library import IndexedLibrary

WITHDRAWN = "withdrawn"
Progress = Callable[[str, float], None]
log = structlog.get_logger(__name__)


def publish(workshop: Workshop, name: str) -> Path:
    """Prove a finished index and publish it; UnknownGenerationError, IndexDamagedError or GoldenError leave the old."""
    from knowledge.embed import cached_embedder
    from knowledge.golden import require_golden
    from knowledge.soundness import verify_index

    path = workshop.knowledge.find(name)
    embedder, server = cached_embedder(), workshop.settings.chroma
    verify_index(path, embedder, server=server)
    require_golden(path, workshop.documents(), embedder, workshop.today(), server=server)
    workshop.knowledge.publish(path.name)
    welcome(workshop)
    tidy_server(workshop)
    return path


def roll_back(workshop: Workshop) -> Path:
    """Publish the index before the present one; SetupError where there is none.

    The present one is remembered as taken back: it is not published again until somebody says so.
    """
    from knowledge.embed import cached_embedder
    from knowledge.soundness import verify_index

    current, previous = workshop.knowledge.current(), workshop.knowledge.previous()
    if current is None or previous is None:
        raise SetupError(f"There is no earlier document index in {workshop.knowledge.root} to go back to.")
    verify_index(previous, cached_embedder(), server=workshop.settings.chroma)
    _write(workshop.knowledge.root / WITHDRAWN, plain(current.name))
    workshop.knowledge.publish(previous.name)
    return previous


def withdrawn(workshop: Workshop) -> str | None:
    """The name of the index that was taken back, if any."""
    try:
        return (workshop.knowledge.root / WITHDRAWN).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None


def welcome(workshop: Workshop) -> None:
    """Somebody published: what was taken back may come again."""
    (workshop.knowledge.root / WITHDRAWN).unlink(missing_ok=True)


def difference(workshop: Workshop, old: str | None, new: str | None, on: date) -> tuple["Notice", ...]:
    """What changes from one index to another; by default from the one before to the published one."""
    from knowledge.changes import changes, notices
    from knowledge.shelves import Holdings

    generations = workshop.knowledge
    after = generations.find(new) if new is not None else generations.current()
    before = generations.find(old) if old is not None else generations.previous()
    if before is None or after is None:
        raise SetupError(
            "There are no two document indexes to compare yet. Change the documents and run `ccare knowledge build`."
        )
    return notices(changes(Holdings.read(before), Holdings.read(after), on))


def is_sound(workshop: Workshop) -> bool:
    """Whether every file of the published index is as it was written."""
    from knowledge.index import read_manifest

    path = workshop.knowledge.current()
    if path is None:
        return False
    try:
        read_manifest(path)
    except KnowledgeError:
        return False
    return True


def open_library(workshop: Workshop, path: Path, embedder: "Embedder") -> "IndexedLibrary":
    """The index in `path`. A damaged one is built again from the documents; failing that, the one before answers."""
    from knowledge.library import IndexedLibrary

    server = workshop.settings.chroma
    try:
        return _open(path, embedder, server)
    except (IndexDamagedError, IndexMissingError) as damage:
        log.warning("index_damaged", generation=path.name, why=str(damage))
        try:
            return IndexedLibrary(workshop.build_knowledge(lambda _what, _done: None), embedder, server=server)
        except (KnowledgeError, BotError, OSError) as failure:
            log.warning("index_not_rebuilt", why=str(failure))
            previous = workshop.knowledge.previous()
            if previous is None:
                raise damage from failure
            return _open(previous, embedder, server)


def _open(path: Path, embedder: "Embedder", server: str | None) -> "IndexedLibrary":
    from knowledge.index import read_manifest
    from knowledge.library import IndexedLibrary

    if read_manifest(path, embedder.model).token is not None:  # nobody watches over files that lie elsewhere
        from knowledge.soundness import verify_index

        verify_index(path, embedder, sample=20, server=server)
    return IndexedLibrary(path, embedder, server=server)


def tidy_server(workshop: Workshop) -> None:
    """Remove from the Chroma server what no kept generation needs."""
    if workshop.settings.chroma is None:
        return
    from knowledge.store_server import tidy

    tokens = (_token(workshop.knowledge.root / name) for name in workshop.knowledge.names())
    tidy(workshop.settings.chroma, [token for token in tokens if token is not None])


def _token(path: Path) -> str | None:
    """The build of an index on a server; None for one in a directory, and for one so damaged that nobody can use it."""
    from knowledge.index import read_manifest

    try:
        return read_manifest(path).token
    except KnowledgeError:
        return None


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)
