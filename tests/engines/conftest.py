"""A real PostgreSQL and a real Spark, each started once, and the platforms that are measured on all engines."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.engines.platforms import totals_platform, whole_platform
from tests.servers import postgres_server
from tools.engine import open_platform
from tools.engines.spark import JAVA, java


class Place(NamedTuple):
    """Where a platform is measured, as `open_platform` takes it."""

    engine: str
    database: str | None = None


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A platform with every table, and shops that stand in every state."""
    return whole_platform(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def totals(tmp_path_factory: pytest.TempPathFactory, whole: Path) -> Path:
    """An operator who has totals a day, followers, and nothing else."""
    return totals_platform(tmp_path_factory.mktemp("totals"), whole)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Place]:
    """A server of this test run, which goes with it."""
    with postgres_server() as url:
        yield Place("postgres", url)


@pytest.fixture(scope="session")
def spark(totals: Path) -> Iterator[Place]:
    """A Spark of this process with two threads; the platforms of the tests join it."""
    if (java() or 0) < JAVA:
        pytest.skip(f"needs Java {JAVA}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(Path(__file__).parent / "spark_conf"))
        patch.setenv("SPARK_DRIVER_MEMORY", "1g")
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.delenv("SPARK_MASTER", raising=False)
        first = open_platform(totals, engine="spark", threads=min(2, os.cpu_count() or 1))
    yield Place("spark")
    first.close()
    _end_java()


def _end_java() -> None:
    # Spark leaves its Java running for the next session of the process; there is none.
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(30)
    SparkContext._gateway = SparkContext._jvm = None


@pytest.fixture(scope="session", params=["duckdb", "postgres", "spark"])
def anywhere(request: pytest.FixtureRequest) -> Place:
    """Each engine."""
    return Place("duckdb") if request.param == "duckdb" else request.getfixturevalue(request.param)


@pytest.fixture(scope="session", params=["postgres", "spark"])
def elsewhere(request: pytest.FixtureRequest) -> Place:
    """Each engine that is not DuckDB."""
    return request.getfixturevalue(request.param)
