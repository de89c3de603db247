"""A database is read as a file is: by table or query, read only; its password is never written nor shown."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.servers import postgres_server
from tests.tools.importing.importing_desk import Operator
from tools.errors import MappingError

ROWS = "('M1','u1','2026-11-19','search',1,1,12.5), ('M1','u2','2026-11-19','search',2,0,0), ('M1','u3','x','a',1,0,0)"
CREATE = (
    "CREATE TABLE visits (merchant_id text, user_id text, day text, channel text, visits integer, orders integer,"
    " gmv numeric(12, 2))"
)


def _kept(operator: Operator) -> list[tuple[Any, ...]]:
    return [(r["user_id"], r["day"].isoformat(), r["visits"], str(r["gmv"])) for r in operator.rows("activity")]


GOOD = [("u1", "2026-11-19", 1, "12.50"), ("u2", "2026-11-19", 2, "0.00")]


@pytest.fixture
def shop_file(operator: Operator) -> Path:
    path = operator.folder / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(CREATE)
        connection.execute(f"INSERT INTO visits VALUES {ROWS}")
    operator.declared["sources"]["visits"] = {"url": "sqlite:///shop.db", "table": "visits"}
    return path


def test_an_sqlite_table_is_read_and_its_bad_rows_are_put_aside_without_a_line(
    operator: Operator, shop_file: Path
) -> None:
    before = shop_file.read_bytes()
    report = operator.run()
    assert _kept(operator) == GOOD
    assert [(r["file"], r["line"], r["reason"]) for r in operator.rejects("activity")] == [
        (None, None, "day is not a date")
    ]
    assert report.sources[1].files == ("table visits",)
    assert shop_file.read_bytes() == before
    assert not list(operator.folder.glob("shop.db-*"))  # neither journal nor lock


def test_a_query_and_a_whole_path_are_taken_too(operator: Operator, shop_file: Path) -> None:
    query = "SELECT *, 'x' AS more FROM visits WHERE user_id <> 'u3' -- all"
    operator.declared["sources"]["visits"] = {"url": f"sqlite:///{shop_file}", "query": query}
    operator.run()
    assert _kept(operator) == GOOD


def test_bytes_that_are_no_text_are_put_aside(operator: Operator, shop_file: Path) -> None:
    with closing(sqlite3.connect(shop_file)) as connection, connection:
        connection.execute("INSERT INTO visits VALUES ('M1', CAST(x'ff41' AS text), '2026-11-19', 'a', 1, 0, 0)")
    report = operator.run().table("activity")
    assert "the line holds bytes that are not utf-8" in [r.reason for r in report.reasons]
    assert (report.accepted, report.rejected) == (2, 2)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM visits",
        "DROP TABLE visits",
        "ATTACH 'other.db' AS other",
        "PRAGMA user_version = 7",
        "SELECT 1; DELETE FROM visits",
        "SELECT * FROM nowhere",
        "SELECT load_extension('x')",
        "nonsense",
    ],
)
def test_an_sqlite_query_can_only_read(operator: Operator, shop_file: Path, query: str) -> None:
    before = shop_file.read_bytes()
    operator.declared["sources"]["visits"] = {"url": "sqlite:///shop.db", "query": query}
    with pytest.raises(MappingError, match="source visits: SQLite"):
        operator.run()
    assert shop_file.read_bytes() == before
    assert not (operator.folder / "other.db").exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"url": "sqlite:///gone.db", "table": "visits"}, r"there is no SQLite file 'gone\.db'"),
        ({"url": "sqlite://host/shop.db", "table": "visits"}, "an SQLite url is sqlite:///file"),
        ({"url": "sqlite:///shop.db", "table": "visit"}, "SQLite cannot read table visit: no such table"),
        ({"url": "sqlite:///shop.db"}, "of a database give either `table` or `query`"),
        ({"url": "sqlite:///shop.db", "table": "visits", "query": "SELECT 1"}, "of a database give either"),
        ({"url": "sqlite:///shop.db", "file": "visits.csv"}, "give either `file` or `url`"),
        ({"file": "visits.csv", "table": "visits"}, "`table` and `query` belong to a database"),
        ({"url": "mysql://host/db", "table": "t"}, "starts with neither postgresql:// nor sqlite://"),
        ({"url": "${NOT_SET_ANYWHERE}", "table": "t"}, "the environment variable NOT_SET_ANYWHERE is not set"),
        ({"url": "postgresql://me:s3cret@host/db", "table": "t"}, "its url holds a password in plain text"),
        ({"url": "postgresql://host/db?password=s3cret", "table": "t"}, "its url holds a password in plain text"),
    ],
)
def test_a_database_that_is_not_told_right_is_refused(
    operator: Operator, shop_file: Path, said: dict[str, str], message: str
) -> None:
    operator.declared["sources"]["visits"] = said
    with pytest.raises(MappingError, match=message) as caught:
        operator.run()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:${SHOP_SECRET}@127.0.0.1:1/db", "postgresql://me:${SHOP_SECRET}@[half/db", "${SHOP_SECRET}"],
)
def test_no_secret_is_ever_shown(operator: Operator, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SHOP_SECRET", "postgresql://pa55#wörd@127.0.0.1:1x/db" if url.startswith("$") else "pa55#wörd")
    operator.declared["sources"]["visits"] = {"url": url, "table": "visits"}
    with pytest.raises(MappingError, match="source visits: ") as caught:
        operator.run()
    error: BaseException | None = caught.value
    while error is not None:
        assert "pa55" not in str(error)
        error = error.__cause__


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of this module's own, which goes with it."""
    with postgres_server() as url:
        with psycopg.connect(url) as connection:
            connection.execute(f'CREATE SCHEMA "Shop 1"; SET search_path = "Shop 1"; CREATE SEQUENCE counter; {CREATE}')
            connection.execute(f"INSERT INTO visits VALUES {ROWS}")
            connection.execute("CREATE TABLE times (at timestamptz, naive timestamp, fine boolean, ratio float8)")
            connection.execute("INSERT INTO times VALUES ('2026-11-18 16:00+00', '2026-11-18 23:00', true, 0.1)")
        yield url


