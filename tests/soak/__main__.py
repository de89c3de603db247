"""`make soak`: runs every trial and writes docs/reliability.md. Exit code 1 if a line is missed."""

import sys
import time
from pathlib import Path

from tests.benchmarks.home import prepared, stamp, table
from tests.soak import drafts, kills, reach

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    settings = prepared()
    rows, missed = [], 0
    for trial in (drafts.mutated_figures, drafts.honest_drafts, reach.foreign_merchants, kills.during_publish):
        begun = time.monotonic()
        sys.stderr.write(f"{trial.__name__} ...\n")
        outcome = trial(settings)
        missed += outcome.missed
        rows.append(
            [
                outcome.what,
                f"{outcome.trials:,}",
                outcome.line,
                outcome.found,
                "missed" if outcome.missed else "held",
                f"{time.monotonic() - begun:.0f} s",
            ]
        )
    text = f"# Reliability\n\n{stamp('make soak')} No failure in N trials bounds the rate at 3/N.\n\n" + table(
        ["what", "trials", "line", "found", "", "took"], rows
    )
    (ROOT / "docs" / "reliability.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 1 if missed else 0


sys.exit(main())
