"""One merchant's door into the snapshot: whoever holds a `Shop` has passed the access check and reaches nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from tools.curves import Curve
from tools.groups import FEWEST
from tools.own import NEVER, SERIES, ActionEntry, Bools, Days, History, Ints, LedgerEntry
from tools.types import Merchant, ScoreCard

if TYPE_CHECKING:
    from tools.reader import SnapshotMeter

EPOCH = date(1970, 1, 1).toordinal()
_MONEY = frozenset({"gmv", "discount", "refunds"})


@dataclass(frozen=True, eq=False)
class Shop:
    """Everything the snapshot keeps of one merchant, read when first asked for. Made by `SnapshotMeter.shop` only."""

    meter: SnapshotMeter
    merchant: Merchant
    no: int
    provider_id: str | None
    newest_day: date | None  # of its feed
    complete: bool  # whether that day is whole

    @property
    def merchant_id(self) -> str:
        return self.merchant.merchant_id

    def card(self, *, on: date, today: date) -> ScoreCard:
        return self.meter.own_card(self, on=on, today=today)

    @property
    def last_whole_day(self) -> date | None:
        """The last day that may be measured."""
        if self.newest_day is None or self.complete:
            return self.newest_day
        return self.newest_day - timedelta(days=1)

    @cached_property
    def history(self) -> History | None:
        """The merchant's user days; None where the operator sends totals only."""
        if not self.meter.keeps("history"):
            return None
        columns = (
            "uid, day, channel, visits, visited, interacted, identified, orders, gmv, discount, refunds, first_day, "
            "promoted"
        )
        found = self._columns(f"SELECT {columns} FROM history WHERE no = ? ORDER BY uid, day")
        _, user = np.unique(found["uid"], return_inverse=True)
        seen = found["channel"].filled("") if np.ma.isMaskedArray(found["channel"]) else found["channel"]
        names = np.asarray([str(c) if c else "" for c in seen], dtype=object)
        channels = sorted({str(c) for c in names if c})
        place = {name: at for at, name in enumerate(channels)}
        return History(
            user=np.asarray(user, dtype=np.int64),
            day=_ordinals(found["day"]),
            channel=np.asarray([place.get(str(c), -1) for c in names], dtype=np.int64),
            channels=tuple(channels),
            first_day=_ordinals(found["first_day"]),
            visits=_whole(found["visits"]),
            visited=_flags(found["visited"]),
            interacted=_flags(found["interacted"]),
            identified=_flags(found["identified"]),
            orders=_whole(found["orders"]),
            gmv=_whole(found["gmv"]),
            discount=_whole(found["discount"]),
            refunds=_whole(found["refunds"]),
            promoted=_flags(found["promoted"]),
        )

    @cached_property
    def days(self) -> Days:
        """The merchant's days, from its first to its last whole one; of length 0 where nothing ever came."""
        found = self._columns(f"SELECT day, {', '.join(SERIES)} FROM days WHERE no = ? ORDER BY day")
        day = _ordinals(found["day"])
        last = self.last_whole_day
        keep = day <= last.toordinal() if last is not None else np.zeros(day.size, dtype=np.bool_)
        day = day[keep]
        if not day.size or last is None:
            return Days(date.fromordinal(1), {name: np.zeros(0) for name in SERIES})
        length = last.toordinal() - int(day[0]) + 1
        values = {}
        for name in SERIES:
            raw = found[name]
            unknown = np.ma.getmaskarray(raw)[keep] if np.ma.isMaskedArray(raw) else np.zeros(day.size, dtype=np.bool_)
            series = np.zeros(length)
            filled = np.ma.filled(raw, 0)[keep].astype(np.float64)
            series[day - day[0]] = np.where(unknown, np.nan, filled / 100 if name in _MONEY else filled)
            values[name] = np.full(length, np.nan) if unknown.all() else series
        came = np.zeros(length, dtype=np.bool_)
        came[day - day[0]] = True
        return Days(date.fromordinal(int(day[0])), values, came)

    @cached_property
    def ledger(self) -> tuple[LedgerEntry, ...] | None:
        """The incentive points' ledger, oldest first; None where the operator sends none."""
        if not self.meter.keeps("credits"):
            return None
        query = 'SELECT "at", programme, delta, reason, expires_on FROM credits WHERE no = ?'
        rows = self.meter.cursor().execute(query, [self.no]).fetchall()
        return tuple(
            LedgerEntry(at=r[0], programme=r[1], delta=r[2], reason=r[3], expires_on=r[4])
            for r in sorted(rows, key=lambda r: (r[0], -r[2]))
        )

    @cached_property
    def actions(self) -> tuple[ActionEntry, ...] | None:
        """What the merchant did, oldest first; None where the operator sends none."""
        if not self.meter.keeps("actions"):
            return None
        query = "SELECT kind, product, started_on, ended_on, note FROM actions WHERE no = ? ORDER BY started_on, kind"
        rows = self.meter.cursor().execute(query, [self.no]).fetchall()
        return tuple(ActionEntry(kind=r[0], product=r[1], started_on=r[2], ended_on=r[3], note=r[4]) for r in rows)

    def curve(self, metric: str, group: str, as_of: date) -> Curve | None:
        """A peer curve of a metric or score; None where it is not kept or rests on fewer than ten merchants."""
        query = "SELECT n, knots, shares FROM curves WHERE metric = ? AND group_id = ? AND as_of = ?"
        row = self.meter.cursor().execute(query, [metric, group, as_of]).fetchone()
        if row is None or row[0] < FEWEST:
            return None
        return Curve(np.asarray(row[1], dtype=np.float64), np.asarray(row[2], dtype=np.float64), int(row[0]))

    def _columns(self, query: str) -> dict[str, Any]:
        cursor: duckdb.DuckDBPyConnection = self.meter.cursor()
        return cursor.execute(query, [self.no]).fetchnumpy()


def _whole(column: Any) -> Ints:
    return np.asarray(column, dtype=np.int64)


def _flags(column: Any) -> Bools:
    return np.asarray(column, dtype=np.bool_)


def _ordinals(days: Any) -> Any:
    """Dates as DuckDB hands them out to ordinals; NEVER where there is none."""
    plain = np.ma.filled(days, np.datetime64("NaT")) if np.ma.isMaskedArray(days) else days
    plain = np.asarray(plain).astype("datetime64[D]")
    return np.where(np.isnat(plain), NEVER, plain.astype(np.int64) + EPOCH)
