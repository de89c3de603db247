"""Sums of the days that were asked for, held against the platform's own rows."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from bot.answering.render import date_text, figure
from bot.answering.types import Answer
from bot.conversation import Conversations
from tests.conftest import NOW
from tools.types import Measurement, Period

AT = datetime.fromisoformat(NOW)
Day = tuple[int, int, int]


def span(start: Day, end: Day) -> Period:
    return Period(start=date(*start), end=date(*end))


def rows_sum(platform: Path, merchant: str, column: str, days: Period) -> float:
    """The sum of a column of one merchant's own rows."""
    query = f"SELECT coalesce(sum({column}), 0) FROM read_parquet(?) WHERE merchant_id = ? AND day BETWEEN ? AND ?"
    found = duckdb.execute(query, [str(platform / "activity.parquet"), merchant, days.start, days.end]).fetchone()
    assert found is not None
    return float(found[0])


def one(answered: Answer, metric: str) -> Measurement:
    """The figure of that name which the answer says."""
    found = [m for m in answered.measurements if m.metric == metric]
    assert len(found) == 1, (metric, answered.text)
    assert figure(found[0], answered.language) in answered.text
    return found[0]


def named(answered: Answer, days: Period) -> bool:
    return all(date_text(day, answered.language, AT.date()) in answered.text for day in (days.start, days.end))


async def ask(conversations: Conversations, merchant: str, text: str) -> Answer:
    answered = await conversations.ask(text, asker=f"merchant:{merchant}", now=AT)
    assert answered.outcome == "grounded", answered.text
    return answered


PAST = [
    ("M0001", "sales on 6 October", (2026, 10, 6), (2026, 10, 6)),
    ("M0001", "sales on 14 October", (2026, 10, 14), (2026, 10, 14)),
    ("M0012", "my sales on 26 August", (2026, 8, 26), (2026, 8, 26)),
    ("M0001", "中秋卖了多少", (2026, 9, 25), (2026, 9, 25)),
    ("M0012", "五一期间营业额多少", (2026, 5, 1), (2026, 5, 5)),
    ("M0001", "sales on 18 June", (2026, 6, 18), (2026, 6, 18)),
    ("M0012", "sales on 1 December 2025", (2025, 12, 1), (2025, 12, 1)),
    ("M0001", "去年国庆卖了多少", (2025, 10, 1), (2025, 10, 7)),
    ("M0001", "sales from 8 to 14 October 2025", (2025, 10, 8), (2025, 10, 14)),
    ("M0012", "sales on 5 October 2025", (2025, 10, 5), (2025, 10, 5)),
]


@pytest.mark.parametrize(("merchant", "text", "start", "end"), PAST, ids=[text for _, text, _, _ in PAST])
async def test_the_days_asked_for_are_the_days_summed(
    conversations: Conversations, demo_platform: Path, merchant: str, text: str, start: Day, end: Day
) -> None:
    answered, days = await ask(conversations, merchant, text), span(start, end)
    said = one(answered, "gmv.total")
    assert said.period == days
    assert said.value == pytest.approx(rows_sum(demo_platform, merchant, "gmv", days), abs=0.005)
    assert named(answered, days)


@pytest.mark.parametrize("text", ["国庆营业额和去年国庆比", "compare sales on National Day with National Day 2025"])
async def test_a_feast_is_set_beside_the_same_days_of_the_year_before(
    conversations: Conversations, demo_platform: Path, text: str
) -> None:
    answered = await ask(conversations, "M0012", text)
    now, before = span((2026, 10, 1), (2026, 10, 7)), span((2025, 10, 1), (2025, 10, 7))
    for metric, days in (("gmv.total", now), ("gmv.total_before", before)):
        assert one(answered, metric).value == pytest.approx(rows_sum(demo_platform, "M0012", "gmv", days), abs=0.005)
        assert named(answered, days)


async def test_days_that_have_not_come_are_said_to_be_missing_and_the_newest_are_told(
    conversations: Conversations,
) -> None:
    answered = await ask(conversations, "M0001", "sales today")
    yesterday = AT.date() - timedelta(days=1)
    assert one(answered, "gmv.total").period == Period(start=yesterday, end=yesterday)


