"""The snapshot job against hand-written SQL for the same numbers, and what all of its as-of dates take."""

import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks.alone import alone, peak_mb
from tests.benchmarks.home import Size, p50, table
from tests.benchmarks.plain_sql import plain_numbers
from tests.benchmarks.synthetic import DAYS, NEWEST, write_platform
from tools.asof import as_of_dates
from tools.catalog import Catalog, load_catalog
from tools.engine import open_platform
from tools.metrics import PARTS
from tools.queries import prepare
from tools.snapshot import build_snapshot

ROUNDS = 3
FURTHER = 3  # as-of dates after the first
YOUNGEST = 56  # no metric asks for more days than the 90 that there are
WARM = 50  # merchants
SAME = 1e-9
KINDS = {"daily": "totals a day", "activity": "user days"}
DATES = len(as_of_dates(NEWEST, NEWEST - timedelta(days=DAYS - 1)))  # of a job over so many days
HEAD = [
    "rows", "metrics", "what", "ours s", "SQL s", "ratio (line 1.5)", "in CPU time", "ours MB", "SQL MB",
]  # fmt: skip
JOB = "tests.benchmarks.snapshot"


def run(size: Size) -> str:
    """Platforms of `size.merchants` merchants; the whole job over a tenth of them."""
    with tempfile.TemporaryDirectory(prefix="ccare-bench-") as scratch:
        root = Path(scratch)
        for kind in KINDS:
            write_platform(root / "warm" / kind, merchants=WARM, users=kind == "activity")
        rows = [row for kind in KINDS for row in _compared(root, kind, size.merchants)]
        jobs = [_whole_job(root, kind, size.merchants // 10) for kind in KINDS]
    return "\n".join([
        f"## A snapshot of {size.merchants:,} merchants x 90 days on DuckDB ({size.name})\n",
        "Ours folds the rows once and, where many dates are to be summed, once more; then it sums each date. The "
        "baseline is one hand-written statement over the same "
        f"Parquet files. Medians of {ROUNDS} interleaved runs, each in a process of its own.\n",
        table(HEAD, rows),
        f"The whole job (all as-of dates, curves, scores, what tools read), {size.merchants // 10:,} merchants:\n",
        table(["of", "dates", "s", "s a date", "MB", "file MB"], jobs),
    ])  # fmt: skip


def _compared(root: Path, kind: str, merchants: int) -> list[list[str]]:
    """One date, and the fold in it; what many dates fold further; each of many; all dates of a job."""
    folder, warm = root / kind, root / "warm" / kind
    count = write_platform(folder, merchants=merchants, users=kind == "activity")[kind]
    runs: dict[str, list[dict[str, Any]]] = {"ours": [], "baseline": []}
    for _ in range(ROUNDS):
        for who, found in runs.items():
            found.append(alone(f"{JOB}:{who}", str(folder), str(warm), str(root / f"{who}.parquet")))
    metrics = _same(root / "ours.parquet", root / "baseline.parquet")
    for path in folder.glob("*.parquet"):
        path.unlink()
    ours, bare = ({what: p50([x[what] for x in found]) for what in found[0]} for found in runs.values())

    def line(what: str, share: Mapping[str, int], of: int = 1, **more: str) -> list[str]:
        """`share`: which times, and how often each; `of`: how often the baseline."""
        clock, cpu = (
            (sum(n * ours[key + unit] for key, n in share.items()), of * bare[f"seconds{unit}"])
            for unit in ("", "_cpu")
        )
        return [
            f"{count:,} {KINDS[kind]}", str(metrics), what, f"{clock[0]:.2f}", f"{clock[1]:.2f}",
            f"{clock[0] / clock[1]:.2f}", f"{cpu[0] / cpu[1]:.2f}", more.get("ours", ""), more.get("bare", ""),
        ]  # fmt: skip

    return [
        line("one as-of date", {"seconds": 1}, ours=f"{ours['mb']:,.0f}", bare=f"{bare['mb']:,.0f}"),
        line("of that, the fold", {"fold": 1}),
        line("the further fold, for many dates", {"ready": 1}),
        line("each date then", {"further": 1}),
        line(f"{DATES} dates, reckoned", {"fold": 1, "ready": 1, "further": DATES}, of=DATES),
    ]


class Watch:
    """Seconds since it was made: by the clock, and of CPU time in all threads (on a busy machine the fairer one)."""

    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def read(self, name: str) -> dict[str, float]:
        return {name: time.perf_counter() - self._clock, f"{name}_cpu": time.process_time() - self._cpu}


def ours(folder: str, warm: str, out: str) -> dict[str, float]:
    """Seconds for one date, and how many of them the fold takes; peak MB of it; seconds that getting ready for many
    dates takes, and each of them then.

    The numbers of the first date go to `out`. What `warm` holds is measured before: code is loaded, no row is.
    """
    _ours(Path(warm))
    times, found = _ours(Path(folder))
    pq.write_table(found, out)
    return times


def _ours(folder: Path) -> tuple[dict[str, float], pa.Table]:
    catalog = catalog_of_90_days()
    watch = Watch()
    with open_platform(folder, spill=folder) as platform:
        queries = prepare(platform, catalog)
        times = watch.read("fold")
        queries.sum_up(NEWEST)
        values = queries.values()
        times |= watch.read("seconds") | {"mb": peak_mb()}
        watch = Watch()
        queries.expect(DATES)
        times |= watch.read("ready")
        watch = Watch()
        for back in range(1, FURTHER + 1):
            queries.sum_up(NEWEST - timedelta(days=back))
            queries.values()
        times |= {name: spent / FURTHER for name, spent in watch.read("further").items()}
        numbers = platform.arrow(queries.tables["numbers"])
    columns = {f"{m}_{part}": values[m][part] for m in queries.sources for part in PARTS[:3]}
    wide = pa.table({"no": next(iter(values.values()))["no"], **columns})
    return times, numbers.join(wide, "no").drop(["no"]).sort_by("merchant_id")


def baseline(folder: str, warm: str, out: str) -> dict[str, float]:
    """Seconds and peak MB of the hand-written statement; its numbers go to `out`."""
    plain_numbers(Path(warm), NEWEST, catalog_of_90_days())
    watch = Watch()
    found = plain_numbers(Path(folder), NEWEST, catalog_of_90_days())
    times = watch.read("seconds") | {"mb": peak_mb()}
    pq.write_table(found.sort_by("merchant_id"), out)
    return times


def catalog_of_90_days() -> Catalog:
    """The catalog, every metric of which speaks after 56 days."""
    catalog = load_catalog()
    metrics = [m.model_copy(update={"history_days": min(m.history, YOUNGEST)}) for m in catalog.metrics]
    return catalog.model_copy(update={"metrics": tuple(metrics)})


def _same(ours_at: Path, baseline_at: Path) -> int:
    """How many metrics are there on both sides. RuntimeError where a number is not the same to 1e-9."""
    one, other = pq.read_table(ours_at), pq.read_table(baseline_at)
    names = [name for name in one.column_names if name in other.column_names]
    assert names[0] == "merchant_id"
    if not one["merchant_id"].equals(other["merchant_id"]):
        raise RuntimeError("The baseline speaks of other merchants than the snapshot; look at plain_sql.py.")
    for name in names[1:]:
        a, b = (np.asarray(t[name].cast(pa.float64()).to_numpy(), dtype=np.float64) for t in (one, other))
        if not np.allclose(a, b, rtol=SAME, atol=0, equal_nan=True):
            raise RuntimeError(f"The baseline has another {name} than the snapshot; one of the two is wrong.")
    return sum(name.endswith("_value") for name in names)


def _whole_job(root: Path, kind: str, merchants: int) -> list[str]:
    folder = root / f"{kind}_job"
    write_platform(folder, merchants=merchants, users=kind == "activity")
    found = alone(f"{JOB}:whole_job", str(folder), str(root / f"{kind}_snapshot"))
    return [
        KINDS[kind], str(found["dates"]), f"{found['seconds']:.1f}", f"{found['seconds'] / found['dates']:.2f}",
        f"{found['mb']:,.0f}", f"{found['file_mb']:,.0f}",
    ]  # fmt: skip


def whole_job(folder: str, out: str) -> dict[str, float]:
    """The job as it is run every night where no day was measured before."""
    into = Path(out)
    into.mkdir()
    begun = time.perf_counter()
    report = build_snapshot(Path(folder), into, catalog=load_catalog())
    seconds = time.perf_counter() - begun
    with duckdb.connect(str(into / "snapshot.duckdb"), read_only=True) as con:
        ((figures,),) = con.execute("SELECT count(*) FROM figures").fetchall()
    size = (into / "snapshot.duckdb").stat().st_size / 1024**2
    return {"seconds": seconds, "dates": report.computed, "mb": peak_mb(), "file_mb": size, "figures": figures}
