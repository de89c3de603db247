"""The refusal on held-out questions: for each threshold, how many of each group would be declined. Totals only."""

import json
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from bot.assemble import assemble
from bot.settings import Settings
from knowledge.calibration import calibration
from knowledge.embed import Embedder
from knowledge.fit import GROUPS, curve
from knowledge.library import IndexedLibrary
from knowledge.types import Audience
from tests.benchmarks.home import p50, p95, table

HELD = Path(__file__).resolve().parents[1] / "evals" / "knowledge" / "refusal.jsonl"
ON = date(2026, 11, 22)
# What the refusal should decline of each group: of the answerable at most, of the others at least.
REQUIRED = {"answerable": "at most 4 %", "near": "at least 85 %", "far": "at least 98 %"}


class Judged(NamedTuple):
    group: str
    sure: float
    milliseconds: float  # of the judgement alone, beside the search and the vector


def run(settings: Settings) -> str:
    desk = assemble(settings)
    lines = [json.loads(line) for line in HELD.read_text(encoding="utf-8").splitlines()]
    return report(judged(lines, desk.published_library.get(), desk.embedder))


def judged(lines: Sequence[dict[str, Any]], library: IndexedLibrary, embedder: Embedder) -> list[Judged]:
    """The confidence for each line (`question`, `locale`, `role`, `group`), and what the judgement costs."""
    found = []
    for line in lines:
        text, vector = line["question"], embedder.query(line["question"])
        audience = Audience(role="provider" if line.get("role") == "provider" else "merchant")
        result = library.search(text, vector=vector, audience=audience, on=ON, locale=line["locale"])
        begun = time.perf_counter()
        sure = result.confidence
        found.append(Judged(line["group"], sure, (time.perf_counter() - begun) * 1000))
    return found


def report(found: Sequence[Judged]) -> str:
    groups, sures = [one.group for one in found], [one.sure for one in found]
    shipped = calibration().confidence.answerable_at
    rows = [
        [f"{threshold:.2f}{' (shipped)' if threshold == shipped else ''}", *(f"{share:.1%}" for share in shares)]
        for threshold, *shares in curve(groups, sures, shipped)
    ]
    rows.append(["required", *(REQUIRED[group] for group in GROUPS)])
    counts = ", ".join(f"{groups.count(group)} {group}" for group in GROUPS)
    times = [one.milliseconds for one in found]
    return "\n".join([
        f"## Refusal: {len(found)} held-out questions\n",
        f"Declined of {counts}, none of which was fitted on or chose the threshold. The judgement takes "
        f"{p50(times):.2f} ms beside search and vector (p95 {p95(times):.2f}).\n",
        table(["threshold", *GROUPS], rows),
    ])  # fmt: skip
