"""A card among a million merchants against one among a thousand, and against the bare statements that read the rows."""

import gc
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.home import Size, p50, p95, table
from tests.benchmarks.made_snapshot import merchant_id, write_snapshot
from tools.catalog import load_catalog
from tools.reader import FIGURES_QUERY, MERCHANT_QUERY, SnapshotMeter
from tools.store import FILE
from tools.types import Access

FEW = 1_000
ROUNDS = 300
COLD, WARM = "nobody near asked before", "asked again"
HEAD = [
    "merchants", "rows", "the merchant", "card p50 ms", "p95", "bare lookup p50 ms", "card / bare (line 2)",
    "the same in CPU time",
]  # fmt: skip
Times = dict[tuple[int, str, str], list[tuple[float, float]]]  # wall and CPU, ms


def run(size: Size) -> str:
    """Two made-up snapshots of one as-of date, asked about the same number of merchants by turns."""
    catalog, counts = load_catalog(), (FEW, size.many)
    with tempfile.TemporaryDirectory(prefix="ccare-bench-") as scratch, ExitStack() as stack:
        folders = {count: write_snapshot(Path(scratch) / str(count), count) for count in counts}
        meters = {n: stack.enter_context(closing(SnapshotMeter(path, catalog))) for n, path in folders.items()}
        times = _timed(meters)
        rows = [_row(times, count, kind, _rows(meters[count])) for count in counts for kind in (COLD, WARM)]
        megabytes = (folders[size.many] / FILE).stat().st_size / 1024**2
    against = {kind: _ratios(times[size.many, kind, "card"], times[FEW, kind, "card"]) for kind in (COLD, WARM)}
    return "\n".join([
        f"## A card among {size.many:,} merchants ({ROUNDS} merchants by chance)\n",
        f"The larger file has {megabytes:,.0f} MB. Among {FEW:,} merchants everything is in memory at once; "
        "among many, a merchant whose rows nobody near has asked for is read and unpacked first.\n",
        table(HEAD, rows),
        f"A card among {size.many:,} against one among {FEW:,} (line 1.6), by the clock and in CPU time: "
        + "; ".join(f"{kind} {by_clock:.2f} and {in_cpu:.2f}" for kind, (by_clock, in_cpu) in against.items())
        + ".\n",
    ])  # fmt: skip


def _timed(meters: dict[int, SnapshotMeter]) -> Times:
    """By turns, so that whatever else the machine does weighs on all alike."""
    chance = random.Random(7)
    times: Times = defaultdict(list)
    for meter in meters.values():
        _card(meter, 0), _lookup(meter, 0)
    gc.collect()
    for _ in range(ROUNDS):
        for count, meter in meters.items():
            one, other = chance.sample(range(count), 2)
            # The lookup of a merchant that a card was just made of would find its rows in memory.
            for kind, asked in ((COLD, (one, other)), (WARM, (one, one))):
                for what, work, no in zip(("card", "bare"), (_card, _lookup), asked, strict=True):
                    times[count, kind, what].append(_milliseconds(work, meter, no))
    return times


def _milliseconds(work: Callable[[SnapshotMeter, int], object], meter: SnapshotMeter, no: int) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    work(meter, no)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000


def _ratios(these: list[tuple[float, float]], those: list[tuple[float, float]]) -> tuple[float, float]:
    """Of the medians, by the clock and in CPU time: on a busy machine the clock tells of others too."""
    clock, cpu = (p50([t[i] for t in these]) / p50([t[i] for t in those]) for i in (0, 1))
    return clock, cpu


def _card(meter: SnapshotMeter, no: int) -> object:
    id = merchant_id(no)
    return meter.card(Access(merchants=frozenset({id})), id, on=meter.newest, today=meter.newest + timedelta(days=1))


def _lookup(meter: SnapshotMeter, no: int) -> Sequence[object]:
    cursor = meter.cursor()
    found = cursor.execute(MERCHANT_QUERY, [merchant_id(no)]).fetchone()
    assert found is not None
    return cursor.execute(FIGURES_QUERY, [found[5], meter.newest]).fetchall()


def _rows(meter: SnapshotMeter) -> int:
    ((count,),) = meter.cursor().execute("SELECT count(*) FROM figures").fetchall()
    return int(count)


def _row(times: Times, count: int, kind: str, rows: int) -> list[str]:
    card, bare = times[count, kind, "card"], times[count, kind, "bare"]
    clock = [t[0] for t in card]
    by_clock, in_cpu = _ratios(card, bare)
    return [
        f"{count:,}", f"{rows:,}", kind, f"{p50(clock):.2f}", f"{p95(clock):.2f}", f"{p50([t[0] for t in bare]):.2f}",
        f"{by_clock:.2f}", f"{in_cpu:.2f}",
    ]  # fmt: skip