async def test_sums_that_differ_are_told_in_full_and_not_called_the_same(
    conversations: Conversations, demo_platform: Path
) -> None:
    answered = await ask(conversations, "M0012", "去年11月我卖了多少")
    now, before = span((2025, 11, 1), (2025, 11, 30)), span((2025, 10, 2), (2025, 10, 31))
    for days in (now, before):
        assert f"{rows_sum(demo_platform, 'M0012', 'gmv', days):,.0f} 元" in answered.text
    assert "一样多" not in answered.text
    assert one(answered, "gmv.total_change").value != 0


def silent_days(platform: Path) -> tuple[str, Period]:
    """The merchant whose feed has the longest silence among those with rows on nearly every other day."""
    found = duckdb.execute(
        "WITH d AS (SELECT DISTINCT merchant_id, day FROM read_parquet(?)), s AS (SELECT merchant_id, day, "
        "lag(day) OVER w AS before, count(*) OVER (PARTITION BY merchant_id) AS rows FROM d "
        "WINDOW w AS (PARTITION BY merchant_id ORDER BY day)) "
        "SELECT merchant_id, before + 1, day - 1 FROM s WHERE rows > 380 ORDER BY day - before DESC LIMIT 1",
        [str(platform / "activity.parquet")],
    ).fetchone()
    assert found is not None
    return found[0], Period(start=found[1], end=found[2])


async def test_days_that_never_arrived_are_no_zero(conversations: Conversations, demo_platform: Path) -> None:
    merchant, silent = silent_days(demo_platform)
    text = f"sales from {date_text(silent.start, 'en', AT.date())} to {date_text(silent.end, 'en', AT.date())}"
    answered = await ask(conversations, merchant, text)
    assert answered.measurements == ()
    assert "No data came" in answered.text
    assert named(answered, silent)


async def test_a_sum_with_missing_days_names_them_and_is_not_compared(
    conversations: Conversations, demo_platform: Path
) -> None:
    merchant, silent = silent_days(demo_platform)
    days = Period(start=silent.start - timedelta(days=2), end=silent.end + timedelta(days=2))
    text = f"sales from {date_text(days.start, 'en', AT.date())} to {date_text(days.end, 'en', AT.date())}"
    answered = await ask(conversations, merchant, text)
    assert one(answered, "gmv.total").value == pytest.approx(rows_sum(demo_platform, merchant, "gmv", days), abs=0.005)
    assert one(answered, "gmv.missing").value == (silent.end - silent.start).days + 1
    assert named(answered, silent)
    assert not [m for m in answered.measurements if m.statistic in ("total_change", "total_before")]
    after = Period(start=days.end, end=days.end + (days.end - days.start))
    later = await ask(
        conversations, merchant,
        f"sales from {date_text(after.start, 'en', AT.date())} to {date_text(after.end, 'en', AT.date())}",
    )  # fmt: skip
    assert not [m for m in later.measurements if m.statistic == "total_change"]
    assert "never arrived" in later.text


@pytest.mark.parametrize("text", ["sales this week", "本周卖了多少"])
async def test_a_feed_that_stopped_is_said_and_not_compared(
    conversations: Conversations, demo_platform: Path, text: str
) -> None:
    found = duckdb.execute(
        "SELECT merchant_id, max(day) FROM read_parquet(?) GROUP BY 1 HAVING max(day) BETWEEN ? AND ? ORDER BY 1",
        [str(demo_platform / "activity.parquet"), AT.date() - timedelta(days=6), AT.date() - timedelta(days=4)],
    ).fetchone()
    assert found is not None
    answered = await ask(conversations, found[0], text)
    yesterday = AT.date() - timedelta(days=1)
    assert one(answered, "gmv.total").period.end == found[1]
    assert one(answered, "gmv.missing").value == (yesterday - found[1]).days
    assert named(answered, Period(start=found[1] + timedelta(days=1), end=yesterday))
    assert not [m for m in answered.measurements if m.statistic == "total_change"]


