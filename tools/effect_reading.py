"""Reading one industry for `effects`: its shops, their days, what they did, and who may be matched with whom."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from tools.differences import running
from tools.groups import quarter_before
from tools.matching import WEEKS, Panel
from tools.own import Floats, Ints

OUTCOMES = ("visits", "orders", "gmv")
COUNTED = {"visits": "visits", "orders": "orders", "gmv": "orders"}  # whose number says how much there is
RECENT = 180  # days before the newest one in which an action must have started
CANDIDATES = 200  # shops of a band that may be matched; of more, a sample
CENTS = 100
EPOCH = date(1970, 1, 1).toordinal()
FAR = 10**7  # a column that never comes


@dataclass(frozen=True, eq=False)
class Asked:
    """Actions to be measured, one row each in `table`; `length` is 0 while one runs or where it runs for good."""

    table: pa.Table
    row: Ints  # of the acting shop
    start: Ints
    length: Ints
    kind: Ints  # a number for each
    quarter: list[date]  # the last day of the quarter before: it fixed the bands


@dataclass(frozen=True, eq=False)
class Done:
    """Everything that shops of the pool did: place in the pool, kind, first and last column (FAR while it runs)."""

    at: Ints
    kind: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True, eq=False)
class Trade:
    """One industry. Shops are rows in order of their ids, days are columns; `pool`: the rows that may be matched."""

    panels: dict[str, Panel]  # by outcome
    pool: Ints
    asked: Asked
    done: Done
    bands: dict[date, Ints]  # by quarter: the group of each shop, an index into `groups`
    groups: tuple[str | None, ...]


class Book:
    """The rows of one industry's shops in the snapshot's tables."""

    def __init__(self, con: duckdb.DuckDBPyConnection, schema: str, industry: str | None) -> None:
        self.con, self.schema, self.industry = con, schema, industry

    def ask(self, columns: str, table: str, where: str = "true", rest: str = "", *, given: Iterable[Any] = ()) -> Any:
        """Columns of a table (as t) and of its shop (as m)."""
        return self.con.sql(
            f"SELECT {columns} FROM {self.schema}.{table} t JOIN {self.schema}.merchants m USING (no) "
            f"WHERE m.industry IS NOT DISTINCT FROM ? AND {where} {rest}",
            params=[self.industry, *given],
        )


def read_trade(
    con: duckdb.DuckDBPyConnection, schema: str, industry: str | None, until: date
) -> Trade | None:  # fmt: skip
    """What measuring an industry's actions of the RECENT days up to `until` needs; None where there are none."""
    book = Book(con, schema, industry)
    since = until - timedelta(days=RECENT)
    zero = since.toordinal() - 7 * WEEKS
    actions = book.ask(
        "no, m.merchant_id, kind, product, started_on, ended_on, min(note) AS note", "actions", "started_on >= ?",
        "GROUP BY ALL ORDER BY m.merchant_id, started_on, kind, product, ended_on", given=[since],
    ).to_arrow_table()  # fmt: skip
    if not actions.num_rows:
        return None
    shops = book.ask(
        "no, t.merchant_id, t.first_day, t.newest_day, t.complete", "merchants", rest="ORDER BY t.merchant_id"
    ).fetchnumpy()
    place = {int(no): row for row, no in enumerate(shops["no"])}
    kinds = {
        kind: at for at, (kind,) in enumerate(book.ask("DISTINCT kind", "actions", rest="ORDER BY ALL").fetchall())
    }
    asked = _asked(actions, kinds, place, zero)
    bands, groups = _bands(book, place, sorted(set(asked.quarter), reverse=True))
    pool = sample([str(id) for id in shops["merchant_id"]], next(iter(bands.values())).tolist())
    done = _done(book, kinds, place, pool, zero)
    return Trade(_panels(book, shops, place, zero, until), pool, asked, done, bands, groups)


def _panels(book: Book, shops: dict[str, Any], place: dict[int, int], zero: int, until: date) -> dict[str, Panel]:
    first = _columns(shops["first_day"], zero, missing=FAR)
    last = _columns(shops["newest_day"], zero, missing=-1) - ~np.ma.filled(shops["complete"], True).astype(np.bool_)
    days = book.ask("no, day, visits, orders, gmv", "days", "day >= ?", given=[date.fromordinal(zero)]).fetchnumpy()
    values = {name: _matrix(days, name, place, zero, until.toordinal() - zero + 1) for name in OUTCOMES}
    sums = {name: running(matrix) for name, matrix in values.items()}
    known = {name: np.asarray(~np.isnan(matrix).all(axis=1)) for name, matrix in values.items()}
    base = {name: sums[counted if known[counted].any() else "visits"] for name, counted in COUNTED.items()}
    return {name: Panel(sums[name], base[name], first, last, known[name]) for name in OUTCOMES}


