"""A snapshot made from kept days is the snapshot made from nothing, and only what changed is measured again."""

import ast
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.tools.measuring_desk import (
    NEWEST,
    Row,
    ago,
    lenient,
    plain_metrics,
    random_tables,
    shop,
    visit,
    write_platform,
)
from tools.catalog import Catalog
from tools.engine import open_platform
from tools.queries import Queries, prepare
from tools.snapshot import build_snapshot
from tools.snapshot_marks import Marks
from tools.snapshot_recipe import MEASURING, WRITING, Report, keys_of, stamp, unchanged
from tools.snapshot_roll import Roll, call_roll
from tools.store import FILE

TOOLS = Path(__file__).resolve().parents[2] / "tools"
CALENDAR = (date(2026, 9, 30), ago(6), ago(1), ago(0))
Tables = dict[str, list[Row]]


def content(snapshot: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order in which it is stored."""
    with duckdb.connect(str(snapshot / FILE), read_only=True) as con:
        names = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: con.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(names)}


class Bench:
    """One operator's tables, written and measured again and again with one store of days."""

    def __init__(self, folder: Path, tables: Tables) -> None:
        self.folder, self.tables, self.turn = folder, tables, 0

    def build(self, days: Path | None, dates: Sequence[date] = CALENDAR) -> tuple[Path, Report]:
        self.turn += 1
        platform = write_platform(self.folder / f"platform-{self.turn}", **self.tables)
        out = self.folder / f"out-{self.turn}"
        out.mkdir()
        report = build_snapshot(
            platform, out, catalog=lenient(), calendar=dates, days=days, generation="the same for all"
        )
        return out, report

    def step(self, dates: Sequence[date] = CALENDAR) -> Report:
        """Build with the kept days and from nothing; both must hold the same."""
        kept, report = self.build(self.folder / "days", dates)
        fresh, _ = self.build(None, dates)
        assert content(kept) == content(fresh)
        return report


def base() -> Tables:
    tables = random_tables(5, merchants=13, rows=2500)
    tables["scores"] = [
        {"merchant_id": f"M{n}", "day": ago(9), "dimension": "active", "value": n, "source": "operator"}
        for n in (12, 13)
    ]
    tables["activity"].append(visit("ghost", ago(5), "M1", visits=0, orders=1, gmv=70))
    tables["merchants"].append(shop("M99"))  # nothing of it ever came
    tables["actions"] = [
        {"merchant_id": "M2", "kind": k, "product": None, "started_on": ago(20), "ended_on": None, "note": None}
        for k in ("broadcast", "coupon")
    ]
    tables["feeds"] = [{"merchant_id": "M3", "newest_day": ago(0), "complete": False}]
    return tables


def test_day_by_day_the_kept_days_make_the_same_snapshot_and_only_what_changed_is_measured(tmp_path: Path) -> None:
    bench, days = Bench(tmp_path, base()), tmp_path / "days"
    assert bench.build(days)[1][:2] == (len(CALENDAR), 0)

    # A new day; M3's half day became whole meanwhile, so that day is measured again. A user who bought without a
    # visit comes by promotion now: that changes nothing of what was.
    later = (*CALENDAR, ago(-1))
    bench.tables["activity"] += [visit(f"u{n}", ago(-1), f"M{m}") for n in range(20) for m in range(1, 12)]
    bench.tables["activity"].append(visit("ghost", ago(-1), "M1", channel="promotion"))
    bench.tables["feeds"] = []
    assert bench.step(later)[:2] == (2, len(CALENDAR) - 1)

    changed = next(r for r in bench.tables["activity"] if r["day"] == ago(8) and r["visits"])
    changed["orders"], changed["gmv"] = 9, 1234.56  # corrected late: all days from then on
    assert bench.build(days, later)[1].computed == len([d for d in later if d >= ago(8)])

    bench.tables["merchants"].append(shop("M10a"))  # in the middle of the ids: everybody behind gets another number
    bench.tables["activity"] += [visit(f"u{n}", ago(-1), "M10a") for n in range(40)]
    assert bench.build(days, later)[1].computed == 1

    bench.tables["merchants"] = [m for m in bench.tables["merchants"] if m["merchant_id"] != "M4"]
    assert bench.step(later).computed == len(later)  # it was everybody's peer


def test_who_had_sent_nothing_yet_has_empty_rows_and_sees_the_peers(tmp_path: Path) -> None:
    tables = base()
    tables["merchants"].append(shop("M0"))  # before all others, who therefore have other numbers in the days before
    tables["activity"] += [visit(f"u{n}", ago(2), "M0") for n in range(40)]
    out, _ = Bench(tmp_path, tables).build(None)
    query = """SELECT merchant_id, as_of, state, value, group_id, group_level, peers, median IS NOT NULL, score
               FROM figures JOIN merchants USING (no) WHERE metric = 'visitors_28d' ORDER BY ALL"""
    with duckdb.connect(str(out / FILE), read_only=True) as con:
        rows = {row[:2]: row[2:] for row in con.execute(query).fetchall()}
        bands = con.execute("SELECT merchant_id, count(*) FROM bands JOIN merchants USING (no) GROUP BY ALL").fetchall()
    stranger = ("empty", None, "all", "all", 13, True, None)
    assert [rows["M0", on] for on in CALENDAR[:2]] == [stranger] * 2
    assert [rows["M0", on][0] for on in CALENDAR[2:]] == ["too_small"] * 2  # days of history, but it did send
    assert (dict(bands)["M0"], dict(bands)["M1"]) == (2, 4)
    for (merchant, on), row in rows.items():
        if row[0] in ("ok", "partial"):
            assert row[1] == plain_metrics(tables, merchant, on)["visitors_28d"]


def prepared(folder: Path, tables: Tables, catalog: Catalog | None = None) -> tuple[Queries, Roll]:
    with open_platform(write_platform(folder, **tables), spill=folder) as opened:
        queries = prepare(opened, catalog or lenient())
        return queries, call_roll(queries)


def keys(folder: Path, queries: Queries, roll: Roll, dates: Sequence[date] = CALENDAR) -> list[str]:
    marks = Marks(folder, queries, roll, "duckdb")
    return [marks.key(on) for on in dates]


def moved(before: list[str], after: list[str]) -> list[date]:
    return [on for on, a, b in zip(CALENDAR, before, after, strict=True) if a != b]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Queries, Roll, list[str]]:
    folder = tmp_path_factory.mktemp("keys") / "p"
    queries, roll = prepared(folder, base())
    return queries, roll, keys(folder, queries, roll)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("coupons", {"merchant_id": "M1", "day": ago(6), "coupon_id": "new", "issued": 1}),
        ("promotion", {"merchant_id": "M1", "day": ago(6), "place": "new", "spend": 1}),
        ("followers", {"merchant_id": "M13", "day": ago(6), "followers": 1}),
        ("scores", {"merchant_id": "M12", "day": ago(6), "dimension": "worth", "value": 1, "source": "operator"}),
        ("activity", visit("who", ago(6), "M1")),
    ],
)
def test_one_row_more_asks_for_its_own_day_and_all_after_it(
    tmp_path: Path, known: tuple[Queries, Roll, list[str]], table: str, row: Row
) -> None:
    tables = base()
    tables[table].append(row)
    queries, roll, before = known
    assert moved(before, keys(write_platform(tmp_path / "p", **tables), queries, roll)) == [ago(6), ago(1), ago(0)]


