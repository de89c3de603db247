"""A snapshot made from kept days is the snapshot made from nothing, and only what changed is measured again."""

import ast
import os
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.tools.measuring_desk import NEWEST, Row, ago, lenient, random_tables, shop, visit, write_platform
from tools.errors import DiskError
from tools.snapshot import build_snapshot
from tools.snapshot_recipe import MEASURING, Report, keys_of, unchanged
from tools.snapshot_store import DayStore
from tools.store import FILE

TOOLS = Path(__file__).resolve().parents[2] / "tools"
CALENDAR = (date(2026, 9, 30), ago(34), ago(6), ago(1), ago(0))
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
    tables["merchants"].append(shop("M99"))  # nothing of it ever came
    tables["actions"] = [
        {"merchant_id": "M2", "kind": k, "product": None, "started_on": ago(20), "ended_on": None, "note": None}
        for k in ("broadcast", "coupon")
    ]
    tables["feeds"] = [{"merchant_id": "M3", "newest_day": ago(0), "complete": False}]
    return tables


def test_day_by_day_the_kept_days_make_the_same_snapshot_and_only_what_changed_is_measured(tmp_path: Path) -> None:
    bench = Bench(tmp_path, base())
    assert bench.step().computed == len(CALENDAR)
    assert bench.build(tmp_path / "days")[1][:2] == (0, len(CALENDAR))

    later = (*CALENDAR, ago(-1))  # a new day; M3's half day became whole meanwhile, and that day is measured again
    bench.tables["activity"] += [visit(f"u{n}", ago(-1), f"M{m}") for n in range(20) for m in range(1, 12)]
    bench.tables["feeds"] = []
    assert bench.step(later).computed == 2

    changed = next(r for r in bench.tables["activity"] if r["day"] == ago(8) and r["visits"])
    changed["orders"], changed["gmv"] = 9, 1234.56  # corrected late: all days from then on
    assert bench.step(later).computed == len([d for d in later if d >= ago(8)])

    bench.tables["merchants"].append(shop("M10a"))  # in the middle of the ids: everybody behind gets another number
    bench.tables["activity"] += [visit(f"u{n}", ago(-1), "M10a") for n in range(40)]
    assert bench.step(later).computed == 1

    bench.tables["merchants"] = [m for m in bench.tables["merchants"] if m["merchant_id"] != "M4"]
    assert bench.step(later).computed == len(later)  # it was everybody's peer


def test_who_had_sent_nothing_yet_has_empty_rows_and_sees_the_peers(tmp_path: Path) -> None:
    tables = base()
    tables["activity"] += [visit(f"u{n}", ago(2), "M99") for n in range(40)]
    out, _ = Bench(tmp_path, tables).build(None)
    query = """SELECT state, value, group_id, group_level, peers, median IS NOT NULL, score FROM figures
               JOIN merchants USING (no) WHERE merchant_id = 'M99' AND metric = 'visitors_28d' ORDER BY as_of"""
    with duckdb.connect(str(out / FILE), read_only=True) as con:
        *before, then, now = con.execute(query).fetchall()
        bands = con.execute("SELECT count(*) FROM bands JOIN merchants USING (no) WHERE merchant_id = 'M99'").fetchone()
    assert before == [("empty", None, "all", "all", 13, True, None)] * 3
    assert (then[0], now[0]) == ("too_small", "too_small")  # days of history, but they did send
    assert bands == (2,)


def keys(folder: Path, tables: Tables, dates: Sequence[date] = CALENDAR, **more: Any) -> list[str]:
    from tools.engine import open_platform
    from tools.queries import prepare
    from tools.snapshot_marks import Marks
    from tools.snapshot_roll import call_roll

    shutil.rmtree(folder, ignore_errors=True)
    with open_platform(write_platform(folder, **tables), spill=folder) as opened:
        queries = prepare(opened, more.get("catalog") or lenient())
        marks = Marks(folder, queries, call_roll(queries), "duckdb")
        return [marks.key(on) for on in dates]


def moved(before: list[str], after: list[str]) -> list[date]:
    return [on for on, a, b in zip(CALENDAR, before, after, strict=True) if a != b]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return keys(tmp_path_factory.mktemp("keys") / "p", base())


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("coupons", {"merchant_id": "M1", "day": ago(6), "coupon_id": "new", "issued": 1}),
        ("promotion", {"merchant_id": "M1", "day": ago(6), "place": "new", "spend": 1}),
        ("followers", {"merchant_id": "M13", "day": ago(6), "followers": 1}),
        ("scores", {"merchant_id": "M1", "day": ago(6), "dimension": "worth", "value": 1, "source": "operator"}),
        ("activity", visit("who", ago(6), "M99")),
    ],
)
def test_one_row_more_asks_for_its_own_day_and_all_after_it(
    tmp_path: Path, known: list[str], table: str, row: Row
) -> None:
    tables = base()
    tables[table].append(row)
    assert moved(known, keys(tmp_path / "p", tables)) == [ago(6), ago(1), ago(0)]


def test_neither_the_order_of_rows_nor_the_catalogs_words_ask_for_anything(tmp_path: Path, known: list[str]) -> None:
    shuffled = {name: rows[::-1] for name, rows in base().items()}
    first = lenient().metrics[0]
    words = first.model_copy(update={"name": first.name.model_copy(update={"en": "Something else"})})
    catalog = lenient().model_copy(update={"metrics": (words, *lenient().metrics[1:])})
    assert keys(tmp_path / "p", shuffled, catalog=catalog) == known


