"""The table `effects` of a snapshot: what every action of the last half year brought, for each outcome series.

Made industry by industry, so that what is held at once is bounded by the largest; the shops that may be matched are a
bounded sample of each band, the same whatever the order of rows.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from tools.catalog import Catalog
from tools.differences import compare, gather
from tools.effect_reading import OUTCOMES, Trade, read_trade
from tools.groups import FEWEST
from tools.matching import BEFORE, LEAST, SHORTEST, Matches, Panel, Windows, match, total, windows
from tools.own import Bools, Floats, Ints

CHUNK = 64  # actions worked at together
FIGURES = ("effect", "low", "high", "total", "before", "after", "matched_before", "matched_after")
EFFECTS = pa.schema([
    ("no", pa.int32()), ("kind", pa.string()), ("product", pa.string()), ("started_on", pa.date32()),
    ("ended_on", pa.date32()), ("note", pa.string()), ("series", pa.string()),
    *((name, pa.float64()) for name in FIGURES),
    ("matches", pa.int32()), ("before_days", pa.int32()), ("after_days", pa.int32()),
    ("group_id", pa.string()), ("group_level", pa.string()), ("refused", pa.string()),
])  # fmt: skip


def add_effects(con: duckdb.DuckDBPyConnection, schema: str, catalog: Catalog) -> None:
    """Add the table `effects` to a snapshot being written; none where the operator sends no actions.

    One row an action and outcome; `refused` says why there are no figures: few_days, too_recent, few_matches, too_small
    (under LEAST visits or orders before it), unmeasured. `before`, `after` and `matched_*` are a day, money in yuan.
    """
    if not _has(con, schema, "actions"):
        return
    ((newest,),) = con.execute(f"SELECT max(newest_day) FROM {schema}.merchants").fetchall()
    found = [EFFECTS.empty_table()]
    for industry in _industries(con, schema) if newest else ():
        trade = read_trade(con, schema, industry, newest)
        if trade is not None:
            found += [_measure(trade, industry, series) for series in OUTCOMES]
    con.register("measured_effects", pa.concat_tables(found))
    con.execute(
        f"CREATE TABLE {schema}.effects AS SELECT * FROM measured_effects "
        "ORDER BY no, started_on, kind, product, ended_on, series"
    )
    con.unregister("measured_effects")


def _has(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    query = "SELECT 1 FROM duckdb_tables() WHERE table_name = ? AND ? IN (schema_name, database_name)"
    return bool(con.execute(query, [table, schema]).fetchall())


def _industries(con: duckdb.DuckDBPyConnection, schema: str) -> list[str | None]:
    found = con.execute(f"SELECT DISTINCT industry FROM {schema}.merchants").fetchall()
    return sorted((row[0] for row in found), key=str)


def _measure(trade: Trade, industry: str | None, series: str) -> pa.Table:
    panel, asked = trade.panels[series], trade.asked
    row = asked.row
    compared = windows(row, asked.start, asked.length, panel.first[row], panel.last[row])
    refused = refusals(panel, compared)
    figures = {name: np.full(row.size, np.nan) for name in FIGURES}
    matches, in_band = np.zeros(row.size, dtype=np.int64), np.zeros(row.size, dtype=np.bool_)
    for chosen in _chunks(np.flatnonzero(refused == ""), compared.weeks):
        part = compared.take(chosen)
        found = match(panel, part, trade.pool, **_flags(trade, part, chosen))
        matches[chosen], in_band[chosen] = found.held.sum(axis=1), found.in_band
        enough = np.flatnonzero(matches[chosen] >= FEWEST)
        for name, values in _compared(panel, part.take(enough), found, enough).items():
            figures[name][chosen[enough]] = values
    refused[(refused == "") & (matches < FEWEST)] = "few_matches"
    groups = [
        trade.groups[trade.bands[quarter][r]] if inside else industry
        for quarter, r, inside in zip(asked.quarter, row.tolist(), in_band.tolist(), strict=True)
    ]
    return _rows(asked.table, {
        "series": pa.array([series] * row.size), "matches": pa.array(matches),
        **{name: pa.array(values, from_pandas=True) for name, values in figures.items()},
        "before_days": pa.array(compared.before), "after_days": pa.array(compared.after),
        "group_id": pa.array(groups, pa.string()),
        "group_level": pa.array(np.where(in_band, "industry_band", "industry").tolist(), pa.string()),
        "refused": pa.array([reason or None for reason in refused.tolist()], pa.string()),
    })  # fmt: skip


def refusals(panel: Panel, asked: Windows) -> Any:
    """Why each of m actions cannot be measured, as far as its own shop tells; empty where it can."""
    counted = total(panel.base, asked.row, asked.start - asked.before, asked.before)
    worth = total(panel.sums, asked.row, asked.start - asked.before, asked.before)
    reasons = {
        "unmeasured": ~panel.known[asked.row],
        "few_days": asked.before < SHORTEST,
        "too_recent": asked.after < SHORTEST,
        "too_small": (counted < LEAST) | (worth <= 0),
    }
    return np.select(list(reasons.values()), list(reasons), default="").astype(object)


def _chunks(chosen: Ints, weeks: Ints) -> Iterator[Ints]:
    """At most CHUNK actions at a time, all with the same weeks of history."""
    for number in np.unique(weeks[chosen]):
        same = chosen[weeks[chosen] == number]
        yield from (same[at : at + CHUNK] for at in range(0, same.size, CHUNK))


def _flags(trade: Trade, asked: Windows, chosen: Ints) -> dict[str, Bools]:
    """What `match` asks of each action and shop of the pool."""
    band, acting, loud = (np.zeros((chosen.size, trade.pool.size), dtype=np.bool_) for _ in range(3))
    first, last = trade.done.first, trade.done.last
    for at, which in enumerate(chosen.tolist()):
        since, until = int(asked.start[at]) - BEFORE, int(asked.start[at] + asked.after[at]) - 1
        same = (first <= until) & (last >= since) & (trade.done.kind == trade.asked.kind[which])
        turned = ((first >= since) & (first <= until)) | ((last >= since) & (last <= until))
        acting[at, trade.done.at[same]] = True
        loud[at, trade.done.at[turned]] = True
        groups = trade.bands[trade.asked.quarter[which]]
        band[at] = groups[trade.pool] == groups[asked.row[at]]
    return {"same_band": band, "acting": acting, "loud": loud}


def _compared(panel: Panel, asked: Windows, found: Matches, enough: Ints) -> dict[str, Floats]:
    """The FIGURES of those actions of a chunk (places `enough`) that found enough matches."""
    if not enough.size:
        return {}
    c = gather(panel, asked, found.rows[enough], found.held[enough], found.quiet[enough])
    got = compare(c)
    matched = np.where(c.held, c.peer_before, 0.0).sum(axis=1) / c.held.sum(axis=1)
    gained = c.own_after * asked.after * (1 - 1 / (1 + got.effect))
    values = (got.effect, got.low, got.high, gained, c.own_before, c.own_after, matched, matched * got.peers_change)
    return dict(zip(FIGURES, values, strict=True))


def _rows(actions: pa.Table, measured: dict[str, pa.Array]) -> pa.Table:
    columns = {name: actions[name] for name in actions.column_names} | measured
    return pa.table([columns[f.name].cast(f.type) for f in EFFECTS], schema=EFFECTS)
