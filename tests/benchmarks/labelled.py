"""Public labelled questions and their passages as documents of ours: what each should find was chosen by others."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.embed import DIMENSIONS, CachedEmbedder, Embedder, EmbeddingCache
from knowledge.types import Locale

Vector = NDArray[np.float32]
SETS: dict[str, Locale] = {"orsharc": "en", "cmrc": "zh"}
TITLE = 40  # letters of a passage's opening that serve as its title where it has no heading
_HEADING = re.compile(r"^#+[ \t]*(\S[^\n]*)\n+(?=\s*\S)")
_OPENING = re.compile(rf"[^\n。，；（,;(]{{1,{TITLE}}}")


class Labelled(NamedTuple):
    """One set: passages by id, questions, and for each question the ids of the passages that answer it."""

    name: str
    locale: Locale
    passages: dict[str, str]
    questions: list[str]
    relevant: list[frozenset[str]]


def read_set(folder: Path, name: str) -> Labelled:
    """The set `name` from `folder`; OSError where its files are missing."""
    passages, questions = (_lines(folder / f"{name}_{part}.jsonl") for part in ("passages", "questions"))
    return Labelled(
        name=name,
        locale=SETS[name],
        passages={p["id"]: p["text"] for p in passages},
        questions=[q["question"] for q in questions],
        relevant=[frozenset(q["relevant"]) for q in questions],
    )


def write_corpus(found: Labelled, folder: Path, ids: Sequence[str] | None = None) -> Path:
    """The passages (or only `ids`) as documents, one file each, named by the passage's id."""
    folder.mkdir(parents=True, exist_ok=True)
    for id in found.passages if ids is None else ids:
        title, body = titled(found.passages[id])
        head = {"id": id, "title": title, "locale": found.locale, "source": found.name}
        (folder / f"{id}.md").write_text(f"{front_matter(head)}{body}\n", encoding="utf-8")
    return folder


def front_matter(changes: Mapping[str, Any]) -> str:
    """The head of a document that is always in force and for everybody, but for `changes`."""
    fields = {
        "kind": "guide", "product": "labelled", "platform": "labelled", "audience": "all", "valid_from": None,
        "valid_until": None, "version": "1", "supersedes": None, "source": "labelled", "status": "sourced",
        "last_verified": date(2026, 11, 1), "recheck_by": date(2027, 11, 1),
    }  # fmt: skip
    return f"---\n{yaml.safe_dump(fields | dict(changes), allow_unicode=True)}---\n"


def titled(text: str) -> tuple[str, str]:
    """A passage's heading and the rest; its opening words and all of it where it has no heading."""
    heading = _HEADING.match(text.strip())
    if heading:
        return heading[1].strip(), text.strip()[heading.end() :]
    opening = _OPENING.search(text.strip().lstrip("#"))
    return (opening[0].strip() if opening else text.strip()), text.strip().lstrip("# ")


class KeptEmbedder:
    """Passages and questions from one file, and only the unknown from `inner`; `keep` writes what is new."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self._path = path
        self._questions = EmbeddingCache.read(path.with_suffix(".questions.npz"), inner.model)
        self._passages = CachedEmbedder(inner, path)
        self.model = inner.model

    def query(self, text: str) -> Vector:
        found = self._questions.get(text)
        if found is None:
            self._questions.put([text], self._passages.query(text)[None, :])
            found = self._questions.get(text)
        assert found is not None
        return found

    def passages(self, texts: Sequence[str]) -> Vector:
        return self._passages.passages(texts).reshape(len(texts), DIMENSIONS)

    def knows(self, texts: Sequence[str]) -> bool:
        return all(t in self._questions for t in texts)

    def keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._passages.cache.write(self._path)
        self._questions.write(self._path.with_suffix(".questions.npz"))


def _lines(path: Path) -> list[dict[str, list[str]]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
