"""Labelled questions of others through our own index and search, beside plain meaning, plain words and their equal mix."""

import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.settings import Settings
from knowledge.embed import E5Embedder
from knowledge.fit_ranking import Asked, Weights, asked, equal_mix, fit, mixed, plain, ranks
from knowledge.index import FORMAT, build_index
from knowledge.library import IndexedLibrary
from knowledge.types import Audience
from tests.benchmarks.home import table
from tests.benchmarks.labelled import SETS, KeptEmbedder, Labelled, read_set, write_corpus

ON = date(2026, 11, 22)
READER = Audience(role="merchant")
SHOWN = 40  # passages asked for: ten documents may need more than ten


class Score(NamedTuple):
    recall: float  # at 5
    mrr: float  # at 10


def run(settings: Settings) -> str:
    folder, data = settings.eval_data / "retrieval", settings.data / "retrieval"
    if not folder.is_dir():
        return "## Retrieval\n\nThe labelled sets are not here; name their folder by CCARE_EVAL_DATA.\n"
    embedder = kept(data)
    rows, fits = [], []
    for name in SETS:
        found = read_set(folder, name)
        library = opened(found, data / name, embedder)
        rows += _scores(found, library, embedder, fits)
        library.close()
    embedder.keep()
    return "\n".join([
        "## Retrieval: labelled questions of others through our own index\n",
        "Each document is one labelled passage; the place of the first passage of the right one counts.\n",
        table(["set", "what", "Recall@5", "MRR@10"], rows),
        *fits,
    ])  # fmt: skip


def kept(data: Path) -> KeptEmbedder:
    """Vectors are paid once: 1,700 questions and 2,200 passages take about ten minutes on two cores."""
    return KeptEmbedder(E5Embedder(), data / "embeddings.npz")


def opened(found: Labelled, out: Path, embedder: KeptEmbedder) -> IndexedLibrary:
    """The index of a labelled set, built anew: it is a matter of seconds where the vectors are known."""
    shutil.rmtree(out, ignore_errors=True)
    (out / "index").mkdir(parents=True)
    sys.stderr.write(f"{found.name}: vectors of {len(found.passages)} passages, once (format {FORMAT})\n")
    build_index(write_corpus(found, out / "corpus"), out / "index", embedder=embedder)
    embedder.keep()
    return IndexedLibrary(out / "index", embedder)


def searched(found: Labelled, library: IndexedLibrary, embedder: KeptEmbedder) -> list[int]:
    """For each question the place of the first right document among those shown, from 0; 99 where there is none."""
    places = []
    for question, relevant in zip(found.questions, found.relevant, strict=True):
        vector = embedder.query(question)
        shown = library.search(question, vector=vector, audience=READER, on=ON, locale=found.locale, limit=SHOWN)
        named = ([p.document.id, *(id.partition("#")[0] for id in p.also)] for p in shown.passages)
        documents = list(dict.fromkeys(tuple(ids) for ids in named))
        order: dict[str, int] = {}
        for ids in documents:
            place = len(set(order.values()))
            for id in ids:
                order.setdefault(id, place)
        places.append(min((order.get(id, 99) for id in relevant), default=99))
    return places


def score(places: Sequence[int]) -> Score:
    found = np.array(places)
    return Score(float((found < 5).mean()), float(np.where(found < 10, 1 / (found + 1), 0).mean()))