def test_neither_the_order_of_rows_nor_the_catalogs_words_ask_for_anything(
    tmp_path: Path, known: tuple[Queries, Roll, list[str]]
) -> None:
    shuffled = {name: rows[::-1] for name, rows in base().items()}
    first = lenient().metrics[0]
    words = first.model_copy(update={"name": first.name.model_copy(update={"en": "Something else"})})
    catalog = lenient().model_copy(update={"metrics": (words, *lenient().metrics[1:])})
    assert keys(tmp_path / "p", *prepared(tmp_path / "p", shuffled, catalog)) == known[2]


@pytest.mark.parametrize(
    "change", [{"minimum_denominator": 2}, {"weight": 0.9}, {"direction": "lower"}, {"history_days": 99}]
)
def test_the_catalogs_rules_ask_for_every_day(
    tmp_path: Path, known: tuple[Queries, Roll, list[str]], change: dict[str, Any]
) -> None:
    queries, roll, before = known
    other = lenient().metrics[5].model_copy(update=change)
    catalog = lenient().model_copy(update={"metrics": (*lenient().metrics[:5], other, *lenient().metrics[6:])})
    again = keys(write_platform(tmp_path / "p", **base()), replace(queries, catalog=catalog), roll)
    assert moved(before, again) == list(CALENDAR)