def test_a_postgresql_table_is_read_and_its_bad_rows_are_put_aside(
    operator: Operator, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_URL", server)
    operator.declared["sources"]["visits"] = {"url": "${SHOP_URL}", "table": "Shop 1.visits"}
    operator.run()
    assert _kept(operator) == GOOD
    written = "".join(p.read_text(encoding="utf-8", errors="replace") for p in operator.out.rglob("*") if p.is_file())
    assert server not in written


def test_a_postgresql_instant_becomes_a_business_day_and_values_come_as_the_server_writes_them(
    operator: Operator, server: str
) -> None:
    query = 'SELECT at AS day, CAST(fine AS text) AS channel, ratio AS gmv FROM "Shop 1".times;'
    operator.declared["sources"]["visits"] = {"url": server, "query": query}
    operator.declared["timezone"] = "Asia/Shanghai"
    ids = {"merchant_id": {"sql": "'M1'"}, "user_id": {"sql": "'u'"}}
    operator.declared["tables"]["activity"]["columns"] = {"day": "day", "channel": "channel", "gmv": "gmv", **ids}
    operator.run()
    (row,) = operator.rows("activity")
    assert (row["day"].isoformat(), row["channel"], str(row["gmv"])) == ("2026-11-19", "true", "0.10")


@pytest.mark.parametrize(
    "query",
    [
        'DELETE FROM "Shop 1".visits',
        'SELECT 1) AS q; DELETE FROM "Shop 1".visits; SELECT * FROM (SELECT 1',
        'WITH gone AS (DELETE FROM "Shop 1".visits RETURNING *) SELECT * FROM gone',
        "SELECT nextval('\"Shop 1\".counter')",
        "SELECT * FROM nowhere",
    ],
)
def test_a_postgresql_query_can_only_read(operator: Operator, server: str, query: str) -> None:
    operator.declared["sources"]["visits"] = {"url": server, "query": query}
    with pytest.raises(MappingError, match="source visits: PostgreSQL"):
        operator.run()
    with psycopg.connect(server) as connection:
        found = connection.execute('SELECT count(*) FROM "Shop 1".visits').fetchone()
    assert found == (3,)


def test_many_rows_of_postgresql_come_in_batches_and_none_is_lost(operator: Operator, server: str) -> None:
    query = "SELECT 'M1' AS merchant_id, 'u' || n AS user_id, n % 7 AS visits FROM generate_series(1, 12000) AS n"
    operator.declared["sources"]["visits"] = {"url": server, "query": query}
    columns = {c: c for c in ("merchant_id", "user_id", "visits")}
    constant = {"channel": {"sql": "'search'"}, "day": {"sql": "DATE '2026-11-19'"}}
    operator.declared["tables"]["activity"]["columns"] = columns | constant
    assert operator.run().table("activity").accepted == 12_000
    assert sum(r["visits"] for r in operator.rows("activity")) == sum(n % 7 for n in range(1, 12_001))
