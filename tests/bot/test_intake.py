"""What cannot be a question is refused with a sentence that says what and where."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import InputError
from bot.intake import LONGEST, parse_now, read_questions, refused

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "empty_question"),
        (" \t\n", "empty_question"),
        ("x" * (LONGEST + 1), "too_long"),
        ("活" * 10_000, "too_long"),
        ("abc\x00def", "unreadable"),
        ("\udcff\udcfe", "unreadable"),
        ("�PNG", "unreadable"),
    ],
)
def test_what_cannot_be_a_question_is_named(text: str, key: str) -> None:
    refusal = refused(text)
    assert refusal is not None
    assert refusal[0] == key
    assert refusal[1].endswith((".", "?"))


@pytest.mark.parametrize("text", ["hi", "我的活跃分怎么提高?", "a\nb", "x" * LONGEST, "👍"])
def test_what_people_type_is_taken(text: str) -> None:
    assert refused(text) is None


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    return path


def test_lines_are_read_in_order_and_blank_ones_passed_over(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        '\ufeff{"id":"1","question":"好","as":"merchant:M0001"}\n\n{"id":"2","question":"b","as":"manager:A001","now":"2026-11-22"}\n'.encode(),
    )
    first, second = read_questions(path)
    assert (first.id, first.question, first.asker) == ("1", "好", "merchant:M0001")
    assert second.now == datetime(2026, 11, 22)  # noqa: DTZ001 (a time without offset is what was written)


def test_labels_beside_a_question_are_passed_over(tmp_path: Path) -> None:
    path = _file(tmp_path, b'{"id":"1","question":"a","as":"m","intent":"metric","slots":{}}\n')
    assert [line.id for line in read_questions(path)] == ["1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no questions"),
        (b"{\n", "line 1"),
        (b'{"id":"1","question":"a","as":"merchant:M0001"}\n{"id":"2"}\n', "line 2: question: Field required"),
        (b'{"id":"1","question":["a"],"as":"m"}\n', "line 1: question"),
        (b'{"id":"1","question":"a","as":"m","now":"soon"}\n', "line 1: now"),
        (b"\xff\xfe\n", "line 1"),
        (b"[" * 100_000, "line 1"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=r"q\.jsonl") as caught:
        read_questions(_file(tmp_path, content))
    assert says in str(caught.value)


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_questions(tmp_path / "none")
    with pytest.raises(InputError, match="is a directory"):
        read_questions(tmp_path)


def test_a_time_without_an_offset_is_local_business_time() -> None:
    assert parse_now("2026-11-22T10:00", ZONE).isoformat() == "2026-11-22T10:00:00+08:00"
    assert parse_now("2026-11-22T10:00:00+00:00", ZONE).hour == 18
    assert parse_now(None, ZONE).tzinfo is not None


def test_what_is_not_a_time_is_refused() -> None:
    with pytest.raises(InputError, match="is not a time"):
        parse_now("tomorrow", ZONE)
