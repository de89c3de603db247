"""The demo platform that benchmarks and soaks run on, built once under .ccare/bench, and how figures are printed."""

import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.settings import Settings
from bot.terminal import progress
from bot.workshop import Workshop, demo_name

ANCHOR = date(2026, 11, 21)
NOW = "2026-11-22T10:00:00"
SEED = 7


class Size(NamedTuple):
    """How much the benchmarks of size work on."""

    name: str
    merchants: int  # of a snapshot
    many: int  # merchants of the larger file of cards


TENTH = Size("a tenth of the size; the whole with --full", 10_000, 1_000_000)
FULL = Size("the full size", 100_000, 1_000_000)


def prepared() -> Settings:
    settings = Settings(data=Path(".ccare") / "bench")
    workshop = Workshop(settings)
    with progress() as show:
        current = workshop.platform.current()
        if current is None or current.name != demo_name(SEED, ANCHOR):
            workshop.build_demo(SEED, ANCHOR, show)
        workshop.fresh_snapshot(show)
        workshop.fresh_knowledge(show)
    return settings


def stamp(command: str) -> str:
    """Which code and which day the figures are of."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False, cwd=Path(__file__).parent).stdout.strip()
    return f"Commit `{commit}`, `{command}`, {datetime.now(tz=UTC):%Y-%m-%d}."


def p50(values: Sequence[float]) -> float:
    return float(np.percentile(values, 50))


def p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
