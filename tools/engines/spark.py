"""Spark: a session of this process, on this machine or on the cluster that SPARK_MASTER names."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from tools.engine import AS_OF_SQL, SPILL, Platform
from tools.engines.files import Source
from tools.errors import EngineError
from tools.tables import Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SPARK = "4.0"
JAVA = 17
_MEMORY = "4g"  # of the driver, unless SPARK_DRIVER_MEMORY says otherwise
_PIECE = 1 << 24  # bytes of Parquet that one task takes
_TYPES: dict[Kind, str] = {
    "text": "STRING",
    "integer": "BIGINT",
    "money": "DECIMAL(18, 2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
}


class SparkPlatform(Platform):
    """Temporary views of one session; what is kept stays in Spark's memory and on its disks."""

    dialect = "pyspark"

    def __init__(
        self, session: "SparkSession", sources: Mapping[str, Source], absent: frozenset[str], *, started: bool
    ) -> None:
        super().__init__(sources, absent)
        self._session = session
        self._started = started  # by us, so that it is ours to stop
        self._as_of = "NULL"
        self._kept: dict[str, DataFrame] = {}

    def load(self, source: Source) -> None:
        """A view of a Parquet file under its table's name; Spark reads the file itself."""
        with _sentences():
            frame = self._session.read.parquet(str(source.path.absolute())).selectExpr(source.casts("`", _TYPES))
            frame.createOrReplaceTempView(source.table.name)

    def set_as_of(self, on: date) -> None:
        self._as_of = f"DATE '{on.isoformat()}'"

    def fill(self, name: str, query: str) -> None:
        with _sentences():
            before = self._kept.pop(name, None)
            frame = self._frame(query).persist()
            frame.count()  # now, not when it is first read: what it was made of may be dropped by then
            frame.createOrReplaceTempView(name)
            self._kept[name] = frame
            if before is not None:
                before.unpersist()

    def drop(self, name: str) -> None:
        with _sentences():
            self._session.catalog.dropTempView(name)
            self._kept.pop(name).unpersist()

    def close(self) -> None:
        with suppress(EngineError), _sentences():  # a Spark that is gone has nothing left to give back
            for name in (*self.tables, *self._kept):
                self._session.catalog.dropTempView(name)
            for frame in self._kept.values():
                frame.unpersist()
            self._kept.clear()
        if self._started:
            self._session.stop()

    def _table(self, query: str) -> pa.Table:
        with _sentences():
            return self._frame(query).toArrow()

    def _batches(self, query: str, rows: int) -> Iterator[pa.RecordBatch]:
        # Spark hands a result over whole: the driver needs room for it.
        yield from self._table(query).to_batches(rows)

    def _frame(self, query: str) -> "DataFrame":
        return self._session.sql(query.replace(AS_OF_SQL, self._as_of))


@contextmanager
def _sentences() -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        said = str(error).strip().partition("\n")[0]
        raise EngineError(
            f"Spark gave up ({said}); see to that where it runs, or measure with another engine."
        ) from error


def open_spark(
    sources: Mapping[str, Source], absent: frozenset[str], *, spill: Path | None, threads: int | None
) -> SparkPlatform:
    """Start Spark, or join the session that this process has. EngineError where pyspark or Java is not there."""
    _check_pyspark()
    _check_java()
    _ = ibis.pyspark  # naming it registers the options that its compiler reads
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    master = os.environ.get("SPARK_MASTER") or f"local[{threads or '*'}]"
    size = sum(source.path.stat().st_size for source in sources.values())
    running = SparkContext._active_spark_context is not None
    with _sentences():
        session = SparkSession.builder.getOrCreate().newSession() if running else _start(master, spill, size)
        session.conf.set("spark.sql.session.timeZone", "UTC")
        session.conf.set("spark.sql.ansi.enabled", "true")  # what does not fit is an error, not a NULL
    platform = SparkPlatform(session, sources, absent, started=not running)
    try:
        for source in sources.values():
            platform.load(source)
    except BaseException:
        platform.close()
        raise
    return platform


def _start(master: str, spill: Path | None, size: int) -> "SparkSession":
    from pyspark.sql import SparkSession

    settings: dict[str, Any] = {
        "spark.app.name": "ccare",
        "spark.master": master,
        "spark.driver.maxResultSize": "0",
        "spark.log.level": "ERROR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if "SPARK_DRIVER_MEMORY" not in os.environ:
        settings["spark.driver.memory"] = _MEMORY
    if master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # read while the machine's name is looked up
        settings["spark.sql.shuffle.partitions"] = max(2 * (os.cpu_count() or 1), size // _PIECE)
    if spill is not None:
        settings["spark.local.dir"] = str((spill / SPILL).absolute())
    return SparkSession.builder.config(map=settings).getOrCreate()


def _check_pyspark() -> None:
    try:
        import pyspark
    except ImportError as error:
        raise EngineError("Spark needs pyspark; install it with: pip install 'ccare[spark]'.") from error
    if not pyspark.__version__.startswith(f"{SPARK}."):
        raise EngineError(
            f"This is pyspark {pyspark.__version__}, and ccare works with {SPARK}; "
            "install that with: pip install 'ccare[spark]'."
        )


def java() -> int | None:
    """The version of the Java that Spark would start; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    path = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if path is None:
        return None
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return int(found[1]) if found else None


def _check_java() -> None:
    version = java()
    if version is None or version < JAVA:
        found = "none was found" if version is None else f"this is Java {version}"
        raise EngineError(
            f"Spark needs Java {JAVA} or newer, and {found}; install OpenJDK {JAVA} (its runtime is enough), or let "
            "JAVA_HOME name one."
        )
