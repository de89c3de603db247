"""Dates in Chinese and English, relative to Sunday 22 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.embedded.dates import document_day, find_dates
from bot.answering.embedded.dates_calendar import month, quarter
from bot.answering.embedded.lexicon_text import plain

TODAY = date(2026, 11, 22)


def _one(text: str, *, ahead: bool = False) -> tuple[str, str]:
    found = find_dates(plain(text), TODAY, ahead=ahead)
    assert len(found) == 1, found
    return found[0].span.start.isoformat(), found[0].span.end.isoformat()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("上个月的核销率", "2026-10-01", "2026-10-31"),
        ("上上个月", "2026-09-01", "2026-09-30"),
        ("最近30天", "2026-10-23", "2026-11-21"),
        ("近一周", "2026-11-15", "2026-11-21"),
        ("過去三個月", "2026-08-22", "2026-11-21"),
        ("上周", "2026-11-09", "2026-11-15"),
        ("上周三", "2026-11-11", "2026-11-11"),
        ("本周", "2026-11-16", "2026-11-22"),
        ("上周末", "2026-11-14", "2026-11-15"),
        ("昨天", "2026-11-21", "2026-11-21"),
        ("前天", "2026-11-20", "2026-11-20"),
        ("三天前", "2026-11-19", "2026-11-19"),
        ("这个月", "2026-11-01", "2026-11-22"),
        ("今年以来", "2026-01-01", "2026-11-22"),
        ("周一以来", "2026-11-16", "2026-11-22"),
        ("去年双十一", "2025-11-11", "2025-11-11"),
        ("双十一", "2026-11-11", "2026-11-11"),
        ("国庆期间", "2026-10-01", "2026-10-07"),
        ("春节", "2026-02-17", "2026-02-23"),
        ("10月", "2026-10-01", "2026-10-31"),
        ("十二月", "2025-12-01", "2025-12-31"),
        ("去年10月", "2025-10-01", "2025-10-31"),
        ("2026年10月5日", "2026-10-05", "2026-10-05"),
        ("10月5日到10月9日", "2026-10-05", "2026-10-09"),
        ("10月底", "2026-10-21", "2026-10-31"),
        ("10月底前", "2026-10-04", "2026-10-31"),
        ("最近半个月", "2026-11-07", "2026-11-21"),
        ("十月最后一周", "2026-10-25", "2026-10-31"),
        ("上个月第一周", "2026-10-01", "2026-10-07"),
        ("最近一个半月", "2026-10-07", "2026-11-21"),
        ("这一个月", "2026-10-22", "2026-11-21"),
        ("国庆那几天", "2026-10-01", "2026-10-07"),
        ("国庆之后", "2026-10-08", "2026-11-22"),
        ("国庆前", "2026-09-03", "2026-09-30"),
        ("双十一前后", "2026-11-11", "2026-11-11"),
        ("十一期间", "2026-10-01", "2026-10-07"),
        ("十一以后", "2026-10-08", "2026-11-22"),
        ("11月10日到15号", "2026-11-10", "2026-11-15"),
        ("11月10-15号", "2026-11-10", "2026-11-15"),
        ("10号到15号", "2026-11-10", "2026-11-15"),
        ("二十一号", "2026-11-21", "2026-11-21"),
        ("15号以来", "2026-11-15", "2026-11-22"),
        ("11/10到11/15卖了多少", "2026-11-10", "2026-11-15"),
        ("礼拜天到礼拜三", "2026-11-15", "2026-11-18"),
        ("上周一共多少单", "2026-11-09", "2026-11-15"),
        ("三季度", "2026-07-01", "2026-09-30"),
        ("上半年", "2026-01-01", "2026-06-30"),
        ("前年", "2024-01-01", "2024-12-31"),
        ("2026-10", "2026-10-01", "2026-10-31"),
        ("２０２６/10/05", "2026-10-05", "2026-10-05"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("the last 28 days", "2026-10-25", "2026-11-21"),
        ("the past two weeks", "2026-11-08", "2026-11-21"),
        ("past week", "2026-11-15", "2026-11-21"),
        ("since Monday", "2026-11-16", "2026-11-22"),
        ("since 1 October", "2026-10-01", "2026-11-22"),
        ("in October", "2026-10-01", "2026-10-31"),
        ("in May", "2026-05-01", "2026-05-31"),
        ("October 2025", "2025-10-01", "2025-10-31"),
        ("Oct 5th", "2026-10-05", "2026-10-05"),
        ("from 3 October to 9 October", "2026-10-03", "2026-10-09"),
        ("between September and October", "2026-09-01", "2026-10-31"),
        ("Q3", "2026-07-01", "2026-09-30"),
        ("2025 Q4", "2025-10-01", "2025-12-31"),
        ("the week before last", "2026-11-02", "2026-11-08"),
        ("two weeks ago", "2026-11-02", "2026-11-08"),
        ("between 10 and 20 November", "2026-11-10", "2026-11-20"),
        ("10-15 November", "2026-11-10", "2026-11-15"),
        ("November 10 to 15", "2026-11-10", "2026-11-15"),
        ("from 3 to 9 October", "2026-10-03", "2026-10-09"),
        ("the last week of October", "2026-10-25", "2026-10-31"),
        ("between the 1st and the 7th", "2026-11-01", "2026-11-07"),
        ("since the 15th", "2026-11-15", "2026-11-22"),
        ("the last fortnight", "2026-11-08", "2026-11-21"),
        ("after National Day", "2026-10-08", "2026-11-22"),
        ("before Double 11", "2026-10-14", "2026-11-10"),
        ("year to date", "2026-01-01", "2026-11-22"),
        ("last year's Double 11", "2025-11-11", "2025-11-11"),
        ("last Friday", "2026-11-20", "2026-11-20"),
        ("end of October", "2026-10-21", "2026-10-31"),
        ("first half of 2025", "2025-01-01", "2025-06-30"),
        ("last weekend", "2026-11-14", "2026-11-15"),
    ],
)
def test_a_period_that_has_passed(text: str, start: str, end: str) -> None:
    assert _one(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("到年底", "2026-11-22", "2026-12-31"),
        ("12月底前", "2026-11-22", "2026-12-31"),
        ("三个月内", "2026-11-22", "2027-02-21"),
        ("三个月的计划", "2026-11-22", "2027-02-21"),
        ("下个月", "2026-12-01", "2026-12-31"),
        ("下周", "2026-11-23", "2026-11-29"),
        ("未来28天", "2026-11-22", "2026-12-19"),
        ("明年一月", "2027-01-01", "2027-01-31"),
        ("春节前", "2026-11-22", "2027-02-05"),
        ("这个月", "2026-11-22", "2026-11-30"),
        ("by the end of January", "2026-11-22", "2027-01-31"),
        ("by the end of next month", "2026-11-22", "2026-12-31"),
        ("in four weeks", "2026-11-22", "2026-12-19"),
        ("by Christmas", "2026-11-22", "2026-12-25"),
        ("before the spring festival", "2026-11-22", "2027-02-05"),
        ("by March", "2026-11-22", "2027-03-31"),
        ("next month", "2026-12-01", "2026-12-31"),
        ("by Friday", "2026-11-22", "2026-11-27"),
        ("两周内", "2026-11-22", "2026-12-05"),
        ("半个月内", "2026-11-22", "2026-12-06"),
        ("一个半月内", "2026-11-22", "2027-01-05"),
        ("月底前", "2026-11-22", "2026-11-30"),
        ("周五之前", "2026-11-22", "2026-11-26"),
        ("15号之前", "2026-11-22", "2026-12-14"),
        ("十二月营业额", "2026-12-01", "2026-12-31"),
        ("下十二月", "2026-12-01", "2026-12-31"),
        ("看一下下周", "2026-11-23", "2026-11-29"),
        ("下下周", "2026-11-30", "2026-12-06"),
        ("in three weeks", "2026-11-22", "2026-12-12"),
        ("within a fortnight", "2026-11-22", "2026-12-05"),
        ("before Christmas", "2026-11-22", "2026-12-24"),
        ("before the end of the month", "2026-11-22", "2026-11-30"),
        ("by mid December", "2026-11-22", "2026-12-20"),
        ("by the 15th", "2026-11-22", "2026-12-15"),
    ],
)
def test_a_deadline_or_a_period_to_come(text: str, start: str, end: str) -> None:
    assert _one(text, ahead=True) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "what may I do",
        "march on",
        "8,200 points",
        "2000 followers",
        "一个月饼",
        "30%",
        "2月30日",
        "the 3.2 release",
        "1号店",
        "半天",
        "十一个人",
        "3/4 of it",
        "mon ami",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert find_dates(plain(text), TODAY) == []


@given(
    st.integers(min_value=1, max_value=400), st.sampled_from(["最近{}天", "last {} days", "过去{}日", "past {} days"])
)
def test_the_last_n_days_are_n_days_that_end_yesterday(n: int, form: str) -> None:
    span = find_dates(form.format(n), TODAY)[0].span
    assert span.end == TODAY - timedelta(days=1)
    assert (span.end - span.start).days + 1 == n


@given(
    st.dates(min_value=date(2019, 1, 1), max_value=date(2031, 12, 31)),
    st.sampled_from(
        [
            "上个月",
            "10月",
            "春节",
            "last quarter",
            "since Monday",
            "双十一前",
            "by Friday",
            "未来两周",
            "Q4",
            "去年国庆",
            "in 3 months",
            "周末",
            "下半年",
        ]
    ),
    st.booleans(),
)
def test_a_period_never_ends_before_it_begins(today: date, text: str, ahead: bool) -> None:
    for found in find_dates(plain(text), today, ahead=ahead):
        assert found.span.start <= found.span.end


@given(st.dates(min_value=date(2019, 1, 1), max_value=date(2031, 12, 31)), st.integers(min_value=1, max_value=12))
def test_a_month_without_a_year_is_the_latest_that_has_begun(today: date, number: int) -> None:
    span = find_dates(f"{number}月", today)[0].span
    assert span.start <= today
    assert (today - span.start).days <= 366
    assert span.start.month == number


def test_a_rule_of_a_month_is_judged_in_its_middle() -> None:
    assert document_day(month(2021, 1)) == date(2021, 1, 15)
    assert document_day(quarter(2021, 1)) == date(2021, 2, 14)
