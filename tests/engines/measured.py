"""Everything that a platform is asked on one engine, as Arrow tables: what is compared between engines."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tools.catalog import load_catalog
from tools.curves import Floats, rounded
from tools.engine import open_platform
from tools.groups import group_all
from tools.queries import SUMS, prepare
from tools.scoring import score_day
from tools.snapshot_tables import own_tables


class OneDay(NamedTuple):
    """What the engine computes at a date, and what is made of it."""

    sums: pa.Table
    values: dict[str, pa.Table]
    sizes: Floats
    assets: pa.Table
    official: Floats
    made: dict[str, pa.Table]  # figures, curves


class Measured(NamedTuple):
    """A platform on one engine."""

    sources: dict[str, str]
    days: dict[date, OneDay]
    own: dict[str, pa.Table]  # history, days, credits, actions ..., sorted


def measured(
    platform: Path, dates: Sequence[date], engine: str = "duckdb", database: str | None = None, *, expected: int = 0
) -> Measured:
    """The sizes of the first date make the bands of all. `expected`: dates that the platform is made ready for."""
    with open_platform(platform, engine=engine, database=database) as opened:
        queries = prepare(opened, load_catalog())
        queries.expect(expected)
        days: dict[date, OneDay] = {}
        for on in dates:
            queries.sum_up(on)
            sizes = queries.sizes()
            groups = group_all(queries.industries, days[dates[0]].sizes if days else sizes)
            values, official = queries.values(), queries.official()
            made = score_day(values, groups, queries.catalog, official)
            scored = {"figures": made.figures, "curves": made.curves}
            sums = by_row(opened.arrow(queries.tables[SUMS]))
            days[on] = OneDay(sums, values, sizes, by_row(queries.assets()), official, scored)
        own = {name: by_row(opened.arrow(expression)) for name, (expression, _) in own_tables(queries).items()}
    return Measured(queries.sources, days, own)


def by_row(table: pa.Table) -> pa.Table:
    """Sorted by every column: where nothing is asked about order, there is none."""
    return table.sort_by([(name, "ascending") for name in table.column_names]).combine_chunks()


def same_tables(ours: pa.Table, theirs: pa.Table) -> list[str]:
    """The columns in which two tables differ: in type, in a row, in the last bit of a double."""
    if ours.schema != theirs.schema or ours.num_rows != theirs.num_rows:
        return [f"{ours.schema} with {ours.num_rows} rows, {theirs.schema} with {theirs.num_rows}"]
    return [name for name in ours.column_names if ours[name].combine_chunks() != theirs[name].combine_chunks()]


def same_values(ours: pa.Table, theirs: pa.Table) -> list[str]:
    """As `same_tables`, but doubles as they are kept: to 12 significant digits."""
    return same_tables(_rounded(ours), _rounded(theirs))


def _rounded(table: pa.Table) -> pa.Table:
    for at, field in enumerate(table.schema):
        if field.type == pa.float64():
            numbers = rounded(table[field.name].to_numpy())
            table = table.set_column(at, field, pa.array(numbers, mask=np.isnan(numbers)))
    return table
