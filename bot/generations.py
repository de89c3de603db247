"""Immutable generation directories behind one pointer: whoever reads never sees half of anything.

    root/current            one line: the name of the published generation
    root/<name>/            a finished generation, never written again
    root/.building-<pid>/   work in progress; left by a killed process, removed by the next build

A build writes into its own directory, is renamed when complete, and only then does the pointer flip (one atomic
rename). A kill at any point leaves the old generation answering.
"""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.errors import DiskFullError

T = TypeVar("T")
KEEP = 2
FULL = (errno.ENOSPC, errno.EDQUOT)
PROBE = 1 << 20  # bytes; a disk that cannot take them cannot take a generation


class Generations:
    """The generations of one kind (platform, snapshot, knowledge) under one root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> Path | None:
        """The published generation's directory, or None; a pointer to a missing directory counts as none."""
        try:
            name = (self.root / "current").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        path = self.root / name
        return path if name and path.is_dir() else None

    def build(self, name: str, write: Callable[[Path], T]) -> T:
        """Run `write` on an empty directory, then publish it as `name`. Nothing is published if `write` raises."""
        work = self.root / f".building-{os.getpid()}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._sweep()
            work.mkdir()
            result = write(work)
            self._publish(work, name)
        except Exception as error:
            full = self._is_full(error)
            shutil.rmtree(work, ignore_errors=True)
            if full:
                raise DiskFullError(
                    f"The disk is full: {self.root} could not take a new generation. "
                    "What was there before still answers; free some space and run the command again."
                ) from error
            raise
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        self._prune(keep=name)
        return result

    def point(self, name: str) -> None:
        """Flip the pointer; atomic, so a reader sees the old name or the new one."""
        temporary = self.root / f".current-{os.getpid()}"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / "current")

    def names(self) -> list[str]:
        """Finished generations, oldest first."""
        found = (
            [p for p in self.root.iterdir() if p.is_dir() and not p.name.startswith(".")] if self.root.is_dir() else []
        )
        return [p.name for p in sorted(found, key=lambda p: (p.stat().st_mtime_ns, p.name))]

    def _publish(self, work: Path, name: str) -> None:
        target = self.root / name
        if target.exists():  # the same inputs were built before (or damaged since): the new copy takes its place
            retired = self.root / f".retired-{os.getpid()}"
            target.rename(retired)
            work.rename(target)
            shutil.rmtree(retired, ignore_errors=True)
        else:
            work.rename(target)
        self.point(name)

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

    def _sweep(self) -> None:
        for left in [*self.root.glob(".building-*"), *self.root.glob(".retired-*")]:
            if not _alive(left.name.rpartition("-")[2]):
                shutil.rmtree(left, ignore_errors=True)
        shutil.rmtree(self.root / f".building-{os.getpid()}", ignore_errors=True)

    def _prune(self, keep: str) -> None:
        others = [n for n in self.names() if n != keep]
        for name in others[: max(0, len(others) - (KEEP - 1))]:
            shutil.rmtree(self.root / name, ignore_errors=True)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
