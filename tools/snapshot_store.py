"""Measured days kept from job to job: one directory a key, complete or not there, shared by all jobs of a snapshot.

root/lock             held shared by every job at work; who has it alone may tidy up
root/<key>/           figures, curves and bands of one as-of date, Parquet
root/.new-*/          being written; left by a killed job
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tools.errors import DiskError

PARTS = ("figures", "curves", "bands")


class DayStore:
    """The days under one root. `with store.held():` around whatever reads or writes them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While held, nobody tidies up."""
        self.root.mkdir(exist_ok=True)
        with self._lock(fcntl.LOCK_SH):
            yield

    def has(self, key: str) -> bool:
        """Whether that day is there, readable to its last footer."""
        try:
            return all(pq.read_metadata(self._path(key, part)) is not None for part in PARTS)
        except (OSError, pa.ArrowException):
            return False

    def put(self, key: str, tables: Mapping[str, pa.Table]) -> None:
        """Keep a day. Whoever else keeps the same one meanwhile keeps the same content."""
        work = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        try:
            for part in PARTS:
                _write(tables[part], work / f"{part}.parquet")
            self._place(work, key)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def read(self, key: str, part: str, columns: list[str] | None = None) -> pa.Table:
        """One table of a day; DiskError where it was damaged after it was written."""
        path = self._path(key, part)
        try:
            return pq.read_table(path, columns=columns, page_checksum_verification=True, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            raise DiskError(
                f"{path}: a measured day can no longer be read ({error}); measure anew: ccare data snapshot --full."
            ) from error

    def tidy(self, keep: Collection[str]) -> bool:
        """Remove all days but these, and what killed jobs left; False where another job is at work: it will do it."""
        try:
            with self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
                for path in self.root.iterdir():
                    if path.is_dir() and path.name not in keep:
                        shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            return False
        except FileNotFoundError:  # there never was a day
            pass
        return True

    def _place(self, work: Path, key: str) -> None:
        try:
            work.rename(self.root / key)
        except OSError:
            if self.has(key):  # another job was quicker
                return
            shutil.rmtree(self.root / key, ignore_errors=True)  # damaged: a whole one takes its place
            work.rename(self.root / key)

    def _path(self, key: str, part: str) -> Path:
        return self.root / key / f"{part}.parquet"

    @contextlib.contextmanager
    def _lock(self, how: int) -> Iterator[None]:
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)  # and with it the lock, as when a process is killed


def _write(table: pa.Table, path: Path) -> None:
    text = [f.name for f in table.schema if pa.types.is_string(f.type)]
    pq.write_table(
        table, path, compression="zstd", compression_level=1, use_dictionary=text, write_statistics=False,
        write_page_checksum=True,
    )  # fmt: skip
