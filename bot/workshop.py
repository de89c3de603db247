"""Preparing what answering needs: the demo platform, snapshots, the document index; each in generations."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.errors import SetupError
from bot.generations import Generations
from bot.settings import Settings

Progress = Callable[[str, float], None]


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
        if current is None or current.name != demo_name(self.settings.demo_seed, anchor):
            self.build_demo(self.settings.demo_seed, anchor, progress)

    def build_demo(self, seed: int, anchor: date, progress: Progress) -> Path:
        from tools.demo.generate import generate

        def write(out: Path) -> None:
            generate(out, seed=seed, anchor=anchor, progress=progress)

        name = demo_name(seed, anchor)
        self.platform.build(name, write)
        return self.platform.root / name

    def fresh_snapshot(self, progress: Progress) -> None:
        current = self.snapshot.current()
        if current is None or current.name != self._snapshot_name():
            self.build_snapshot(progress)

    def build_snapshot(self, progress: Progress) -> Path:
        from tools.catalog import load_catalog
        from tools.snapshot import build_snapshot

        platform = self.platform.current()
        if platform is None:
            raise SetupError(no_platform(self.settings))
        name = self._snapshot_name()

        def write(out: Path) -> None:
            build_snapshot(platform, out, catalog=load_catalog(), progress=progress)

        self.snapshot.build(name, write)
        return self.snapshot.root / name

    def knowledge_name(self) -> str:
        """The name of an index of the documents as they are now."""
        from knowledge.index import corpus_hash

        return f"k-{corpus_hash(self.settings.corpus)}"

    def fresh_knowledge(self, progress: Progress) -> None:
        current = self.knowledge.current()
        if current is None or current.name != self.knowledge_name():
            self.build_knowledge(progress)

    def build_knowledge(self, progress: Progress) -> Path:
        from knowledge.embed import cached_embedder
        from knowledge.index import build_index, verify_index

        embedder = cached_embedder()
        name = self.knowledge_name()

        def write(out: Path) -> None:
            build_index(self.settings.corpus, out, embedder=embedder, progress=progress)
            verify_index(out, embedder)

        self.knowledge.build(name, write)
        return self.knowledge.root / name

    def _snapshot_name(self) -> str:
        from tools.catalog import load_catalog
        from tools.store import FORMAT

        platform = self.platform.current()
        return f"s-{platform.name if platform else 'none'}-c{load_catalog().version}-f{FORMAT}"


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
