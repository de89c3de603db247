"""The batch job: every merchant's figures at every as-of date, into one file that the chat reads.

The activity is folded once into one narrow row a user and day; each date then costs a fraction of a second.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tools.asof import as_of_dates
from tools.catalog import Catalog
from tools.curves import Floats
from tools.engine import SPILL, declared, open_platform
from tools.errors import DataMissingError, DiskError
from tools.groups import FEWEST, Groups, group_all, quarter_before
from tools.queries import Queries, prepare
from tools.scoring import FIGURES, score_day
from tools.store import FILE, FORMAT, MANIFEST, Writer

Progress = Callable[[str, float], None]


def build_snapshot(
    platform: Path, out: Path, *, catalog: Catalog, newest: date | None = None, calendar: Sequence[date] | None = None,
    progress: Progress | None = None, generation: str | None = None,
) -> None:  # fmt: skip
    """Measure a platform (a directory of Parquet files) into `out`/snapshot.duckdb and `out`/manifest.json.

    `newest`: the last as-of date (default: the as_of that the platform's own manifest declares, else its newest day).
    `calendar`: the as-of dates, instead of the usual ones. `generation`: the platform's name, kept in the manifest.
    DataMissingError where there is nothing to measure; DiskError where it cannot be written.
    """
    tell = progress or (lambda _message, _share: None)
    try:
        tell("reading the activity", 0.0)
        opened = open_platform(platform, spill=out)
        try:
            queries = prepare(opened, catalog)
            tell("reading the activity", 1.0)
            dates = sorted(set(calendar)) if calendar else _dates(queries, platform, newest)
            counts = _measure(queries, dates, out / FILE, tell)
        finally:
            opened.con.close()
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise DiskError(f"{out}: no snapshot was written ({error}); free some space and build it again.") from error
    finally:
        shutil.rmtree(out / SPILL, ignore_errors=True)
    manifest = {
        "format": FORMAT,
        "catalog": catalog.version,
        "platform": generation or platform.name,
        "newest": dates[-1].isoformat(),
        "as_of": [d.isoformat() for d in dates],
        "historical": declared(platform).as_of is not None,
        "currency": declared(platform).currency,
        "sources": queries.sources,
        "counts": counts,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell("writing the snapshot", 1.0)


def _dates(queries: Queries, directory: Path, newest: date | None) -> list[date]:
    if queries.first_day is None or queries.newest_day is None:
        raise DataMissingError(
            f"{directory}: no merchant has a row of activity; import the data again, look at its rejects."
        )
    return as_of_dates(
        newest or declared(directory).as_of or queries.newest_day,
        queries.first_day,
        lone=len(queries.industries) < FEWEST,
    )


def _measure(queries: Queries, dates: Sequence[date], file: Path, tell: Progress) -> dict[str, int]:
    writer = Writer(queries.platform)
    sizes: dict[date, Floats] = {}
    for done, on in enumerate(dates):
        tell("measuring", done / len(dates))
        quarter = quarter_before(on)
        if quarter not in sizes:
            sizes[quarter] = _sizes(queries, quarter)
        _add_day(queries, writer, on, group_all(queries.industries, sizes[quarter]))
    tell("measuring", 1.0)
    tell("writing the snapshot", 0.0)
    return writer.write(file)


def _sizes(queries: Queries, quarter_end: date) -> Floats:
    """Sizes at the end of a quarter, or at the first day that says anything: they fix the bands of the next quarter."""
    queries.sum_up(quarter_end)
    found = queries.sizes()
    if np.isnan(found).all() and queries.first_sizes is not None:
        queries.sum_up(queries.first_sizes)
        found = queries.sizes()
    return found


def _add_day(queries: Queries, writer: Writer, on: date, groups: Groups) -> None:
    queries.sum_up(on)
    day = score_day(queries.values(), groups, queries.catalog, queries.official())
    stamp = pa.scalar(on, pa.date32())
    tables = {
        "figures": pa.concat_tables([day.figures, _asset_rows(queries.assets())]),
        "curves": day.curves,
        "bands": _band_rows(groups),
    }
    for name, rows in tables.items():
        writer.add(name, rows.append_column("as_of", pa.repeat(stamp, rows.num_rows)))


def _asset_rows(found: pa.Table) -> pa.Table:
    columns = [found[f.name] if f.name in found.column_names else pa.nulls(found.num_rows, f.type) for f in FIGURES]
    return pa.table([c.cast(f.type) for c, f in zip(columns, FIGURES, strict=True)], schema=FIGURES)


def _band_rows(groups: Groups) -> pa.Table:
    names = [groups.names[0][key] for key in groups.keys[0]]
    return pa.table({"no": pa.array(range(len(names)), pa.int32()), "group_id": names})
