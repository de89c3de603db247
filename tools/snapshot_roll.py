"""Who takes part at a date, how each feed stood then, and which day fixed the size bands: one look at the feeds."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.asof import STALE_AFTER
from tools.base import by_number
from tools.groups import Bools, Ints, quarter_before
from tools.own import NEVER
from tools.queries import Queries

EPOCH = date(1970, 1, 1).toordinal()
EMPTY, PARTIAL, STALE, OK = range(4)


@dataclass(frozen=True, eq=False)
class Roll:
    """Every merchant by number; days are ordinals. A merchant takes part from the day it has `begun`, not before:

    what is computed for a date then does not depend on who came later.
    """

    ids: tuple[str, ...]
    industries: tuple[str, ...]
    first: Ints  # the first row of activity or daily, NEVER without one
    newest: Ints  # what the feed covers; NEVER without a row
    complete: Bools
    begun: Ints  # the first row, or the first official score where that is earlier; NEVER without either
    history: int  # days that a size needs
    first_sizes: date | None  # the first day at which anybody's size is known

    def present(self, on: date) -> Bools:
        return np.asarray(self.begun <= on.toordinal(), dtype=np.bool_)

    def states(self, on: date) -> Ints:
        """EMPTY, PARTIAL, STALE or OK of each feed at a date, as the figures of that date see it."""
        at = on.toordinal()
        conditions = [self.first > at, ~self.complete & (self.newest == at), at - self.newest > STALE_AFTER]
        return np.asarray(np.select(conditions, [EMPTY, PARTIAL, STALE], default=OK), dtype=np.int64)

    def reference(self, on: date) -> date:
        """The day whose sizes make the bands at `on`: the end of the quarter before, else the first with any size."""
        quarter = quarter_before(on)
        old_enough = quarter.toordinal() - self.first >= self.history - 1
        known = bool((old_enough & (self.states(quarter) == OK)).any())
        return quarter if known or self.first_sizes is None else self.first_sizes

    def digests(self) -> NDArray[np.uint64]:
        """A number for each merchant that changes with its id and its industry."""
        texts = (f"{merchant}\0{industry}" for merchant, industry in zip(self.ids, self.industries, strict=True))
        return np.frombuffer(b"".join(blake2b(t.encode(), digest_size=8).digest() for t in texts), dtype=np.uint64)


def call_roll(queries: Queries) -> Roll:
    """Read everybody's feed once."""
    platform, tables = queries.platform, queries.tables
    feeds = platform.arrow(tables["feeds"].order_by("no"))
    first = _ordinals(feeds["first_day"])
    begun = first.copy()
    if "scores" in tables:
        scored = platform.arrow(by_number(tables["scores"], tables["numbers"]).group_by("no").agg(day=ibis._.day.min()))
        numbers = scored["no"].to_numpy()
        begun[numbers] = np.minimum(begun[numbers], _ordinals(scored["day"]))
    return Roll(
        ids=tuple(feeds["merchant_id"].to_pylist()),
        industries=tuple(queries.industries),
        first=first,
        newest=_ordinals(feeds["newest_day"]),
        complete=np.asarray(feeds["complete"].to_numpy(zero_copy_only=False), dtype=np.bool_),
        begun=begun,
        history=queries.catalog.by_id["visitors_28d"].history,
        first_sizes=queries.first_sizes,
    )


def _ordinals(days: pa.ChunkedArray) -> Ints:
    since = days.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()).fill_null(NEVER - EPOCH)
    return np.asarray(since.to_numpy(), dtype=np.int64) + EPOCH
