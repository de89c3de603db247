"""Generated platforms as files: all of their days, or those that had come by an evening."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bot.workshop import Workshop

DATED = ("activity", "coupons", "promotion", "followers")


def write_tables(folder: Path, tables: Mapping[str, pa.Table], until: date | None = None) -> Path:
    """One Parquet file a table; rows of the daily tables up to `until`. The folder is made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        dated = until is not None and name in DATED
        known = table.filter(pc.less_equal(table["day"], pa.scalar(until))) if dated else table
        pq.write_table(known, folder / f"{name}.parquet")
    return folder


def load_until(workshop: Workshop, tables: Mapping[str, pa.Table], until: date) -> None:
    """Publish the platform as it was that evening."""
    workshop.platform.build(f"import-shops-{until}", lambda out: write_tables(out, tables, until))
