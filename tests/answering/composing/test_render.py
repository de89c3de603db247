"""Figures, dates and durations as text."""

from datetime import date
from typing import get_args

import pytest

from bot.answering.render import date_text, duration_text, figure, money_text, references, render, render_draft, space
from bot.answering.types import Draft, Evidence, Language, Sentence
from tests.answering.composing.samples import AS_OF
from tools.types import Measurement, Period, Unit

PERIOD = Period(start=date(2026, 10, 25), end=AS_OF)


def measured(value: float | None, unit: Unit, metric: str = "x", **more: object) -> Measurement:
    return Measurement.model_validate(
        {
            "id": "M1",
            "metric": metric,
            "merchant_id": "M0001",
            "value": value,
            "unit": unit,
            "period": PERIOD,
            "as_of": AS_OF,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.1824, "ratio", "18.2%", "18.2%"),
        (0.99999, "ratio", "100.0%", "100.0%"),
        (58.64, "score", "58.6", "58.6"),
        (-0.04, "points", "0.0", "0.0"),
        (12345, "users", "1.2 万人", "12,345 users"),
        (12000, "users", "1.2 万人", "12,000 users"),
        (10000, "users", "1 万人", "10,000 users"),
        (1, "users", "1 人", "1 user"),
        (1, "merchants", "1 家", "1 shop"),
        (143, "merchants", "143 家", "143 shops"),
        (36.5, "yuan", "36.50 元", "¥36.50"),
        (12000, "yuan", "1.2 万元", "¥12,000"),
        (230000000, "yuan", "2.3 亿元", "¥230,000,000"),
        (-3.5, "yuan", "-3.50 元", "-¥3.50"),
        (6.125, "times", "6.13 倍", "6.13 times"),
        (2.13, "days", "2.13 天", "2.13 days"),
        (1, "days", "1 天", "1 day"),
        (9, "count", "9", "9"),
        (None, "ratio", "—", "—"),
    ],
)
def test_a_figure_reads_in_its_unit_and_language(value: float | None, unit: Unit, zh: str, en: str) -> None:
    assert figure(measured(value, unit), "zh") == zh
    assert figure(measured(value, unit), "en") == en


def test_every_unit_can_be_printed() -> None:
    for unit in get_args(Unit):
        assert figure(measured(1.5, unit), "en")


@pytest.mark.parametrize(("style", "zh"), [("+", "+4.1"), ("abs", "4.1"), ("whole", "4"), ("bare", "4.1")])
def test_a_style_prints_sign_size_or_number_alone(style: str, zh: str) -> None:
    assert figure(measured(4.12, "points"), "zh", None, style) == zh


def test_a_changed_share_is_said_in_percentage_points() -> None:
    change = measured(-0.031, "ratio", "return_rate_28d.change")
    assert figure(change, "zh", None, "+") == "-3.1 个百分点"
    assert figure(change, "en", None, "abs") == "3.1 percentage points"


@pytest.mark.parametrize(
    ("value", "unit", "style", "zh", "en"),
    [
        (10_647.4, "yuan", None, "10,647 元", "¥10,647"),
        (-11_412.0, "yuan", "+", "-11,412 元", "-¥11,412"),
        (999_999.4, "yuan", None, "999,999 元", "¥999,999"),
        (1_234_567.0, "yuan", None, "123.5 万元", "¥1,234,567"),
        (10_647.4, "yuan", "exact", "10,647.40 元", "¥10,647.40"),
        (1_234_567.0, "yuan", "exact", "1,234,567.00 元", "¥1,234,567.00"),
        (12_345.0, "count", None, "12,345", "12,345"),
        (-12_345.0, "count", "+", "-12,345", "-12,345"),
        (12_345.0, "users", None, "12,345 人", "12,345 users"),
        (-12_345.0, "users", "+", "-12,345 人", "-12,345 users"),
    ],
)
def test_a_sum_of_days_is_printed_in_full_so_that_two_that_differ_look_different(
    value: float, unit: Unit, style: str | None, zh: str, en: str
) -> None:
    one = measured(value, unit, "gmv.total")
    assert [figure(one, "zh", style=style).replace(" ", ""), figure(one, "en", style=style)] == [
        zh.replace(" ", ""),
        en,
    ]


def test_a_reference_prints_what_stands_behind_a_ratio() -> None:
    ratio = measured(0.182, "ratio", numerator=182, denominator=1000)
    said = Sentence(text="{M1} ({M1.numerator} of {M1.denominator})", measurements=("M1",))
    assert render(said, {"M1": ratio}, "en") == "18.2% (182 of 1,000)"
    assert references(said.text) == ("M1",)


def test_an_unknown_reference_stays_as_written() -> None:
    assert render(Sentence(text="{M9}"), {}, "en") == "{M9}"


def test_chinese_text_has_one_space_beside_latin_and_none_beside_full_width_signs() -> None:
    assert space("你的活跃分是58.6 ，约+4.1 。看C-CARE说明") == "你的活跃分是 58.6，约 +4.1。看 C-CARE 说明"


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("zh", date(2026, 12, 6), "12 月 6 日"),
        ("zh", date(2027, 1, 3), "2027 年 1 月 3 日"),
        ("en", date(2026, 12, 6), "6 December"),
        ("en", date(2025, 12, 6), "6 December 2025"),
    ],
)
def test_a_date_names_its_year_only_when_it_is_another(language: Language, day: date, text: str) -> None:
    assert date_text(day, language, date(2026, 11, 22)) == text


def test_effort_and_cost_read_as_people_say_them() -> None:
    assert [duration_text(h, "zh") for h in (0.25, 0.5, 1, 1.5)] == ["15 分钟", "半小时", "1 小时", "1.5 小时"]
    assert [duration_text(h, "en") for h in (0.5, 2)] == ["half an hour", "2 hours"]
    assert (money_text(500, "zh"), money_text(500, "en")) == ("500 元", "¥500")


def test_items_are_numbered_and_questions_stand_apart() -> None:
    blocks = (("一。", "text"), ("二。", "text"), ("甲", "item"), ("乙", "item"), ("注", "note"), ("问？", "question"))
    draft = Draft(language="zh", sentences=tuple(Sentence.model_validate({"text": t, "block": b}) for t, b in blocks))
    assert render_draft(draft, Evidence()) == "一。二。\n\n1. 甲\n2. 乙\n\n注\n\n问？"
