"""`make bench`: prints every benchmark, and writes docs/benchmarks.md with commit and command.

`python -m tests.benchmarks NAME ...` prints only those; `--full` measures a snapshot of the full size.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.settings import Settings
from tests.benchmarks import (
    answers,
    cards,
    documents,
    engines,
    many_cards,
    refusal,
    retrieval,
    search,
    search_sizes,
    snapshot,
    tool_times,
)
from tests.benchmarks.home import FULL, TENTH, Size, prepared, stamp

ROOT = Path(__file__).resolve().parents[2]
ON_DEMO: Mapping[str, Callable[[Settings], str]] = {
    "answers": answers.run, "cards": cards.run, "search": search.run, "tools": tool_times.run,
    "documents": documents.run, "retrieval": retrieval.run, "passages": search_sizes.run,
    "pipelines": search_sizes.run_beside, "refusal": refusal.run,
}  # fmt: skip
OF_SIZE: Mapping[str, Callable[[Size], str]] = {
    "snapshot": snapshot.run, "scale": many_cards.run, "engines": engines.run,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    names = [*ON_DEMO, *OF_SIZE]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(names)}; all without any")
    parser.add_argument(
        "--full", action="store_true", help="a snapshot of 100,000 merchants: 15 minutes and 12 GB of memory"
    )
    asked = parser.parse_args()
    unknown = set(asked.names) - set(names)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose among {', '.join(names)}")
    chosen = [name for name in names if name in asked.names or not asked.names]
    report = "\n".join([_head(asked.names, asked.full), *_parts(chosen, FULL if asked.full else TENTH)])
    if not asked.names:
        (ROOT / "docs" / "benchmarks.md").write_text(report, encoding="utf-8")
    sys.stdout.write(report)


def _head(names: list[str], full: bool) -> str:
    words = [*names, *(["--full"] if full else [])]
    command = f"python -m tests.benchmarks {' '.join(words)}" if words else "make bench"
    return f"# Benchmarks\n\n{stamp(command)} Read the ratios; the milliseconds are one machine's.\n"


def _parts(chosen: list[str], size: Size) -> list[str]:
    settings = prepared() if ON_DEMO.keys() & set(chosen) else None
    found = []
    for name in chosen:
        begun = time.monotonic()
        if name in OF_SIZE:
            found.append(OF_SIZE[name](size))
        elif settings is not None:
            found.append(ON_DEMO[name](settings))
        sys.stderr.write(f"{name}: {time.monotonic() - begun:.0f} s\n")
    return found


main()
