"""Search among 10,000 and 100,000 passages: against a bare vector query, and (`pipelines`) beside two frameworks."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.settings import Settings
from knowledge.fit_ranking import NOWHERE, Score
from knowledge.library import IndexedLibrary
from knowledge.types import Audience
from tests.benchmarks import frameworks
from tests.benchmarks.bare import Bare
from tests.benchmarks.home import p50, p95, table
from tests.benchmarks.labelled import SETS, KeptEmbedder, Labelled, read_set
from tests.benchmarks.many_passages import Made, made, spaced
from tests.benchmarks.retrieval import ON, SHOWN, kept, score_of

SIZES = (10_000, 100_000)
EACH = 100  # questions of each set
LIMIT, OUTSIDE = 1.5, 0.8  # times a bare query, times a framework's time outside the store
OPEN, SHELVED = Audience(role="merchant"), Audience(role="merchant", tenant="t3")
MISSING = "The labelled sets are not here; name their folder by CCARE_EVAL_DATA.\n"
ENVIRONMENT = {"ANONYMIZED_TELEMETRY": "False", "HAYSTACK_TELEMETRY_ENABLED": "False"}


class Question(NamedTuple):
    text: str
    words: str  # with a space after each word
    vector: NDArray[np.float32]
    locale: str
    relevant: frozenset[str]


def run(settings: Settings) -> str:
    """Sizes and filters, each against a bare query."""
    sets = _sets(settings)
    if sets is None:
        return f"## A search by size\n\n{MISSING}"
    embedder = kept(settings.data)
    asked = _questions(sets, embedder)
    rows = []
    for size in SIZES:
        for shelved in (False, True):
            at = made(settings.data / "passages", size, shelved, sets, embedder)
            with closing(IndexedLibrary(at.index, embedder)) as library:
                rows += _against_bare(size, shelved, library, Bare(at), asked)
    embedder.keep()
    head = [
        "passages",
        "filters",
        "what",
        "p50 ms",
        "p95",
        "bare query p50 ms",
        "p95",
        f"ratio of p50 (search: at most {LIMIT})",
        "of p95",
    ]
    return "\n".join([
        f"## A search by size ({len(asked)} questions, vectors given)\n",
        "A bare query asks one Chroma collection of all passages for five, with a filter on readers where there are "
        "shelves; a search also finds by words, in two languages, and ranks. Judged: a search whose result is asked "
        "whether the passages answer, no passage of it read before.\n",
        table(head, rows),
    ])  # fmt: skip


def run_beside(settings: Settings) -> str:
    """The largest size without filters, beside the frameworks."""
    sets, size = _sets(settings), max(SIZES)
    if sets is None:
        return f"## A search beside other pipelines\n\n{MISSING}"
    embedder = kept(settings.data)
    at = made(settings.data / "passages", size, False, sets, embedder)
    with closing(IndexedLibrary(at.index, embedder)) as library:
        beside = _beside(settings.data, at, library, _questions(sets, embedder))
    embedder.keep()
    return f"## A search beside other pipelines ({size:,} passages)\n\n{beside}"


def _sets(settings: Settings) -> list[Labelled] | None:
    folder = settings.eval_data / "retrieval"
    return [read_set(folder, name) for name in SETS] if folder.is_dir() else None


def _questions(sets: Sequence[Labelled], embedder: KeptEmbedder) -> list[Question]:
    return [
        Question(
            text,
            spaced(one.locale)(text),
            embedder.query(text),
            one.locale,
            frozenset(f"{one.name}:{id}" for id in ids),
        )
        for one in sets
        for text, ids in list(zip(one.questions, one.relevant, strict=True))[:EACH]
    ]


def _against_bare(
    size: int, shelved: bool, library: IndexedLibrary, bare: Bare, asked: Sequence[Question]
) -> list[list[str]]:
    """By turns, so that whatever else the machine does weighs on all; one line of search, one of search and judging."""
    reader = SHELVED if shelved else OPEN
    for question in [*asked[:5], *asked[-5:]]:  # both languages
        _search(library, question, reader), bare.query(question.vector, reader if shelved else None)
    searched, judged, theirs = [], [], []
    for question in asked:
        begun = time.perf_counter()
        found = _search(library, question, reader)
        searched.append((time.perf_counter() - begun) * 1000)
        judged.append(searched[-1] + _milliseconds(lambda found=found: found.judgement))
        theirs.append(_milliseconds(lambda q=question: bare.query(q.vector, reader if shelved else None)))
    return [
        [
            f"{size:,}", "on" if shelved else "off", name, f"{p50(ours):.2f}", f"{p95(ours):.2f}",
            f"{p50(theirs):.2f}", f"{p95(theirs):.2f}", f"{p50(ours) / p50(theirs):.2f}",
            f"{p95(ours) / p95(theirs):.2f}",
        ]
        for name, ours in (("search", searched), ("judged", judged))
    ]  # fmt: skip


def _beside(data: Path, at: Made, library: IndexedLibrary, asked: Sequence[Question]) -> str:
    """Ours and each framework: time of a question, what of it is spent outside the vector store, and what is found."""
    relevant = [json.loads(line)["relevant"] for line in at.texts.read_text(encoding="utf-8").splitlines()]
    found = [[int(p.section[1:]) for p in _search(library, q, OPEN, SHOWN).passages] for q in asked]
    whole = [_milliseconds(lambda q=q: _search(library, q, OPEN)) for q in asked]
    outside = _outside(library, asked)
    rows = [_row("ccare", whole, outside, outside, _score(found, relevant, asked))]
    missing = []
    python = _environment(data / "frameworks")
    for name in ("llama-index", "haystack"):
        theirs = _framework(python, name, at, asked, data) if python is not None else None
        if theirs is None:
            missing.append(f"{name} could not be run here: its packages could not be installed.\n")
            continue
        apart = [ms - store for ms, store in zip(theirs["ms"], theirs["store_ms"], strict=True)]
        rows.append(_row(name, theirs["ms"], apart, outside, _score(theirs["found"], relevant, asked)))
    head = [
        "pipeline",
        "p50 ms",
        "outside the store p50 ms",
        f"ours / theirs (at most {OUTSIDE})",
        "Recall@5",
        "MRR@10",
    ]
    return "\n".join([
        "Theirs: dense and BM25, 24 each, fused by reciprocal ranks; the same vectors and store, Chinese cut into "
        "words for them. Ours outside the store: its answers are given beforehand, so that nothing hides behind it.\n",
        table(head, rows),
        *missing,
    ])  # fmt: skip


def _row(name: str, whole: list[float], apart: list[float], ours: list[float], found: Score) -> list[str]:
    ratio = "" if apart is ours else f"{p50(ours) / p50(apart):.2f}"
    return [name, f"{p50(whole):.2f}", f"{p50(apart):.2f}", ratio, f"{found.recall:.4f}", f"{found.mrr:.4f}"]


def _outside(library: IndexedLibrary, asked: Sequence[Question]) -> list[float]:
    """What a search takes when the store has answered before it is asked."""
    nearest = library._nearest
    store = nearest._store
    times = []
    try:
        for question in asked:
            recorded = _Recorded(store)
            nearest._store = recorded  # type: ignore[assignment]
            _search(library, question, OPEN)
            recorded.given = True
            times.append(_milliseconds(lambda q=question: _search(library, q, OPEN)))
    finally:
        nearest._store = store
    return times


class _Recorded:
    """A store that remembers its answers."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._answers: dict[tuple[str, int], Any] = {}
        self.given = False

    def query(self, shelf: str, vector: Any, k: int) -> Any:
        if not self.given:
            self._answers[shelf, k] = self._store.query(shelf, vector, k)
        return self._answers[shelf, k]


