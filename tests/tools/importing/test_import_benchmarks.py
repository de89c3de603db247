"""Published curves come in entire or not at all, and a lone shop can then be told where it stands."""

from datetime import date
from pathlib import Path

import pytest

from tests.tools.importing.importing_desk import Operator, same
from tools.benchmarks import Point, find_benchmark
from tools.curves import metric_score

HEAD = "metric,industry,valid_from,valid_until,value,share,n,source\n"
GOOD = [
    f"return_rate_28d,catering,2026-01-01,,{v},{s},40,an association" for v, s in ((0.1, 0.1), (0.2, 0.5), (0.4, 0.9))
]
COLUMNS = ("metric", "industry", "valid_from", "valid_until", "value", "share", "n", "source")


def _curves(operator: Operator, *lines: str) -> dict[str, int]:
    operator.write("curves.csv", HEAD + "".join(f"{line}\n" for line in lines))
    operator.declared["sources"]["curves"] = {"file": "curves.csv"}
    operator.declared["tables"]["benchmarks"] = {"source": "curves", "columns": same(*COLUMNS)}
    report = operator.run().table("benchmarks")
    assert report.accepted + report.rejected == len(lines)
    return {r.reason: r.count for r in report.reasons}


def test_a_curve_is_taken_and_scores_a_lone_shop(operator: Operator) -> None:
    assert _curves(operator, *GOOD) == {}
    points = [Point(**row) for row in operator.rows("benchmarks")]
    found = find_benchmark(points, "return_rate_28d", "catering", date(2026, 11, 20))
    assert found is not None
    assert (found.curve.n, found.median, found.source) == (40, 0.2, "an association")
    assert float(metric_score(found.curve, 0.3)) == pytest.approx(70)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({1: "0.2,0.05"}, "its curve falls: as the value rises, the share below it cannot become less"),
        ({1: "0.2,1.05"}, "share is above 1"),
        ({1: "20,0.5"}, "value is above 1, and this metric is a share of one, not percent"),
        ({1: "0.2,0.5,9"}, "n is below 10"),
        ({1: "0.2,0.5,41"}, "its curve names more than one n, source or valid_until"),
        ({1: "0.2,0.5,40,another"}, "its curve names more than one n, source or valid_until"),
        ({1: "0.1,0.5"}, "another row has the same metric, industry, valid_from, value"),
        ({2: None}, "its curve has fewer than 3 points"),
    ],
)
def test_one_broken_row_costs_its_whole_curve_and_no_other(
    operator: Operator, change: dict[int, str | None], reason: str
) -> None:
    other = [line.replace("catering", "all") for line in GOOD]
    lines = list(GOOD)
    for at, text in change.items():
        told = [] if text is None else [*text.split(","), *["0.5", "40", "an association"][len(text.split(",")) - 1 :]]
        lines[at] = "" if text is None else ",".join(["return_rate_28d,catering,2026-01-01,", *told])
    lines = [line for line in lines if line]
    reasons = _curves(operator, *lines, *other)
    assert reason in reasons
    assert set(reasons) <= {reason, "another row of its curve was rejected"}
    assert sum(reasons.values()) == len(lines)
    assert {r["industry"] for r in operator.rows("benchmarks")} == {"all"}


def test_an_unknown_metric_is_refused_by_name(operator: Operator) -> None:
    reasons = _curves(operator, *GOOD, *[line.replace("return_rate_28d", "retrun_rate") for line in GOOD])
    assert reasons == {"metric is none of the catalog's": 3}


def test_a_curve_may_begin_to_hold_after_today(operator: Operator, tmp_path: Path) -> None:
    assert _curves(operator, *[line.replace("2026-01-01", "2027-01-01") for line in GOOD]) == {}
