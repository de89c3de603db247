"""A date is taken only where the words say that the document begins or ends with it."""

from datetime import date

import pytest

from knowledge.ingest.dates import parse_day, validity


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("第三十条 本规则自2026年3月1日起施行。", "2026-03-01", None),
        ("附则\n本规则自2026年3月1日起施行。", "2026-03-01", None),
        ("自2026年3月1日起施行", "2026-03-01", None),
        ("本辦法自二〇二六年十月二十一日起正式實施。", "2026-10-21", None),
        ("生效日期：２０２６年３月１日", "2026-03-01", None),
        ("| 生效日期 | 2026-03-01 |", "2026-03-01", None),
        ("有效期至2026年12月31日。", None, "2026-12-31"),
        ("有效期：2026.3.1至2026.12.31", "2026-03-01", "2026-12-31"),
        ("本政策自2026年3月起生效，有效期至2026年9月。", "2026-03-01", "2026-09-30"),
        ("Valid from 1 March 2026 to 31 December 2026.", "2026-03-01", "2026-12-31"),
        ("This policy is effective as of March 1st, 2026.", "2026-03-01", None),
        ("Effective date: 2026-03-01\nExpiry date: 2026/12/31", "2026-03-01", "2026-12-31"),
        ("These terms are valid until 30 June 2027.", None, "2027-06-30"),
    ],
)
def test_words_that_say_what_the_date_is(text: str, since: str | None, until: str | None) -> None:
    found = validity(text)
    assert (found[0].value, found[1].value) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月1日", "发布于2026年3月1日", "更新时间：2026-03-01",
        "新价格自2026年5月1日起生效", "活动时间2026年5月1日至5月3日", "优惠券有效期至2026年12月31日",
        "原办法自2026年1月1日起废止", "Published on 1 March 2026.", "points booked are valid until 2026-12-31",
        "Effective from 03/04/2026", "自2026年13月1日起施行",
        "The coupon expires on 2026-12-31.", "Last updated: March 1, 2026",
    ],
)  # fmt: skip
def test_a_date_of_something_else_is_not_taken(text: str) -> None:
    assert [guess.value for guess in validity(text)] == [None, None]


def test_two_different_days_are_a_question_for_a_person() -> None:
    since, _ = validity("自2026年3月1日起施行。\n生效日期：2026年4月1日")
    assert since.value is None
    assert "2026-03-01, 2026-04-01" in since.why


def test_an_end_before_the_start_is_not_taken() -> None:
    since, until = validity("自2026年3月1日起施行。\n有效期至2025年1月1日")
    assert (since.value, until.value) == ("2026-03-01", None)
    assert "before its start" in until.why


def test_the_words_are_quoted() -> None:
    assert "自2026年3月1日起施行" in validity("本规则自2026年3月1日起施行。")[0].why


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二六年十二月三十一日", date(2026, 12, 31)), ("二零二六年二月二十日", date(2026, 2, 20)),
        ("1st of March, 2026", date(2026, 3, 1)), ("Sept 5 2026", date(2026, 9, 5)),
        ("2026.2.30", None), ("03/04/2026", None),
    ],
)  # fmt: skip
def test_days_are_read_or_refused(text: str, day: date | None) -> None:
    assert parse_day(text) == day
