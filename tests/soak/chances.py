"""Feasibility is honest: of those told "three in ten managed it", three in ten do manage it in the 28 days after."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

import tools
from bot.settings import Settings
from bot.workshop import Workshop
from tests.soak.outcome import Outcome
from tools.catalog import Catalog, load_catalog
from tools.chances_table import MONTHS as MONTHS_KEPT
from tools.chances_table import Pairs, add_pairs, read_pairs
from tools.curves import Curve, metric_score
from tools.insights import WhatIfArguments
from tools.odds import likely
from tools.reader import SnapshotMeter
from tools.scores import NOTHING
from tools.snapshot import build_snapshot
from tools.types import DIMENSIONS, Access, GroupLevel
from tools.what_if import what_if

WINDOW = timedelta(days=28)
BINS = 5
OFF = 0.05  # how far predicted and observed may lie apart in a bin
MONTHS = 10_000  # merchant-metric-months at least
INVERSES = 2_000
Floats = NDArray[np.float64]


class Trial(NamedTuple):
    """One merchant, metric, month and level: what was told on `day`, and what became of it."""

    day: date
    metric: str
    merchant: int
    level: str
    predicted: float
    alike: int
    managed: bool


def run(settings: Settings) -> tuple[Outcome, ...]:
    """On the demo platform, and on a public data set loaded through the ordinary import; and on both together.

    The public set alone has fewer months than the line asks for: it is reported, and counts in the two together.
    """
    snapshot = Workshop(settings).snapshot.current()
    assert snapshot is not None
    demo, public = (trials(path / "snapshot.duckdb", load_catalog()) for path in (snapshot, completejourney(settings)))
    return (
        _outcome("demo", demo),
        _outcome("completejourney", public),
        _outcome("both", [*demo, *(t._replace(merchant=-1 - t.merchant) for t in public)]),
        inverses(snapshot),
    )


def inverses(snapshot: Path) -> Outcome:
    """What each metric would have to be for a score, put back in as what if: the score must come out."""
    meter = SnapshotMeter(snapshot, load_catalog())
    worst, done = 0.0, 0
    for merchant, base, more in product(meter.merchant_ids(), (*DIMENSIONS, "overall"), (0.5, 3.0)):
        shop = meter.shop(Access(merchants=frozenset({merchant})), merchant)
        asked: dict[str, Any] = {"merchant_id": merchant, "on": meter.newest, "today": meter.newest + timedelta(days=1)}
        found = what_if(shop, WhatIfArguments(base=base, value=more, kind="by", **asked))
        for metric in found.alone:
            needed, target = found.figures[f"{metric}.needed"].value, found.figures[f"{base}.target"].value
            back = what_if(shop, WhatIfArguments(base=metric, value=needed or 0.0, kind="to", **asked))
            worst = max(worst, abs((back.figures[f"{base}.score_if"].value or 0.0) - (target or 0.0)))
            done += 1
        if done >= INVERSES:
            break
    meter.close()
    said = f"at most {worst:.1e} points apart"
    return Outcome("what if against its inverse", done, "within 1e-9", said, worst > 1e-9 or done < INVERSES)


def completejourney(settings: Settings) -> Path:
    """A snapshot of the public set, with every date that months need which do not overlap."""
    from tools.importing.load import import_data

    home = settings.data / "completejourney"
    shutil.rmtree(home, ignore_errors=True)
    mapping = Path(tools.__file__).parent / "mappings" / "completejourney.yaml"
    import_data(mapping, home / "platform")
    (home / "snapshot").mkdir()
    calendar = [date(2017, 12, 31) - n * WINDOW for n in range(12)]
    build_snapshot(home / "platform", home / "snapshot", catalog=load_catalog(), calendar=calendar)
    return home / "snapshot"


def _outcome(name: str, found: Sequence[Trial]) -> Outcome:
    months = len({(t.day, t.metric, t.merchant) for t in found})
    rows = bins(found)
    worst = max(abs(told - seen) for told, seen in rows)
    said = ", ".join(f"{told:.1%} told {seen:.1%} seen" for told, seen in rows)
    whole = months >= MONTHS
    line = f"within {OFF:.0%} in each of {BINS} bins" if whole else f"reported: under {MONTHS:,} months"
    return Outcome(
        f"chances against the 28 days after, {name}", len(found), line,
        f"{months:,} merchant-metric-months; {said}; at most {worst:.1%} apart",
        (worst > OFF if whole else False) or (name != "completejourney" and not whole),
    )  # fmt: skip


def bins(found: Sequence[Trial]) -> list[tuple[float, float]]:
    """(mean predicted, share that managed) of bins of equal count, least likely first; equal ones fall by chance."""
    shuffled = np.random.default_rng(5).permutation(len(found))
    told = np.array([found[i].predicted for i in shuffled])
    seen = np.array([found[i].managed for i in shuffled], dtype=np.float64)
    order = np.argsort(told, kind="stable")
    return [(float(told[part].mean()), float(seen[part].mean())) for part in np.array_split(order, BINS)]


def months(kept: Sequence[date]) -> list[date]:
    """Dates with both neighbours 28 days away, newest first, so far apart that no two months overlap."""
    chosen: list[date] = []
    for day in sorted(kept, reverse=True):
        if {day - WINDOW, day + WINDOW} <= set(kept) and (not chosen or chosen[-1] - day >= WINDOW):
            chosen.append(day)
    return chosen


def trials(file: Path, catalog: Catalog, newest: int | None = None) -> list[Trial]:
    """Every gain that a merchant could have been told of: at its peers' median, at their upper quarter.

    Told by what happened in the 28 days up to a date, seen in the 28 days after. `newest`: only so many dates.
    """
    con = duckdb.connect()
    con.execute("SET threads = 1")
    con.execute(f"ATTACH '{file}' AS snapshot (READ_ONLY)")
    kept = [row[0] for row in con.execute("SELECT DISTINCT as_of FROM snapshot.curves").fetchall()]
    days = months(kept)[:newest]
    told = {day - n * WINDOW for day in days for n in range(MONTHS_KEPT)}
    add_pairs(con, "snapshot", into="memory.main", dates=sorted(told & {day + WINDOW for day in kept}))
    found = [trial for day in days for trial in _of_day(con, catalog, day)]
    con.close()
    return found


def _of_day(con: duckdb.DuckDBPyConnection, catalog: Catalog, day: date) -> Iterator[Trial]:
    curves = {
        (metric, group): Curve(np.asarray(knots), np.asarray(shares), n)
        for metric, group, n, knots, shares in con.execute(
            "SELECT metric, group_id, n, knots, shares FROM snapshot.curves WHERE as_of = ?", [day]
        ).fetchall()
    }
    rows = con.execute(
        """SELECT f.metric, f.no, f.score, f.group_id, f.group_level, f.median, f.upper_quarter, m.industry, after.score
           FROM snapshot.figures f JOIN snapshot.figures after USING (no, metric)
           JOIN snapshot.merchants m USING (no)
           WHERE f.as_of = ? AND after.as_of = ? AND f.score IS NOT NULL AND after.score IS NOT NULL
             AND f.state IS NOT NULL
           ORDER BY f.metric, f.no""",
        [day, day + WINDOW],
    ).fetchall()

    @cache
    def pools(metric: str, group: str, level: GroupLevel, industry: str) -> tuple[Pairs, ...]:
        wider: dict[str, GroupLevel] = {industry: "industry"} if level == "industry_band" else {}
        return read_pairs(con, metric, {group: level, **wider, "all": "all"}, day)

    for metric, no, score, group, level, median, upper, industry, after in rows:
        lower = catalog.by_id[metric].direction == "lower"
        goals = metric_score(curves[metric, group], [median, upper], lower_is_better=lower)
        for name, goal in zip(("median", "upper_quarter"), goals, strict=True):
            told = likely(pools(metric, group, level, industry), score, float(goal) - score, without=no)
            if told is not None:
                managed = after - score >= goal - score - NOTHING
                yield Trial(day, metric, no, name, told.share, told.n, bool(managed))
