"""SQL in a mapping shapes the declared sources and reaches nothing else."""

from pathlib import Path

import pytest

from tests.tools.importing.importing_desk import Operator
from tools.errors import MappingError

QUERY = "SELECT merchant_id, user_id, day, sum(CAST(gmv AS DECIMAL(18, 2))) AS paid FROM visits GROUP BY ALL -- all"
JOINED = f"WITH v AS (SELECT * FROM visits) {QUERY.replace('visits', 'v JOIN shops USING (merchant_id)')}"
COLUMNS = {
    "merchant_id": "merchant_id", "user_id": "user_id", "day": "day", "channel": {"sql": "'store' -- one"},
    "visits": {"sql": "1"}, "orders": {"sql": "1"}, "gmv": "paid",
}  # fmt: skip


def _query(operator: Operator, query: str) -> None:
    operator.declared["tables"]["activity"] = {"from": query, "columns": COLUMNS}


def test_a_query_over_the_sources_fills_a_table(operator: Operator) -> None:
    operator.visits("M1,u1,2026-11-19,a,1,1,0.10", "M1,u1,2026-11-19,b,1,1,0.20", "M2,u1,2026-11-19,b,1,1,3")
    _query(operator, QUERY)
    operator.run()
    assert [(r["merchant_id"], str(r["gmv"]), r["channel"]) for r in operator.rows("activity")] == [
        ("M1", "0.30", "store"), ("M2", "3.00", "store"),
    ]  # fmt: skip


@pytest.mark.parametrize("query", [QUERY, JOINED])
def test_broken_lines_of_a_source_count_in_the_tables_that_a_query_makes_of_it(operator: Operator, query: str) -> None:
    operator.visits("M1,u1,2026-11-19,a,1,1,0.10", "M1,u1")
    _query(operator, query)
    report = operator.run()
    assert (report.table("activity").accepted, report.table("activity").rejected) == (1, 1)
    assert report.table("merchants").rejected == 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM '{secret}'",
        "SELECT content AS day FROM glob('{folder}/*')",
        "COPY visits TO '{folder}/stolen.csv'",
        "ATTACH '{folder}/stolen.duckdb'",
        "SELECT 1; COPY visits TO '{folder}/stolen.csv'",
        "SELECT * FROM visits) TO '{folder}/stolen.csv'; SELECT (1",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "CREATE TABLE merchants AS SELECT 1",
        "SELECT * FROM operator",
        "DESCRIBE visits",
    ],
)
def test_a_query_cannot_read_or_write_anything_but_the_declared_sources(operator: Operator, query: str) -> None:
    secret = operator.write("secret.csv", "merchant_id,user_id,day,paid\nM1,u1,2026-11-19,1\n")
    _query(operator, query.format(secret=secret, folder=operator.folder))
    with pytest.raises(MappingError, match="table activity: "):
        operator.run()
    assert not list(operator.folder.glob("stolen*"))


def test_an_expression_cannot_read_a_file_either(operator: Operator) -> None:
    secret = operator.write("secret.txt", "hidden")
    columns = operator.declared["tables"]["merchants"]["columns"]
    columns["name"] = {"sql": f"(SELECT content FROM read_text('{secret}'))"}
    with pytest.raises(MappingError, match="a mapping reads only its sources"):
        operator.run()


def test_a_cast_that_fails_says_how_to_keep_the_other_rows(operator: Operator) -> None:
    operator.visits("M1,u1,2026-11-19,a,1,1,1", "M1,u2,2026-11-19,a,1,1,free")
    _query(operator, QUERY)
    with pytest.raises(MappingError, match=r"stopped at a value: .*use TRY_CAST"):
        operator.run()


def test_an_unknown_table_in_a_query_is_named(operator: Operator) -> None:
    _query(operator, QUERY.replace("visits", "visit"))
    with pytest.raises(MappingError, match="visit"):
        operator.run()


def test_columns_of_a_query_are_checked_like_those_of_a_file(operator: Operator) -> None:
    _query(operator, QUERY.replace("AS paid", "AS payed"))
    with pytest.raises(MappingError, match=r"its query has no column 'paid'; did you mean 'payed'"):
        operator.run()


def test_a_quote_in_a_path_is_only_a_character(operator: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "it's; here"
    folder.mkdir()
    other = Operator(folder)
    assert other.run().table("activity").accepted == 1


def test_a_query_that_finds_nothing_for_a_required_table_stops_the_import(operator: Operator) -> None:
    _query(operator, f"SELECT * FROM ({QUERY.removesuffix(' -- all')}) WHERE false")
    with pytest.raises(MappingError, match="table activity: its source gave no rows; check the file and the query"):
        operator.run()


def test_a_format_may_be_declared_whatever_the_file_is_called(operator: Operator) -> None:
    operator.visits("M1,u1,2026-11-19,a,1,1,5")
    (operator.folder / "visits.csv").rename(operator.folder / "visits.export")
    operator.declared["sources"]["visits"] = {"file": "visits.export", "format": "csv"}
    assert operator.run().table("activity").accepted == 1
