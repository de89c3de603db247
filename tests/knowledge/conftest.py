"""Small documents written on the spot, and the shipped corpus indexed once."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from knowledge.embed import SHIPPED_CACHE, CachedEmbedder, E5Embedder
from knowledge.index import build_index
from knowledge.library import IndexedLibrary
from knowledge.types import Audience, SearchResult

CORPUS = SHIPPED_CACHE.parent
TODAY = date(2026, 11, 22)
WriteDocument = Callable[..., Path]


@pytest.fixture(scope="session")
def embedder() -> CachedEmbedder:
    return CachedEmbedder(E5Embedder())


def front_matter(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": "coupon-zh",
        "title": "商家券",
        "kind": "guide",
        "product": "merchant_coupon",
        "platform": "alipay",
        "audience": "all",
        "locale": "zh",
        "valid_from": date(2024, 1, 1),
        "valid_until": None,
        "version": "1",
        "supersedes": None,
        "source": "test",
        "status": "sourced",
        "last_verified": date(2026, 11, 1),
        "recheck_by": date(2027, 3, 1),
    }
    return fields | changes


@pytest.fixture(scope="session")
def write_document() -> WriteDocument:
    """write_document(folder, body, **front matter changes); a change to `...` leaves the key out."""

    def write(folder: Path, body: str, **changes: Any) -> Path:
        fields = {k: v for k, v in front_matter(**changes).items() if v is not ...}
        path = folder / f"{fields.get('id', 'nameless')}.md"
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{yaml.safe_dump(fields, allow_unicode=True)}---\n{body}\n", encoding="utf-8")
        return path

    return write


class Asker:
    """A library with the embedder beside it, so that a test asks in one line."""

    def __init__(self, library: IndexedLibrary, embedder: CachedEmbedder) -> None:
        self.library = library
        self.embedder = embedder

    def __call__(
        self,
        text: str,
        *,
        role: str = "merchant",
        tenant: str | None = None,
        on: date = TODAY,
        locale: str = "zh",
        **wishes: Any,
    ) -> SearchResult:
        audience = Audience.model_validate({"role": role, "tenant": tenant})
        vector = self.embedder.query(self.library.reading(text, audience=audience))
        return self.library.search(text, vector=vector, audience=audience, on=on, locale=locale, **wishes)


@pytest.fixture(scope="session")
def open_library(
    tmp_path_factory: pytest.TempPathFactory, embedder: CachedEmbedder
) -> Iterator[Callable[[Path], Asker]]:
    """Index a folder of documents and open it."""
    opened: list[IndexedLibrary] = []

    def open_(corpus: Path) -> Asker:
        out = tmp_path_factory.mktemp("index")
        build_index(corpus, out, embedder=embedder)
        opened.append(IndexedLibrary(out, embedder))
        return Asker(opened[-1], embedder)

    yield open_
    for library in opened:
        library.close()


@pytest.fixture(scope="session")
def shipped(open_library: Callable[[Path], Asker]) -> Asker:
    return open_library(CORPUS)


@pytest.fixture
def unit_vectors() -> Callable[[int], np.ndarray]:
    """n random unit vectors, always the same."""

    def make(n: int) -> np.ndarray:
        vectors = np.random.default_rng(7).normal(size=(n, 384)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return make