def _columns(days: Any, zero: int, *, missing: int) -> Ints:
    plain = np.ma.filled(days, np.datetime64("NaT")) if np.ma.isMaskedArray(days) else np.asarray(days)
    plain = plain.astype("datetime64[D]")
    return np.where(np.isnat(plain), missing, plain.astype(np.int64) + EPOCH - zero)


def _matrix(days: dict[str, Any], name: str, place: dict[int, int], zero: int, width: int) -> Floats:
    """Shops x days: 0 where nothing happened, NaN over the whole row of a shop where nobody measured it."""
    rows = np.array([place[int(no)] for no in days["no"]], dtype=np.int64)
    column = _columns(days["day"], zero, missing=-1)
    seen = column < width
    rows, column = rows[seen], column[seen]
    unknown = np.ma.getmaskarray(days[name])[seen]
    matrix = np.zeros((len(place), width))
    matrix[rows, column] = np.ma.filled(days[name], 0)[seen] / (CENTS if name == "gmv" else 1)
    counted, missing = (np.bincount(which, minlength=len(place)) for which in (rows, rows[unknown]))
    matrix[missing == np.maximum(counted, 1)] = np.nan
    return matrix


def _asked(actions: pa.Table, kinds: dict[str, int], place: dict[int, int], zero: int) -> Asked:
    start = _columns(actions["started_on"].to_numpy(), zero, missing=FAR)
    end = _columns(actions["ended_on"].to_numpy(), zero, missing=-1)
    row = np.array([place[no] for no in actions["no"].to_pylist()], dtype=np.int64)
    kind = np.array([kinds[name] for name in actions["kind"].to_pylist()], dtype=np.int64)
    quarter = [quarter_before(day) for day in actions["started_on"].to_pylist()]
    return Asked(actions, row, start, np.where(end >= start, end - start + 1, 0), kind, quarter)


def _bands(
    book: Book, place: dict[int, int], quarters: list[date]
) -> tuple[dict[date, Ints], tuple[str | None, ...]]:  # fmt: skip
    """Groups by quarter, as fixed for it where a date of it was measured, else at the nearest date; and their names."""
    kept = [row[0] for row in book.ask("DISTINCT as_of", "bands", rest="ORDER BY as_of").fetchall()]
    names: dict[str | None, int] = {None: 0}
    found = {}
    for quarter in quarters:
        found[quarter] = np.zeros(len(place), dtype=np.int64)
        if kept:
            day = min(kept, key=lambda d: (quarter_before(d) != quarter, abs((d - quarter).days), d))
            for no, group in book.ask("no, group_id", "bands", "as_of = ?", given=[day]).fetchall():
                found[quarter][place[no]] = names.setdefault(group, len(names))
    return found, tuple(names)


def sample(ids: list[str], groups: list[int]) -> Ints:
    """Rows of at most CANDIDATES shops of each group, ascending: which, only their ids decide."""
    drawn = sorted(range(len(ids)), key=lambda row: (zlib.crc32(ids[row].encode()), ids[row]))
    taken: dict[int, int] = {}
    chosen = []
    for row in drawn:
        taken[groups[row]] = taken.get(groups[row], 0) + 1
        if taken[groups[row]] <= CANDIDATES:
            chosen.append(row)
    return np.array(sorted(chosen), dtype=np.int64)


def _done(book: Book, kinds: dict[str, int], place: dict[int, int], pool: Ints, zero: int) -> Done:
    found = book.ask(
        "no, kind, started_on, ended_on", "actions", "(ended_on IS NULL OR ended_on >= ?)",
        given=[date.fromordinal(zero)],
    ).fetchnumpy()  # fmt: skip
    at = np.full(len(place), -1, dtype=np.int64)
    at[pool] = np.arange(pool.size)
    where = at[np.array([place[int(no)] for no in found["no"]], dtype=np.int64)]
    kept = where >= 0
    first, last = _columns(found["started_on"], zero, missing=FAR), _columns(found["ended_on"], zero, missing=FAR)
    kind = np.array([kinds[str(name)] for name in found["kind"]], dtype=np.int64)
    return Done(where[kept], kind[kept], first[kept], last[kept])
