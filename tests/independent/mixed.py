"""A platform of 141 shops in three trades, its snapshot by the project, and its tools: this file imports project code.

96 restaurants have bands of 32, 36 retailers are compared as a trade, 9 florists with everybody. The four dates lie
28 days apart; a quarter ends between the second and the third, and the active rate begins to exist there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.insights import Arguments, Insight
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot
from tools.toolbox import run
from tools.types import Access

NEWEST = date(2026, 11, 21)
DAYS = tuple(NEWEST - timedelta(days=28 * back) for back in (3, 2, 1, 0))
TRADES = (("catering", 96), ("retail", 36), ("flowers", 9))
ONE_OF_EACH = ("M0002", "M0005", "M0032", "M0041", "M0100", "M0137")  # three bands, two of them new; retail; flowers
Found = TypeVar("Found", bound=Insight)


@dataclass(frozen=True)
class Mixed:
    """The platform's files, and the measuring tools over the snapshot of them."""

    platform: Path
    meter: SnapshotMeter

    def ask(self, gives: type[Found], arguments: Arguments) -> Found:
        """A tool's answer, through the access check."""
        found = run(self.meter, Access(merchants=frozenset({arguments.merchant_id})), arguments)
        assert isinstance(found, gives)
        return found


def common(merchant: str, on: date = NEWEST) -> dict[str, object]:
    return {"merchant_id": merchant, "on": on, "today": on + timedelta(days=1)}


@lru_cache(maxsize=1)
def build(folder: Path) -> Mixed:
    platform, out = folder / "platform", folder / "snapshot"
    platform.mkdir()
    out.mkdir()
    size = sum(n for _, n in TRADES)
    for name, table in slice_industry(seed=11, anchor=NEWEST, merchants=size, days=215, lift=0.4).items():
        if name == "merchants":
            trades = [trade for trade, n in TRADES for _ in range(n)]
            at = table.schema.get_field_index("industry")
            table = table.set_column(at, "industry", pa.array(trades, table.schema.field(at).type))
        if name != "truth":
            pq.write_table(table, platform / f"{name}.parquet")
    build_snapshot(platform, out, catalog=load_catalog(), calendar=DAYS)
    return Mixed(platform, SnapshotMeter(out, load_catalog()))
