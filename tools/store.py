"""The snapshot file: what stands in it, and how it is written so that one merchant's card is one short read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # readers of the file need neither engine nor Arrow
    import pyarrow as pa

    from tools.engine import Platform

FILE = "snapshot.duckdb"
MANIFEST = "manifest.json"
FORMAT = 3
ROW_GROUP = 16384  # small groups: a card lies in one or two of them
COPIED = ("providers", "managers", "assignments", "authorisations")


class Writer:
    """Collects figures and curves date by date beside the engine's own tables, then writes the one file, sorted."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.con = platform.con

    def add(self, table: str, rows: pa.Table) -> None:
        """Append rows to a table of the snapshot; the first call makes it."""
        self.con.register("arriving", rows)
        exists = self.con.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"out_{table}"]
        ).fetchone()
        verb = f"INSERT INTO out_{table}" if exists and exists[0] else f"CREATE TEMP TABLE out_{table} AS"
        self.con.execute(f"{verb} SELECT * FROM arriving")
        self.con.unregister("arriving")

    def write(self, path: Path) -> dict[str, int]:
        """Write the file and return its row counts by table."""
        self.con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS snapshot (ROW_GROUP_SIZE {ROW_GROUP})")
        statements = {
            "merchants": """SELECT f.no, f.merchant_id, m.name, m.industry, m.city, m.joined_on, m.provider_id,
                                   f.first_day, f.newest_day, f.complete
                            FROM feeds_by_no f JOIN merchants m USING (merchant_id) ORDER BY f.no""",
            "figures": "SELECT * FROM out_figures ORDER BY no, as_of, metric",
            "curves": "SELECT * FROM out_curves ORDER BY metric, group_id, as_of",
            "bands": "SELECT * FROM out_bands ORDER BY no, as_of",
        }
        statements |= own_tables(self.platform)
        for table in COPIED:
            if self.platform.has(table):
                statements[table] = f"SELECT * FROM {table}"
        for table, query in statements.items():
            self.con.execute(f"CREATE TABLE snapshot.{table} AS {query}")
        self.con.execute("CREATE UNIQUE INDEX merchant_by_id ON snapshot.merchants (merchant_id)")
        counts = {table: self._count(table) for table in statements}
        self.con.execute("DETACH snapshot")
        return counts

    def _count(self, table: str) -> int:
        row = self.con.execute(f"SELECT count(*) FROM snapshot.{table}").fetchone()
        return int(row[0]) if row else 0


def own_tables(platform: Platform) -> dict[str, str]:
    """What is kept of each merchant beside its figures, sorted by merchant: history, days, credits, actions.

    `history` is one row a user and day, `days` one a day; money in cents. Columns nobody measured are NULL.
    """
    tables = {}
    if platform.users_known:
        tables["history"] = f"SELECT {_HISTORY} FROM user_rows ORDER BY no, uid, day"
        tables["days"] = f"SELECT {_DAYS} FROM user_rows GROUP BY no, day ORDER BY no, day"
    else:
        tables["days"] = f"SELECT {_DAILY} FROM daily_by_no ORDER BY no, day"
    if platform.has("points"):
        tables["credits"] = (
            'SELECT no, p."at", p.programme, p.delta, p.reason, p.expires_on FROM points p JOIN numbers '
            'USING (merchant_id) ORDER BY no, p."at", p.delta DESC'
        )
    if platform.has("actions"):
        tables["actions"] = (
            "SELECT no, kind, product, started_on, ended_on, note FROM actions JOIN numbers USING (merchant_id) "
            "ORDER BY no, started_on, kind"
        )
    return tables


_HISTORY = """no, uid, day, channel, visits, visited, interacted, identified, orders, gmv, discount, refunds, first_day,
 promoted"""
_DAYS = """no, day, sum(visits)::BIGINT AS visits, count(*) FILTER (visited) AS visitors,
 count(*) FILTER (visited AND first_day = day) AS new_users, sum(orders)::BIGINT AS orders,
 sum(gmv)::BIGINT AS gmv, sum(discount)::BIGINT AS discount, sum(refunds)::BIGINT AS refunds"""
_DAILY = """no, day, visits, visitors, new_users, orders, (gmv * 100)::BIGINT AS gmv,
 (discount * 100)::BIGINT AS discount, (refunds * 100)::BIGINT AS refunds"""
