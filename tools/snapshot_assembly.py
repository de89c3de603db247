"""From measured days to the rows of a snapshot: merchants numbered as they are today, strangers filled in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.catalog import Catalog
from tools.groups import BANDS, ENOUGH, FEWEST, Ints
from tools.scoring import CURVES, FIGURES, SCORED
from tools.snapshot_day import BANDS as BAND_ROWS
from tools.snapshot_roll import Roll
from tools.snapshot_store import DayStore

AS_OF = pa.field("as_of", pa.date32())
SCHEMAS: Mapping[str, pa.Schema] = {
    "figures": FIGURES.append(AS_OF),
    "curves": CURVES.append(AS_OF),
    "bands": BAND_ROWS.remove(1).append(AS_OF),
}


@dataclass(frozen=True, eq=False)
class Assembly:
    """The days of one calendar, ready to be written one table after the other, date by date."""

    store: DayStore
    keys: Mapping[date, str]
    roll: Roll
    catalog: Catalog
    sources: Mapping[str, str]

    def rows(self, table: str) -> Iterator[pa.RecordBatch]:
        """All rows of figures, curves or bands, sorted by date, then merchant and metric (curves: metric and group)."""
        numbers = {merchant: no for no, merchant in enumerate(self.roll.ids)}
        for on, key in sorted(self.keys.items()):
            bands = self.store.read(key, "bands")
            now = np.asarray([numbers[m] for m in bands["merchant_id"].to_pylist()], dtype=np.int64)
            rows = self._of_day(table, key, bands, now)
            stamp = pa.repeat(pa.scalar(on, pa.date32()), rows.num_rows)
            yield from rows.append_column(AS_OF, stamp).cast(SCHEMAS[table]).to_batches()

    def _of_day(self, table: str, key: str, bands: pa.Table, now: Ints) -> pa.Table:
        if table == "curves":
            return self.store.read(key, "curves")
        if table == "bands":
            return _renumbered(bands.drop(["merchant_id"]), now)
        rows = _renumbered(self.store.read(key, "figures"), now)
        absent = np.setdiff1d(np.arange(len(self.roll.ids)), now)
        if not absent.size:
            return rows
        curves = self.store.read(key, "curves", ["metric", "group_id", "n", "median", "upper_quarter"])
        told = pa.concat_tables([rows, self._strangers(absent, curves)])
        return told.take(pa.array(np.argsort(told["no"].to_numpy(), kind="stable")))

    def _strangers(self, absent: Ints, curves: pa.Table) -> pa.Table:
        """Rows of merchants that had sent nothing yet: empty, with the peers that they would be compared with."""
        peers = {(c["metric"], c["group_id"]): c for c in curves.to_pylist()}
        industries = np.asarray([self.roll.industries[no] for no in absent], dtype=object)
        pieces = []
        for industry in np.unique(industries.astype(str)):
            mine = absent[industries == industry]
            rows = self._stranger(str(industry), peers)
            blank = pa.Table.from_pylist(rows, FIGURES)
            every = blank.take(pa.array(np.tile(np.arange(len(rows)), mine.size)))
            pieces.append(every.set_column(0, FIGURES.field("no"), pa.array(np.repeat(mine, len(rows)), pa.int32())))
        return pa.concat_tables(pieces)

    def _stranger(self, industry: str, peers: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = [{"metric": name, "coverage": 0.0, "official": False} for name in SCORED]
        for metric in self.catalog.metrics:
            state = "empty" if metric.id in self.sources else "not_connected"
            rows.append({"metric": metric.id, "state": state, **_peers_of(metric.id, industry, peers)})
        return sorted(rows, key=lambda row: row["metric"])


def _peers_of(metric: str, industry: str, peers: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[str, Any]:
    """The first group that is wide enough, else a published curve; whose size nobody knows is small."""
    wide: Sequence[tuple[str, str, int]] = (
        (f"{industry}/{BANDS[0]}", "industry_band", ENOUGH),
        (industry, "industry", ENOUGH),
        ("all", "all", FEWEST),
        (f"benchmark:{industry}", "benchmark", FEWEST),
        ("benchmark:all", "benchmark", FEWEST),
    )
    for group, level, least in wide:
        found = peers.get((metric, group))
        if found is not None and found["n"] >= least:
            marks = {name: None if found[name] != found[name] else found[name] for name in ("median", "upper_quarter")}
            return {"group_id": group, "group_level": level, "peers": found["n"], **marks}
    return {"group_level": "own_past"}


def _renumbered(rows: pa.Table, now: Ints) -> pa.Table:
    numbers = pa.array(now[rows["no"].to_numpy()], pa.int32())
    moved = rows.set_column(rows.schema.get_field_index("no"), "no", numbers)
    order = np.argsort(numbers.to_numpy(), kind="stable")  # ids keep their order, so this moves nothing as a rule
    return moved if bool((order[1:] > order[:-1]).all()) else moved.take(pc.cast(pa.array(order), pa.int64()))
