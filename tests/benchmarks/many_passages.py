"""Indexes of any size for the benchmark of search: labelled passages among made-up ones, vectors given.

A made-up passage is words of its language in their natural frequency; its vector is that of a labelled passage with
noise, so that it crowds the labelled one as a text about nearly the same thing would.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import DIMENSIONS, MODEL
from knowledge.index import FORMAT, build_index
from knowledge.load import load_documents
from knowledge.split import split_document
from knowledge.words import Segmenter
from tests.benchmarks.labelled import KeptEmbedder, Labelled, front_matter, write_corpus

Vector = NDArray[np.float32]
SECTIONS = 100  # of a document
WORDS = 40  # of a made-up passage
NOISE = 0.48  # beside a unit vector; the cosine with it then is 0.90
TENANTS = 8
MADE = 2  # raised when anything here changes what is written


class Text(NamedTuple):
    """One passage of a made-up index; `relevant` is the labelled passage that it is a piece of."""

    locale: str
    text: str
    words: str  # the text, Chinese with a space after each word, for those who cut only at spaces
    relevant: str | None


class Made(NamedTuple):
    """An index on disk, and beside it the same passages for anybody else to index."""

    index: Path
    texts: Path  # texts.jsonl, one line a passage
    vectors: Path  # float32[passages, 384]


class _Given:
    """Vectors by the number in a section's heading."""

    model = MODEL

    def __init__(self, vectors: Vector) -> None:
        self._vectors = vectors

    def query(self, text: str) -> Vector:
        raise NotImplementedError

    def passages(self, texts: Sequence[str]) -> Vector:
        numbers = [int(text.partition("\n")[0].rpartition(" > s")[2]) for text in texts]
        return np.asarray(self._vectors[numbers], dtype=np.float32).reshape(len(texts), DIMENSIONS)


def made(folder: Path, size: int, shelved: bool, sets: Sequence[Labelled], embedder: KeptEmbedder) -> Made:
    """The index of `size` passages under `folder`, built where it is not there yet.

    `shelved`: a tenth of the documents is for providers or for one of the tenants; otherwise everybody reads all.
    """
    root = folder / f"{size}-{'shelved' if shelved else 'open'}-{MADE}.{FORMAT}-{'-'.join(s.name for s in sets)}"
    found = Made(root / "index", root / "texts.jsonl", root / "vectors.npy")
    if (root / "complete").exists():
        return found
    (root / "corpus").mkdir(parents=True, exist_ok=True)
    found.index.mkdir(exist_ok=True)
    texts, vectors = _passages(root / "labelled", size, sets, embedder)
    np.save(found.vectors, vectors)
    readers = [_readers(n // SECTIONS, texts[n // SECTIONS * SECTIONS], shelved) for n in range(len(texts))]
    lines = (json.dumps(t._asdict() | who, ensure_ascii=False) for t, who in zip(texts, readers, strict=True))
    found.texts.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, head, body in _documents(texts, shelved):
        (root / "corpus" / f"{name}.md").write_text(f"{front_matter(head)}{body}\n", encoding="utf-8")
    build_index(root / "corpus", found.index, embedder=_Given(vectors))
    (root / "complete").touch()
    return found


def _passages(folder: Path, size: int, sets: Sequence[Labelled], embedder: KeptEmbedder) -> tuple[list[Text], Vector]:
    """The labelled passages and as many made-up ones as are missing, each language in one stretch."""
    rng = np.random.default_rng(7)
    texts: list[Text] = []
    vectors: list[Vector] = []
    room = size // len(sets) // SECTIONS * SECTIONS  # no document in two languages
    for one in sets:
        loaded = load_documents(write_corpus(one, folder / one.name))
        pieces = [p for document, body in loaded for p in split_document(document, body)]
        base = embedder.passages([p.indexed for p in pieces])
        cut = spaced(one.locale)
        texts += [Text(one.locale, p.indexed, cut(p.indexed), f"{one.name}:{p.document_id}") for p in pieces]
        wanted = room - len(pieces)
        noisy = base[rng.integers(0, len(base), wanted)]
        noisy = noisy + NOISE / DIMENSIONS**0.5 * rng.normal(size=noisy.shape).astype(np.float32)
        vectors += [base, noisy / np.linalg.norm(noisy, axis=1, keepdims=True)]
        texts += [Text(one.locale, text, words, None) for text, words in islice(_made_up(one, rng), wanted)]
    return texts, np.concatenate(vectors).astype(np.float32)


def spaced(locale: str) -> Callable[[str], str]:
    """Cuts a text at its words."""
    segmenter = Segmenter.build() if locale == "zh" else None
    return lambda text: " ".join(segmenter.cut(text)) if segmenter is not None else text


def _made_up(one: Labelled, rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """(text, its words with spaces) without end."""
    words = np.array(spaced(one.locale)("\n".join(one.passages.values())).split())
    words = words[[any(c.isalnum() for c in w) for w in words.tolist()]]
    while True:
        chosen = words[rng.integers(0, len(words), WORDS)].tolist()
        yield ("" if one.locale == "zh" else " ").join(chosen), " ".join(chosen)


def _documents(texts: Sequence[Text], shelved: bool) -> Iterator[tuple[str, dict[str, Any], str]]:
    for number, start in enumerate(range(0, len(texts), SECTIONS)):
        part = texts[start : start + SECTIONS]
        head = {"id": f"d{number}", "title": f"d{number}", "locale": part[0].locale, "source": "made"}
        sections = (f"## s{start + i}\n\n{_tame(t.text)}" for i, t in enumerate(part))
        yield f"d{number}", head | _readers(number, part[0], shelved), "\n\n".join(sections)


def _readers(document: int, first: Text, shelved: bool) -> dict[str, str]:
    """Labelled passages are for everybody."""
    if not shelved or first.relevant is not None or document % 10:
        return {"audience": "all"}
    if document % 20:
        return {"audience": "provider"}
    return {"audience": "all", "tenant": f"t{document // 20 % TENANTS}"}


def _tame(text: str) -> str:
    """Nothing in it may read as a heading or a table."""
    return "\n\n".join(line.strip().lstrip("#|-=>* ") for line in text.splitlines() if line.strip("#|-=>* "))
