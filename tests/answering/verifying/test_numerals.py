"""Numbers and dates as they are read out of a text, in both languages."""

from datetime import date

import pytest

from bot.answering.verify.dates import dates
from bot.answering.verify.numerals import numerals


@pytest.mark.parametrize(
    ("text", "value", "noun"),
    [
        ("核销率 18.2%", 0.182, "share"),
        ("１８．２％", 0.182, "share"),
        ("18.2 percent", 0.182, "share"),
        ("三成用户", 0.3, "share"),
        ("七成半", 0.75, "share"),
        ("3 成", 0.3, "share"),
        ("百分之三十", 0.3, "share"),
        ("百分之18.2", 0.182, "share"),
        ("三分之二", 2 / 3, "share"),
        ("一半的人", 0.5, "share"),
        ("half of your users", 0.5, "share"),
        ("two thirds", 2 / 3, "share"),
        ("a quarter of them", 0.25, "share"),
        ("a third of them", 1 / 3, "share"),
        ("one in five", 0.2, "share"),
        ("1/3 的人", 1 / 3, "share"),
        ("-3.1 个百分点", -0.031, "share_change"),
        ("3.1 percentage points", 0.031, "share_change"),
        ("一万二的客人", 12000, ""),
        ("三百零五", 305, ""),
        ("两千三", 2300, ""),
        ("一百二", 120, ""),
        ("二十五", 25, ""),
        ("二〇二六", 2026, ""),
        ("三点五倍", 3.5, "times"),
        ("两倍", 2, "times"),
        ("翻了一番", 2, "times"),
        ("twice the median", 2, "times"),
        ("doubled", 2, "times"),
        ("3.4x", 3.4, "times"),
        ("1.2 万元", 12000, "yuan"),
        ("¥12,000", 12000, "yuan"),
        ("36.50 元", 36.5, "yuan"),
        ("2.3 亿元", 230_000_000, "yuan"),
        ("1.2 万人", 12000, "users"),
        ("12.5k", 12500, ""),
        ("3 million", 3_000_000, ""),
        ("143 家", 143, "merchants"),
        ("143 shops", 143, "merchants"),
        ("1,203 visitors", 1203, "users"),
        ("半小时", 0.5, "hours"),
        ("half an hour", 0.5, "hours"),
        ("1.5 小时", 1.5, "hours"),
        ("15 分钟", 15, "minutes"),
        ("28 天", 28, "days"),
        ("28-day window", 28, "days"),
        ("四周", 4, "weeks"),
        ("+4.1 分", 4.1, "score"),
        ("第 3 名", 3, "ordinal"),
        ("3rd place", 3, "ordinal"),
        ("两处", 2, "things"),
        ("twenty-five", 25, ""),
        ("three things", 3, ""),
        ("one hundred and twenty", 120, ""),
    ],
)
def test_a_number_is_read_with_its_value_and_noun(text: str, value: float, noun: str) -> None:
    (found,) = numerals(text)
    assert found.value == pytest.approx(value)
    assert found.noun == noun


@pytest.mark.parametrize(
    "text",
    [
        "第三方",
        "十分好",
        "万一",
        "周四见",
        "一次",
        "一起",
        "one thing",
        "四川",
        "百货",
        "千万别",
        "三三两两",
        "星期五",
        "一样",
        "十一黄金周"[2:],
        "",
    ],
)
def test_words_that_only_look_like_numbers_count_nothing(text: str) -> None:
    assert numerals(text) == []


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("18.2%", 0.001),
        ("18%", 0.01),
        ("三成", 0.1),
        ("1.2 万", 1000),
        ("12,000", 1),
        ("一万二", 1000),
        ("58.6", 0.1),
        ("三百", 100),
    ],
)
def test_a_number_is_as_precise_as_it_was_said(text: str, step: float) -> None:
    (found,) = numerals(text)
    assert found.step == pytest.approx(step)


def test_positions_are_those_of_the_text() -> None:
    text = "回访率 18.2%，同行 24.5%；约 +8.3 分"
    assert [text[n.start : n.end] for n in numerals(text)] == ["18.2%", "24.5%", "+8.3 分"]
    assert [n.signed for n in numerals(text)] == [False, False, True]


def test_a_range_is_two_numbers_and_no_sign() -> None:
    assert [(n.value, n.signed) for n in numerals("5-15 characters")] == [(5, False), (15, False)]


@pytest.mark.parametrize(
    ("text", "year", "month", "day"),
    [
        ("2022-07-20", 2022, 7, 20),
        ("2022/7/20", 2022, 7, 20),
        ("2022 年 7 月 20 日", 2022, 7, 20),
        ("2022年7月", 2022, 7, None),
        ("2022 年", 2022, None, None),
        ("12 月 6 日", None, 12, 6),
        ("12月6号", None, 12, 6),
        ("10 月的数", None, 10, None),
        ("6 December 2026", 2026, 12, 6),
        ("6th of December", None, 12, 6),
        ("December 6, 2026", 2026, 12, 6),
        ("Dec 6", None, 12, 6),
        ("December 2026", 2026, 12, None),
        ("in 2021", 2021, None, None),
    ],
)
def test_a_date_is_read_as_far_as_it_was_said(text: str, year: int | None, month: int | None, day: int | None) -> None:
    (found,) = dates(text)
    assert (found.year, found.month, found.day) == (year, month, day)


@pytest.mark.parametrize("text", ["3 个月", "2 月内", "58.6", "1,203 visitors", "may I", "in 28 days", "600x600"])
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert dates(text) == []


def test_a_date_without_a_year_means_one_near_today() -> None:
    (found,) = dates("12 月 6 日")
    today = date(2026, 11, 22)
    assert found.fits(date(2026, 12, 6), today)
    assert found.fits(date(2026, 12, 6), date(2027, 1, 5))
    assert not found.fits(date(2024, 12, 6), today)
    assert not found.fits(date(2026, 12, 7), today)
