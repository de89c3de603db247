"""What each user of a merchant adds to a metric, from its own history: the snapshot's own sums, user by user."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tools.own import Bools, History, Ints

Span = tuple[int, int]  # first and last day, ordinals, both included
MONTH: tuple[int, int] = (28, 0)  # a window of so many days that ends so many days before the as-of date
EARLIER: tuple[int, int] = (28, 28)
QUARTER: tuple[int, int] = (90, 0)
HALF_YEAR: tuple[int, int] = (180, 0)


@dataclass(frozen=True, eq=False)
class UserDays:
    """A history seen from one as-of date (an ordinal): every method gives one entry a user, windows end at the date."""

    history: History
    as_of: int

    @property
    def users(self) -> int:
        return int(self.history.user[-1]) + 1 if len(self.history) else 0

    def span(self, window: tuple[int, int]) -> Span:
        days, back = window
        return self.as_of - back - days + 1, self.as_of - back

    def rows(self, window: tuple[int, int]) -> Bools:
        """The rows of a window."""
        first, last = self.span(window)
        return np.asarray((self.history.day >= first) & (self.history.day <= last))

    def count(self, rows: Bools) -> Ints:
        """So many of these rows a user."""
        return np.bincount(self.history.user[rows], minlength=self.users).astype(np.int64)

    def sum(self, amounts: Ints, rows: Bools) -> Ints:
        """Whole amounts of these rows a user; exact up to 2**53."""
        found = np.bincount(self.history.user[rows], weights=amounts[rows].astype(np.float64), minlength=self.users)
        return found.astype(np.int64)

    def visited(self, window: tuple[int, int]) -> Bools:
        return self.count(self.rows(window) & self.history.visited) > 0

    def order_days(self, window: tuple[int, int]) -> Ints:
        return self.count(self.rows(window) & (self.history.orders > 0))

    def net(self, window: tuple[int, int]) -> Ints:
        """Spending less refunds, cents."""
        return self.sum(self.history.gmv - self.history.refunds, self.rows(window))


Users = Callable[[UserDays], Ints]


@dataclass(frozen=True)
class Recipe:
    """How a metric is made of users: `top` / `bottom` (no bottom: a count), times `scale`.

    `window` is the one that the denominator counts; it decides which segment a user is in.
    """

    top: Users
    bottom: Users | None = None
    window: tuple[int, int] = MONTH
    cents: tuple[bool, bool] = (False, False)  # whether top, bottom are cents


def _whole(flags: Bools) -> Ints:
    return np.asarray(flags, dtype=np.int64)


def _visitors(u: UserDays) -> Ints:
    return _whole(u.visited(MONTH))


def _new(u: UserDays) -> Ints:
    first = np.full(u.users, 0, dtype=np.int64)
    first[u.history.user] = u.history.first_day
    return _whole(u.visited(MONTH) & (first >= u.span(MONTH)[0]))


def _with(name: str) -> Users:
    """Visitors of the window with a row of it on which that holds."""
    return lambda u: _whole(u.visited(MONTH) & (u.count(u.rows(MONTH) & getattr(u.history, name)) > 0))


def _money(*names: str) -> Users:
    return lambda u: np.asarray(sum(u.sum(getattr(u.history, name), u.rows(MONTH)) for name in names))


def _net(u: UserDays) -> Ints:
    return u.net(MONTH)


RECIPES: Mapping[str, Recipe] = {
    "visitors_28d": Recipe(_visitors),
    "new_users_28d": Recipe(_new),
    "identified_share": Recipe(_with("identified"), _visitors),
    "active_rate": Recipe(_visitors, lambda u: _whole(u.visited(HALF_YEAR)), HALF_YEAR),
    "visit_days_per_user": Recipe(lambda u: u.count(u.rows(MONTH) & u.history.visited), _visitors),
    "return_rate_28d": Recipe(
        lambda u: _whole(u.visited(EARLIER) & u.visited(MONTH)), lambda u: _whole(u.visited(EARLIER)), EARLIER
    ),
    "interaction_rate": Recipe(_with("interacted"), _visitors),
    "conversion_rate": Recipe(lambda u: _whole(u.order_days(MONTH) > 0), _visitors),
    "repurchase_rate_90d": Recipe(
        lambda u: _whole(u.order_days(QUARTER) > 1), lambda u: _whole(u.order_days(QUARTER) > 0), QUARTER
    ),
    "average_order_value": Recipe(_net, _money("orders"), cents=(True, False)),
    "revenue_per_active_user": Recipe(_net, _visitors, cents=(True, False)),
    "discount_rate": Recipe(_money("discount"), _money("gmv", "discount"), cents=(True, True)),
    "refund_rate": Recipe(_money("refunds"), _money("gmv"), cents=(True, True)),
}
COUNTS = frozenset(metric for metric, recipe in RECIPES.items() if recipe.bottom is None)
