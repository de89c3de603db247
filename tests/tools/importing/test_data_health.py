"""The health check names what is wrong with the data, and only that."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.tools.importing.importing_desk import Operator
from tools.errors import DataMissingError
from tools.importing.health import check
from tools.importing.health_report import report_lines

TODAY = date(2026, 11, 21)


def _line(merchant: str, day: date) -> str:
    return f"{merchant},u1,{day},search,1,0,0"


def _days(last: date, count: int) -> list[date]:
    return [last - timedelta(days=i) for i in range(count)]


def _sentences(operator: Operator, today: date = TODAY) -> list[str]:
    return [p.sentence for p in check(operator.out, today).problems]


def test_whole_and_fresh_data_have_no_problem(operator: Operator) -> None:
    operator.visits(*[_line(m, d) for m in ("M1", "M2") for d in _days(date(2026, 11, 20), 10)])
    operator.run()
    health = check(operator.out, TODAY)
    assert health.problems == ()
    activity = next(t for t in health.tables if t.table == "activity")
    assert (activity.rows, activity.days, activity.merchants) == (20, 10, 2)
    assert (activity.first_day, activity.newest_day) == (date(2026, 11, 11), date(2026, 11, 20))
    assert "coupons" in health.missing
    lines = report_lines(check(operator.out, TODAY))
    assert lines[-1] == "Nothing is wrong."
    assert any(line.startswith("activity: 20 rows, 2 merchants, 10 days") for line in lines)


def test_days_that_nobody_has_are_named(operator: Operator) -> None:
    gone = {date(2026, 11, 15), date(2026, 11, 16)}
    operator.visits(*[_line(m, d) for m in ("M1", "M2") for d in _days(date(2026, 11, 20), 10) if d not in gone])
    operator.run()
    (sentence,) = _sentences(operator)
    assert "2 days without any row" in sentence
    assert "2026-11-15, 2026-11-16" in sentence


def test_a_merchant_without_a_single_row_is_named(operator: Operator) -> None:
    operator.visits(_line("M1", date(2026, 11, 20)))
    operator.run()
    (sentence,) = _sentences(operator)
    assert sentence.startswith("1 merchant without any data: M2; connect")


def test_a_merchant_whose_rows_stopped_is_named(operator: Operator) -> None:
    operator.visits(*[_line("M1", d) for d in _days(date(2026, 11, 20), 6)], _line("M2", date(2026, 11, 16)))
    operator.run()
    (sentence,) = _sentences(operator)
    assert sentence.startswith("1 merchant with no row in the last 3 days: M2;")


@pytest.mark.parametrize(("age", "stale"), [(3, False), (4, True)])
def test_a_living_feed_is_stale_more_than_three_days_behind_today(operator: Operator, age: int, stale: bool) -> None:
    del operator.declared["as_of"]
    newest = date(2026, 11, 20)
    operator.visits(_line("M1", newest), _line("M2", newest))
    operator.run()
    assert any("stale" in s for s in _sentences(operator, newest + timedelta(days=age))) is stale


def test_a_historical_set_is_measured_against_its_own_day(operator: Operator) -> None:
    operator.visits(_line("M1", date(2026, 11, 18)), _line("M2", date(2026, 11, 18)))
    operator.run()
    assert _sentences(operator, date(2030, 1, 1)) == []
    operator.declared["as_of"] = "2026-11-25"
    operator.run()
    (sentence,) = _sentences(operator, date(2030, 1, 1))
    assert "7 days before the declared as_of 2026-11-25" in sentence


def test_a_day_after_today_is_an_error(operator: Operator) -> None:
    operator.declared.pop("as_of")
    operator.visits(_line("M1", date(2026, 11, 20)), _line("M2", date(2026, 11, 20)))
    operator.run()
    problems = check(operator.out, date(2026, 11, 18)).problems
    assert [p.severity for p in problems] == ["error"]
    assert "after 2026-11-18" in problems[0].sentence


def test_many_rejects_are_told_with_their_share_and_few_are_not(operator: Operator) -> None:
    good = [f"M{1 + i % 2},u{i},2026-11-20,search,1,0,0" for i in range(300)]
    operator.visits(*good, *["M1,x,never,search,1,0,0"] * 2)
    operator.run()
    assert _sentences(operator) == []
    operator.visits(*good, *["M1,x,never,search,1,0,0"] * 100)
    operator.run()
    (sentence,) = _sentences(operator)
    assert "100 of 400 rows were rejected (25.0%); look at rejects/activity.parquet" in sentence


def test_a_damaged_table_and_a_damaged_manifest_are_errors(operator: Operator) -> None:
    operator.run()
    (operator.out / "activity.parquet").write_bytes(b"PAR1 half a fi")
    (operator.out / "manifest.json").write_text("{", encoding="utf-8")
    problems = check(operator.out, TODAY).problems
    assert {p.severity for p in problems} == {"error"}
    text = "\n".join(p.sentence for p in problems)
    assert "manifest.json is broken" in text
    assert "activity.parquet cannot be read" in text
    assert "neither activity nor daily has rows" in text
    assert any(line.startswith("ERROR: ") for line in report_lines(check(operator.out, TODAY)))


def test_an_empty_directory_says_what_is_missing_and_no_directory_what_to_run(tmp_path: Path) -> None:
    text = "\n".join(p.sentence for p in check(tmp_path, TODAY).problems)
    assert "merchants has no rows" in text
    with pytest.raises(DataMissingError, match="ccare data demo"):
        check(tmp_path / "none", TODAY)
