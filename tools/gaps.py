"""Days of one merchant that never arrived: a zero is a day on which nothing happened, and this is not the same."""

from collections.abc import Iterator
from datetime import date
from math import log

import numpy as np

from tools.own import Bools, Ints
from tools.shop import Shop
from tools.types import Period

HOLE = 3  # days in a row; shorter ones are holidays and closing days
CHANCE = 1e-4  # how often a hole may come about by itself, given how often the merchant has no row on other days
_NEAR = 200  # merchants on either side whose rows show first whether the feed came at all


def is_hole(missing: int, rows: int, span: int) -> bool:
    """Whether so many days in a row are too many for a merchant with `rows` days of rows in a span of days."""
    if missing < HOLE:
        return False
    return missing * log((span - missing - rows + 1) / (span - missing + 2)) + log(span) < log(CHANCE)


def gaps(shop: Shop, period: Period) -> tuple[Period, ...]:
    """The stretches of a period, inside the merchant's days, for which no rows came, oldest first.

    Those are days on which nobody has a row, and runs of days too long for this merchant while others have theirs:
    what `ccare data check` finds in the tables.
    """
    days = shop.days
    if not len(days) or days.came is None:
        return ()
    first, last = (day.toordinal() for day in (period.start, period.end))
    begin = days.start.toordinal()
    quiet = [day for day in (begin + np.flatnonzero(~days.came)).tolist() if first <= day <= last]
    if not quiet:
        return ()
    holes = {day for run in _holes(days.came, begin) for day in range(run[0], run[1] + 1)}
    unseen = set(quiet) - fed(shop, quiet)
    return tuple(_stretches(sorted(day for day in quiet if day in holes or day in unseen)))


def _holes(present: Bools, begin: int) -> Iterator[tuple[int, int]]:
    came: Ints = np.flatnonzero(present) + begin
    span = int(came[-1] - came[0]) + 1
    for before, after in zip(came[:-1].tolist(), came[1:].tolist(), strict=True):
        if is_hole(after - before - 1, int(came.size), span):
            yield before + 1, after - 1


def fed(shop: Shop, days: list[int]) -> set[int]:
    """Of these days those on which any merchant has a row: only that, never whose or what."""
    cursor = shop.meter.cursor()

    def seen(left: list[int], where: str, values: list[int]) -> set[int]:
        marks = ", ".join("?" for _ in left)
        query = f"SELECT DISTINCT day FROM days WHERE day IN ({marks}){where}"
        found = cursor.execute(query, [*(date.fromordinal(day) for day in left), *values]).fetchall()
        return {row[0].toordinal() for row in found}

    near = seen(days, " AND no BETWEEN ? AND ?", [shop.no - _NEAR, shop.no + _NEAR])
    left = [day for day in days if day not in near]
    return near | seen(left, "", []) if left else near


def _stretches(days: list[int]) -> Iterator[Period]:
    start = 0
    for at, day in enumerate(days):
        if at + 1 == len(days) or days[at + 1] != day + 1:
            yield Period(start=date.fromordinal(days[start]), end=date.fromordinal(day))
            start = at + 1
