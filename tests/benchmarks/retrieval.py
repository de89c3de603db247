"""Labelled questions of others through our own index and search, beside meaning, words and their equal mix alone."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from bot.settings import Settings
from bot.terminal import progress
from knowledge.calibration import calibration
from knowledge.embed import E5Embedder
from knowledge.fit_ranking import (
    NOWHERE,
    Asked,
    Score,
    across,
    asked,
    by_meaning,
    by_words,
    equal_mix,
    score,
)  # fmt: skip
from knowledge.index import build_index
from knowledge.library import IndexedLibrary
from knowledge.types import Audience
from tests.benchmarks.home import table
from tests.benchmarks.labelled import SETS, KeptEmbedder, Labelled, read_set, write_corpus

ON = date(2026, 11, 22)
READER = Audience(role="merchant")
SHOWN = 40  # passages asked for: one document may give several of them, and ten documents are counted
# What the search must reach, by Recall@5 and MRR@10.
REQUIRED = {"orsharc": Score(0.92, 0.81), "cmrc": Score(0.994, 0.985)}


def run(settings: Settings) -> str:
    folder = settings.eval_data / "retrieval"
    if not folder.is_dir():
        return "## Retrieval\n\nThe labelled sets are not here; name their folder by CCARE_EVAL_DATA.\n"
    embedder, rows, sets = kept(settings.data), [], {}
    for name in SETS:
        found = read_set(folder, name)
        with progress() as show:
            library = opened(found, settings.data / "retrieval" / name, embedder, show)
        rows.append([name, "search", *_figures(score_of(searched(found, library, embedder))), _required(name)])
        sets[name] = labelled(found, library, embedder)
        library.close()
    embedder.keep()
    held = dict(zip(sets, across(list(sets.values()), calibration().ranking), strict=True))
    for name, questions in sets.items():
        rows.append([name, "weights fitted on the other half", *_figures(held[name]), _required(name)])
        for what, rule in (("meaning", by_meaning), ("words (BM25)", by_words), ("equal mix (RRF)", equal_mix)):
            rows.append([name, what, *_figures(score(questions, rule)), ""])
    head = ["set", "what", "Recall@5", "MRR@10", "required"]
    return "\n".join([
        f"## Retrieval: {sum(len(s) for s in sets.values()):,} labelled questions of others\n",
        "Each labelled passage is a document in an index of its own set; the place of the right document counts. One "
        "rule serves both sets: how much words count depends on the question. The halves are every other question, "
        "fitted and scored both ways.\n",
        table(head, sorted(rows, key=lambda row: list(SETS).index(row[0]))),
    ])  # fmt: skip


def kept(data: Path) -> KeptEmbedder:
    """Vectors are paid once: 1,700 questions and 2,200 passages take about ten minutes on two cores."""
    return KeptEmbedder(E5Embedder(), data / "retrieval" / "embeddings.npz")


def opened(found: Labelled, out: Path, embedder: KeptEmbedder, show: Callable[[str, float], None]) -> IndexedLibrary:
    """The index of a labelled set, built anew: it is a matter of seconds where the vectors are known."""
    shutil.rmtree(out, ignore_errors=True)
    (out / "index").mkdir(parents=True)
    build_index(write_corpus(found, out / "corpus"), out / "index", embedder=embedder, progress=show)
    embedder.keep()
    return IndexedLibrary(out / "index", embedder)


def searched(found: Labelled, library: IndexedLibrary, embedder: KeptEmbedder) -> list[int]:
    """For each question the place of the first right document among those shown, from 0."""
    places = []
    for question, relevant in zip(found.questions, found.relevant, strict=True):
        vector = embedder.query(question)
        shown = library.search(question, vector=vector, audience=READER, on=ON, locale=found.locale, limit=SHOWN)
        said = {p.document.id: {p.document.id, *(id.partition("#")[0] for id in p.also)} for p in shown.passages}
        places.append(next((place for place, ids in enumerate(said.values()) if ids & relevant), NOWHERE))
    return places


def labelled(found: Labelled, library: IndexedLibrary, embedder: KeptEmbedder) -> list[Asked]:
    """The candidates of each question, for rules that order them in other ways."""
    rows = zip(found.questions, found.relevant, strict=True)
    return [
        asked(library, embedder, {"question": q, "locale": found.locale, "relevant": sorted(ids)}) for q, ids in rows
    ]


def score_of(places: list[int]) -> Score:
    found = np.array(places)
    return Score(float((found < 5).mean()), float(np.where(found < 10, 1 / (found + 1), 0).mean()))


def _figures(found: Score) -> tuple[str, str]:
    return f"{found.recall:.4f}", f"{found.mrr:.4f}"


def _required(name: str) -> str:
    return f"{REQUIRED[name].recall} and {REQUIRED[name].mrr}"
