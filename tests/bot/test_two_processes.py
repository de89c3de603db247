"""The snapshot job beside processes that answer: they speak of the old day or the new one, and a kill costs nothing."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bot.settings import Settings
from bot.workshop import Workshop
from tests.platforms import load_until
from tools.demo.generate import slice_industry
from tools.snapshot_recipe import Report
from tools.snapshot_store import DayStore
from tools.store import FILE, MANIFEST

ROOT = Path(__file__).resolve().parents[2]
NEW = date(2026, 11, 21)
OLD = NEW - timedelta(days=1)
WAIT = 120  # seconds until a test gives up, on however busy a machine
ANSWERING = """
import asyncio, json, sys
from datetime import datetime
from bot.assemble import assemble
from bot.conversation import Conversations
from bot.settings import read_settings
settings = read_settings()
desk = assemble(settings)
conversations = Conversations(desk, settings)
now = datetime(2026, 11, 22, 10, tzinfo=settings.zone)
for line in sys.stdin:
    answer = asyncio.run(conversations.ask(line.strip(), asker="merchant:M0003", now=now))
    told = [m for m in answer.measurements if m.metric == "visitors_28d"]
    print(json.dumps([answer.outcome, [[m.as_of.isoformat(), m.value] for m in told], answer.text]), flush=True)
"""


def quiet(_what: str, _share: float) -> None:
    return None


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    found = slice_industry(seed=7, anchor=NEW, merchants=30, days=36)
    return {name: table for name, table in found.items() if name != "feeds"}


def start(settings: Settings, *command: str, **more: Any) -> "subprocess.Popen[str]":
    told = {"CCARE_DATA": str(settings.data), "CCARE_CORPUS": str(settings.corpus), "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True, **more
    )


def job(settings: Settings) -> "subprocess.Popen[str]":
    return start(settings, "-m", "bot", "data", "snapshot", stderr=subprocess.DEVNULL)


class Answerer:
    """A process that answers, asked one question after the other."""

    def __init__(self, settings: Settings) -> None:
        self.process = start(settings, "-c", ANSWERING, stdin=subprocess.PIPE, bufsize=1)
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def ask(self) -> tuple[str, float]:
        """(as-of date, visitors) that it says."""
        assert self.process.stdin is not None
        self.process.stdin.write("how many visitors do I have?\n")
        outcome, told, text = json.loads(self.lines.get(timeout=WAIT))
        assert outcome == "grounded", text
        assert told, text
        return told[0][0], told[0][1]

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=WAIT)
        self.process.stdout.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for page in sorted((ROOT / "knowledge" / "corpus").rglob("*.md"))[:2]:
        shutil.copy(page, corpus / page.name)
    return Settings(data=tmp_path / "home", corpus=corpus)


@pytest.fixture
def answerers(settings: Settings, tables: dict[str, pa.Table]) -> Iterator[list[Answerer]]:
    workshop = Workshop(settings)
    load_until(workshop, tables, OLD)
    workshop.build_snapshot(quiet)
    workshop.build_knowledge(quiet)
    found = [Answerer(settings), Answerer(settings)]
    yield found
    for answerer in found:
        answerer.stop()


def visitors(tables: dict[str, pa.Table], until: date) -> float:
    rows = tables["activity"].filter(pc.equal(tables["activity"]["merchant_id"], "M0003"))
    month = rows.filter(
        pc.and_(
            pc.greater(rows["day"], pa.scalar(until - timedelta(days=28))),
            pc.less_equal(rows["day"], pa.scalar(until)),
        )
    )
    return float(len(month.filter(pc.greater(month["visits"], 0))["user_id"].unique()))


def test_two_answering_processes_speak_of_the_new_day_as_soon_as_it_is_published(
    settings: Settings, tables: dict[str, pa.Table], answerers: list[Answerer]
) -> None:
    before, after = ((str(on), visitors(tables, on)) for on in (OLD, NEW))
    assert before[1] != after[1]
    assert [a.ask() for a in answerers] == [before] * 2
    workshop = Workshop(settings)
    load_until(workshop, tables, NEW)
    building, said = job(settings), []
    while building.poll() is None:
        said += [a.ask() for a in answerers]
    report = building.communicate(timeout=WAIT)[0]
    assert building.returncode == 0, report
    assert "1 day computed, 8 reused" in report
    assert set(said) <= {before, after}
    assert said[0] == before, "answered while the job was at work"
    assert sorted(said[::2]) == said[::2], "nobody goes back to the old day"
    assert [a.ask() for a in answerers] == [after] * 2
    again = job(settings)
    assert "Nothing changed" in again.communicate(timeout=WAIT)[0]


def content(snapshot: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(snapshot / FILE), read_only=True) as con:
        names = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: con.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(names)}


def killed_when(settings: Settings, reached: Callable[[], bool]) -> None:
    """Start a job and kill it the moment that something is there."""
    process = job(settings)
    deadline = time.monotonic() + WAIT
    while not reached():
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_a_killed_job_goes_on_where_it_was_and_two_at_once_end_as_if_nothing_had_happened(
    settings: Settings, tables: dict[str, pa.Table]
) -> None:
    workshop = Workshop(settings)
    root = workshop.snapshot.root
    load_until(workshop, tables, OLD)

    def days() -> int:
        return len(list(root.glob(".days/[0-9a-f]*")))

    killed_when(settings, lambda: days() >= 2)
    assert workshop.snapshot.current() is None
    kept = days()
    killed_when(settings, lambda: days() >= kept + 2)
    killed_when(settings, lambda: bool(list(root.glob(f".building-*/{FILE}"))))  # half of the file is written
    assert workshop.snapshot.current() is None
    side_by_side = [job(settings), job(settings)]
    for report in [process.communicate(timeout=WAIT)[0] for process in side_by_side]:
        assert "0 days computed, 8 reused" in report or "Nothing changed" in report
    assert [process.returncode for process in side_by_side] == [0, 0]
    built = workshop.build_snapshot(quiet)
    assert list(root.glob(".building-*")) == []
    assert list(root.glob(".days/.new-*")) == []
    manifest = json.loads((built.path / MANIFEST).read_text(encoding="utf-8"))
    assert built.report.reused == len(manifest["as_of"]) == 8
    with DayStore(root / ".days").held():  # as another job would: its days are neither used nor removed
        again = workshop.build_snapshot(quiet, full=True)
    assert again.report.reused == 0
    assert days() == 8
    assert again.path != built.path
    assert content(again.path) == content(built.path)


def test_a_job_that_was_overtaken_by_a_newer_day_does_not_bring_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = Workshop(Settings(data=tmp_path))

    def slow(platform: Path, out: Path, **_more: object) -> Report:
        (out / MANIFEST).write_text("{}", encoding="utf-8")
        if platform.name == "monday":  # while it measures, Tuesday arrives and is measured
            workshop.platform.build("tuesday", lambda _out: None)
            workshop.build_snapshot(quiet)
        return Report(1, 0, 1.0)

    monkeypatch.setattr("tools.snapshot.build_snapshot", slow)
    workshop.platform.build("monday", lambda _out: None)
    built = workshop.build_snapshot(quiet)
    assert built.path.name.startswith("s-tuesday-")
    assert workshop.snapshot.current() == built.path
    assert workshop.snapshot.names() == [built.path.name]
