"""One file can ask for anything: it gets its limits, the batch goes on, and a kill leaves whole files only."""

import functools
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.errors import RefusedFileError
from knowledge.ingest import batch
from knowledge.ingest.convert import CHILD, ROOT, convert
from knowledge.load import load_document
from tests.knowledge.ingest.conftest import Desk

LIMITED = "from knowledge.ingest import child; child.CPU = 1; child._limit(); "


def run(code: str, *, wall: float = 30.0) -> None:
    convert("a.txt", "text", b"text", None, command=(sys.executable, "-c", code), wall=wall)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os.abort()", "ended by signal 6"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("import sys; sys.exit(3)", "ended with code 3"),
        ("print('no JSON')", "Reading it failed"),
        ("print('{}')", "Reading it failed"),
        (LIMITED + "\nwhile True: pass", "seconds to read"),
        (LIMITED + "\nwhile True: print('x' * 1_000_000)", "is longer than"),
        (LIMITED + "\nbytearray(3_000_000_000)", "Reading it failed"),
    ],
)
def test_whatever_becomes_of_the_child_is_a_sentence(code: str, words: str) -> None:
    with pytest.raises(RefusedFileError, match=words):
        run(code)


def test_a_child_that_hangs_is_ended_with_its_own_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    grandchild = f"import time, pathlib; time.sleep(3); pathlib.Path({str(mark)!r}).touch()"
    with pytest.raises(RefusedFileError, match="more than 1 seconds"):
        run(
            f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {grandchild!r}]); time.sleep(60)",
            wall=1,
        )
    time.sleep(3.5)
    assert not mark.exists()


def test_memory_that_a_file_asks_for_too_much_of_is_refused_in_words() -> None:
    code = (
        "from knowledge.ingest import child\n"
        "def greedy(*given): return bytearray(3_000_000_000)\n"
        "child.convert_bytes = greedy\nchild.main()"
    )
    with pytest.raises(RefusedFileError, match="memory"):
        run(code)


def test_the_batch_goes_on_after_a_killed_child(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    killing = (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")

    def convert_or_die(name: str, *rest: object) -> object:
        command = killing if name == "killer.txt" else CHILD
        return functools.partial(convert, command=command)(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "convert", convert_or_die)
    for name in ("a.txt", "killer.txt", "z.txt"):
        desk.put(name, f"Rules of {name}\n\nSome text.\n")
    assert [file.outcome for file in desk.run().files] == ["accepted", "rejected", "accepted"]


def test_kill_9_in_the_middle_of_a_batch_leaves_whole_files_only_and_the_next_run_ends_it(desk: Desk) -> None:
    for number in range(16):
        desk.put(f"{number:02}.txt", f"Rules {number}\n\n" + "Some text. " * 2000 + "\n")
    script = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from knowledge.ingest.batch import ingest; from knowledge.ingest.settle import Options\n"
        "ingest([Path(sys.argv[1])], Path(sys.argv[2]), Options(date(2026, 11, 22)))\n"
    )
    command = [sys.executable, "-c", script, str(desk.source), str(desk.out)]
    with subprocess.Popen(command, cwd=ROOT) as running:
        while len(list(desk.out.glob("*.md"))) < 3:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    written = list(desk.out.glob("*.md"))
    assert 3 <= len(written) < 16
    for path in written:
        assert load_document(path)[1].rstrip().endswith("Some text.")
    (desk.out / ".99-en.md.writing").write_text("---\nhalf", encoding="utf-8")
    report = desk.run()
    assert report.count("skipped") == len(written)
    assert report.count("accepted") == 16 - len(written)
    assert sorted(path.name for path in desk.out.iterdir()) == [f"{n:02}-en.md" for n in range(16)]
