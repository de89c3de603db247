"""Made-up platforms of any size, straight from SQL to Parquet: a function of the number of merchants alone.

A few large shops and many small ones (sizes follow a power law), users who come once and users who come every few
days, newcomers all the time. Nothing is drawn: every choice is a hash of who and when.
"""

from datetime import date, timedelta
from pathlib import Path

import duckdb

from tools.tables import TABLES

NEWEST = date(2026, 11, 21)
DAYS = 90
INDUSTRIES = 14
SMALLEST = 63  # users of the smallest shop; sizes reach 3,000 times that among 100,000 shops
CHANNELS = ("life_account", "mini_program", "promotion", "search", "store_code")

_MERCHANTS = f"""
SELECT 'M' || lpad(i::VARCHAR, 7, '0') AS merchant_id, 'shop ' || i AS name,
       'industry_' || i % {INDUSTRIES} AS industry, ((i * 7919) % $merchants + 0.5) / $merchants AS place, i
FROM range($merchants) AS t(i)
"""
# A user comes `times` times, one day in every `gap`: days differ by construction. The first may lie before our days.
_USERS = f"""
SELECT *, number(i, who) AS h, h % 100 AS kind, ((h >> 8) % {DAYS + 60})::INTEGER - 60 AS begun,
       CASE WHEN kind < 55 THEN 1 WHEN kind < 80 THEN 3 WHEN kind < 95 THEN 8 ELSE 20 END AS times,
       CASE WHEN kind < 55 THEN 1 WHEN kind < 80 THEN 10 WHEN kind < 95 THEN 7 ELSE 4 END AS gap
FROM (SELECT merchant_id, i, unnest(range(({SMALLEST} * place ** -0.7)::BIGINT)) AS who FROM shops)
"""
_VISITS = f"""
SELECT *, number(h, nth) AS v, begun + nth::INTEGER * gap + (v % gap)::INTEGER AS nth_day
FROM (SELECT merchant_id, i, h, begun, gap, unnest(range(times)) AS nth FROM users)
WHERE nth_day BETWEEN 0 AND {DAYS - 1}
"""
# Every 25th time through two channels in one day.
_ROWS = "SELECT *, unnest(range(CASE WHEN v % 25 = 0 THEN 2 ELSE 1 END)) AS part FROM visits"
_CHANNEL = f"{list(CHANNELS)}[1 + ((h >> 32) + CASE WHEN v % 7 = 0 THEN v >> 5 ELSE 0 END + part) % {len(CHANNELS)}]"
_ACTIVITY = f"""
SELECT merchant_id, lower(hex(h)) AS user_id, $first + nth_day AS day, {_CHANNEL} AS channel,
       CASE WHEN v % 200 = 1 THEN 0 ELSE 1 + ((v >> 9) % 10 = 0)::BIGINT END AS visits,
       ((v >> 13) % 3 = 0)::BIGINT AS interactions, ((v >> 17) % 10 < 3)::BIGINT AS orders,
       (orders * (500 + (i * 37) % 4000 + (v >> 21) % 3000) / 100)::DECIMAL(18, 2) AS gmv,
       (((v >> 35) % 4 = 0)::BIGINT * orders * ((v >> 37) % 900) / 100)::DECIMAL(18, 2) AS discount,
       CASE WHEN (v >> 47) % 50 = 0 THEN gmv ELSE 0 END AS refunds, (h >> 16) % 100 < 35 AS identified
FROM rows ORDER BY day
"""
_DAILY = f"""
SELECT merchant_id, $first + nth_day::INTEGER AS day, number(i, nth_day) AS v, (2 + place ** -0.7)::BIGINT AS size,
       size + v % size AS visits, visits - v % 3 % size AS visitors, (v >> 9) % size AS new_users,
       (v >> 13) % (visits + 1) AS interactions, (v >> 17) % (visits + 1) AS orders, orders // 2 AS payers,
       (orders * (500 + (i * 37) % 4000 + (v >> 21) % 3000) / 100)::DECIMAL(18, 2) AS gmv,
       (orders * ((v >> 37) % 900) / 100)::DECIMAL(18, 2) AS discount,
       CASE WHEN (v >> 47) % 5 = 0 THEN (gmv / 10)::DECIMAL(18, 2) ELSE 0 END AS refunds
FROM shops, range({DAYS}) AS t(nth_day) ORDER BY day
"""
# Coupons at every fourth shop, promotion at every eighth, followers at every second.
_COUPONS = f"""
SELECT merchant_id, $first + nth_day::INTEGER AS day, 'c1' AS coupon_id, number(i, nth_day + 1000) AS v,
       v % 40 AS issued, issued * ((v >> 9) % 10) // 10 AS redeemed, (redeemed * 3.5)::DECIMAL(18, 2) AS discount,
       (redeemed * (20 + (v >> 13) % 20))::DECIMAL(18, 2) AS redeemed_gmv
FROM shops, range({DAYS}) AS t(nth_day) WHERE i % 4 = 0 ORDER BY day
"""
_PROMOTION = f"""
SELECT merchant_id, $first + nth_day::INTEGER AS day, 'payment_result' AS place, number(i, nth_day + 2000) AS v,
       v % 1000 AS impressions, impressions // 20 AS clicks, (clicks * 0.75)::DECIMAL(18, 2) AS spend,
       clicks // 10 AS new_users
FROM shops, range({DAYS}) AS t(nth_day) WHERE i % 8 = 0 ORDER BY day
"""
_FOLLOWERS = f"""
SELECT merchant_id, $first + nth_day::INTEGER AS day, 200 + i % 997 + nth_day AS followers, 1::BIGINT AS new_followers,
       0::BIGINT AS posts, 0::BIGINT AS reach
FROM shops, range({DAYS}) AS t(nth_day) WHERE i % 2 = 0 ORDER BY day
"""
SIDES = {"coupons": _COUPONS, "promotion": _PROMOTION, "followers": _FOLLOWERS}


def write_platform(folder: Path, *, merchants: int, users: bool) -> dict[str, int]:
    """Canonical Parquet files of 90 days up to NEWEST, day after day as they arrive; how many rows each has.

    `users`: activity (about 450 user days a merchant), else totals a day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"merchants": "SELECT merchant_id, name, industry FROM shops", **SIDES}
    tables |= {"activity": _ACTIVITY} if users else {"daily": _DAILY}
    numbers = {"$merchants": str(merchants), "$first": f"DATE '{NEWEST - timedelta(days=DAYS - 1)}'"}
    with duckdb.connect(config={"temp_directory": str(folder / ".spill"), "preserve_insertion_order": True}) as con:
        con.execute("CREATE MACRO number(x, y) AS (hash(x, y) >> 1)::BIGINT")
        for name, query in (("shops", _MERCHANTS), ("users", _USERS), ("visits", _VISITS), ("rows", _ROWS)):
            con.execute(f"CREATE VIEW {name} AS {_filled(query, numbers)}")
        return {
            name: _write(con, name, _filled(query, numbers), folder / f"{name}.parquet")
            for name, query in tables.items()
        }


def _filled(query: str, numbers: dict[str, str]) -> str:
    for name, number in numbers.items():
        query = query.replace(name, number)
    return query


def _write(con: duckdb.DuckDBPyConnection, name: str, query: str, path: Path) -> int:
    there = con.sql(query).columns
    columns = ", ".join(c.name for c in TABLES[name].columns if c.name in there)
    found = con.execute(f"COPY (SELECT {columns} FROM ({query})) TO '{path}' (FORMAT parquet)").fetchone()
    assert found is not None
    return int(found[0])
