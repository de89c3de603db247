"""Snapshots of any number of merchants, with all that a card reads and nothing else, by the job's own writer."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from tools.assets import ASSETS
from tools.catalog import Catalog, load_catalog
from tools.curves import Floats, rounded
from tools.scoring import SCORED
from tools.snapshot_assembly import SCHEMAS
from tools.store import FILE, FORMAT, MANIFEST, SCHEMA, Writer

NEWEST = date(2026, 11, 21)
BLOCK = 1_000  # merchants whose figures are drawn; further thousands have the same ones
MERCHANTS = f"""
CREATE TABLE {SCHEMA}.merchants AS
SELECT i::INTEGER AS no, 'M' || lpad(i::VARCHAR, 7, '0') AS merchant_id, 'shop ' || i AS name,
       'industry_' || i % 14 AS industry, 'Hangzhou' AS city, DATE '2024-01-01' AS joined_on,
       NULL::VARCHAR AS provider_id, DATE '2024-01-01' AS first_day, $newest AS newest_day, true AS complete
FROM range($merchants) AS t(i)
"""


def merchant_id(no: int) -> str:
    return f"M{no:07d}"


def write_snapshot(out: Path, merchants: int, *, dates: int = 1) -> Path:
    """A snapshot of so many merchants (whole thousands) at the newest `dates` days; every figure of a card is there."""
    out.mkdir(parents=True)
    catalog, on = load_catalog(), [NEWEST - timedelta(days=n) for n in range(dates)][::-1]
    writer = Writer(out / FILE, spill=out / ".spill")
    try:
        writer.table("figures", SCHEMAS["figures"], _figures(catalog, merchants, on))
        writer.con.execute(MERCHANTS.replace("$newest", f"DATE '{NEWEST}'").replace("$merchants", str(merchants)))
        writer.con.execute(f"CREATE UNIQUE INDEX merchant_by_id ON {SCHEMA}.merchants (merchant_id)")
        writer.con.execute(f"DETACH {SCHEMA}")
    finally:
        writer.close()
        shutil.rmtree(out / ".spill", ignore_errors=True)
    manifest = {
        "format": FORMAT, "catalog": catalog.version, "as_of": [d.isoformat() for d in on], "currency": "CNY",
        "historical": False, "sources": {m.id: "activity" for m in catalog.metrics},
    }  # fmt: skip
    (out / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return out


def _figures(catalog: Catalog, merchants: int, dates: list[date]) -> Iterator[pa.RecordBatch]:
    """Date by date, then by merchant and metric, as the job writes them."""
    block = _block(catalog)
    own = block["no"].to_numpy()
    for on in dates:
        dated = block.append_column("as_of", pa.repeat(pa.scalar(on, pa.date32()), block.num_rows))
        for start in range(0, merchants, BLOCK):
            moved = dated.set_column(0, "no", pa.array(own + np.int32(start)))
            yield from moved.cast(SCHEMAS["figures"]).to_batches()


def _block(catalog: Catalog) -> pa.Table:
    """Figures of BLOCK merchants, all columns but the date; every metric, dimension and user asset has its row."""
    rng = np.random.default_rng(7)
    names = sorted([*(m.id for m in catalog.metrics), *SCORED, *ASSETS])
    metric, score, asset = (
        np.tile([name in kind for name in names], BLOCK) for kind in (catalog.by_id, set(SCORED), set(ASSETS))
    )
    size, count = len(names) * BLOCK, rng.integers(1, 5_000, len(names) * BLOCK)
    merchant = np.repeat(np.arange(BLOCK), len(names))
    group = [f"industry_{no % 14}/{('small', 'medium', 'large')[no % 3]}" for no in merchant]

    def some(values: Floats, there: np.ndarray) -> pa.Array:
        return pa.array(values, mask=~there)

    def drawn(high: float, there: np.ndarray) -> pa.Array:
        return some(rounded(rng.uniform(0, high, size)), there)

    columns = {
        "no": pa.array(merchant.astype(np.int32)), "metric": pa.array(names * BLOCK),
        "value": drawn(900, ~score), "numerator": some(count.astype(float), metric),
        "denominator": some(count * 3.0, metric), "n": some(count, metric),
        "state": pa.array(np.where(score, None, "ok")), "group_id": pa.array(group, mask=asset),
        "group_level": pa.array(np.where(asset, None, "industry_band")), "peers": some(merchant % 42 + 2_000, ~asset),
        "median": drawn(500, ~asset), "upper_quarter": drawn(700, metric), "score": drawn(100, ~asset),
        "gain_at_median": drawn(9, metric & (count % 3 == 0)),
        "gain_at_upper_quarter": drawn(9, metric & (count % 3 > 0)),
        "coverage": some(np.ones(size), score), "rank_share": drawn(1, ~asset),
        "official": pa.array(np.zeros(size, dtype=bool), mask=~score),
    }  # fmt: skip
    return pa.table(columns)
