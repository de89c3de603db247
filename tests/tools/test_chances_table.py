"""What is kept of others: the same as plain Python counts, whatever the order of rows; at most 2,000 a group."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from tools.chances_table import SAMPLE, add_pairs, dates_of_pairs, read_pairs

DAY = date(2026, 11, 21)
BEFORE = DAY - timedelta(days=28)
Rows = dict[str, list[tuple[Any, ...]]]

COLUMNS = {
    "merchants": "no INTEGER, merchant_id VARCHAR, industry VARCHAR",
    "figures": "no INTEGER, metric VARCHAR, as_of DATE, score DOUBLE, state VARCHAR",
    "bands": "no INTEGER, as_of DATE, group_id VARCHAR",
    "curves": "as_of DATE",
    "actions": "no INTEGER, kind VARCHAR, started_on DATE",
}


def platform(seed: int, merchants: int = 60) -> Rows:
    chance = random.Random(seed)
    rows: Rows = {name: [] for name in COLUMNS}
    rows["curves"] = [(DAY,), (BEFORE,)]
    for no in range(merchants):
        industry = chance.choice(("tea", "books"))
        rows["merchants"].append((no, f"M{no}", industry))
        rows["bands"].append((no, DAY, f"{industry}/{chance.choice(('small', 'large'))}"))
        rows["bands"].append((no, BEFORE, f"{industry}/{chance.choice(('small', 'large'))}"))
        for metric in ("m1", "m2", "active"):
            state = None if metric == "active" else "ok"
            for day in (DAY, BEFORE):
                score = None if chance.random() < 0.2 else round(chance.uniform(0, 100), 3)
                rows["figures"].append((no, metric, day, score, state))
        for _ in range(chance.randrange(4)):
            start = DAY - timedelta(days=chance.randrange(35))
            rows["actions"].append((no, chance.choice(("coupon", "broadcast", "stamp")), start))
    return rows


def kept(rows: Rows, **how: Any) -> dict[tuple[str, str], set[tuple[float, float, int, int]]]:
    con = loaded(rows)
    add_pairs(con, "snapshot", **how)
    found = con.execute("SELECT metric, group_id, n, before, now, did, who FROM snapshot.pairs").fetchall()
    con.close()
    assert all(n == len(before) == len(now) for _, _, n, before, now, *_ in found)
    return {(row[0], row[1]): set(zip(*row[3:], strict=True)) for row in found}


def loaded(rows: Rows) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET threads = 1")
    con.execute("ATTACH ':memory:' AS snapshot")
    for name, columns in COLUMNS.items():
        if name in rows:
            con.execute(f"CREATE TABLE snapshot.{name} ({columns})")
            if rows[name]:
                con.executemany(
                    f"INSERT INTO snapshot.{name} VALUES ({', '.join('?' * len(rows[name][0]))})", rows[name]
                )
    return con


def plainly(rows: Rows) -> dict[tuple[str, str], set[tuple[float, float, int, int]]]:
    kinds = sorted({kind for _, kind, _ in rows["actions"]})
    did: dict[int, int] = defaultdict(int)
    for no, kind, start in rows["actions"]:
        if BEFORE < start <= DAY:
            did[no] |= 1 << kinds.index(kind)
    score = {(no, metric, day): s for no, metric, day, s, state in rows["figures"] if state and s is not None}
    industry = {no: name for no, _, name in rows["merchants"]}
    band = {no: name for no, day, name in rows["bands"] if day == DAY}
    found: dict[tuple[str, str], set[tuple[float, float, int, int]]] = defaultdict(set)
    for (no, metric, day), now in score.items():
        if day == DAY and (no, metric, BEFORE) in score:
            for group in (band[no], industry[no], "all"):
                found[metric, group].add((score[no, metric, BEFORE], now, did[no], no))
    return {key: members for key, members in found.items() if len(members) >= 10}


@pytest.mark.parametrize("seed", [1, 2])
def test_pairs_are_those_of_plain_counting(seed: int) -> None:
    rows = platform(seed)
    expected = plainly(rows)
    assert kept(rows) == expected
    assert {"tea", "books", "all"} < {group for _, group in expected}
    assert any(mask for members in expected.values() for *_, mask, _ in members)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = platform(3)
    shuffled = {name: random.Random(4).sample(table, len(table)) for name, table in rows.items()}
    assert kept(shuffled) == kept(rows)


def test_groups_under_ten_and_dimension_scores_are_not_kept() -> None:
    found = kept(platform(5, merchants=24))
    assert found
    assert all(len(members) >= 10 for members in found.values())
    assert {metric for metric, _ in found} == {"m1", "m2"}
    assert kept(platform(5, merchants=9)) == {}


def test_a_group_keeps_at_most_so_many_and_always_the_same() -> None:
    size = 3 * SAMPLE
    rows: Rows = {name: [] for name in COLUMNS}
    con = loaded({**rows, "curves": [(DAY,), (BEFORE,)]})
    con.execute(f"INSERT INTO snapshot.merchants SELECT range, 'M' || range, 'tea' FROM range({size})")
    con.execute(f"INSERT INTO snapshot.bands SELECT range, ?, 'tea/small' FROM range({size})", [DAY])
    for day, offset in ((BEFORE, 0), (DAY, 1)):
        con.execute(
            f"INSERT INTO snapshot.figures SELECT range, 'm', ?, range % 100 + {offset}, 'ok' FROM range({size})", [day]
        )
    add_pairs(con, "snapshot")
    con.execute("USE snapshot")
    groups = {"tea/small": "industry_band", "tea": "industry", "all": "all"}
    found = read_pairs(con, "m", groups, DAY)  # type: ignore[arg-type]
    assert [pairs.group for pairs in found] == list(groups)
    sampled = set(found[0].who.tolist())
    assert 0.9 * SAMPLE <= len(sampled) == found[0].who.size <= SAMPLE
    assert abs(sum(sampled) / len(sampled) - size / 2) < size / 20  # from all over
    assert all(set(pairs.who.tolist()) == sampled for pairs in found)
    assert read_pairs(con, "m", groups, DAY - timedelta(days=1)) == ()  # type: ignore[arg-type]
    con.close()


def test_without_actions_or_earlier_dates_the_tables_are_there_and_empty_of_them() -> None:
    rows = platform(6)
    con = loaded({name: table for name, table in rows.items() if name != "actions"})
    counts = add_pairs(con, "snapshot")
    assert counts["kinds"] == 0
    assert counts["pairs"] > 0
    assert con.execute("SELECT max(list_max(did)) FROM snapshot.pairs").fetchone() == (0,)
    con.close()
    con = loaded({**rows, "curves": [(DAY,)]})
    assert add_pairs(con, "snapshot")["pairs"] == 0
    con.close()


def test_of_very_many_kinds_the_most_frequent_have_a_bit() -> None:
    rows = platform(7)
    rows["actions"] = [(no, f"kind{k:03}", DAY) for no in range(60) for k in range(80) if k < 10 or no % 2 == 0]
    con = loaded(rows)
    add_pairs(con, "snapshot")
    kinds = con.execute("SELECT bit, kind FROM snapshot.kinds ORDER BY bit").fetchall()
    con.close()
    assert [bit for bit, _ in kinds] == list(range(62))
    assert {f"kind{k:03}" for k in range(10)} <= {kind for _, kind in kinds}


def test_the_months_kept_do_not_overlap_and_each_has_its_date_before() -> None:
    daily = [DAY - timedelta(days=n) for n in range(35)]
    weekly = [DAY - timedelta(days=6, weeks=n) for n in range(26)]
    chosen = dates_of_pairs(daily + weekly)
    assert chosen[-1] == DAY
    assert len(chosen) == 3
    assert all(b - a >= timedelta(days=28) for a, b in pairwise(chosen))
    assert all(day - timedelta(days=28) in daily + weekly for day in chosen)
    assert dates_of_pairs([]) == []
