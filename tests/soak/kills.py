"""kill -9 at random points of a publish and of the snapshot job, with queries running.

No query may see a mixed or empty index, no reader any day but the published one, and what is rebuilt after any
number of kills must be what is built from nothing.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from bot.assemble import assemble
from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.types import Audience
from tests.platforms import load_until
from tests.soak.outcome import Outcome
from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.reader import SnapshotMeter
from tools.store import FILE
from tools.types import Access

KILLS = 50
SNAPSHOT_KILLS = 100
NEWEST = date(2026, 11, 21)
ASKED = "M0003"
PUBLISH = (
    "import sys; from pathlib import Path\n"
    "from bot.settings import Settings; from bot.workshop import Workshop\n"
    "Workshop(Settings(data=Path(sys.argv[1]), corpus=Path(sys.argv[2]))).build_knowledge(lambda what, done: None)\n"
)
MEASURE = (
    "import sys; from pathlib import Path\n"
    "from bot.settings import Settings; from bot.workshop import Workshop\n"
    "Workshop(Settings(data=Path(sys.argv[1]))).build_snapshot(lambda what, done: None)\n"
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


def during_snapshot(kills: int = SNAPSHOT_KILLS) -> Outcome:
    """A new day, an old one, all days gone: every job is killed somewhere, and readers look on meanwhile."""
    chance = random.Random(17)
    home = Path(".ccare") / "soak-snapshot"
    shutil.rmtree(home, ignore_errors=True)
    workshop = Workshop(Settings(data=home))
    tables = {n: t for n, t in slice_industry(seed=7, anchor=NEWEST, merchants=30, days=60).items() if n != "feeds"}
    days = [NEWEST - timedelta(days=n) for n in range(3)]
    right = {day: _visitors(tables, day) for day in days}
    load_until(workshop, tables, days[-1])
    bad = killed = finished = 0
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", MEASURE, str(home)], check=True)
    took = time.monotonic() - begun
    for trial in range(kills):
        load_until(workshop, tables, days[trial % len(days)])
        if trial % 4 == 0:
            shutil.rmtree(workshop.snapshot.root / ".days", ignore_errors=True)
        begun = time.monotonic()
        job = subprocess.Popen([sys.executable, "-c", MEASURE, str(home)])
        until = begun + chance.uniform(0.3, 1.1 * took)
        while time.monotonic() < until and job.poll() is None:
            bad += not _reads_right(workshop, right)
            time.sleep(0.05)
        if job.poll() is None:
            job.send_signal(signal.SIGKILL)
            killed += 1
        else:
            finished += 1
        job.wait()
        bad += not _reads_right(workshop, right)
    kept = workshop.build_snapshot(lambda _what, _done: None)
    left = len(list(workshop.snapshot.root.glob(".building-*")))
    fresh = workshop.build_snapshot(lambda _what, _done: None, full=True)
    same = _rows(kept.path) == _rows(fresh.path)
    return Outcome(
        "kill -9 during the snapshot job, readers beside it",
        kills,
        "old or new day, whole; then the same rows as from nothing",
        f"{bad} bad reads, {killed} kills before the end, {finished} ended first, {left} left over, "
        f"{'the same rows' if same else 'OTHER ROWS'}",
        bad > 0 or left > 0 or not same,
    )


def _visitors(tables: dict[str, pa.Table], until: date) -> float:
    rows = tables["activity"].to_pylist()
    first = until - timedelta(days=27)
    return float(
        len({r["user_id"] for r in rows if r["merchant_id"] == ASKED and first <= r["day"] <= until and r["visits"]})
    )


def _reads_right(workshop: Workshop, right: dict[date, float]) -> bool:
    path = workshop.snapshot.current()
    if path is None:
        return False
    meter = SnapshotMeter(path, load_catalog())
    try:
        card = meter.card(Access(merchants=frozenset({ASKED})), ASKED, on=NEWEST, today=NEWEST + timedelta(days=1))
    finally:
        meter.close()
    return card.as_of == meter.newest and card.figures["visitors_28d"].value == right[card.as_of]


def _rows(snapshot: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(snapshot / FILE), read_only=True) as con:
        names = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: con.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(names)}
