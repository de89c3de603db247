"""Text as it is really sent: in the encodings of Chinese offices, in several of them at once, or cut off by a copy."""

import pytest

from tests.tools.importing.importing_desk import ACTIVITY_HEAD, Operator
from tools.errors import MappingError

TRADITIONAL = "商戶,名稱,行業\nM1,老陳麵館,餐飲\nM2,一木咖啡,餐飲\n"
SIMPLIFIED = "商户,名称,行业\nM1,老陈面馆,餐饮\nM2,一木咖啡,餐饮\n"


def _shops(operator: Operator, content: bytes, encoding: str, columns: str = "商户,名称,行业") -> None:
    operator.write("shops.csv", content)
    operator.declared["sources"]["shops"]["encoding"] = encoding
    names = dict(zip(("merchant_id", "name", "industry"), columns.split(","), strict=True))
    operator.declared["tables"]["merchants"]["columns"] = names


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("gbk", "gbk"), ("gb18030", "gb18030"), ("utf-16", "utf-16"), ("utf-16", "utf-16-be"), ("utf-8", "utf-8-sig")],
)
def test_the_usual_encodings_of_simplified_text_are_read(operator: Operator, encoding: str, codec: str) -> None:
    mark = b"\xfe\xff" if codec == "utf-16-be" else b""
    _shops(operator, mark + SIMPLIFIED.encode(codec), encoding)
    operator.run()
    assert [r["name"] for r in operator.rows("merchants")] == ["老陈面馆", "一木咖啡"]


def test_big5_is_read_when_it_is_declared(operator: Operator) -> None:
    _shops(operator, TRADITIONAL.encode("big5"), "big5", "商戶,名稱,行業")
    operator.run()
    assert [r["name"] for r in operator.rows("merchants")] == ["老陳麵館", "一木咖啡"]


@pytest.mark.parametrize(
    ("encoding", "content", "said"),
    [
        ("utf-8", SIMPLIFIED.encode("gbk"), r"is not utf-8 text \(line 1 .*set `encoding: gb18030`"),
        ("big5", SIMPLIFIED.encode("utf-8"), r"is not big5 text \(line 1 .*set `encoding: utf-8`"),
        ("gbk", SIMPLIFIED.encode("utf-8"), "is UTF-8 text; take `encoding: gbk` out|is not gbk text"),
        ("utf-16", SIMPLIFIED.encode("utf-8"), "declared as utf-16 but lacks its byte order mark"),
        ("utf-8", SIMPLIFIED.encode("utf-16"), "is UTF-16 text; write `encoding: utf-16`"),
        ("koi8-r", SIMPLIFIED.encode(), "sources.shops.encoding"),
    ],
)
def test_a_wrongly_declared_encoding_is_refused_and_the_right_one_named(
    operator: Operator, encoding: str, content: bytes, said: str
) -> None:
    _shops(operator, content, encoding)
    with pytest.raises(MappingError, match=said):
        operator.run()


def _mixed(operator: Operator, main: str, other: str) -> None:
    head = "user,备注\n".encode(main)
    lines = [f"u{i},第{i}位老顾客\n".encode(other if i in (7, 8) else main) for i in range(20)]
    operator.write("visits.csv", head + b"".join(lines))
    operator.declared["sources"]["visits"] = {"file": "visits.csv", "encoding": main}
    columns = {"user_id": "user", "channel": "备注", "merchant_id": {"sql": "'M1'"}, "day": {"sql": "'2026-11-19'"}}
    operator.declared["tables"]["activity"]["columns"] = columns


@pytest.mark.parametrize(
    ("main", "other", "reason"),
    [
        ("utf-8", "gb18030", "the line holds bytes that are not utf-8"),
        ("gb18030", "utf-8", "the line is UTF-8 in a file that is declared as gb18030"),
        ("gbk", "utf-8", "the line is UTF-8 in a file that is declared as gbk"),
    ],
)
def test_lines_of_another_encoding_are_put_aside_and_never_become_other_words(
    operator: Operator, main: str, other: str, reason: str
) -> None:
    _mixed(operator, main, other)
    report = operator.run().table("activity")
    assert (report.accepted, report.rejected) == (18, 2)
    assert [(r.reason, [s.line for s in r.samples]) for r in report.reasons] == [(reason, [9, 10])]
    assert all(r["channel"].startswith("第") and r["channel"].endswith("老顾客") for r in operator.rows("activity"))


def test_a_file_that_ends_in_zeros_after_a_broken_copy_loses_only_its_last_line(operator: Operator) -> None:
    good = "".join(f"M1,u{i},2026-11-19,search,1,0,0\n" for i in range(200))
    operator.write("visits.csv", (ACTIVITY_HEAD + good).encode() + b"M1,u\0\0\0,2026-11-19,search,1,0,0")
    report = operator.run().table("activity")
    assert (report.accepted, report.rejected) == (200, 1)
    (reason,) = report.reasons
    assert (reason.reason, reason.samples[0].line) == ("the line holds empty (NUL) bytes, as after a broken copy", 202)


def test_a_quote_that_never_closes_costs_only_its_own_line(operator: Operator) -> None:
    lines = [f"M1,u{i:04},2026-11-19,search,1,0,0" for i in range(5000)]
    lines[1234] = 'M1,"u1234,2026-11-19,search,1,0,0'
    lines[4998] = 'M1,"u4998,2026-11-19,search,1,0,0'
    operator.visits(*lines)
    report = operator.run().table("activity")
    assert (report.accepted, report.rejected) == (4998, 2)
    assert sorted(r["line"] for r in operator.rejects("activity")) == [1236, 5000]


def test_rows_behind_a_broken_record_of_several_lines_are_still_rows(operator: Operator) -> None:
    rest = (f"M1,{user},2026-11-19,search,1,0,0" for user in ("u2", 'u3"', "u4"))
    operator.visits('"M1', *rest)
    report = operator.run().table("activity")
    assert [r["user_id"] for r in operator.rows("activity")] == ["u2", 'u3"', "u4"]
    assert report.rejected == 1
