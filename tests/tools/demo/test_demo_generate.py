"""The same seed and anchor give the same bytes; slices are small platforms of their own."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tools.demo.clock import Clock
from tools.demo.generate import generate, slice_industry
from tools.tables import SQL_TYPES, TABLES

ANCHOR = date(2026, 11, 21)
SEEDS = (1, 2, 3, 4, 5)


def _digests(directory: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(directory.iterdir())}


def test_the_same_seed_and_anchor_give_the_same_bytes(first_platform: Any, tmp_path: Path) -> None:
    platform, told = first_platform, list[tuple[str, float]]()
    generate(tmp_path / "again", seed=platform.seed, anchor=platform.anchor, progress=lambda s, p: told.append((s, p)))
    assert _digests(tmp_path / "again") == _digests(platform.directory)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.fixture(scope="module")
def slices() -> dict[int, dict[str, pa.Table]]:
    return {seed: slice_industry(seed=seed, anchor=ANCHOR, lift=0.4) for seed in SEEDS}


def test_a_slice_is_the_same_again_and_another_seed_gives_another(slices: dict[int, dict[str, pa.Table]]) -> None:
    again = slice_industry(seed=1, anchor=ANCHOR, lift=0.4)
    assert {n: t.to_pydict() for n, t in again.items() if n != "activity"} == {
        n: t.to_pydict() for n, t in slices[1].items() if n != "activity"
    }
    assert again["activity"].equals(slices[1]["activity"])
    assert not slices[2]["activity"].equals(slices[1]["activity"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slice_has_canonical_tables_that_end_on_the_anchor(slices: dict[int, dict[str, pa.Table]], seed: int) -> None:
    tables = slices[seed]
    with duckdb.connect() as sql:
        for name in tables.keys() - {"truth"}:
            sql.register(name, tables[name])
            described = [(r[0], r[1]) for r in sql.execute(f"DESCRIBE {name}").fetchall()]
            assert described == [(c.name, SQL_TYPES[c.kind].replace(" ", "")) for c in TABLES[name].columns]
        first, last, merchants, rows = sql.execute(
            "SELECT min(day), max(day), count(DISTINCT merchant_id), count(*) FROM activity"
        ).fetchall()[0]
        keys = sql.execute(f"SELECT DISTINCT {', '.join(TABLES['activity'].key)} FROM activity").fetchall()
    assert ((last - first).days, last, merchants) == (199, ANCHOR, 60)
    assert len(keys) == rows


def test_a_planted_lift_is_recovered_by_a_difference_in_differences(slices: dict[int, dict[str, pa.Table]]) -> None:
    misses = []
    for tables in slices.values():
        (truth,) = tables["truth"].to_pylist()
        with duckdb.connect() as sql:
            sql.register("activity", tables["activity"])
            found = sql.execute(
                """
                WITH d AS (SELECT merchant_id = $1 AS own, sum(visits) FILTER (day >= $2) AS post,
                                  sum(visits) FILTER (day < $2 AND day >= $2::DATE - 35) AS pre
                           FROM activity GROUP BY 1)
                SELECT max(post / pre) FILTER (own) / max(post / pre) FILTER (NOT own) - 1 FROM d""",
                [truth["merchant_id"], truth["started_on"]],
            ).fetchall()[0][0]
        misses.append(found - truth["lift_visits"])
    assert max(map(abs, misses)) < 0.15
    assert abs(sum(misses) / len(misses)) < 0.08


def test_a_slice_without_a_lift_has_no_truth() -> None:
    tables = slice_industry(seed=9, anchor=ANCHOR, merchants=5, days=90)
    assert "truth" not in tables
    assert tables["merchants"].num_rows == 5


@pytest.mark.parametrize(("anchor", "ends"), [
    (date(2026, 11, 21), (date(2026, 6, 30), date(2026, 9, 30))),
    (date(2027, 1, 1), (date(2026, 9, 30), date(2026, 12, 31))),
    (date(2026, 6, 30), (date(2025, 12, 31), date(2026, 3, 31))),
])  # fmt: skip
def test_the_two_quarters_before_an_anchor_end_when_calendars_say(anchor: date, ends: tuple[date, date]) -> None:
    assert Clock(anchor, 420).quarter_ends() == ends
