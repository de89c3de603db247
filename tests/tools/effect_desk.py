"""A small snapshot for effects, made by hand: shops whose days are known, and what they did."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.catalog import load_catalog
from tools.effect_table import add_effects

NEWEST = date(2026, 11, 21)
DAYS = 320
Row = dict[str, Any]


def ago(days: int) -> date:
    return NEWEST - timedelta(days=days)


def ordinary(shops: int, *, seed: int = 3, level: float = 40.0) -> NDArray[np.float64]:
    """Visits of shops x DAYS by chance alone, with a weekly pulse that all share."""
    chance = np.random.default_rng(seed)
    sizes = level * np.exp(0.3 * chance.standard_normal(shops))
    week = np.asarray((0.9, 0.9, 0.9, 1.0, 1.1, 1.2, 1.0))[np.arange(DAYS) % 7]
    return chance.poisson(sizes[:, None] * week).astype(np.float64)


def acted(shop: int, kind: str = "campaign", *, start: int, days: int | None = 28) -> Row:
    """An action of a shop (by number) that began `start` days before the newest day; `days` None: still running."""
    ended = None if days is None else ago(start) + timedelta(days=days - 1)
    return {"no": shop, "kind": kind, "product": "coupon", "started_on": ago(start), "ended_on": ended, "note": None}


def effects_of(
    visits: NDArray[np.float64], actions: Sequence[Row] | None, *, industry: Sequence[str] | None = None,
    band: Sequence[str] | None = None, first: dict[int, int] | None = None, newest: dict[int, date] | None = None,
    partial: Sequence[int] = (), orders_known: bool = True, shuffle: int | None = None,
) -> list[Row] | None:  # fmt: skip
    """The table `effects` of shops 0.. with these visits (half of them orders, ten yuan each); None without one.

    `first`: first columns of shops that opened late; `newest`: other newest days; `partial`: whose newest day is not
    whole; `shuffle`: a seed for another order of all rows.
    """
    count = visits.shape[0]
    first, newest = first or {}, newest or {}
    merchants = [
        {
            "no": no, "merchant_id": f"M{no:03d}", "industry": industry[no] if industry else "catering",
            "first_day": ago(DAYS - 1 - first.get(no, 0)), "newest_day": newest.get(no, NEWEST),
            "complete": no not in partial,
        }
        for no in range(count)
    ]  # fmt: skip
    days = [
        {"no": no, "day": ago(DAYS - 1 - at), "visits": int(v), "orders": int(v) // 2 if orders_known else None,
         "gmv": int(v) // 2 * 1000}
        for no in range(count) for at, v in enumerate(visits[no].tolist())
        if v and at >= first.get(no, 0) and ago(DAYS - 1 - at) <= newest.get(no, NEWEST)
    ]  # fmt: skip
    bands = [{"no": no, "group_id": band[no] if band else "catering/small", "as_of": NEWEST} for no in range(count)]
    tables = {"merchants": merchants, "days": days, "bands": bands} | ({"actions": list(actions)} if actions else {})
    con = duckdb.connect(config={"threads": 1})
    try:
        con.execute("CREATE SCHEMA snapshot")
        for name, rows in tables.items():
            _write(con, name, rows, shuffle)
        add_effects(con, "snapshot", load_catalog())
        kept = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'effects'").fetchall()
        return con.sql("SELECT * FROM snapshot.effects").to_arrow_table().to_pylist() if kept else None
    finally:
        con.close()


def _write(con: duckdb.DuckDBPyConnection, name: str, rows: list[Row], shuffle: int | None) -> None:
    if shuffle is not None:
        rows = [rows[i] for i in np.random.default_rng(shuffle).permutation(len(rows))]
    con.register("arriving", pa.Table.from_pylist(rows, schema=_TYPES[name]))
    con.execute(f"CREATE TABLE snapshot.{name} AS SELECT * FROM arriving")
    con.unregister("arriving")


_TYPES = {
    "merchants": pa.schema([
        ("no", pa.int32()), ("merchant_id", pa.string()), ("industry", pa.string()), ("first_day", pa.date32()),
        ("newest_day", pa.date32()), ("complete", pa.bool_()),
    ]),
    "days": pa.schema([
        ("no", pa.int32()), ("day", pa.date32()), ("visits", pa.int64()), ("orders", pa.int64()), ("gmv", pa.int64()),
    ]),
    "bands": pa.schema([("no", pa.int32()), ("group_id", pa.string()), ("as_of", pa.date32())]),
    "actions": pa.schema([
        ("no", pa.int32()), ("kind", pa.string()), ("product", pa.string()), ("started_on", pa.date32()),
        ("ended_on", pa.date32()), ("note", pa.string()),
    ]),
}  # fmt: skip
