"""Figures far off their own past are named, ordinary noise is not; so is what looks like one merchant under two ids."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tools.importing.health import check

LAST = date(2026, 11, 21)
TODAY = date(2026, 11, 22)
MERCHANTS, DAYS = 12, 120
KINDS = {"day": "DATE", "newest_day": "DATE", "complete": "BOOLEAN"} | dict.fromkeys(
    ("visits", "orders", "gmv"), "DOUBLE"
)


class Totals:
    """A platform of day totals, random but the same each time: merchants x days, changed before it is written."""

    def __init__(self, folder: Path, seed: int = 3) -> None:
        chance = np.random.default_rng(seed)
        self.folder = folder
        week = np.array([1, 1, 1, 1.1, 1.4, 1.6, 1.3])
        days = np.arange(DAYS)
        size = chance.lognormal(4.5, 0.6, MERCHANTS)[:, None]
        self.visits = np.rint(size * week[days % 7] * chance.lognormal(0, 0.3, (MERCHANTS, DAYS))) + 1
        self.orders = np.rint(self.visits * 0.4) + 1
        self.gmv = np.rint(self.orders * chance.lognormal(3.5, 0.3, (MERCHANTS, 1)) * 100) / 100
        self.here = np.ones((MERCHANTS, DAYS), dtype=bool)
        self.names = [f"Shop {i}" for i in range(MERCHANTS)]
        self.ids = [f"M{i}" for i in range(MERCHANTS)]
        self.feeds: list[tuple[str, date, bool]] = []

    def sentences(self) -> list[str]:
        rows = [
            (self.ids[m], LAST - timedelta(days=DAYS - 1 - d), self.visits[m, d], self.orders[m, d], self.gmv[m, d])
            for m in range(MERCHANTS)
            for d in range(DAYS)
            if self.here[m, d]
        ]
        shops = [(i, n, "catering", "Hangzhou") for i, n in zip(self.ids, self.names, strict=True)]
        _write(self.folder / "daily.parquet", "merchant_id, day, visits, orders, gmv", rows)
        _write(self.folder / "merchants.parquet", "merchant_id, name, industry, city", shops)
        if self.feeds:
            _write(self.folder / "feeds.parquet", "merchant_id, newest_day, complete", self.feeds)
        return [p.sentence for p in check(self.folder, TODAY).problems]


def _write(path: Path, columns: str, rows: list[tuple[object, ...]]) -> None:
    names = columns.split(", ")
    data = pa.table({n: [str(r[i]) for r in rows] for i, n in enumerate(names)})
    with duckdb.connect() as connection:
        connection.register("data", data)
        picked = ", ".join(f"CAST({n} AS {KINDS.get(n, 'VARCHAR')}) AS {n}" for n in names)
        connection.execute(f"COPY (SELECT {picked} FROM data) TO '{path}'")


@pytest.fixture
def totals(tmp_path: Path) -> Totals:
    return Totals(tmp_path)


@pytest.mark.parametrize("seed", [0, 1])
def test_ordinary_noise_is_not_a_finding(tmp_path: Path, seed: int) -> None:
    assert Totals(tmp_path, seed).sentences() == []


def _doubled(t: Totals) -> None:
    t.visits[:, 60] *= 3


def _tenfold_hundred(t: Totals) -> None:
    t.gmv[4, 33] *= 100


def _jumped(t: Totals) -> None:
    t.gmv[5, -14:] *= 100


def _fen(t: Totals) -> None:
    t.gmv[6] *= 100


def _hole(t: Totals) -> None:
    t.here[7, 40:46] = False


def _half(t: Totals) -> None:
    t.visits[:, -1] *= 0.3


def _same_name(t: Totals) -> None:
    t.names[2], t.names[3] = "老陈 面馆", "老陈面馆！"


def _same_id(t: Totals) -> None:
    t.ids[8], t.ids[9] = "m-007", "M007"


def _same_figures(t: Totals) -> None:
    for series in (t.visits, t.orders, t.gmv):
        series[10] = series[11]


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (_doubled, "daily: 1 day on which the visits of all merchants together are far from usual: 2026-09-23"),
        (
            _tenfold_hundred,
            "daily: 1 day on which one merchant's gmv are 20 times its usual day or more: M4 on",
        ),
        (_jumped, "daily: 1 merchant whose gmv jumped to another level in the last two weeks: M5"),
        (_fen, "daily: 1 merchant whose money an order is 40 times off its industry's: M6"),
        (_hole, "daily: 1 merchant without rows for 3 days or more in the middle: M7 (2026-09-03 to 2026-09-08)"),
        (_half, "daily: the newest day, 2026-11-21, holds 24% of"),
        (_same_name, "merchants: 1 pair of the same name, industry and city: M2 and M3"),
        (_same_id, "merchants: 1 pair whose ids differ only in case, signs or leading zeros: M007 and m-007"),
        (_same_figures, "merchants: 1 pair with the same figures on every day: M10 and M11"),
    ],
)
def test_what_was_planted_is_named_with_what_to_do(totals: Totals, plant: Callable[[Totals], None], said: str) -> None:
    plant(totals)
    found = totals.sentences()
    hits = [sentence for sentence in found if sentence.startswith(said)]
    assert len(hits) == 1, found
    assert "; " in hits[0]
    assert hits[0].endswith(".")


def test_a_half_day_that_the_feed_declares_is_told_as_such_and_not_as_odd(totals: Totals) -> None:
    _half(totals)
    totals.feeds = [(i, LAST, i != "M1") for i in totals.ids]
    (sentence,) = totals.sentences()
    assert sentence.startswith("feeds: the newest day of 1 merchant is still arriving: M1;")


def test_rows_after_a_declared_newest_day_are_named(totals: Totals) -> None:
    totals.feeds = [(i, LAST - timedelta(days=i == "M3"), True) for i in totals.ids]
    (sentence,) = totals.sentences()
    assert sentence.startswith("feeds: 1 merchant with rows after the newest day that the feed declares: M3;")
