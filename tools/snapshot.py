"""The batch job: every merchant's figures at every as-of date, into one file that the chat reads.

The activity is folded once into one narrow row a user and day, further where many dates are to be measured; each then
costs a fraction of a second, and a date that was measured before from the same rows costs nothing: measured days are
kept beside the snapshots.
"""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tools.asof import as_of_dates
from tools.catalog import Catalog
from tools.engine import SPILL, declared, open_platform
from tools.errors import DataMissingError, DiskError
from tools.groups import FEWEST
from tools.queries import Queries, prepare
from tools.snapshot_assembly import SCHEMAS, Assembly
from tools.snapshot_day import Asked, Measurer
from tools.snapshot_marks import Marks
from tools.snapshot_recipe import Report, stamp
from tools.snapshot_roll import call_roll
from tools.snapshot_store import DayStore
from tools.snapshot_tables import own_tables
from tools.store import FILE, FORMAT, MANIFEST, Writer

Progress = Callable[[str, float], None]
DAYS = ".days"


def build_snapshot(
    platform: Path, out: Path, *, catalog: Catalog, newest: date | None = None, calendar: Sequence[date] | None = None,
    progress: Progress | None = None, generation: str | None = None, days: Path | None = None, engine: str = "duckdb",
    database: str | None = None,
) -> Report:  # fmt: skip
    """Measure a platform (a directory of Parquet files) into `out`/snapshot.duckdb and `out`/manifest.json.

    `newest`: the last as-of date (default: the as_of that the platform's own manifest declares, else its newest day).
    `calendar`: the as-of dates, instead of the usual ones. `generation`: the platform's name, kept in the manifest.
    `days`: where measured days are kept from job to job; a date whose key stands there is not computed, so a job that
    was killed goes on where it was. Without it everything is computed. `engine`, `database`: as of `open_platform`.
    DataMissingError where there is nothing to measure; DiskError where it cannot be written; EngineError of engines.
    """
    begun = time.perf_counter()
    tell = progress or (lambda _message, _share: None)
    job = _Job(platform, out, catalog, tell, days)
    try:
        tell("reading the activity", 0.0)
        with open_platform(platform, engine=engine, database=database, spill=out) as opened:
            queries = prepare(opened, catalog)
            tell("reading the activity", 1.0)
            dates = sorted(set(calendar)) if calendar else _dates(queries, platform, newest)
            told = job.run(queries, dates, engine)
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        raise DiskError(
            f"{out}: no snapshot was written ({error}); see that it can be written and has room, then build it again."
        ) from error
    finally:
        for scratch in (SPILL, DAYS):
            shutil.rmtree(out / scratch, ignore_errors=True)
    manifest = {
        "format": FORMAT,
        "catalog": catalog.version,
        "platform": generation or platform.name,
        "made_of": stamp(platform),
        "newest": dates[-1].isoformat(),
        "as_of": [d.isoformat() for d in dates],
        "historical": declared(platform).as_of is not None,
        "currency": declared(platform).currency,
        "sources": queries.sources,
        **told,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell("writing the snapshot", 1.0)
    return Report(job.computed, len(dates) - job.computed, time.perf_counter() - begun)


class _Job:
    """One run: measures the days that are not there yet, then writes the file."""

    def __init__(self, platform: Path, out: Path, catalog: Catalog, tell: Progress, days: Path | None) -> None:
        self.platform, self.out, self.catalog, self.tell = platform, out, catalog, tell
        self.kept = days is not None
        self.store = DayStore(days or out / DAYS)
        self.computed = 0

    def run(self, queries: Queries, dates: Sequence[date], engine: str) -> dict[str, Any]:
        """What the manifest says of it: row counts by table, and the key of each date."""
        roll = call_roll(queries)
        with self.store.held():
            keys = {on: on.isoformat() for on in dates}
            if self.kept:
                marks = Marks(self.platform, queries, roll, engine)
                keys = {on: marks.key(on) for on in dates}
            self._measure(Measurer(queries, roll), keys)
            counts = self._write(queries, Assembly(self.store, keys, roll, self.catalog, queries.sources))
        kept = {on.isoformat(): key for on, key in keys.items()} if self.kept else {}
        return {"counts": counts, "days": kept}

    def _measure(self, measurer: Measurer, keys: dict[date, str]) -> None:
        self.tell("measuring", 0.0)
        measurer.expect(sum(not self.store.has(key) for key in keys.values()))
        with ThreadPoolExecutor(1) as beside:  # scores one day while the engine sums the next
            scoring: Future[None] | None = None
            for done, (on, key) in enumerate(sorted(keys.items())):
                if self.store.has(key):  # asked only now: another job may have been quicker
                    continue
                asked = measurer.ask(on)
                if scoring is not None:
                    scoring.result()
                scoring = beside.submit(self._keep, key, asked)
                self.computed += 1
                self.tell("measuring", done / len(keys))
            if scoring is not None:
                scoring.result()
        self.tell("measuring", 1.0)

    def _keep(self, key: str, asked: Asked) -> None:
        self.store.put(key, asked.tables())

    def _write(self, queries: Queries, assembly: Assembly) -> dict[str, int]:
        self.tell("writing the snapshot", 0.0)
        writer = Writer(self.out / FILE, spill=self.out / SPILL)
        try:
            for name, schema in SCHEMAS.items():
                writer.table(name, schema, assembly.rows(name))
            for name, (expression, order) in own_tables(queries).items():
                statement = queries.platform.sql(expression)
                writer.table(name, statement.schema, queries.platform.batches(statement), order)
            return writer.finish(self.catalog)
        finally:
            writer.close()


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
