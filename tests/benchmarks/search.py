"""A search of the documents against a bare vector query of the same index, with the vector given."""

import json
import time
from datetime import date

from bot.assemble import assemble
from bot.settings import Settings
from knowledge.store import Store
from knowledge.types import Audience
from tests.benchmarks.answers import QUESTIONS
from tests.benchmarks.home import p50, p95, table


def run(settings: Settings) -> str:
    desk = assemble(settings)
    lines = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    asked = [line for line in lines if line["intent"] in ("policy", "howto")]
    path = desk.published_library.path()
    shelves = json.loads((path / "manifest.json").read_text(encoding="utf-8"))["shelves"]
    store = Store(path / "chroma", list(shelves))
    shelf = max(shelves, key=lambda name: shelves[name] if isinstance(shelves, dict) else len(name))
    searches, bare = [], []
    for line in asked:
        vector = desk.embedder.query(line["question"])
        begun = time.perf_counter()
        desk.library.search(
            line["question"], vector=vector, audience=Audience(role="merchant"), on=date(2026, 11, 22), locale="zh"
        )
        searches.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        store.query(shelf, vector, 5)
        bare.append((time.perf_counter() - begun) * 1000)
    rows = [
        ["search", f"{p50(searches[1:]):.2f}", f"{p95(searches[1:]):.2f}"],
        ["bare vector query of one shelf", f"{p50(bare[1:]):.2f}", f"{p95(bare[1:]):.2f}"],
    ]
    return "\n".join(
        [
            f"## A search ({len(asked)} questions)\n",
            table(["what", "p50 ms", "p95 ms"], rows),
            f"Ratio {p50(searches) / p50(bare):.2f}.\n",
        ]
    )
