"""The one composition root: settings in, a desk that answers out. Every part can be replaced by keyword."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.answering.embedded.compose import EmbeddedComposer, cannot_say
from bot.answering.embedded.understand import EmbeddedUnderstander
from bot.answering.ports import Composer, Library, Understander
from bot.answering.retrieve import audience
from bot.answering.types import Draft, Language, Principal
from bot.errors import SetupError
from bot.generations import Generations
from bot.settings import Settings
from bot.workshop import Workshop, no_snapshot
from knowledge.embed import Embedder, cached_embedder
from knowledge.types import Covered
from prompts import Prompts, load_prompts
from tools.catalog import Catalog, load_catalog
from tools.insights import Arguments, Insight
from tools.types import Access

if TYPE_CHECKING:
    from tools.reader import SnapshotMeter

T = TypeVar("T")


class Published(Generic[T]):
    """What is read from the published generation; a new one is picked up at the next question, without a restart."""

    def __init__(self, generations: Generations, open_: Callable[[Path], T], missing: str) -> None:
        self._generations, self._open, self._missing = generations, open_, missing
        self._lock = threading.Lock()
        self._held: tuple[Path, T] | None = None

    def path(self) -> Path:
        """The published directory; SetupError says how to make one."""
        path = self._generations.current()
        if path is None:
            raise SetupError(self._missing)
        return path

    def get(self) -> T:
        path = self.path()
        with self._lock:
            if self._held is None or self._held[0] != path:
                self._held = (path, self._open(path))
            return self._held[1]


@dataclass(frozen=True)
class Pinned(Generic[T]):
    """One generation, whatever is published meanwhile."""

    value: T

    def get(self) -> T:
        return self.value


@dataclass(frozen=True)
class Workbench:
    """The Desk of `bot.answering.ports`, with the generations behind it."""

    catalog: Catalog
    embedder: Embedder
    understander: Understander
    composer: Composer
    fallback: Composer
    prompts: Prompts
    published_library: Published[Library] | Pinned[Library]
    published_meter: "Published[SnapshotMeter] | Pinned[SnapshotMeter]"

    @property
    def library(self) -> Library:
        return self.published_library.get()

    @property
    def meter(self) -> "SnapshotMeter":
        return self.published_meter.get()

    def pinned(self) -> "Workbench":
        """The same desk on the generations of this moment: one answer never mixes two days."""
        return replace(self, published_library=Pinned(self.library), published_meter=Pinned(self.meter))

    def tool(self, access: Access, arguments: Arguments) -> Insight:
        from tools.toolbox import run

        return run(self.meter, access, arguments)

    def cannot_say(self, language: Language) -> Draft:
        return cannot_say(self.prompts, language)


def assemble(
    settings: Settings,
    *,
    catalog: Catalog | None = None,
    embedder: Embedder | None = None,
    understander: Understander | None = None,
    composer: Composer | None = None,
) -> Workbench:
    """Wire everything. Cheap: indexes, models and snapshots are opened by the first question that needs them."""
    workshop = Workshop(settings)
    chosen_catalog = catalog or load_catalog()
    chosen_embedder = embedder or cached_embedder()
    prompts = load_prompts()
    embedded = EmbeddedComposer(chosen_catalog, prompts)

    def opened_library(path: Path) -> Library:
        from bot.publishing import open_library

        return open_library(workshop, path, chosen_embedder)

    def open_meter(path: Path) -> "SnapshotMeter":
        from tools.reader import SnapshotMeter

        return SnapshotMeter(path, chosen_catalog)

    library = Published(
        workshop.knowledge, opened_library,
        f"There is no document index in {settings.data}. Run `ccare knowledge build`, or `make chat` for everything.",
    )  # fmt: skip

    def covers(text: str, principal: Principal) -> Covered:
        opened, reader = library.get(), audience(principal)
        return opened.covered(chosen_embedder.query(opened.reading(text, audience=reader)), audience=reader)

    meter = Published(workshop.snapshot, open_meter, no_snapshot(workshop))
    return Workbench(
        catalog=chosen_catalog,
        embedder=chosen_embedder,
        understander=understander
        or EmbeddedUnderstander(
            chosen_catalog, chosen_embedder, lambda principal: meter.get().merchants(principal.access), covers
        ),
        composer=composer or embedded,
        fallback=embedded,
        prompts=prompts,
        published_library=library,
        published_meter=meter,
    )
