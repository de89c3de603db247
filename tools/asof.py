"""Which dates a snapshot speaks of, and which of them a card may use."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from tools.types import State

DAILY_DAYS = 35
WEEKS = 26
SUNDAY = 6  # weekly dates stand on a fixed weekday: a new day then needs itself, not every week before it once more
MONTH_ENDS = 13
WINDOW = 28
YEAR = 364  # 52 weeks: the same weekday
STALE_AFTER = 3  # days without anything new


def as_of_dates(newest: date, first_day: date, *, lone: bool = False) -> list[date]:
    """As-of dates, ascending: 35 days, the Sundays of 26 weeks, 13 month ends, and the newest weekday a year ago.

    A date needs 28 days of history behind it. `lone`: so few merchants that each is compared with its own past, which
    therefore has to be there for every one of the last 35 days. The day after, all but two or three are the same.
    """
    dates = {newest - timedelta(days=n) for n in range(DAILY_DAYS)}
    dates |= {_sunday(newest) - timedelta(weeks=n) for n in range(WEEKS)}
    dates |= set(_month_ends(newest, MONTH_ENDS))
    dates.add(newest - timedelta(days=YEAR))
    if lone:
        dates |= {newest - timedelta(days=n + back) for n in range(DAILY_DAYS) for back in (WINDOW, YEAR)}
    earliest = first_day + timedelta(days=WINDOW - 1)
    kept = sorted(d for d in dates if d >= earliest)
    return kept or [newest]


def _sunday(until: date) -> date:
    return until - timedelta(days=(until.weekday() - SUNDAY) % 7)


def _month_ends(newest: date, count: int) -> list[date]:
    ends = []
    last = newest.replace(day=1) - timedelta(days=1)
    for _ in range(count):
        ends.append(last)
        last = last.replace(day=1) - timedelta(days=1)
    return ends


def newest_until(dates: Sequence[date], limit: date) -> date | None:
    """The newest of the ascending `dates` that is not after `limit`."""
    at = bisect_right(dates, limit)
    return dates[at - 1] if at else None


def feed_state(newest: date | None, complete: bool, *, on: date, today: date) -> tuple[State, date]:
    """How a merchant's feed stands for a question about `on`, and the last day that may be measured.

    A question about days that the feed has long covered is not touched by how it stands now.
    """
    if newest is None:
        return "empty", on
    whole = newest if complete else newest - timedelta(days=1)
    if on < newest or (on == newest and complete):
        return "ok", on
    if (today - newest).days > STALE_AFTER:
        return "stale", whole
    return ("ok", on) if complete else ("partial", whole)
