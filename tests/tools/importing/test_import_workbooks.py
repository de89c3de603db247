"""Workbooks and JSON lines: what a shop's own tools export, with the rows' own numbers in the rejects."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.tools.importing.importing_desk import Operator
from tools.errors import MappingError

HEAD = ["merchant_id", "user_id", "day", "channel", "visits", "orders", "gmv"]
DAY = date(2026, 11, 18)
GOOD = ["M1", "u1", date(2026, 11, 19), "search", 1, 1, 12.5]


def _book(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


def _visits(operator: Operator, *rows: list[Any], **said: Any) -> None:
    _book(operator.folder / "visits.xlsx", {"数据": [HEAD, *rows]})
    operator.declared["sources"]["visits"] = {"file": "visits.xlsx", **said}


def test_a_sheet_is_read_with_its_days_numbers_and_amounts(operator: Operator) -> None:
    late = ["M1", 1004, datetime.combine(DAY, time(16, 30)), "search", 2.0, 0, "¥1,250.00"]
    _visits(operator, GOOD, late, ["M2", "u3", 46345, "搜索", 1, 0, 0], ["M2", "u4", "2026/11/9", "搜索", "3", 0, 0.1])
    operator.run()
    found = [(r["user_id"], r["day"], r["visits"], str(r["gmv"])) for r in operator.rows("activity")]
    assert found == [
        ("1004", date(2026, 11, 18), 2, "1250.00"),
        ("u1", date(2026, 11, 19), 1, "12.50"),
        ("u4", date(2026, 11, 9), 3, "0.10"),
        ("u3", date(2026, 11, 19), 1, "0.00"),
    ]


def test_times_of_a_sheet_become_business_days_as_any_others_do(operator: Operator) -> None:
    operator.declared["timezone"] = "Asia/Shanghai"
    times = [datetime.combine(DAY, time(15, 59)), datetime.combine(DAY, time(16))]
    _visits(operator, *[["M1", f"u{i}", t, "search", 1, 0, 0] for i, t in enumerate(times)], timezone="UTC")
    operator.run()
    assert [r["day"].day for r in operator.rows("activity")] == [18, 19]


def test_a_refused_row_is_named_by_the_number_that_excel_shows(operator: Operator) -> None:
    rows = [["一月流水"], [], HEAD, GOOD, [], ["M1", "u2", "someday", "search", 1, 0, 0]]
    _book(operator.folder / "visits.xlsx", {"说明": [], "数据": rows})
    operator.declared["sources"]["visits"] = {"file": "visits.xlsx", "sheet": "数据", "header_row": 3}
    report = operator.run().table("activity")
    (reject,) = operator.rejects("activity")
    assert (reject["file"], reject["line"], reject["reason"]) == ("visits.xlsx", 6, "day is not a date")
    assert report.accepted == 1


def test_an_id_that_excel_has_cut_to_fifteen_digits_is_refused(operator: Operator) -> None:
    _visits(operator, GOOD, ["M1", 2088123412341234, date(2026, 11, 19), "search", 1, 0, 0])
    (reason,) = operator.run().table("activity").reasons
    assert "of which Excel keeps 15; store the column as text" in reason.reason
    assert reason.samples[0].line == 3


def test_cells_beside_the_named_columns_are_refused_and_empty_ones_are_not(operator: Operator) -> None:
    _visits(operator, [*GOOD, None], ["M2", *GOOD[1:], "note"])
    report = operator.run().table("activity")
    assert (report.accepted, report.reasons[0].reason) == (1, "the row has cells beyond the 7 named columns")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"sheet": "数 据"}, "has no sheet '数 据'; did you mean '数据'"),
        ({}, r"has 2 sheets with rows \('数据', '旧'\); say which in `sheet`"),
        ({"sheet": "空"}, "row 1 is empty; say in `header_row`"),
        ({"sheet": "数据", "header_row": 9}, "row 9 is empty; say in `header_row`"),
        ({"sheet": "旧"}, "has two columns 'a'"),
        ({"format": "csv"}, "an Excel workbook or an archive; write `format: excel`"),
    ],
)
def test_a_workbook_that_is_not_told_right_is_refused(operator: Operator, said: dict[str, Any], message: str) -> None:
    _book(operator.folder / "visits.xlsx", {"数据": [HEAD, GOOD], "旧": [["a", "a"]], "空": []})
    operator.declared["sources"]["visits"] = {"file": "visits.xlsx", **said}
    with pytest.raises(MappingError, match=message):
        operator.run()


def test_what_only_claims_to_be_a_workbook_is_refused_in_a_sentence(operator: Operator) -> None:
    operator.write("visits.xlsx", b"PK\x03\x04 and then nothing")
    operator.declared["sources"]["visits"] = {"file": "visits.xlsx"}
    with pytest.raises(MappingError, match=r"'visits\.xlsx' is not a readable workbook \(.*\); save it again as"):
        operator.run()


def test_json_lines_are_read_and_a_bad_line_costs_only_itself(operator: Operator) -> None:
    row = {"merchant_id": "M1", "user_id": "u1", "day": "2026-11-19", "visits": 2, "orders": 1, "gmv": 0.30}
    more = [json.dumps({**row, "user_id": f"u{i}", "channel": "search"}) for i in (2, 3)]
    lines = [json.dumps({**row, "channel": None}), more[0], '{"merchant_id": "M1", ', "[1, 2]", "", more[1]]
    operator.write("visits.jsonl", "\n".join(lines) + "\n")
    operator.declared["sources"]["visits"] = {"file": "visits.jsonl"}
    operator.run()
    kept = [(r["user_id"], r["visits"], str(r["gmv"])) for r in operator.rows("activity")]
    assert kept == [("u2", 2, "0.30"), ("u3", 2, "0.30")]
    assert [(r["line"], r["reason"]) for r in operator.rejects("activity")] == [
        (1, "channel is empty"),
        (3, "the line is not JSON"),
        (4, "the line is not a JSON object"),
    ]


def test_json_lines_without_an_object_or_in_another_encoding_are_refused(operator: Operator) -> None:
    operator.write("visits.jsonl", "[]\n")
    operator.declared["sources"]["visits"] = {"file": "visits.jsonl"}
    with pytest.raises(MappingError, match="holds no JSON object"):
        operator.run()
    operator.declared["sources"]["visits"]["encoding"] = "gbk"
    with pytest.raises(MappingError, match="JSON is UTF-8 text; take `encoding: gbk` out"):
        operator.run()