def _search(library: IndexedLibrary, question: Question, reader: Audience, limit: int = 5) -> Any:
    return library.search(
        question.text, vector=question.vector, audience=reader, on=ON, locale=question.locale, limit=limit
    )


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _score(found: Sequence[Sequence[int]], relevant: Sequence[str | None], asked: Sequence[Question]) -> Score:
    """Pieces of one labelled passage count once, at the place of the first."""
    places = []
    for shown, question in zip(found, asked, strict=True):
        order = dict.fromkeys(relevant[place] or str(place) for place in shown)
        places.append(next((i for i, id in enumerate(order) if id in question.relevant), NOWHERE))
    return score_of(places)


def _environment(folder: Path) -> Path | None:
    """The Python of an environment that holds the frameworks; None where they cannot be installed."""
    python = folder / "bin" / "python"
    mark = folder / "installed"
    wanted = "\n".join(frameworks.PACKAGES)
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return python
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.is_file() else shutil.which("uv")
    if uv is None:
        return None
    steps = (
        [uv, "venv", "-q", "--clear", "-p", sys.executable, str(folder)],
        [uv, "pip", "install", "-q", "--python", str(python), *frameworks.PACKAGES],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr[-2000:])
            return None
    mark.write_text(wanted, encoding="utf-8")
    return python


def _framework(python: Path, name: str, at: Made, asked: Sequence[Question], data: Path) -> dict[str, Any]:
    """What frameworks.py prints; its store lies beside the index and is filled once."""
    questions, vectors = data / "passages" / "questions.jsonl", data / "passages" / "questions.npy"
    questions.write_text("\n".join(json.dumps({"words": q.words}) for q in asked) + "\n", encoding="utf-8")
    np.save(vectors, np.array([q.vector for q in asked]))
    files = [at.texts, at.vectors, questions, vectors, at.index.parent / name]
    command = [str(python), str(Path(frameworks.__file__)), name, *(str(f) for f in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ENVIRONMENT)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))
