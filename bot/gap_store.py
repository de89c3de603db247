"""Gaps on disk: one SQLite file beside the generations, written by every process that answers."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

import structlog

from bot.answering.gaps import Gap
from bot.errors import InputError

log = structlog.get_logger()
FILE = "gaps.sqlite"
WAIT = 2.0  # seconds that a writer waits for another; an answer is never kept longer than that
_TABLE = """
create table if not exists gaps (
  asked_at text not null, kind text not null, language text not null, text text not null, nearest text not null
)
"""


class GapStore:
    """Implements `GapBook`. Opened for each use: no connection crosses a thread or a fork."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE

    def record(self, gap: Gap) -> None:
        """Keep one; what goes wrong is logged and nothing more."""
        try:
            with self._open() as connection:
                connection.execute(
                    "insert into gaps values (?, ?, ?, ?, ?)",
                    (gap.asked_at.isoformat(), gap.kind, gap.language, gap.text, gap.nearest),
                )
        except (OSError, sqlite3.Error) as error:
            log.warning("gap_not_recorded", error=type(error).__name__)

    def read(self, since: date | None = None) -> tuple[Gap, ...]:
        """Every gap from a day on, the oldest first; InputError where the file is damaged."""
        if not self._path.is_file():
            return ()
        query = "select asked_at, kind, language, text, nearest from gaps where asked_at >= ? order by asked_at, rowid"
        try:
            with self._open() as connection:
                rows = connection.execute(query, (since.isoformat() if since else "",)).fetchall()
        except sqlite3.Error as error:
            raise InputError(
                f"{self._path} cannot be read ({error}). Move it away; a new one is begun with the next question."
            ) from error
        return tuple(
            Gap(asked_at=datetime.fromisoformat(at), kind=kind, language=language, text=text, nearest=nearest)
            for at, kind, language, text, nearest in rows
        )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=WAIT)) as connection:
            connection.execute("pragma journal_mode=wal")
            connection.execute(_TABLE)
            with connection:
                yield connection
