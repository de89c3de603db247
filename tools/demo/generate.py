"""The generated platform: everything in one call, the same bytes for the same seed and anchor."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tools.demo.arrow import TableWriter, records, table_of
from tools.demo.cast import DECOYS, NEEDY, Role, assign, cast, fit, never_redeem
from tools.demo.clock import Clock, Progress
from tools.demo.ledger import Entry
from tools.demo.peer_truths import peer_stories
from tools.demo.people import People, build_people, merchant_record, scope_truth
from tools.demo.shops import DEMO_MERCHANT, build_industry, build_shops
from tools.demo.simulate import LARGE, Made, simulate
from tools.demo.stories import Stories, Story, write_stories
from tools.demo.truths import story_of

__all__ = ["DAYS", "DEMO_MERCHANT", "generate", "slice_industry"]

DAYS = 420


def _small_tables(made: Iterable[Made], clock: Clock) -> dict[str, pa.Table]:
    """Actions, points and feeds of all merchants, in order of merchant and day."""
    pieces = list(made)
    actions = [
        {
            "merchant_id": a.merchant_id, "kind": a.kind, "product": a.product, "started_on": clock.date(a.started),
            "ended_on": None if a.ended is None else clock.date(a.ended), "note": a.note,
        }
        for piece in pieces for a in sorted(piece.actions, key=lambda a: (a.started, a.kind))
    ]  # fmt: skip
    entries = [e for p in pieces for e in sorted(p.entries, key=lambda e: (e.at, e.programme, -e.delta))]
    return {
        "actions": records("actions", actions),
        "points": _points(entries),
        "feeds": records("feeds", [piece.feed for piece in pieces]),
    }


def _points(entries: Iterable[Entry]) -> pa.Table:
    columns: dict[str, list[Any]] = {k: [] for k in ("merchant_id", "at", "programme", "delta", "reason", "expires_on")}
    for entry in entries:
        for name, values in columns.items():
            values.append(getattr(entry, name))
    return table_of("points", columns)


def _triage(roles: dict[str, Role]) -> list[Story]:
    """Who of each manager's shops is in need, and who only looks like it."""
    marks = {**dict.fromkeys(NEEDY, "needy"), **dict.fromkeys(DECOYS, "decoy")}
    told = [(m, r) for m, r in sorted(roles.items()) if r.kind in marks]
    return [story_of(marks[r.kind], m, r.manager_id, {"reason": r.kind}) for m, r in told]


def _scopes(roles: dict[str, Role], people: People, clock: Clock) -> list[Story]:
    """Shops whose provider lacks a scope."""
    told = [(m, r) for m, r in sorted(roles.items()) if r.kind == "scope_missing"]
    return [story_of(r.kind, m, r.manager_id, scope_truth(r, people.provider_of[m], clock)) for m, r in told]


def generate(out: Path, *, seed: int = 7, anchor: date, progress: Progress | None = None) -> Stories:
    """Write the platform into `out` (made if absent): a Parquet file a table and `stories.json`. Returns the stories.

    The data end on `anchor` and span 420 days. `progress` is called with what is being done and the share done (0..1).
    Raises OSError when `out` cannot be written; what is then in it is incomplete.
    """
    tell = progress or (lambda _step, _share: None)
    out.mkdir(parents=True, exist_ok=True)
    clock = Clock(anchor, DAYS)
    shops = build_shops(seed, clock)
    assigned = assign(seed, shops)
    roles = cast(seed, shops, assigned)
    stuck = never_redeem(shops, roles)
    shops = [fit(s, roles.get(s.merchant_id), clock) for s in shops]
    people = build_people(seed, shops, assigned, roles, clock)
    made: list[Made] = []
    with ExitStack() as stack:
        writers = {name: TableWriter(out, name) for name in LARGE}
        for writer in writers.values():
            stack.callback(writer.close)
        for shop in shops:
            piece = simulate(shop, roles.get(shop.merchant_id), shop.merchant_id in stuck, clock, seed)
            for name, writer in writers.items():
                writer.add(piece.tables[name])
            made.append(replace(piece, tables={}))
            if shop.index % 10 == 0:
                tell("merchants", shop.index / len(shops))
    small = _small_tables(made, clock)
    listed = [merchant_record(s, people.provider_of.get(s.merchant_id), clock) for s in shops]
    small["merchants"] = records("merchants", listed)
    small |= {name: records(name, rows) for name, rows in people.tables.items()}
    _write_small(out, small)
    found = [story for piece in made for story in piece.stories]
    found += peer_stories(roles, [piece.figures for piece in made], clock)
    found += _scopes(roles, people, clock) + _triage(roles)
    stories = Stories(seed=seed, anchor=anchor, stories=tuple(sorted(found, key=lambda s: (s.merchant_id, s.story))))
    write_stories(stories, out)
    tell("merchants", 1.0)
    return stories


def _write_small(out: Path, tables: dict[str, pa.Table]) -> None:
    for name, table in tables.items():
        writer = TableWriter(out, name)
        writer.add(table)
        writer.close()


def slice_industry(
    *, seed: int, anchor: date, merchants: int = 60, days: int = 200, lift: float | None = None
) -> dict[str, pa.Table]:  # fmt: skip
    """One industry in memory, by canonical table name, without stories.

    With `lift` (0..1), merchant M0002 runs a campaign in the last 35 days that adds that share of visits and orders;
    the table `truth` (one row: merchant_id, started_on, ended_on, lift, lift_visitors, lift_visits, lift_orders,
    lift_gmv) says what it really added. Whoever compares it with the others can recover that figure.
    """
    clock = Clock(anchor, days)
    shops = build_industry(seed, "catering", merchants, clock)
    role = None if lift is None else Role("campaign", "A001", 0, lift)
    pieces = []
    for shop in shops:
        part = role if shop.index == 2 else None
        pieces.append(simulate(fit(shop, part, clock), part, False, clock, seed))
    tables = {name: pa.concat_tables([p.tables[name] for p in pieces]).combine_chunks() for name in LARGE}
    tables["merchants"] = records("merchants", [merchant_record(s, None, clock) for s in shops])
    tables |= _small_tables(pieces, clock)
    truths = [s for p in pieces for s in p.stories if s.story == "campaign"]
    if truths:
        tables["truth"] = pa.Table.from_pylist([{"merchant_id": s.merchant_id, **s.truth} for s in truths])
    return tables
