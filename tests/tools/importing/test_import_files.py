"""Files as operators have them: encodings, broken lines, several files, Parquet."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tools.importing.importing_desk import ACTIVITY_HEAD, MERCHANTS, Operator
from tools.errors import MappingError

GOOD = "M1,u1,2026-11-19,search,1,0,0"
CHINESE = "商户,名称,行业\nM1,老陈面馆,餐饮\nM2,一木咖啡,餐饮\n"
CHINESE_COLUMNS = {"merchant_id": "商户", "name": "名称", "industry": "行业"}


def test_a_byte_order_mark_is_not_part_of_the_first_column(operator: Operator) -> None:
    operator.write("shops.csv", b"\xef\xbb\xbf" + MERCHANTS.encode())
    operator.run()
    assert [r["name"] for r in operator.rows("merchants")] == ["老陈面馆", "Blue Cup"]


def test_gb18030_is_read_when_it_is_declared(operator: Operator) -> None:
    operator.write("shops.csv", CHINESE.encode("gb18030"))
    operator.declared["sources"]["shops"]["encoding"] = "gb18030"
    operator.declared["tables"]["merchants"]["columns"] = CHINESE_COLUMNS
    operator.run()
    assert [r["name"] for r in operator.rows("merchants")] == ["老陈面馆", "一木咖啡"]


def test_gb18030_read_as_utf_8_is_refused_and_the_right_key_is_named(operator: Operator) -> None:
    operator.write("shops.csv", CHINESE.encode("gb18030"))
    with pytest.raises(MappingError, match=r"shops\.csv' is not utf-8 text \(line 1 .*set `encoding: gb18030`"):
        operator.run()


def test_utf_8_read_as_gb18030_is_refused_before_it_becomes_other_words(operator: Operator) -> None:
    operator.write("shops.csv", CHINESE)
    operator.declared["sources"]["shops"]["encoding"] = "gb18030"
    operator.declared["tables"]["merchants"]["columns"] = CHINESE_COLUMNS
    with pytest.raises(MappingError, match=r"is UTF-8 text; take `encoding: gb18030` out|is not gb18030 text"):
        operator.run()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; a CSV file starts with a line of column names"),
        (b"\n \n", "is empty"),
        (b"PAR1\x00\x00", "a Parquet file; write `format: parquet`"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"\xff\xfem\x00e\x00", "is UTF-16 text; write `encoding: utf-16`"),
        (b"SQLite format 3\x00", "an SQLite database; name it by `url"),
        (b"a" * (1 << 20), "has no line break in its first megabyte"),
        (b'merchant_id,"na"me,industry\nM1,A,catering\n', "the column names of 'shops.csv' are not CSV"),
        (b"merchant_id,name\n\x00\x01\x02", "binary bytes"),
        (b"\x81\x82\xff\xfe\xfd\n\xfe\xfe\xfe\n", "is not utf-8 text"),
        (b"merchant_id,name,NAME\n", "two columns 'NAME'"),
        (b"merchant_id,name,industry\n", "has column names but no rows"),
    ],
)
def test_a_file_that_is_not_a_csv_of_rows_is_refused(operator: Operator, content: bytes, said: str) -> None:
    operator.write("shops.csv", content)
    with pytest.raises(MappingError) as caught:
        operator.run()
    assert said in str(caught.value)
    assert "shops.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"M1,u2,2026-11-19", "the line does not have 7 fields as the header does"),
        (b"M1,u2,2026-11-19,search,1,0,0,0,0", "the line does not have 7 fields as the header does"),
        (b'M1,"u2"x,2026-11-19,search,1,0,0', "the line is not CSV: ',' expected after '\"'"),
        (b"M1,u\xff2,2026-11-19,search,1,0,0", "the line holds bytes that are not utf-8"),
    ],
)
def test_a_broken_line_costs_only_itself(operator: Operator, bad: bytes, reason: str) -> None:
    last = b"M2,u3,2026-11-19,search,1,0,0\n"
    operator.write("visits.csv", ACTIVITY_HEAD.encode() + GOOD.encode() + b"\n" + bad + b"\n" + last)
    report = operator.run()
    activity = report.table("activity")
    assert (activity.rows, activity.accepted, activity.rejected) == (3, 2, 1)
    (reject,) = operator.rejects("activity")
    assert (reject["reason"], reject["line"], reject["file"]) == (reason, 3, "visits.csv")
    assert [s.unreadable for s in report.sources] == [0, 1]


def test_the_line_told_is_the_files_even_after_blank_lines_and_quoted_line_breaks(operator: Operator) -> None:
    operator.write("shops.csv", 'merchant_id,name,industry\n\nM1,"two\nlines",catering\n\nM2,Blue Cup,\n')
    operator.run()
    (reject,) = operator.rejects("merchants")
    assert (reject["line"], reject["reason"]) == (6, "industry is empty")
    assert [r["name"] for r in operator.rows("merchants")] == ["two\nlines"]


def test_an_open_quote_at_the_end_of_the_file_is_a_reject(operator: Operator) -> None:
    operator.write("visits.csv", ACTIVITY_HEAD + GOOD + '\nM1,"u2,2026-11-19,search,1,0,0\n')
    report = operator.run().table("activity")
    assert (report.accepted, report.reasons[0].reason) == (1, "the line is not CSV: unexpected end of data")


def test_files_of_one_source_may_order_their_columns_differently(operator: Operator) -> None:
    operator.write("visits-1.csv", ACTIVITY_HEAD + GOOD + "\n")
    operator.write("visits-2.csv", "gmv,orders,visits,channel,day,user_id,merchant_id\n7,1,3,search,2026-11-20,u2,M2\n")
    operator.declared["sources"]["visits"]["file"] = "visits-*.csv"
    report = operator.run()
    assert report.sources[1].files == ("visits-1.csv", "visits-2.csv")
    assert [(r["merchant_id"], r["visits"]) for r in operator.rows("activity")] == [("M1", 1), ("M2", 3)]


def test_files_of_one_source_with_other_columns_are_refused(operator: Operator) -> None:
    operator.write("visits-1.csv", ACTIVITY_HEAD + GOOD + "\n")
    operator.write("visits-2.csv", "merchant_id,amount\nM1,3\n")
    operator.declared["sources"]["visits"]["file"] = "visits-*.csv"
    with pytest.raises(MappingError, match=r"visits-2\.csv' has other columns than the first file"):
        operator.run()


def test_another_delimiter_and_words_for_nothing_are_declared(operator: Operator) -> None:
    operator.write("shops.csv", "merchant_id\tname\tindustry\tcity\nM1\tA\tcatering\tNULL\nM2\tB\tNULL\tHangzhou\n")
    operator.declared["sources"]["shops"] |= {"delimiter": "\t", "nulls": ["NULL"]}
    operator.declared["tables"]["merchants"]["columns"]["city"] = "city"
    operator.run()
    assert [(r["merchant_id"], r["city"]) for r in operator.rows("merchants")] == [("M1", None)]


def _parquet_visits(operator: Operator, table: pa.Table) -> None:
    pq.write_table(table, operator.folder / "visits.parquet")
    operator.declared["sources"]["visits"]["file"] = "visits.parquet"


def test_parquet_is_read_with_its_own_types_and_refused_rows_have_no_line(operator: Operator) -> None:
    columns = {"merchant_id": ["M1", "M1", "M2"], "user_id": [1, 2, 3], "channel": ["search"] * 3, "orders": [0, 0, 0]}
    days = pa.array([0, 86_400_000_000 * 3, 86_400_000_000], type=pa.timestamp("us"))
    columns |= {"day": days, "visits": [1.0, 2.0, 2.5], "gmv": [0.1, float("nan"), 3.0]}
    _parquet_visits(operator, pa.table(columns))
    report = operator.run().table("activity")
    assert {r.reason for r in report.reasons} == {"gmv is not an amount of money", "visits is not a whole number"}
    (row,) = operator.rows("activity")
    assert (row["user_id"], str(row["day"]), str(row["gmv"])) == ("1", "1970-01-01", "0.10")
    assert {r["line"] for r in operator.rejects("activity")} == {None}


def test_a_damaged_parquet_file_is_refused_in_a_sentence(operator: Operator) -> None:
    operator.write("visits.parquet", b"PAR1 but not really PAR1")
    operator.declared["sources"]["visits"]["file"] = "visits.parquet"
    with pytest.raises(MappingError, match=r"source visits: not readable as Parquet \(visits\.parquet\)"):
        operator.run()


def test_a_file_may_be_named_by_its_whole_path(operator: Operator, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "shops.csv"
    elsewhere.write_text(MERCHANTS, encoding="utf-8")
    operator.declared["sources"]["shops"]["file"] = str(elsewhere)
    (operator.folder / "shops.csv").unlink()
    assert operator.run().table("merchants").accepted == 2


def test_a_batch_with_one_undecodable_line_keeps_the_rest_of_a_long_file(operator: Operator) -> None:
    lines = [f"M1,u{i},2026-11-19,search,1,0,0" for i in range(60_000)]
    content = (ACTIVITY_HEAD + "\n".join(lines) + "\n").encode()
    operator.write("visits.csv", content.replace(b"u50123,", b"u\xff,").replace(b"u59999,", b"u\xfe,"))
    report = operator.run().table("activity")
    assert (report.accepted, report.rejected) == (59_998, 2)
    assert [s.line for s in report.reasons[0].samples] == [50_125, 60_001]
    assert Path(operator.out / "rejects" / "activity.parquet").exists()
