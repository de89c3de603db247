"""A warm answer, stage by stage, beside the bare cost of its query embedding and of its DuckDB lookup."""

import asyncio
import gc
import json
import time
from datetime import date, datetime
from pathlib import Path

import duckdb

from bot.assemble import assemble
from bot.conversation import Conversations
from bot.settings import Settings
from knowledge.embed import cached_embedder
from tests.benchmarks.home import NOW, p50, p95, table
from tools.reader import FIGURES_QUERY, MERCHANT_QUERY

QUESTIONS = Path(__file__).parents[1] / "evals" / "main_job.jsonl"
STAGES = ("understand", "retrieve", "measure", "compose", "verify", "reply", "total")
WITH_FIGURES = ("overview", "metric", "improve", "compare")


def run(settings: Settings) -> str:
    lines = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    rows = asyncio.run(_timed(settings, lines))
    stages = [
        [stage, _two(p50([r[stage] for r in rows])), _two(p95([r[stage] for r in rows]))]
        for stage in STAGES
        if rows[0].get(stage) is not None
    ]
    bare = [["bare query embedding", *_span(rows, "embedding")], ["bare DuckDB lookup", *_span(rows, "lookup")]]
    intents = []
    for intent in sorted({r["intent"] for r in rows}):
        chosen = [r for r in rows if r["intent"] == intent]
        neither = p50([max(0.0, r["total"] - r["embedding"] - r["lookup"]) / r["total"] for r in chosen])
        intents.append([intent, str(len(chosen)), *_span(chosen, "total"), f"{100 * neither:.0f} %"])
    neither = [max(0.0, r["total"] - r["embedding"] - r["lookup"]) / r["total"] for r in rows]
    whole = sum(r["total"] for r in rows)
    in_sum = 1 - sum(r["embedding"] + r["lookup"] for r in rows) / whole
    return "\n".join([
        f"## A warm answer ({len(rows)} questions of tests/evals/main_job.jsonl, one at a time)\n",
        table(["stage", "p50 ms", "p95 ms"], [*stages, *bare]),
        f"Neither embedding nor lookup: {100 * p50(neither):.0f} % at the median, {100 * in_sum:.0f} % in sum.\n",
        table(["intent", "questions", "p50 ms", "p95 ms", "neither (median)"], intents),
    ])  # fmt: skip


async def _timed(settings: Settings, lines: list[dict[str, str]]) -> list[dict[str, float | str]]:
    """Each question once, warm, never embedded before; beside it the bare embedding and the bare lookup."""
    desk = assemble(settings)
    conversations = Conversations(desk, settings)
    now = datetime.fromisoformat(NOW).replace(tzinfo=settings.zone)
    snapshot = duckdb.connect(str(desk.published_meter.path() / "snapshot.duckdb"), read_only=True)
    await conversations.ask("how is my shop doing today?", asker="merchant:M0001", now=now)
    await conversations.ask("what does the Star Plan say?", asker="merchant:M0001", now=now)
    bare = cached_embedder()
    newest = desk.meter.newest
    rows: list[dict[str, float | str]] = []
    gc.collect()
    gc.freeze()
    for line in lines:
        answered = await conversations.ask(line["question"], asker=line["as"], now=now)
        looked = answered.plan and answered.plan[0].intent in WITH_FIGURES
        rows.append({
            **answered.timings_ms,
            "intent": answered.plan[0].intent if answered.plan else "clarify",
            "embedding": _embedding(bare, line["question"]),
            "lookup": _lookup(snapshot, newest) if looked else 0.0,
        })  # fmt: skip
    return rows


def _embedding(embedder: object, text: str) -> float:
    """The same work in another letter: a trailing full stop keeps the cache from answering."""
    begun = time.perf_counter()
    embedder.query(f"{text}.")  # type: ignore[attr-defined]
    return (time.perf_counter() - begun) * 1000


def _lookup(snapshot: duckdb.DuckDBPyConnection, newest: date) -> float:
    begun = time.perf_counter()
    cursor = snapshot.cursor()
    found = cursor.execute(MERCHANT_QUERY, ["M0001"]).fetchone()
    assert found is not None
    cursor.execute(FIGURES_QUERY, [found[5], newest]).fetchall()
    return (time.perf_counter() - begun) * 1000


def _span(rows: list[dict[str, float | str]], key: str) -> tuple[str, str]:
    values = [float(r[key]) for r in rows if float(r[key]) > 0]
    return (_two(p50(values)), _two(p95(values))) if values else ("-", "-")


def _two(value: float) -> str:
    return f"{value:.2f}"
