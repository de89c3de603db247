"""What a plan may cost, and the days that a question names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.embedded.lexicon_data import load_lexicon
from bot.answering.embedded.lexicon_text import plain
from bot.answering.embedded.slots_limits import find_limits, in_all
from bot.answering.embedded.slots_periods import against_of, deadline_of, period_of
from bot.answering.types import Plan
from tests.answering.understanding.conftest import NOW, Ask
from tools.types import Period

TODAY = NOW.date()
DATA = load_lexicon()


def _said(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(s.intent, s.slots.model_dump(mode="json", by_alias=True, exclude_none=True)) for s in plan.steps]


# ---- what a plan may cost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("预算500块", {"yuan": 500}),
        ("手头就两千块", {"yuan": 2000}),
        ("预算一千五", {"yuan": 1500}),
        ("1.5万预算", {"yuan": 15000}),
        ("¥800", {"yuan": 800}),
        ("不花钱", {"yuan": 0}),
        ("一分钱也不想花", {"yuan": 0}),
        ("with a budget of 500 yuan", {"yuan": 500}),
        ("spend 1k at most", {"yuan": 1000}),
        ("I don't want to spend more than 300 yuan", {"yuan": 300}),
        ("without spending money", {"yuan": 0}),
        ("we have no budget", {"yuan": 0}),
        ("两小时", {"hours": 2}),
        ("两个半小时", {"hours": 2.5}),
        ("half an hour", {"hours": 0.5}),
        ("an hour and a half", {"hours": 1.5}),
        ("90 minutes", {"hours": 1.5}),
        ("每周就两小时", {"hours": 4}),
        ("two hours a week", {"hours": 4}),
        ("2 hrs/week", {"hours": 4}),
        ("w/o spending anything", {"yuan": 0}),
        ("每天半小时", {"hours": 7}),
        ("最多用3000点数", {"credits": 3000}),
        ("用5000点", {"credits": 5000}),
        ("at most 2000 points", {"credits": 2000}),
        ("without touching my points", {"credits": 0}),
        ("预算 500 块，每周就两小时", {"yuan": 500, "hours": 4}),
        ("raise it by 5 points", {}),
        ("48小时内", {}),
        ("with two people", {}),
        ("with 70 as the target", {}),
    ],
)
def test_hours_money_and_points_are_read_and_what_is_said_for_a_week_counts_for_two(
    text: str, limits: dict[str, float]
) -> None:
    assert in_all(find_limits(plain(text)), TODAY, date(2026, 12, 5)) == pytest.approx(limits)


@given(st.integers(min_value=1, max_value=9000), st.sampled_from(["预算{}元", "a budget of {} yuan", "最多花{}块"]))
def test_any_budget_is_read_as_said(amount: int, form: str) -> None:
    assert in_all(find_limits(form.format(amount)), TODAY, None) == {"yuan": amount}


@given(st.text(alphabet="预算花不钱两小时每周一百点数0123 budgethourspawk", max_size=40))
def test_limits_lie_inside_the_text_and_are_never_negative(text: str) -> None:
    for limit in find_limits(plain(text)):
        assert 0 <= limit.start < limit.end <= len(plain(text))
        assert limit.value >= 0


def test_an_amount_of_money_is_the_target_of_a_figure_of_money_and_else_a_limit(ask: Ask) -> None:
    assert _said(ask("排个计划,月底前客单价做到50块")) == [
        ("plan", {"metric": "average_order_value", "target": {"value": 50.0, "kind": "to"}, "by": "2026-11-30"})
    ]
    assert _said(ask("排个计划,月底前活跃分做到60,就50块")) == [
        ("plan", {"dimension": "active", "target": {"value": 60.0, "kind": "to"}, "by": "2026-11-30", "yuan": 50.0})
    ]


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("why did it fall last month", "2026-10-01", "2026-10-31"),
        ("跟国庆前比为什么掉了", "2026-10-01", "2026-11-22"),
        ("why is it lower than before National Day", "2026-10-01", "2026-11-22"),
        ("和上周比为什么少了", "2026-11-16", "2026-11-22"),
        ("why is it lower than in September", "2026-10-01", "2026-11-22"),
        ("why was October worse than September", "2026-10-01", "2026-10-31"),
        ("为什么十月比九月差", "2026-10-01", "2026-10-31"),
        ("between 10 and 20 November", "2026-11-10", "2026-11-20"),
        ("since 1 October", "2026-10-01", "2026-11-22"),
        ("国庆之后怎么掉了", "2026-10-08", "2026-11-22"),
        ("after Double 11", "2026-11-12", "2026-11-22"),
    ],
)
def test_an_explanation_spans_the_days_over_which_the_figure_changed(text: str, start: str, end: str) -> None:
    assert period_of(plain(text), "explain", TODAY) == Period(
        start=date.fromisoformat(start), end=date.fromisoformat(end)
    )


def test_days_to_come_are_no_period_of_an_effect() -> None:
    assert period_of("券有效期改成7天之后效果怎么样", "effect", TODAY) is None


@pytest.mark.parametrize("text", ["this week vs last week", "上周和这周比", "这周比上周"])
def test_two_periods_are_the_later_and_the_earlier_in_whichever_order(text: str) -> None:
    this_week = Period(start=date(2026, 11, 16), end=TODAY)
    last_week = Period(start=date(2026, 11, 9), end=date(2026, 11, 15))
    assert (period_of(text, "compare", TODAY), against_of(text, TODAY)) == (this_week, last_week)


@pytest.mark.parametrize(
    ("text", "marked", "day"),
    [
        ("两周内", True, "2026-12-05"),
        ("一周三小时,月底前", True, "2026-11-30"),
        ("一周三小时", False, None),
        ("before Christmas", True, "2026-12-24"),
        ("by Friday", True, "2026-11-27"),
        ("in three weeks", True, "2026-12-12"),
        ("by Friday, no, by 31 December", True, "2026-12-31"),
        ("next month", True, None),
        ("next month", False, "2026-12-31"),
        ("last month", False, None),
    ],
)
def test_the_last_day_of_a_plan_lies_ahead_and_is_never_a_rhythm(text: str, marked: bool, day: str | None) -> None:
    found = deadline_of(plain(text), find_limits(plain(text)), TODAY, marked=marked)
    assert found == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("3 hours a week and 500 yuan", {"hours": 6, "yuan": 500}),
        ("每周3小时500块", {"hours": 6, "yuan": 500}),
        ("每周五小时，一共一千块", {"hours": 10, "yuan": 1000}),
        ("200 yuan a week and 4 hours", {"hours": 4, "yuan": 400}),
    ],
)
def test_what_is_said_once_is_not_taken_for_a_weekly_sum(text: str, slots: dict[str, float]) -> None:
    assert in_all(find_limits(plain(text)), TODAY, date(2026, 12, 5)) == pytest.approx(slots)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("一周只有2小时，手上800块", {"weekly_hours": 2, "yuan": 800}),
        ("I can give it four hours per week", {"weekly_hours": 4}),
        ("每天半小时", {"weekly_hours": 3.5}),
        ("just three hours", {"hours": 3}),
    ],
)
def test_without_a_last_day_weekly_hours_are_a_pace(text: str, slots: dict[str, float]) -> None:
    assert in_all(find_limits(plain(text)), TODAY, None) == pytest.approx(slots)
