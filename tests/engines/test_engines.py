"""What every engine promises: the same rows back, nobody else's tables touched, nothing left, and clear words."""

import sys
from collections.abc import Iterator
from pathlib import Path

import ibis
import psycopg
import pyarrow as pa
import pytest

from tests.engines.conftest import Place
from tests.engines.platforms import NAME
from tests.tools.measuring_desk import NEWEST, ago, shop, visit, write_platform
from tools.catalog import load_catalog
from tools.engine import AS_OF, Platform, open_platform
from tools.engines import spark as spark_engine
from tools.errors import DataMissingError, EngineError
from tools.queries import prepare

# pyspark leaves its sockets to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
DETAILS = [
    {"kind": "a", "note": None, "product": ""},
    {"kind": "b", "note": NAME, "product": None},
    {"kind": "c", "note": "NULL", "product": "\\N"},
    {"kind": "d", "note": "", "product": "t"},
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shops, a dozen rows, and text that is hard to carry."""
    rows = [visit(f"u{n}", ago(n), merchant, gmv="12.34") for n in range(6) for merchant in ("M1", "M2")]
    actions = [{"merchant_id": "M1", "started_on": ago(3), **more} for more in DETAILS]
    return write_platform(tmp_path_factory.mktemp("small"), activity=rows, actions=actions)


@pytest.fixture
def opened(small: Path, anywhere: Place) -> Iterator[Platform]:
    with open_platform(small, engine=anywhere.engine, database=anywhere.database) as platform:
        yield platform


def test_text_comes_back_as_it_went_in_and_nothing_is_not_empty(opened: Platform) -> None:
    actions = opened.tables["actions"]
    kept = opened.keep("kept_actions", actions)
    found = opened.arrow(kept.select("kind", "note", "product").order_by("kind"))
    assert found.to_pylist() == DETAILS
    assert opened.arrow(kept.order_by("kind").select("note"))["note"].to_pylist() == [row["note"] for row in DETAILS]


def test_every_type_arrives_as_the_expression_says_even_without_a_row(opened: Platform) -> None:
    rows = opened.tables["activity"]
    asked = rows.select(
        "merchant_id", "day", "gmv", "visits", "identified",
        earlier=rows.day - ibis.interval(days=27),
        small=rows.visits.cast("int32"),
        share=rows.visits / 3,
        nothing=ibis.null("float64"),
    )  # fmt: skip
    for expression in (asked, asked.limit(0), asked.group_by("merchant_id").agg(total=asked.small.sum())):
        assert opened.arrow(expression).schema == expression.schema().to_pyarrow()
    assert opened.arrow(asked)["earlier"].to_pylist()[0] == opened.arrow(asked)["day"].to_pylist()[0] - (
        ago(0) - ago(27)
    )


def test_batches_hold_what_the_table_holds(opened: Platform) -> None:
    asked = opened.tables["activity"].order_by(["merchant_id", "user_id"])
    batches = list(opened.batches(asked, rows=5))
    assert pa.Table.from_batches(batches).equals(opened.arrow(asked))
    assert len(batches) >= 2
    assert sum(batch.num_rows for batch in opened.batches(asked.limit(0))) == 0


def test_one_compiled_query_serves_every_date(opened: Platform) -> None:
    rows = opened.tables["activity"]
    seen = rows.filter(rows.day <= AS_OF)
    until = opened.sql(seen.agg(n=seen.count(), newest=seen.day.max()))
    for back in (0, 2, 5):
        opened.set_as_of(ago(back))
        assert opened.arrow(until).to_pylist() == [{"n": 2 * (6 - back), "newest": ago(back)}]


def test_what_is_kept_is_replaced_and_forgotten(opened: Platform) -> None:
    rows = opened.tables["activity"]
    for merchant in ("M1", "M2"):
        kept = opened.keep("kept", rows.filter(rows.merchant_id == merchant))
        assert set(opened.arrow(kept)["merchant_id"].to_pylist()) == {merchant}
    opened.drop("kept")
    with pytest.raises(Exception, match=r"(?i)kept"):
        opened.arrow(kept)


def test_two_jobs_on_one_engine_do_not_meet(small: Path, anywhere: Place, tmp_path: Path) -> None:
    other = write_platform(tmp_path, activity=[visit("u", NEWEST, "M9")], merchants=[shop("M9")])
    with (
        open_platform(small, engine=anywhere.engine, database=anywhere.database) as one,
        open_platform(other, engine=anywhere.engine, database=anywhere.database) as two,
    ):
        prepared = [prepare(platform, load_catalog()) for platform in (one, two)]
        for queries in prepared:
            queries.sum_up(NEWEST)
        assert [q.values()["visitors_28d"]["n"].to_pylist() for q in prepared] == [[6, 6], [1]]
    with open_platform(small, engine=anywhere.engine, database=anywhere.database) as again:
        assert again.arrow(again.tables["merchants"].count().as_table())[0].to_pylist() == [2]


def test_postgres_neither_reads_nor_touches_the_operators_own_tables(small: Path, postgres: Place) -> None:
    with psycopg.connect(str(postgres.database), autocommit=True) as con:
        for name in ("merchants", "coupons", "numbers"):
            con.execute(f"CREATE TABLE public.{name} AS SELECT 'theirs' AS merchant_id")
        try:
            with open_platform(small, engine="postgres", database=postgres.database) as platform:
                queries = prepare(platform, load_catalog())
                assert platform.arrow(platform.tables["merchants"])["merchant_id"].to_pylist() == ["M1", "M2"]
                assert "redemption_rate" not in queries.sources
                with pytest.raises(EngineError, match="coupons"):
                    platform.arrow("SELECT * FROM coupons")
            for name in ("merchants", "coupons", "numbers"):
                assert con.execute(f"SELECT * FROM public.{name}").fetchall() == [("theirs",)]
        finally:
            con.execute("DROP TABLE public.merchants, public.coupons, public.numbers")


def test_postgres_is_left_as_it_was_found(small: Path, postgres: Place) -> None:
    with psycopg.connect(str(postgres.database), autocommit=True) as con:
        before = con.execute(_RELATIONS).fetchall()
        with open_platform(small, engine="postgres", database=postgres.database) as platform:
            prepare(platform, load_catalog())
            assert len(con.execute(_RELATIONS).fetchall()) > len(before)
        _wait_until_alone(con)
        assert con.execute(_RELATIONS).fetchall() == before


_RELATIONS = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') ORDER BY 1"


def _wait_until_alone(con: "psycopg.Connection[tuple[int]]") -> None:
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    for _ in range(1000):
        (count,) = con.execute(others).fetchone() or (0,)
        if not count:
            return
        con.execute("SELECT pg_sleep(0.01)")


def test_postgres_compares_text_by_bytes_whatever_the_databases_locale(small: Path, postgres: Place) -> None:
    with open_platform(small, engine="postgres", database=postgres.database) as platform:
        prepare(platform, load_catalog())
        found = platform.arrow(
            "SELECT c.collname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid "
            "JOIN pg_collation c ON c.oid = a.attcollation "
            "WHERE t.relnamespace = pg_my_temp_schema() AND a.attnum > 0 AND t.relname <> 'day_sums'"
        )
    assert set(found["collname"].to_pylist()) == {"C"}
    assert found.num_rows >= 16


def test_a_postgres_that_goes_away_is_said_in_a_sentence(small: Path, postgres: Place) -> None:
    with open_platform(small, engine="postgres", database=postgres.database) as platform:
        with psycopg.connect(str(postgres.database), autocommit=True) as con:
            con.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'ANALYZE%'")
        with pytest.raises(EngineError, match=r"^PostgreSQL gave up \(.*\); see to that on the server"):
            platform.keep("kept", platform.tables["activity"])


def test_text_that_postgres_cannot_hold_is_said_in_a_sentence(tmp_path: Path, postgres: Place) -> None:
    platform = write_platform(tmp_path, activity=[visit("u\0", NEWEST)])
    with pytest.raises(EngineError, match="PostgreSQL gave up"):
        open_platform(platform, engine="postgres", database=postgres.database)


def test_a_spark_that_was_running_goes_on_running(small: Path, spark: Place) -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    with open_platform(small, engine=spark.engine) as platform:
        platform.keep("kept", platform.tables["activity"])
    assert session.range(3).count() == 3
    assert not session.sparkContext._jsc.getPersistentRDDs()


def test_a_file_that_spark_cannot_take_is_said_in_a_sentence(small: Path, spark: Place, tmp_path: Path) -> None:
    platform = write_platform(tmp_path, activity=[visit("u", NEWEST)])
    with open_platform(platform, engine=spark.engine) as opened, pytest.raises(EngineError, match=r"^Spark gave up \("):
        opened.arrow("SELECT nonsense FROM activity")


@pytest.mark.parametrize(
    ("engine", "database", "words"),
    [
        ("oracle", None, "There is no engine 'oracle'; choose one of duckdb, postgres, spark."),
        ("postgres", None, "PostgreSQL needs to know where"),
        ("postgres", "postgresql://ccare:secret@127.0.0.1:1/none", "PostgreSQL cannot be reached .*the server runs"),
        ("postgres", "secret", "no URL of a PostgreSQL database"),
        ("postgres", "postgresql://a:secret@b/c?secret=1", "no URL of a PostgreSQL database"),
    ],
)
def test_an_engine_that_is_not_there_is_said_in_a_sentence(
    small: Path, engine: str, database: str | None, words: str
) -> None:
    with pytest.raises(EngineError, match=words) as raised:
        open_platform(small, engine=engine, database=database)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("engine", "module"), [("postgres", "psycopg"), ("spark", "pyspark")])
def test_a_driver_that_is_not_installed_is_named_with_its_extra(
    small: Path, engine: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EngineError, match=rf"{module}; install it with: pip install 'ccare\[{engine}\]'"):
        open_platform(small, engine=engine, database="postgresql:///x")


def test_another_pyspark_is_refused(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyspark.__version__", "4.10.0")
    with pytest.raises(EngineError, match=r"This is pyspark 4.10.0, and ccare works with 4.0"):
        open_platform(small, engine="spark")


@pytest.mark.parametrize(
    ("says", "words"), [(None, "none was found"), ("1.8.0_392", "this is Java 8"), ("11.0.2", "this is Java 11")]
)
def test_spark_without_its_java_says_which_to_install(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str | None, words: str
) -> None:
    (tmp_path / "bin").mkdir()
    if says:
        fake = tmp_path / "bin" / "java"
        fake.write_text(f"#!/bin/sh\necho 'openjdk version \"{says}\" 2020-01-01' >&2\n", encoding="utf-8")
        fake.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match=f"Spark needs Java 17 or newer, and {words}; install OpenJDK 17"):
        open_platform(small, engine="spark")


def test_the_java_of_the_path_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    assert spark_engine.java() is None


def test_a_folder_without_a_platform_is_refused_before_any_engine_starts(tmp_path: Path) -> None:
    with pytest.raises(DataMissingError, match="there is no platform here"):
        open_platform(tmp_path, engine="spark")
