"""One as-of date, measured: the tables that are kept of it. Merchants are numbered among those who take part."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from tools.catalog import Catalog, Metric
from tools.curves import Floats
from tools.groups import Bools, Groups, group_all, quarter_before
from tools.lending import lend
from tools.queries import Queries
from tools.scoring import CURVES, FIGURES, Lender, score_day
from tools.snapshot_roll import Roll
from tools.standing import Standing

BANDS = pa.schema([("no", pa.int32()), ("merchant_id", pa.string()), ("group_id", pa.string())])


@dataclass(frozen=True, eq=False)
class Asked:
    """What the engine says of one date, of those who take part; the rest is arithmetic."""

    catalog: Catalog
    groups: Groups
    values: dict[str, pa.Table]
    official: Floats
    assets: pa.Table
    bands: pa.Table
    lender: Lender | None

    def tables(self) -> dict[str, pa.Table]:
        """`figures` sorted by merchant and metric, `curves` by metric and group, `bands` with everybody's id."""
        if not self.bands.num_rows:
            return {"figures": FIGURES.empty_table(), "curves": CURVES.empty_table(), "bands": self.bands}
        found = score_day(self.values, self.groups, self.catalog, self.official, self.lender)
        figures = pa.concat_tables([found.figures, self.assets])
        curves = found.curves.sort_by([("metric", "ascending"), ("group_id", "ascending")])
        return {"figures": _sorted(figures), "curves": curves, "bands": self.bands}


class Measurer:
    """Asks one prepared platform about dates, in any order."""

    def __init__(self, queries: Queries, roll: Roll) -> None:
        self._queries, self._roll = queries, roll
        self._sizes: dict[date, Floats] = {}
        self._points = queries.benchmarks()

    def expect(self, dates: int) -> None:
        """So many dates will be asked about."""
        self._queries.expect(dates)

    def ask(self, on: date) -> Asked:
        """Everything that the engine has to do for a date."""
        there = self._roll.present(on)
        industries = [i for i, present in zip(self._roll.industries, there, strict=True) if present]
        groups = group_all(industries, self._sizes_at(self._roll.reference(on))[there])
        self._queries.sum_up(on)
        if quarter_before(on + timedelta(days=1)) == on:  # the next quarter's bands will ask
            self._sizes[on] = self._queries.sizes()
        return Asked(
            catalog=self._queries.catalog,
            groups=groups,
            values={name: _of_those(table, there) for name, table in self._queries.values().items()},
            official=self._queries.official()[there],
            assets=_asset_rows(self._queries.assets(), np.cumsum(there) - 1),
            bands=self._bands(there, groups),
            lender=self._lender(industries, on),
        )

    def _lender(self, industries: list[str], on: date) -> Lender | None:
        """Whoever lends published curves on that day; None where the platform has none."""
        points = self._points
        if not points:
            return None

        def lending(metric: Metric, standing: Standing, values: Floats, ok: Bools) -> Standing:
            return lend(
                standing, values, ok, metric=metric.id, industries=industries, points=points, on=on,
                lower_is_better=metric.direction == "lower",
            )  # fmt: skip

        return lending

    def _sizes_at(self, on: date) -> Floats:
        if on not in self._sizes:
            self._sizes[on] = self._queries.sizes_at(on)
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
    """By merchant, then metric. Numbers sort ten times as fast as names."""
    metrics = figures["metric"].combine_chunks().dictionary_encode()
    rank = np.argsort(np.argsort(np.asarray(metrics.dictionary.to_pylist())))
    place = figures["no"].to_numpy().astype(np.int64) * rank.size + rank[metrics.indices.to_numpy()]
    order = pa.array(np.argsort(place, kind="stable"))
    columns = [column.combine_chunks().take(order) for column in figures.columns]  # taking from many pieces is slow
    return pa.table(columns, schema=figures.schema)