def test_what_a_figure_is_made_by_asks_for_every_day(tmp_path: Path, known: list[str]) -> None:
    tables = base()
    tables["merchants"][0]["industry"] = "retail"
    assert moved(known, keys(tmp_path / "a", tables)) == list(CALENDAR)
    heavier = lenient().metrics[0].model_copy(update={"weight": 0.9})
    catalog = lenient().model_copy(update={"metrics": (heavier, *lenient().metrics[1:])})
    assert moved(known, keys(tmp_path / "b", base(), catalog=catalog)) == list(CALENDAR)


def test_the_quarters_last_day_speaks_for_the_bands_of_the_next(tmp_path: Path) -> None:
    """A row that lies before an as-of date only by way of the day that fixed its bands."""
    dates = (date(2026, 5, 3), date(2026, 5, 10))  # nobody is known at the end of March: the first day that says any
    tables = {"activity": [visit(f"u{n}", date(2026, 4, 6), f"M{m}") for m in (1, 2) for n in range(9)]}
    before = keys(tmp_path / "p", tables, dates)
    tables["merchants"] = [shop("M1"), shop("M2"), shop("M3")]
    tables["activity"] += [visit("u1", date(2026, 5, 5), "M3")]
    assert [a == b for a, b in zip(before, keys(tmp_path / "p", tables, dates), strict=True)] == [True, False]


def test_a_damaged_day_is_measured_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(d), "M1") for d in range(0, 90, 9) for n in range(9)]})
    whole, _ = bench.build(tmp_path / "days", CALENDAR[-2:])
    for path in (tmp_path / "days").glob("*/figures.parquet"):
        path.write_bytes(path.read_bytes()[:-9])
    again, report = bench.build(tmp_path / "days", CALENDAR[-2:])
    assert report.computed == 2
    assert content(again) == content(whole)


def test_a_day_that_rots_on_disk_is_named_and_leaves_no_snapshot(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(d), "M1") for d in range(0, 90, 9) for n in range(9)]})
    bench.build(tmp_path / "days", CALENDAR[-1:])
    [path] = (tmp_path / "days").glob("*/figures.parquet")
    rotten = bytearray(path.read_bytes())
    rotten[40] ^= 255
    path.write_bytes(rotten)
    with pytest.raises(DiskError, match=r"figures\.parquet: .* ccare data snapshot --full"):
        bench.build(tmp_path / "days", CALENDAR[-1:])
    assert not (tmp_path / "out-2" / "manifest.json").exists()


def test_days_that_no_snapshot_needs_are_removed_once_no_job_is_at_work(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(d), "M1") for d in range(0, 90, 9) for n in range(9)]})
    out, _ = bench.build(tmp_path / "days")
    bench.build(tmp_path / "days", [ago(5)])
    store = DayStore(tmp_path / "days")
    (store.root / ".new-left-by-a-kill").mkdir()
    with DayStore(tmp_path / "days").held():  # another job
        assert store.tidy(keep=keys_of([out])) is False
        assert len(list(store.root.iterdir())) == len(CALENDAR) + 3
    assert store.tidy(keep=keys_of([out])) is True
    assert {p.name for p in store.root.iterdir()} == {*keys_of([out]), "lock"}


def test_a_snapshot_that_nothing_happened_to_is_recognised(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(d), "M1") for d in range(0, 90, 9) for n in range(9)]})
    out, _ = bench.build(None, [NEWEST])
    platform = tmp_path / "platform-1"
    assert unchanged(out, platform) == Report(0, 1, 0.0)
    os.utime(platform / "activity.parquet", (1, 1))
    assert unchanged(out, platform) is None
    assert unchanged(tmp_path / "nowhere", platform) is None


def test_a_file_that_lost_a_table_is_not_whole(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"activity": [visit(f"u{n}", ago(d), "M1") for d in range(0, 90, 9) for n in range(9)]})
    out, _ = bench.build(None, [NEWEST])
    with duckdb.connect(str(out / FILE)) as con:
        con.execute("DROP TABLE days")
    assert unchanged(out, tmp_path / "platform-1") is None
    (out / FILE).write_bytes(b"nothing")
    assert unchanged(out, tmp_path / "platform-1") is None


def test_the_calendar_of_the_next_day_needs_two_dates_more() -> None:
    from tools.asof import as_of_dates

    for n in range(40):
        today, tomorrow = (set(as_of_dates(NEWEST + timedelta(days=n + k), ago(600))) for k in (0, 1))
        new = {NEWEST + timedelta(days=n + 1), NEWEST + timedelta(days=n + 1 - 364)}
        assert tomorrow - today <= new


def test_every_module_that_measures_counts_in_a_days_key() -> None:
    """What is imported on the way from rows to a day's figures; without it a kept day would survive a change."""
    found, waiting = set(), ["snapshot_day", "queries"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        for node in ast.walk(ast.parse((TOOLS / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tools":
                inner = node.module.split(".")[1:]
                names = ["/".join(inner)] if inner else [alias.name for alias in node.names]
                waiting += [n for n in names if n not in found]
    assert found - {"errors", "own"} <= set(MEASURING)
