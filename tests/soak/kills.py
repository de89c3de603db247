"""kill -9 at random points of a publish, with queries running: no query may see a mixed or empty index."""

import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from bot.assemble import assemble
from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.types import Audience
from tests.soak.outcome import Outcome

KILLS = 50
PUBLISH = (
    "import sys; from pathlib import Path\n"
    "from bot.settings import Settings; from bot.workshop import Workshop\n"
    "Workshop(Settings(data=Path(sys.argv[1]), corpus=Path(sys.argv[2]))).build_knowledge(lambda what, done: None)\n"
)


def during_publish(settings: Settings) -> Outcome:
    chance = random.Random(13)
    home = Path(".ccare") / "soak"
    shutil.rmtree(home, ignore_errors=True)
    own = settings.model_copy(update={"data": home})
    Workshop(own).build_knowledge(lambda what, done: None)
    desk = assemble(own)
    vector = desk.embedder.query("搜索直达的触发词最多几个")
    whole = _probe(desk, vector)
    bad = killed = 0
    for trial in range(KILLS):
        corpus = _variant(settings.corpus, home / "corpus", trial)
        publisher = subprocess.Popen([sys.executable, "-c", PUBLISH, str(home), str(corpus)])
        until = time.monotonic() + chance.uniform(0.2, 4.0)
        while time.monotonic() < until and publisher.poll() is None:
            bad += _probe(desk, vector) != whole
        if publisher.poll() is None:
            publisher.send_signal(signal.SIGKILL)
            killed += 1
        publisher.wait()
        bad += _probe(desk, vector) != whole
    return Outcome(
        "kill -9 during publish, queries running",
        KILLS,
        "no mixed or empty index",
        f"{bad} bad queries, {killed} kills before the end",
        bad > 0,
    )


def _probe(desk: object, vector: object) -> tuple[str, ...]:
    found = desk.library.search(  # type: ignore[attr-defined]
        "搜索直达的触发词最多几个",
        vector=vector,
        audience=Audience(role="merchant"),
        on=date(2026, 11, 22),
        locale="zh",
    )
    return tuple(p.passage_id for p in found.passages)


def _variant(corpus: Path, where: Path, trial: int) -> Path:
    """The same documents and one more, so that every publish has something to do."""
    shutil.rmtree(where, ignore_errors=True)
    shutil.copytree(corpus, where)
    sample = sorted(where.rglob("glossary-en.md"))[0]
    sample.write_text(sample.read_text(encoding="utf-8") + f"\nRevision {trial} of this page.\n", encoding="utf-8")
    return where
