"""Effects of past actions are honest: campaigns with a known lift, and with none, through the snapshot's own table."""

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from itertools import repeat
from multiprocessing import get_context
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from tests.soak.outcome import Outcome
from tools.catalog import load_catalog
from tools.demo.generate import slice_industry
from tools.effect import claims
from tools.effect_table import add_effects
from tools.groups import group_all, quarter_before

ANCHOR = date(2026, 11, 21)
LIFTS = (0.12, 0.2, 0.3, 0.45, 0.6)  # by seed, as in the demo platform
OUTCOMES = ("visits", "orders", "gmv")
COVERED, CLAIMED = (0.93, 0.97), 0.075
PROCESSES = 2


class Trial(NamedTuple):
    """One outcome of one campaign: its true lift, and what was made of it; `naive` is after / before - 1, `mean` the
    same against the plain mean of all other shops."""

    series: str
    truth: float
    effect: float
    low: float
    high: float
    naive: float
    mean: float
    matches: int

    @property
    def covers(self) -> bool:
        return self.low <= self.truth <= self.high


def run(seeds: int = 1000, null_seeds: int = 500) -> tuple[Outcome, ...]:
    """Seeds 1..`seeds` with a lift and 1..`null_seeds` without. Progress goes to stderr."""
    lifted = list(trials((s, LIFTS[s % len(LIFTS)]) for s in range(1, seeds + 1)))
    idle = list(trials((s, 0.0) for s in range(1, null_seeds + 1)))
    covered = (_coverage([t for t in lifted if t.series == s], s, seeds) for s in OUTCOMES)
    return (*covered, _claims(idle, null_seeds))


def _coverage(found: list[Trial], series: str, seeds: int) -> Outcome:
    share = float(np.mean([t.covers for t in found]))
    width = float(np.mean([t.high - t.low for t in found]))
    errors = {
        name: float(np.sqrt(np.mean([(getattr(t, name) - t.truth) ** 2 for t in found])))
        for name in ("effect", "naive", "mean")
    }
    said = (
        f"{share:.1%}; mean width {width:.3f}; root mean square error {errors['effect']:.3f} "
        f"(before/after alone {errors['naive']:.3f}, against the mean of all others {errors['mean']:.3f})"
    )
    low, high = COVERED
    missed = not low <= share <= high or len(found) < seeds
    return Outcome(f"known lift of {series} in the 95 % interval", len(found), f"{low:.0%}-{high:.0%}", said, missed)


def _claims(found: list[Trial], seeds: int) -> Outcome:
    """A false claim is one of any outcome."""
    campaigns = [found[at : at + len(OUTCOMES)] for at in range(0, len(found), len(OUTCOMES))]
    claimed = [claims({t.series: (t.low, t.high) for t in campaign}) for campaign in campaigns]
    share = float(np.mean([bool(c) for c in claimed]))
    by_series = ", ".join(f"{name} {np.mean([name in c for c in claimed]):.1%}" for name in OUTCOMES)
    missed = share > CLAIMED or len(campaigns) < seeds
    said = f"{share:.1%} ({by_series})"
    return Outcome("campaigns without effect, any claimed", len(campaigns), f"at most {CLAIMED:.1%}", said, missed)


def trials(asked: Iterable[tuple[int, float]]) -> Iterator[Trial]:
    """Every outcome of campaigns (seed, lift), in order."""
    asked = list(asked)
    seeds, lifts = [seed for seed, _ in asked], [lift for _, lift in asked]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as workers:
        for done, found in enumerate(workers.map(campaign, seeds, lifts, repeat(ANCHOR), chunksize=5), start=1):
            if done % 50 == 0:
                sys.stderr.write(f"effects: {done} of {len(asked)}\n")
            yield from found


def campaign(seed: int, lift: float, anchor: date) -> list[Trial]:
    """One generated industry with one campaign, measured as the snapshot job would."""
    tables = slice_industry(seed=seed, anchor=anchor, lift=lift)
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET enable_progress_bar = false")
    try:
        write(con, tables, anchor)
        add_effects(con, "snapshot", load_catalog())
        truth = tables["truth"].to_pylist()[0]
        return [_trial(con, truth, series) for series in OUTCOMES]
    finally:
        con.close()


def write(con: duckdb.DuckDBPyConnection, tables: dict[str, pa.Table], anchor: date) -> None:
    """The snapshot's own tables of a generated industry, as far as effects are made of them."""
    con.execute("CREATE SCHEMA snapshot")
    for name in ("activity", "actions", "feeds"):
        con.register(name, tables[name])
    con.execute(
        """CREATE TABLE snapshot.merchants AS
           SELECT row_number() OVER (ORDER BY merchant_id)::INTEGER - 1 AS no, merchant_id, 'catering' AS industry,
                  min(day) AS first_day, any_value(newest_day) AS newest_day, any_value(complete) AS complete
           FROM activity JOIN feeds USING (merchant_id) GROUP BY merchant_id"""
    )
    con.execute(
        """CREATE TABLE snapshot.days AS
           SELECT no, day, sum(visits)::BIGINT AS visits, sum(orders)::BIGINT AS orders,
                  (sum(gmv) * 100)::BIGINT AS gmv
           FROM activity JOIN snapshot.merchants USING (merchant_id) GROUP BY no, day"""
    )
    con.execute(
        """CREATE TABLE snapshot.actions AS
           SELECT no, kind, product, started_on, ended_on, note FROM actions JOIN snapshot.merchants
           USING (merchant_id)"""
    )
    quarter = quarter_before(anchor)
    sizes = con.execute(
        """SELECT no, count(DISTINCT user_id) FILTER (day BETWEEN ? AND ?) AS size
           FROM activity JOIN snapshot.merchants USING (merchant_id) GROUP BY no ORDER BY no""",
        [quarter - timedelta(days=27), quarter],
    ).fetchnumpy()["size"]
    groups = group_all(["catering"] * len(sizes), sizes.astype(np.float64))
    names = [groups.names[0][key] for key in groups.keys[0]]
    con.register("banded", pa.table({"no": range(len(names)), "group_id": names}))
    con.execute("CREATE TABLE snapshot.bands AS SELECT no, group_id, ?::DATE AS as_of FROM banded", [anchor])


def _trial(con: duckdb.DuckDBPyConnection, truth: dict[str, object], series: str) -> Trial:
    found = con.execute(
        """SELECT effect, low, high, "after" / "before" - 1, matches, no FROM snapshot.effects
           JOIN snapshot.merchants USING (no)
           WHERE merchant_id = ? AND kind = 'campaign' AND started_on = ? AND series = ?""",
        [truth["merchant_id"], truth["started_on"], series],
    ).fetchone()
    assert found is not None
    effect, low, high, naive, matches, no = found
    days = 35
    change = con.execute(
        f"""SELECT avg(a / b) FROM (
              SELECT sum({series}) FILTER (day < $start) / 28 AS b, sum({series}) FILTER (day >= $start) / {days} AS a
              FROM snapshot.days WHERE no <> $no AND day >= $start - 28 GROUP BY no) WHERE b > 0""",
        {"start": truth["started_on"], "no": no},
    ).fetchone()
    assert change is not None
    mean = (1 + naive) / change[0] - 1
    return Trial(series, float(str(truth[f"lift_{series}"])), effect, low, high, naive, mean, matches)