def test_another_industry_or_a_feed_that_is_late_asks_for_the_days_that_see_it(
    tmp_path: Path, known: tuple[Queries, Roll, list[str]]
) -> None:
    tables = base()
    tables["feeds"].append({"merchant_id": "M5", "newest_day": ago(3), "complete": True})
    tables["merchants"].append(shop("M98"))  # and one who never came: nobody minds
    assert moved(known[2], keys(tmp_path / "a", *prepared(tmp_path / "a", tables))) == []
    tables["feeds"][-1]["newest_day"] = ago(4)
    assert moved(known[2], keys(tmp_path / "b", *prepared(tmp_path / "b", tables))) == [ago(0)]
    queries, roll, before = known
    other = replace(roll, industries=("retail", *roll.industries[1:]))
    assert moved(before, keys(tmp_path / "b", queries, other)) == list(CALENDAR)


def test_the_quarters_last_day_speaks_for_the_bands_of_the_next(tmp_path: Path) -> None:
    """At the end of March nobody's size is known: the first day that anybody's is decides, and rows up to it count."""
    dates = (date(2026, 5, 3), date(2026, 5, 10))
    tables = {"activity": [visit("u", date(2026, month, day), m) for m in "ABC" for month, day in ((4, 6), (7, 9))]}
    queries, roll = prepared(tmp_path / "p", tables)
    said = [roll.reference(on) for on in (*dates, date(2026, 7, 1))]
    assert said == [date(2026, 5, 3), date(2026, 5, 3), date(2026, 6, 30)]
    before = keys(tmp_path / "p", queries, roll, dates)
    tables["activity"].append(visit("u1", date(2026, 5, 5), "B"))
    after = keys(write_platform(tmp_path / "p", **tables), queries, roll, dates)
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False]
    early = (date(2026, 4, 20),)  # before anybody's size is known: its bands come from a later day
    late = write_platform(tmp_path / "q", activity=[*tables["activity"], visit("u1", date(2026, 5, 2), "B")])
    assert keys(tmp_path / "p", queries, roll, early) != keys(late, queries, roll, early)


def test_a_date_before_everything_holds_nobody_yet(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(0), "M1") for n in range(9)]})
    out, _ = bench.build(None, [ago(5), ago(0)])
    states = content(out)["figures"]
    assert {row[-1] for row in states} == {ago(5), ago(0)}
    assert content(out)["bands"] == [(0, "catering/small", ago(0))]


def test_a_snapshot_that_nothing_happened_to_is_recognised_while_it_is_whole(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(d), "M1") for d in range(0, 90, 9) for n in range(9)]})
    out, _ = bench.build(tmp_path / "days", [NEWEST])
    platform = tmp_path / "platform-1"
    assert keys_of([out, tmp_path]) == {p.parent.name for p in (tmp_path / "days").glob("*/bands.parquet")}
    assert unchanged(out, platform) == Report(0, 1, 0.0)
    assert unchanged(tmp_path / "nowhere", platform) is None
    with duckdb.connect(str(out / FILE)) as con:
        con.execute("DROP TABLE days")
    assert unchanged(out, platform) is None
    (out / FILE).write_bytes(b"nothing")
    assert unchanged(out, platform) is None


def test_rows_that_came_since_are_noticed(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "p", activity=[visit("u", NEWEST)])
    before = stamp(platform)
    os.utime(platform / "merchants.parquet", (1, 1))
    assert stamp(platform) != before


def imported(*names: str) -> set[str]:
    """These modules of tools and all that they import from there, on the way or at the top."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        for node in ast.walk(ast.parse((TOOLS / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tools":
                inner = node.module.split(".")[1:]
                waiting += [n for n in (["/".join(inner)] if inner else [a.name for a in node.names]) if n not in found]
    return found


def test_every_module_that_measures_counts_in_a_days_key_and_all_that_write_in_the_name_of_a_snapshot() -> None:
    """Without it, what was measured or written by other code would survive a change."""
    assert imported("snapshot_day", "queries") == set(MEASURING)
    assert imported("snapshot") == {*MEASURING, *WRITING}