A_YEAR_BEFORE = [
    (
        "compare sales in November with November last year",
        ((2026, 11, 1), (2026, 11, 21)),
        ((2025, 11, 1), (2025, 11, 21)),
    ),
    (
        "how did sales last week compare with the same week last year",
        ((2026, 11, 9), (2026, 11, 15)),
        ((2025, 11, 10), (2025, 11, 16)),
    ),
    ("上个月跟去年同月比营业额", ((2026, 10, 1), (2026, 10, 31)), ((2025, 10, 1), (2025, 10, 31))),
    ("sales during National Day vs last year", ((2026, 10, 1), (2026, 10, 7)), ((2025, 10, 1), (2025, 10, 7))),
    ("营业额 10月 去年", ((2026, 10, 1), (2026, 10, 31)), ((2025, 10, 1), (2025, 10, 31))),
    ("营业额同比怎么样", ((2026, 10, 25), (2026, 11, 21)), ((2025, 10, 26), (2025, 11, 22))),
    ("中秋营业额和去年比", ((2026, 9, 25), (2026, 9, 25)), ((2025, 10, 6), (2025, 10, 6))),
]


@pytest.mark.parametrize(("text", "now", "then"), A_YEAR_BEFORE, ids=[text for text, _, _ in A_YEAR_BEFORE])
async def test_sums_are_set_beside_the_same_days_of_the_year_before(
    conversations: Conversations, demo_platform: Path, text: str, now: tuple[Day, Day], then: tuple[Day, Day]
) -> None:
    answered = await ask(conversations, "M0012", text)
    for metric, days in (("gmv.total", span(*now)), ("gmv.total_before", span(*then))):
        said = one(answered, metric)
        assert said.period == days
        assert said.value == pytest.approx(rows_sum(demo_platform, "M0012", "gmv", days), abs=0.005)
        assert named(answered, days)


@pytest.mark.parametrize(
    ("text", "metric", "now", "then"),
    [
        ("compare November with November last year", "overall.score", (2026, 11, 21), (2025, 11, 22)),
        ("am i better than last year in november?", "overall.score", (2026, 11, 21), (2025, 11, 22)),
        ("和去年比怎么样", "overall.score", (2026, 11, 21), (2025, 11, 22)),
        ("return rate compared with last year", "return_rate_28d", (2026, 11, 21), (2025, 11, 22)),
        ("conversion rate in October against October last year", "conversion_rate", (2026, 10, 31), (2025, 10, 31)),
    ],
)
async def test_scores_and_metrics_are_set_beside_the_nearest_card_of_the_year_before(
    conversations: Conversations, text: str, metric: str, now: Day, then: Day
) -> None:
    answered = await ask(conversations, "M0012", text)
    said = sorted(m.as_of for m in answered.measurements if m.metric == metric)
    assert said == [date(*then), date(*now)]
    assert date_text(date(*then), answered.language, AT.date()) in answered.text


async def test_where_no_data_lie_a_year_back_that_is_said(conversations: Conversations) -> None:
    answered = await ask(conversations, "M0012", "sales in August against last year")
    assert "28 September 2025" in answered.text
    assert not [m for m in answered.measurements if m.statistic == "total_change"]
    scores = await ask(conversations, "M0012", "compare my scores in September with last year")
    assert "no comparable figure" in scores.text
    assert {m.as_of for m in scores.measurements} == {AT.date() - timedelta(days=1)}


@pytest.mark.parametrize("text", ["why is my revenue down", "为什么营业额掉了"])
@pytest.mark.parametrize("merchant", ["M0001", "M0012"])
async def test_why_the_sales_moved_is_told_in_parts_that_add_up(
    conversations: Conversations, merchant: str, text: str
) -> None:
    answered = await ask(conversations, merchant, text)
    change = one(answered, "gmv.total_change").value
    parts = [one(answered, f"gmv.{name}").value or 0 for name in ("by_visitors", "by_frequency", "by_order_value")]
    assert sum(parts) == pytest.approx(change, abs=0.001)
