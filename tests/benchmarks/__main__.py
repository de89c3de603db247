"""`make bench`: prints every benchmark, and writes docs/benchmarks.md with commit and command."""

import sys
from pathlib import Path

from tests.benchmarks import answers, cards, search
from tests.benchmarks.home import prepared, stamp

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    settings = prepared()
    parts = [part.run(settings) for part in (answers, cards, search)]
    head = f"# Benchmarks\n\n{stamp('make bench')} Read the ratios; the milliseconds are one machine's.\n"
    report = "\n".join([head, *parts])
    (ROOT / "docs" / "benchmarks.md").write_text(report, encoding="utf-8")
    sys.stdout.write(report)


main()
