"""Preparing what answering needs: the demo platform, snapshots, the document index; each in generations."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import SetupError
from bot.generations import Generations
from bot.settings import Settings

if TYPE_CHECKING:
    from tools.snapshot_recipe import Report

Progress = Callable[[str, float], None]
DAYS = ".days"  # under the snapshots: measured days, from which the next snapshot takes what did not change


class Snapshot(NamedTuple):
    """A published snapshot, and what it took to build."""

    path: Path
    report: "Report"


class Workshop:
    """The three kinds of generations under the data directory, and how each is made."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.platform = Generations(settings.data / "platform")
        self.snapshot = Generations(settings.data / "snapshot")
        self.knowledge = Generations(settings.data / "knowledge")

    def today(self) -> date:
        return datetime.now(tz=self.settings.zone).date()

    def ready(self, progress: Progress) -> None:
        """Everything that a first conversation needs; what is there and current is left alone."""
        self.fresh_demo(progress)
        self.fresh_snapshot(progress)
        self.fresh_knowledge(progress)

    def fresh_demo(self, progress: Progress) -> None:
        """A demo platform that ends yesterday, unless an operator's own data are loaded."""
        current = self.platform.current()
        if current is not None and not current.name.startswith("demo-"):
            return
        anchor = self.today() - timedelta(days=1)
        if not self.platform.holds(demo_name(self.settings.demo_seed, anchor)):
            self.build_demo(self.settings.demo_seed, anchor, progress)

    def build_demo(self, seed: int, anchor: date, progress: Progress) -> Path:
        from tools.demo.generate import generate

        def write(out: Path) -> None:
            generate(out, seed=seed, anchor=anchor, progress=progress)

        self.platform.build(demo_name(seed, anchor), write)
        return _published(self.platform)

    def fresh_snapshot(self, progress: Progress) -> None:
        if not self.snapshot.holds(_snapshot_name(self.platform.current())):
            self.build_snapshot(progress)

    def build_snapshot(
        self, progress: Progress, *, full: bool = False, engine: str = "duckdb", database: str | None = None
    ) -> Snapshot:
        """Measure the loaded platform; whoever answers goes on, and picks the new snapshot up when it is there.

        Days that did not change since they were measured are taken over, and where nothing at all changed nothing is
        done, unless `full`. `engine` and `database`: as of `tools.engine.open_platform`.
        """
        from tools.catalog import load_catalog
        from tools.snapshot_recipe import keys_of, unchanged

        platform = self.platform.current()
        if platform is None:
            raise SetupError(no_platform(self.settings))
        name, current = _snapshot_name(platform), self.snapshot.current()
        if not full and current is not None and self.snapshot.holds(name):
            done = unchanged(current, platform)
            if done is not None:
                return Snapshot(current, done)
        from tools.snapshot import build_snapshot
        from tools.snapshot_store import DayStore

        store = DayStore(self.snapshot.root / DAYS)
        alone = not full or store.tidy(keep=())  # else another job is at work: its days are left alone, and not used

        def write(out: Path) -> "Report":
            return build_snapshot(
                platform, out, catalog=load_catalog(), progress=progress, engine=engine, database=database,
                days=store.root if alone else None,
            )  # fmt: skip

        def overtaken() -> bool:
            """By the snapshot of rows that were loaded meanwhile: nobody goes back to the day before."""
            newest = self.platform.current()
            return newest != platform and self.snapshot.holds(_snapshot_name(newest))

        report = self.snapshot.build(name, write, overtaken=overtaken)
        store.tidy(keep=keys_of(self.snapshot.root / name for name in self.snapshot.names()))
        return Snapshot(_published(self.snapshot), report)

    def documents(self) -> list[Path]:
        """The folders whose documents are indexed: the corpus, and what was ingested."""
        ingested = self.settings.documents
        return [self.settings.corpus, *([ingested] if ingested.is_dir() else [])]

    def knowledge_name(self) -> str:
        """The name of an index of the documents as they are now."""
        from knowledge.index import corpus_hash

        return f"k-{corpus_hash(self.documents())}{'-server' if self.settings.chroma else ''}"

    def fresh_knowledge(self, progress: Progress) -> None:
        """An index of the documents as they are now, unless one of exactly these was taken back; damage is mended."""
        from bot.publishing import is_sound, withdrawn

        name = self.knowledge_name()
        if name != withdrawn(self) and not (self.knowledge.holds(name) and is_sound(self)):
            self.build_knowledge(progress)

    def build_knowledge(self, progress: Progress, *, publish: bool = True) -> Path:
        """Index the documents, prove the index and publish it; without `publish` it waits beside the published one."""
        from bot.publishing import tidy_server, welcome
        from knowledge.embed import cached_embedder
        from knowledge.golden import require_golden
        from knowledge.index import build_index
        from knowledge.soundness import verify_index

        embedder, server = cached_embedder(), self.settings.chroma
        before, documents = self.knowledge.current(), self.documents()

        def write(out: Path) -> None:
            build_index(documents, out, embedder=embedder, progress=progress, before=before, server=server)
            verify_index(out, embedder, server=server)
            require_golden(out, documents, embedder, self.today(), server=server)

        self.knowledge.build(self.knowledge_name(), write, publish=publish)
        tidy_server(self)
        if not publish:
            return self.knowledge.root / self.knowledge.names()[-1]
        welcome(self)
        return _published(self.knowledge)


def _snapshot_name(platform: Path | None) -> str:
    """By the platform, the catalog (its version, for people, and its content) and the code that measures."""
    from tools.catalog import load_catalog
    from tools.snapshot_recipe import recipe
    from tools.store import FORMAT

    catalog = load_catalog()
    return f"s-{platform.name if platform else 'none'}-c{catalog.version}-f{FORMAT}-{recipe(catalog)[:8]}"


def _published(generations: Generations) -> Path:
    path = generations.current()
    if path is None:
        raise SetupError(f"{generations.root} was emptied while it was written to; run the command again.")
    return path


def demo_name(seed: int, anchor: date) -> str:
    return f"demo-{seed}-{anchor.isoformat()}"


def no_snapshot(workshop: Workshop) -> str:
    if workshop.platform.current() is None:
        return no_platform(workshop.settings)
    return f"There is no snapshot of the merchant data in {workshop.settings.data}. Run `ccare data snapshot`."


def no_platform(settings: Settings) -> str:
    return (
        f"There are no merchant data in {settings.data}. Run `ccare data demo` for the demo platform, "
        "or `ccare data import --mapping FILE` for your own."
    )
