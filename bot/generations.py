"""Immutable generation directories behind one pointer: whoever reads never sees half of anything.

    root/current              the name of the published generation; below it the one that it took the place of
    root/<name>/              a finished generation, never written again
    root/<name>~2/            the same inputs built once more: a reader that holds the first opens this one
    root/.building-<pid>-*/   work in progress, locked by who builds; left by a killed process, removed by the next

A build writes into its own directory, is renamed when complete, and only then does the pointer flip (one atomic
rename). A kill at any point leaves the old generation answering. Builds may run side by side, in containers too.
"""

import contextlib
import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from bot.errors import DiskFullError, UnknownGenerationError

T = TypeVar("T")
AGAIN = "~"
_AGAIN = re.compile(rf"{AGAIN}(\d+)$")
FULL = (errno.ENOSPC, errno.EDQUOT)
PROBE = 1 << 20  # bytes; a disk that cannot take them cannot take a generation


class Generations:
    """The generations of one kind (platform, snapshot, knowledge) under one root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Path | None:
        """The published generation's directory, or None; a pointer to a missing directory counts as none."""
        return self._pointed(0)

    def previous(self) -> Path | None:
        """The generation that the published one took the place of, if it is still there."""
        return self._pointed(1)

    def _pointed(self, line: int) -> Path | None:
        try:
            names = (self.root / "current").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        path = self.root / names[line] if len(names) > line and names[line] else None
        return path if path is not None and path.is_dir() else None

    def holds(self, name: str) -> bool:
        """Whether the published generation was built under this name."""
        current = self.current()
        return current is not None and plain(current.name) == name

    def build(
        self,
        name: str,
        write: Callable[[Path], T],
        *,
        overtaken: Callable[[], bool] | None = None,
        publish: bool = True,
    ) -> T:
        """Run `write` on an empty directory, then publish it as `name`. Nothing is published if `write` raises.

        Nor if it was `overtaken` meanwhile: asked at the end, while nobody else can publish. Without `publish` it is
        kept beside the published one until somebody publishes it.
        """
        work, held = None, -1
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with self._alone():
                self._sweep()
                work = Path(tempfile.mkdtemp(prefix=f".building-{os.getpid()}-", dir=self.root))
                held = _lock(work)
            result = write(work)
            with self._alone():
                if overtaken is None or not overtaken():
                    self._keep(work, name, publish)
        except Exception as error:
            if self._is_full(error):
                raise DiskFullError(
                    f"The disk is full: {self.root} could not take a new generation. "
                    "What was there before still answers; free some space and run the command again."
                ) from error
            raise
        finally:
            if work is not None:
                shutil.rmtree(work, ignore_errors=True)  # published, it is no longer there
            if held >= 0:
                os.close(held)
        return result

    def publish(self, name: str) -> Path:
        """Make a finished generation the published one; UnknownGenerationError where there is none of this name."""
        with self._alone():
            path = self.find(name)
            self._point(path.name)
            self._prune()
            return path

    def find(self, name: str) -> Path:
        """A finished generation, the newest of several builds of a name; UnknownGenerationError says what there is."""
        found = [n for n in self.names() if name in (n, plain(n))]
        if not found:
            there = ", ".join(self.names()) or "none"
            raise UnknownGenerationError(f"There is no generation {name} in {self.root}; there are: {there}.")
        return self.root / found[-1]

    def _point(self, name: str) -> None:
        """Flip the pointer; atomic, so a reader sees the old name or the new one."""
        current = self.current()
        if current is None or current.name == name:  # what was before stays before
            current = self.previous()
        temporary = self.root / f".current-{os.getpid()}"
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(f"{n}\n" for n in (name, current.name if current is not None else ""))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / "current")

    def names(self) -> list[str]:
        """Finished generations, oldest first."""
        found = (
            [p for p in self.root.iterdir() if p.is_dir() and not p.name.startswith(".")] if self.root.is_dir() else []
        )
        return [p.name for p in sorted(found, key=lambda p: (p.stat().st_mtime_ns, p.name))]

    def _keep(self, work: Path, name: str, publish: bool) -> None:
        # Never in the place of another: who holds that one would go on reading what is gone, not knowing of the new.
        taken = [_turn(n) for n in self.names() if plain(n) == name]
        chosen = f"{name}{AGAIN}{max(taken) + 1}" if taken else name
        work.chmod(0o755)
        work.rename(self.root / chosen)
        if publish:
            self._point(chosen)
        self._prune(waiting=None if publish else chosen)

    def _is_full(self, error: Exception) -> bool:
        """Whether no space is left. Engines below say so in words of their own, so the disk itself is asked."""
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        probe = self.root / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(bytes(PROBE))
        except OSError as refused:
            return refused.errno in FULL
        finally:
            probe.unlink(missing_ok=True)
        return False

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """While inside, no other process publishes, sweeps or begins under this root; readers do not mind."""
        held = _lock(self.root, wait=True)
        try:
            yield
        finally:
            os.close(held)

    def _sweep(self) -> None:
        for left in self.root.glob(".building-*"):
            with contextlib.suppress(OSError):  # locked: its builder lives
                held = _lock(left)
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)

    def _prune(self, waiting: str | None = None) -> None:
        """Keep what is published, what was before it, and what waits to be published."""
        kept = {p.name for p in (self.current(), self.previous()) if p is not None} | {waiting}
        for name in self.names():
            if name not in kept:
                shutil.rmtree(self.root / name, ignore_errors=True)


def _lock(directory: Path, *, wait: bool = False) -> int:
    """Lock a directory until the descriptor is closed, if only by a kill. BlockingIOError where another has it."""
    held = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(held)
        raise
    return held


def plain(name: str) -> str:
    """The name that a generation was built under."""
    return _AGAIN.sub("", name)


def _turn(name: str) -> int:
    found = _AGAIN.search(name)
    return int(found[1]) if found else 1
