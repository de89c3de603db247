"""In which state every user of a merchant was on a day, from its own history. The limits stand in the catalog.

The same rules that the snapshot counts by (tools/sums.py), user by user and for any day.
"""

from dataclasses import dataclass

import numpy as np

from tools.catalog import UserAssetRules
from tools.own import NEVER, Bools, History, Ints
from tools.parts import UserDays

STATES = ("new", "active", "won_back", "at_risk", "lapsed")
NONE = len(STATES)  # nobody yet


@dataclass(frozen=True, eq=False)
class Standing:
    """All users on one day (an ordinal), one entry a user: the state as an index into STATES, NONE before the first
    visit; whether a regular; the last visit day up to it, 0 without one, and its channel, -1 without one."""

    day: int
    state: Ints
    regular: Bools
    last_day: Ints
    last_channel: Ints

    def seen(self, days: int) -> Bools:
        """Who came in so many days up to it."""
        return np.asarray(self.last_day > self.day - days)

    def counts(self) -> dict[str, int]:
        """Users by state, regulars beside them."""
        found = np.bincount(self.state, minlength=NONE + 1)
        return {**{name: int(found[at]) for at, name in enumerate(STATES)}, "regulars": int(self.regular.sum())}


def standing(history: History, day: int, rules: UserAssetRules) -> Standing:
    """Where every user stands on a day; later rows change nothing."""
    seen = UserDays(history, day)
    visits = np.flatnonzero(history.visited & (history.day <= day))
    last_day, last_channel = np.zeros(seen.users, dtype=np.int64), np.full(seen.users, -1, dtype=np.int64)
    last_day[history.user[visits]] = history.day[visits]  # rows ascend: the last one written is the last visit
    last_channel[history.user[visits]] = history.channel[visits]
    start = day - rules.new_days + 1
    first_day = np.full(seen.users, NEVER, dtype=np.int64)
    first_day[history.user] = history.first_day
    came = last_day >= start
    state = np.select(
        [
            last_day == 0,
            came & (first_day >= start),
            came & _won_back(history, visits, start, rules, seen.users),
            came,
            last_day > day - rules.at_risk_days,
        ],
        [NONE, STATES.index("new"), STATES.index("won_back"), STATES.index("active"), STATES.index("at_risk")],
        default=STATES.index("lapsed"),
    )
    recent = seen.rows((rules.regular_window_days, 0)) & history.visited
    return Standing(day, state, seen.count(recent) >= rules.regular_visit_days, last_day, last_channel)


def _won_back(history: History, visits: Ints, start: int, rules: UserAssetRules, users: int) -> Bools:
    """Users whose first visit since `start` came so long after the one before it."""
    user, day = history.user[visits], history.day[visits]
    back = (user[1:] == user[:-1]) & (day[1:] >= start) & (day[:-1] < start)
    back &= day[1:] - day[:-1] >= rules.won_back_gap_days
    found = np.zeros(users, dtype=np.bool_)
    found[user[1:][back]] = True
    return found


def moves(before: Standing, after: Standing) -> dict[tuple[str, str], int]:
    """(state before, state after): users, for every pair; `none` is the state of who had not come yet."""
    size = NONE + 1
    table = np.bincount(before.state * size + after.state, minlength=size * size).reshape(size, size)
    names = (*STATES, "none")
    return {
        (names[old], names[new]): int(table[old, new]) for old in range(size) for new in range(NONE)
    }  # fmt: skip


def first_regular_day(history: History, rules: UserAssetRules) -> Ints:
    """The day on which each user became a regular for the first time, NEVER for who never did; one entry a user."""
    visits = np.flatnonzero(history.visited)
    user, day = history.user[visits], history.day[visits]
    found = np.full(UserDays(history, 0).users, NEVER, dtype=np.int64)
    back = rules.regular_visit_days - 1
    made = np.flatnonzero(
        (user[back:] == user[: user.size - back]) & (day[back:] - day[: day.size - back] < rules.regular_window_days)
    )
    np.minimum.at(found, user[back + made], day[back + made])
    return found
