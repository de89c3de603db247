"""`make soak`: runs every trial and writes docs/reliability.md. Exit code 1 if a line is missed.

`python -m tests.soak NAME ...` runs some of them; the page then keeps the rows of the others, each with its own commit.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings
from tests.benchmarks.home import prepared, table
from tests.soak import chances, damage, dates, drafts, effects, few, forecasts, imports, kills, parts, reach, stories
from tests.soak.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".ccare" / "soak.json"
Trial = Callable[[Settings], Outcome | Iterable[Outcome]]
TRIALS: dict[str, Trial] = {
    "drafts": lambda settings: (drafts.mutated_figures(settings), drafts.honest_drafts(settings)),
    "reach": reach.foreign_merchants,
    "kills": lambda settings: (kills.during_publish(settings), kills.during_snapshot()),
    "damage": damage.run,
    "few": few.run,
    "stories": stories.run,
    "parts": parts.run,
    "chances": chances.run,
    "forecasts": forecasts.run,
    "imports": lambda _settings: imports.run(),
    "dates": dates.run,
    "effects": lambda _settings: effects.run(),
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in TRIALS]
    if unknown:
        sys.stderr.write(f"There is no trial {', '.join(unknown)}; there are {', '.join(TRIALS)}.\n")
        return 2
    settings, missed = prepared(), 0
    for name in names or TRIALS:
        begun = time.monotonic()
        sys.stderr.write(f"{name} ...\n")
        found = TRIALS[name](settings)
        outcomes = [found] if isinstance(found, Outcome) else list(found)
        missed += sum(outcome.missed for outcome in outcomes)
        _keep(name, outcomes, time.monotonic() - begun)
    text = _page()
    (ROOT / "docs" / "reliability.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 1 if missed else 0


def _keep(name: str, outcomes: list[Outcome], seconds: float) -> None:
    """Rows of a trial, in place of what they were before."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    kept[name] = [
        [
            o.what, f"{o.trials:,}", o.line, o.found, "missed" if o.missed else "held", f"{seconds:.0f} s",
            f"`{commit}`, {datetime.now(tz=UTC):%Y-%m-%d}",
        ]
        for o in outcomes
    ]  # fmt: skip
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def _page() -> str:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    rows = [row for name in TRIALS for row in kept.get(name, [])]
    head = ["what", "trials", "line", "found", "", "the trial took", "commit, day"]
    words = (
        "Written by `make soak` (`python -m tests.soak NAME` runs one trial). "
        "No failure in N trials bounds the rate at 3/N."
    )
    return f"# Reliability\n\n{words}\n\n" + table(head, rows)


sys.exit(main(sys.argv[1:]))
