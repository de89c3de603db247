"""DuckDB, PostgreSQL and Spark give the same figures, states, curves and scores, down to the twelfth digit."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.engines.conftest import Place
from tests.engines.measured import Measured, measured, same_tables, same_values
from tests.engines.platforms import ANCHOR, DATES, HALF, NAME, NEVER, STALE, YOUNG, shuffled
from tools.catalog import load_catalog
from tools.fold import FEW
from tools.snapshot import build_snapshot
from tools.store import FILE

# pyspark leaves its sockets to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
METRICS = [m.id for m in load_catalog().metrics]


@pytest.fixture(scope="module")
def here(whole: Path) -> Measured:
    return measured(whole, DATES)


@pytest.fixture(scope="module")
def there(whole: Path, elsewhere: Place) -> Measured:
    return measured(whole, DATES, *elsewhere)


@pytest.fixture(scope="module")
def states(here: Measured, whole: Path) -> Callable[[str], set[str]]:
    numbers = {merchant: no for no, merchant in enumerate(here.own["merchants"]["merchant_id"].to_pylist())}
    newest = here.days[ANCHOR].values

    def of(merchant: str) -> set[str]:
        return {newest[metric]["state"][numbers[merchant]].as_py() for metric in METRICS}

    return of


def test_the_platform_holds_every_state_that_a_figure_can_have(
    here: Measured, states: Callable[[str], set[str]]
) -> None:
    assert states(NEVER) == {"empty"}
    assert "partial" in states(HALF)
    assert "stale" in states(STALE)
    assert "too_small" in states(YOUNG)
    counted = Counter(s for table in here.days[ANCHOR].values.values() for s in table["state"].to_pylist())
    assert counted["ok"] > 500
    assert np.isfinite(here.days[ANCHOR].official).any()
    assert {"history", "days", "credits", "actions"} <= here.own.keys()


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_the_same(here: Measured, there: Measured, metric: str) -> None:
    assert there.sources[metric] == here.sources[metric]
    for on in DATES:
        assert same_values(there.days[on].values[metric], here.days[on].values[metric]) == []


def test_every_sum_is_the_same(here: Measured, there: Measured) -> None:
    for on in DATES:
        assert same_tables(there.days[on].sums, here.days[on].sums) == []


def test_sizes_user_assets_and_official_scores_are_the_same(here: Measured, there: Measured) -> None:
    for on in DATES:
        np.testing.assert_array_equal(there.days[on].sizes, here.days[on].sizes)
        np.testing.assert_array_equal(there.days[on].official, here.days[on].official)
        assert same_tables(there.days[on].assets, here.days[on].assets) == []


@pytest.mark.parametrize("table", ["figures", "curves"])
def test_scores_and_curves_are_the_same(here: Measured, there: Measured, table: str) -> None:
    for on in DATES:
        assert same_values(there.days[on].made[table], here.days[on].made[table]) == []


def test_what_is_kept_of_each_merchant_is_the_same(here: Measured, there: Measured) -> None:
    assert there.own.keys() == here.own.keys()
    for name in here.own:
        assert same_tables(there.own[name], here.own[name]) == [], name
    assert NAME in there.own["merchants"]["name"].to_pylist()
    assert "" in there.own["merchants"]["city"].to_pylist()


def test_what_was_made_ready_for_many_dates_gives_what_a_few_give(here: Measured, whole: Path, anywhere: Place) -> None:
    many = measured(whole, DATES, *anywhere, expected=FEW + 1)
    for on in DATES:
        for metric in METRICS:
            assert same_values(many.days[on].values[metric], here.days[on].values[metric]) == []
        np.testing.assert_array_equal(many.days[on].sizes, here.days[on].sizes)
        np.testing.assert_array_equal(many.days[on].official, here.days[on].official)
        assert same_tables(many.days[on].assets, here.days[on].assets) == []
    for name in here.own:
        assert same_tables(many.own[name], here.own[name]) == [], name


def test_the_order_of_rows_changes_nothing(here: Measured, whole: Path, tmp_path: Path) -> None:
    again = measured(shuffled(tmp_path, whole), DATES)
    for on in DATES:
        for metric in METRICS:
            assert same_tables(again.days[on].values[metric], here.days[on].values[metric]) == []
        for table in ("figures", "curves"):
            assert same_tables(again.days[on].made[table], here.days[on].made[table]) == []
    for name in here.own:
        assert same_tables(again.own[name], here.own[name]) == [], name


def test_the_whole_job_writes_the_same_snapshot_of_an_operator_with_totals_only(
    totals: Path, elsewhere: Place, tmp_path: Path
) -> None:
    dates = (DATES[0], ANCHOR)
    files = []
    for place in (Place("duckdb"), elsewhere):
        out = tmp_path / place.engine
        out.mkdir()
        build_snapshot(
            totals, out, catalog=load_catalog(), calendar=dates, engine=place.engine, database=place.database
        )
        files.append(out / FILE)
    with duckdb.connect() as con:
        for name, file in zip(("here", "there"), files, strict=True):
            con.execute(f"ATTACH '{file}' AS {name} (READ_ONLY)")
        found = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'here'").fetchall()
        assert {("figures",), ("curves",), ("days",), ("merchants",)} <= set(found)
        for (table,) in found:
            for one, other in (("here", "there"), ("there", "here")):
                only = con.execute(f"FROM {one}.{table} EXCEPT ALL FROM {other}.{table}").fetchall()
                assert only == [], table
        ok = con.execute("SELECT DISTINCT metric FROM here.figures WHERE state = 'ok'").fetchall()
    assert {m for (m,) in ok} == {"new_users_28d", "followers", "average_order_value", "refund_rate"}
