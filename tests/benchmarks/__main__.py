"""`make bench`: prints every benchmark, and writes docs/benchmarks.md with commit and command."""

import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from tests.benchmarks import answers, cards, search
from tests.benchmarks.home import prepared

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    settings = prepared()
    parts = [part.run(settings) for part in (answers, cards, search)]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=ROOT
    ).stdout.strip()
    head = f"# Benchmarks\n\nCommit `{commit}`, `make bench`, {datetime.now(tz=timezone.utc):%Y-%m-%d}. Read the ratios; the milliseconds are one machine's.\n"
    report = "\n".join([head, *parts])
    (ROOT / "docs" / "benchmarks.md").write_text(report, encoding="utf-8")
    sys.stdout.write(report)


main()
