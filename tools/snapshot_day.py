"""One as-of date, measured: the tables that are kept of it. Merchants are numbered among those who take part."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from tools.curves import Floats
from tools.groups import Bools, Groups, group_all, quarter_before
from tools.queries import Queries
from tools.scoring import CURVES, FIGURES, score_day
from tools.snapshot_roll import Roll

BANDS = pa.schema([("no", pa.int32()), ("merchant_id", pa.string()), ("group_id", pa.string())])


class Measurer:
    """Measures dates of one prepared platform, in any order."""

    def __init__(self, queries: Queries, roll: Roll) -> None:
        self._queries, self._roll = queries, roll
        self._sizes: dict[date, Floats] = {}

    def day(self, on: date) -> dict[str, pa.Table]:
        """`figures` sorted by merchant and metric, `curves` by metric and group, `bands` with everybody's id."""
        there = self._roll.present(on)
        if not there.any():
            return {"figures": FIGURES.empty_table(), "curves": CURVES.empty_table(), "bands": BANDS.empty_table()}
        groups = group_all(
            [i for i, present in zip(self._roll.industries, there, strict=True) if present],
            self._sizes_at(self._roll.reference(on))[there],
        )
        self._queries.sum_up(on)
        if quarter_before(on + timedelta(days=1)) == on:  # the next quarter's bands will ask
            self._sizes[on] = self._queries.sizes()
        places = np.cumsum(there) - 1
        values = {name: _of_those(table, there) for name, table in self._queries.values().items()}
        found = score_day(values, groups, self._queries.catalog, self._queries.official()[there])
        figures = pa.concat_tables([found.figures, _asset_rows(self._queries.assets(), places)])
        curves = found.curves.sort_by([("metric", "ascending"), ("group_id", "ascending")])
        return {"figures": _sorted(figures), "curves": curves, "bands": self._bands(there, groups)}

    def _sizes_at(self, on: date) -> Floats:
        if on not in self._sizes:
            self._queries.sum_up(on)
            self._sizes[on] = self._queries.sizes()
        return self._sizes[on]

    def _bands(self, there: Bools, groups: Groups) -> pa.Table:
        ids = [i for i, present in zip(self._roll.ids, there, strict=True) if present]
        names = [groups.names[0][key] for key in groups.keys[0]]
        return pa.table([pa.array(range(len(ids)), pa.int32()), ids, names], schema=BANDS)


def _of_those(table: pa.Table, there: Bools) -> pa.Table:
    mine = table.filter(pa.array(there))
    return mine.set_column(mine.schema.get_field_index("no"), "no", pa.array(np.arange(mine.num_rows), pa.int32()))


def _asset_rows(found: pa.Table, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Table:
    numbers = pa.array(places[found["no"].to_numpy()], pa.int32())
    found = found.set_column(found.schema.get_field_index("no"), "no", numbers)
    columns = [found[f.name] if f.name in found.column_names else pa.nulls(found.num_rows, f.type) for f in FIGURES]
    return pa.table([c.cast(f.type) for c, f in zip(columns, FIGURES, strict=True)], schema=FIGURES)


def _sorted(figures: pa.Table) -> pa.Table:
    return figures.sort_by([("no", "ascending"), ("metric", "ascending")])
