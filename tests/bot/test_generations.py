"""A reader sees the old generation or the new one, whole, whatever happens while the new one is built."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.errors import DiskFullError, UnknownGenerationError
from bot.generations import Generations


def _write(text: str):
    def write(out: Path) -> str:
        (out / "a").write_text(text)
        return text

    return write


def test_nothing_is_current_before_the_first_build(tmp_path: Path) -> None:
    assert Generations(tmp_path / "none").current() is None
    assert Generations(tmp_path / "none").names() == []


def test_a_build_publishes_what_was_written(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    assert generations.build("one", _write("1")) == "1"
    current = generations.current()
    assert current is not None
    assert (current / "a").read_text() == "1"


def test_a_failing_build_leaves_the_old_generation_and_no_rubbish(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    generations.build("one", _write("1"))

    def fail(out: Path) -> None:
        (out / "a").write_text("half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        generations.build("two", fail)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["current", "one"]
    assert (tmp_path / "one" / "a").read_text() == "1"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_sentence_and_the_old_generation_stays(tmp_path: Path, code: int) -> None:
    generations = Generations(tmp_path)
    generations.build("one", _write("1"))

    def full(out: Path) -> None:
        (out / "a").write_text("half")
        raise OSError(code, os.strerror(code))

    with pytest.raises(DiskFullError, match="free some space"):
        generations.build("two", full)
    assert generations.names() == ["one"]


def test_other_file_errors_are_not_called_a_full_disk(tmp_path: Path) -> None:
    def denied(out: Path) -> None:
        raise PermissionError(errno.EACCES, "denied")

    with pytest.raises(PermissionError):
        Generations(tmp_path).build("one", denied)


def test_the_last_two_generations_are_kept(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    for name in ("one", "two", "three"):
        generations.build(name, _write(name))
    assert generations.names() == ["two", "three"]


def test_the_same_name_can_be_built_again_and_never_takes_the_place_of_the_first(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    generations.build("one", _write("old"))
    first = generations.current()
    for text in ("new", "newest"):
        generations.build("one", _write(text))
        current = generations.current()
        assert current is not None
        assert (current / "a").read_text() == text
        assert current != first, "who holds the first by its path would never open the second"
        assert generations.holds("one")
        assert not generations.holds("on")
    assert generations.names() == ["one~2", "one~3"]


def test_a_pointer_to_a_missing_directory_counts_as_none(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    (tmp_path / "current").write_text("gone\nbefore\n")
    assert generations.current() is None
    assert generations.previous() is None


def test_what_was_before_is_known_and_can_be_published_again(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    assert generations.previous() is None
    for name in ("one", "two"):
        generations.build(name, _write(name))
    assert (generations.current(), generations.previous()) == (tmp_path / "two", tmp_path / "one")
    assert generations.publish("one") == tmp_path / "one"
    assert (generations.current(), generations.previous()) == (tmp_path / "one", tmp_path / "two")
    generations.publish("one")
    assert generations.previous() == tmp_path / "two", "publishing what is published changes nothing"
    generations.build("three", _write("three"))
    assert generations.names() == ["one", "three"]


def test_a_build_can_wait_to_be_published(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    for name in ("one", "two"):
        generations.build(name, _write(name))
    generations.build("three", _write("three"), publish=False)
    assert generations.current() == tmp_path / "two"
    assert generations.names() == ["one", "two", "three"]
    generations.publish("three")
    assert (generations.current(), generations.previous()) == (tmp_path / "three", tmp_path / "two")
    assert generations.names() == ["two", "three"]


def test_only_a_finished_generation_can_be_published(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    generations.build("one", _write("1"))
    with pytest.raises(UnknownGenerationError, match=r"There is no generation two in .*; there are: one"):
        generations.publish("two")
    assert generations.current() == tmp_path / "one"


def test_a_kill_during_a_build_leaves_the_old_generation_and_the_next_build_cleans_up(tmp_path: Path) -> None:
    Generations(tmp_path).build("one", _write("1"))
    script = textwrap.dedent(f"""
        import os, pathlib, signal
        from bot.generations import Generations
        def write(out):
            (out / "a").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
        Generations(pathlib.Path({str(tmp_path)!r})).build("two", write)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".building-*"))) == 1
    generations = Generations(tmp_path)
    current = generations.current()
    assert current is not None
    assert (current / "a").read_text() == "1"
    generations.build("three", _write("3"))
    assert list(tmp_path.glob(".building-*")) == []


BUILDER = """
import pathlib, sys
from bot.generations import Generations
def write(out):
    (out / "a").write_text(sys.argv[2])
    print("begun", flush=True)
    sys.stdin.readline()
Generations(pathlib.Path(sys.argv[1])).build(sys.argv[2], write)
"""


def test_builds_side_by_side_leave_each_others_work_alone_and_both_end_right(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILDER, str(tmp_path)]
    builders = [
        subprocess.Popen(
            [*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        for name in ("one", "one", "two")
    ]
    for builder in builders:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "begun\n"
    assert len(list(tmp_path.glob(".building-*"))) == 3
    Generations(tmp_path).build("zero", _write("0"))  # sweeps what nobody works on
    for builder in builders:
        builder.communicate("go\n")
        assert builder.returncode == 0
    assert not list(tmp_path.glob(".building-*"))
    generations = Generations(tmp_path)
    assert generations.holds("two")
    assert len(generations.names()) == 2


def test_a_full_disk_is_found_out_however_an_engine_words_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generations = Generations(tmp_path)
    generations.build("one", _write("1"))

    def engine(out: Path) -> None:
        (out / "a").write_text("half")
        monkeypatch.setattr(Path, "write_bytes", full)
        raise RuntimeError("database or disk is full")

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DiskFullError, match="free some space"):
        generations.build("two", engine)
    assert generations.names() == ["one"]
