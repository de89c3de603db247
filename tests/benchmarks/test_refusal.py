"""The trade-off of the refusal, of made-up confidences."""

from knowledge.calibration import calibration
from knowledge.fit import THRESHOLDS
from tests.benchmarks.refusal import Judged, report


def test_the_table_gives_totals_by_group_for_each_threshold_and_marks_the_shipped_one() -> None:
    sures = {"answerable": (0.9, 0.1), "near": (0.05, 0.3), "far": (0.0, 0.0)}
    printed = report([Judged(group, sure, 1.0) for group, both in sures.items() for sure in both])
    rows = [line for line in printed.splitlines() if line.startswith("| 0.")]
    assert len(rows) == len({*THRESHOLDS, calibration().confidence.answerable_at})
    assert "| 0.08 | 0.0% | 50.0% | 100.0% |" in rows
    assert "| 0.68 | 50.0% | 100.0% | 100.0% |" in rows
    assert sum("(shipped)" in row for row in rows) == 1
    assert "1.00 ms" in printed
