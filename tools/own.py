"""What one merchant's own rows look like to the tools: a history of user days, a series of days, a ledger, actions.

Plain arrays, read whole from the snapshot for one merchant at a time. Days are proleptic ordinals
(`date.toordinal()`), money is whole cents.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tools.types import Frozen

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
NEVER = 10_000_000  # first_day of a user who has rows but never visited

SERIES = ("visits", "visitors", "new_users", "orders", "gmv", "discount", "refunds")


@dataclass(frozen=True, eq=False)
class History:
    """One row a user and day with activity, sorted by user, then day; all arrays have the same length.

    `user` numbers the merchant's users from 0; `channel` indexes `channels`, -1 on days without a visit.
    """

    user: Ints
    day: Ints
    channel: Ints
    channels: tuple[str, ...]  # ascending
    visits: Ints
    visited: Bools
    interacted: Bools
    identified: Bools
    orders: Ints
    gmv: Ints
    discount: Ints
    refunds: Ints
    first_day: Ints  # of the row's user: the first visit ever, NEVER without one
    promoted: Bools  # the row's user was brought by promotion

    def __len__(self) -> int:
        return int(self.user.size)


@dataclass(frozen=True, eq=False)
class Days:
    """A value a calendar day from `start` on, without gaps: 0 where nothing happened, NaN where nobody measured it.

    `values` has the keys of SERIES; gmv, discount and refunds are yuan here. The last day is a whole one. `came`: the
    days with a row of this merchant; None where that is not known.
    """

    start: date
    values: dict[str, Floats]
    came: Bools | None = None

    def __len__(self) -> int:
        return int(next(iter(self.values.values())).size)

    @property
    def end(self) -> date:
        return date.fromordinal(self.start.toordinal() + len(self) - 1)

    def known(self, name: str) -> bool:
        """Whether this series was measured at all."""
        return len(self) > 0 and not bool(np.isnan(self.values[name]).all())


class LedgerEntry(Frozen):
    """One line of the incentive points' ledger: earned above zero, spent below."""

    at: date
    programme: str
    delta: int
    reason: str | None = None
    expires_on: date | None = None  # the last day that points earned here can be used


class ActionEntry(Frozen):
    """Something that the merchant did; `ended_on` None while it still runs."""

    kind: str
    product: str | None
    started_on: date
    ended_on: date | None = None
    note: str | None = None
