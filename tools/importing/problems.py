"""What the health check says, and small change of its sentences."""

from datetime import date
from typing import Literal

from tools.types import Frozen

SHOWN = 5


class Problem(Frozen):
    """One thing that is wrong: a sentence that says what, where, and what to do."""

    severity: Literal["error", "warning"]
    table: str | None
    sentence: str


class TableHealth(Frozen):
    """One table that is there. `days` counts the different days with rows; None where the table has no day."""

    table: str
    rows: int
    rejected: int = 0
    merchants: int | None = None
    first_day: date | None = None
    newest_day: date | None = None
    days: int | None = None


def many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def some(items: list[str]) -> str:
    more = f" and {len(items) - SHOWN:,} more" if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more
