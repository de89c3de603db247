"""A score card from the snapshot against the bare statements that read the same rows."""

import time
from datetime import timedelta

import duckdb

from bot.assemble import assemble
from bot.settings import Settings
from tests.benchmarks.home import p50, p95, table
from tools.reader import FIGURES_QUERY, MERCHANT_QUERY
from tools.types import Access

ROUNDS = 300


def run(settings: Settings) -> str:
    desk = assemble(settings)
    meter = desk.meter
    ids = sorted(meter.merchant_ids())[:ROUNDS]
    bare = duckdb.connect(str(desk.published_meter.path() / "snapshot.duckdb"), read_only=True)
    today = meter.newest + timedelta(days=1)
    cards, lookups = [], []
    for id in ids:
        begun = time.perf_counter()
        meter.card(Access(merchants=frozenset({id})), id, on=meter.newest, today=today)
        cards.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        cursor = bare.cursor()
        found = cursor.execute(MERCHANT_QUERY, [id]).fetchone()
        assert found is not None
        cursor.execute(FIGURES_QUERY, [found[5], meter.newest]).fetchall()
        lookups.append((time.perf_counter() - begun) * 1000)
    rows = [
        ["score card", f"{p50(cards):.2f}", f"{p95(cards):.2f}"],
        ["bare lookup of the same rows", f"{p50(lookups):.2f}", f"{p95(lookups):.2f}"],
    ]
    return "\n".join([
        f"## A score card ({len(ids)} merchants)\n",
        table(["what", "p50 ms", "p95 ms"], rows),
        f"Ratio {p50(cards) / p50(lookups):.2f}.\n",
    ])  # fmt: skip
