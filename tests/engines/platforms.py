"""Platforms that hold whatever engines could disagree on."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tools.demo.generate import slice_industry
from tools.tables import TABLES

ANCHOR = date(2026, 11, 21)
SHOPS = 60
DATES = (date(2026, 9, 30), ANCHOR - timedelta(days=1), ANCHOR)  # a quarter's end, a whole day, half a day
NEVER, HALF, STALE, YOUNG, LEFT = "M0003", "M0004", "M0005", "M0006", "M0008"
NAME = '"Ming"\'s, 面馆\\N\nsecond line'


def write(folder: Path, tables: dict[str, pa.Table]) -> Path:
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=20_000)
    return folder


def whole_platform(folder: Path) -> Path:
    """Every table that figures are made of; shops without a row, of half a day, stale, young, and left by all."""
    tables = slice_industry(seed=7, anchor=ANCHOR, merchants=SHOPS, days=200)
    with duckdb.connect() as con:
        for name, table in tables.items():
            con.register(f"given_{name}", table)
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM given_{name}")
        con.execute(_SPOIL)
        names = [*tables, "scores"]
        made = {name: con.sql(f"SELECT * FROM {name}").to_arrow_table() for name in names}
    return write(folder, {name: _canonical(name, table) for name, table in made.items()})


_SPOIL = f"""
DELETE FROM activity WHERE merchant_id = '{NEVER}'
    OR merchant_id = '{STALE}' AND day > DATE '{ANCHOR}' - 10 OR merchant_id = '{YOUNG}' AND day < DATE '{ANCHOR}' - 20;
CREATE TABLE once AS SELECT DISTINCT ON (user_id) * FROM activity
    WHERE merchant_id = '{LEFT}' AND day BETWEEN DATE '{ANCHOR}' - 45 AND DATE '{ANCHOR}' - 30
    ORDER BY user_id, day, orders DESC, channel;
DELETE FROM activity WHERE merchant_id = '{LEFT}' AND day > DATE '{ANCHOR}' - 90;
INSERT INTO activity SELECT * FROM once;
DELETE FROM feeds WHERE merchant_id IN ('{NEVER}', '{STALE}', '{YOUNG}');
DELETE FROM feeds WHERE right(merchant_id, 1) = '7';
UPDATE feeds SET complete = FALSE WHERE merchant_id = '{HALF}';
UPDATE merchants SET name = '{NAME.replace("'", "''")}', city = '' WHERE merchant_id = '{NEVER}';
UPDATE merchants SET city = NULL WHERE merchant_id = '{HALF}';
UPDATE actions SET note = '{NAME.replace("'", "''")}' WHERE merchant_id = '{HALF}';
CREATE TABLE scores AS
    SELECT merchant_id, d AS day, dimension, (hash(merchant_id || dimension || d::VARCHAR) % 997)::DOUBLE / 10 AS value,
           'the operator' AS source
    FROM merchants, unnest(['scale', 'worth', 'overall']) AS t(dimension),
         unnest([DATE '{ANCHOR}' - 40, DATE '{ANCHOR}' - 9, DATE '{ANCHOR}']) AS u(d)
    WHERE right(merchant_id, 1) IN ('1', '2');
"""


def totals_platform(folder: Path, whole: Path) -> Path:
    """The same shops by their totals a day: no users, no coupons; nobody measured discounts."""
    with duckdb.connect() as con:
        source = str(whole / "activity.parquet").replace("'", "''")
        daily = con.sql(
            f"""SELECT merchant_id, day, sum(visits)::BIGINT AS visits, NULL::BIGINT AS visitors,
                       (count(*) // 3)::BIGINT AS new_users, sum(orders)::BIGINT AS orders,
                       sum(gmv)::DECIMAL(18, 2) AS gmv, sum(refunds)::DECIMAL(18, 2) AS refunds
                FROM read_parquet('{source}') GROUP BY ALL"""
        ).to_arrow_table()
    kept = {name: pq.read_table(whole / f"{name}.parquet") for name in ("merchants", "followers")}
    return write(folder, kept | {"daily": daily})


def _canonical(name: str, table: pa.Table) -> pa.Table:
    return table.select([c.name for c in TABLES[name].columns if c.name in table.column_names])


def shuffled(folder: Path, platform: Path) -> Path:
    """The same rows in another order."""
    with duckdb.connect() as con:
        for path in platform.glob("*.parquet"):
            source, out = (str(p).replace("'", "''") for p in (path, folder / path.name))
            con.execute(
                f"COPY (SELECT t.* FROM read_parquet('{source}') AS t ORDER BY hash(t)) TO '{out}' (FORMAT parquet)"
            )
    return folder
