"""The vectors on a real Chroma server: the same answers, builds kept apart, and a sentence when it is away."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge import store_server
from knowledge.embed import CachedEmbedder
from knowledge.errors import IndexDamagedError, KnowledgeError, StoreAwayError
from knowledge.index import build_index, read_manifest
from knowledge.library import IndexedLibrary
from knowledge.soundness import verify_index
from knowledge.types import Audience
from tests.servers import chroma_server

QUESTIONS = ("库存最多多少", "每人限领几张", "图片多大", "how many coupons at most")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with chroma_server() as address:
        yield address


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, write_document: Any) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_document(
        folder, "## 库存\n总库存最多 999,999 张。\n\n## 限领\n每人限领填 0 是不限。\n\n## 图片\n600×600，不超过 2 MB。"
    )
    write_document(folder, "## Stock\nAt most 999,999 in all.", id="stock-en", title="Stock", locale="en")
    write_document(folder, "## 返佣\n只给服务商看。", id="rebate-zh", title="返佣", audience="provider")
    return folder


def built(corpus: Path, out: Path, embedder: CachedEmbedder, url: str | None = None) -> Path:
    out.mkdir()
    build_index(corpus, out, embedder=embedder, server=url)
    return out


def found(path: Path, embedder: CachedEmbedder, url: str | None = None, role: str = "provider") -> list[Any]:
    library = IndexedLibrary(path, embedder, server=url)
    audience = Audience.model_validate({"role": role})
    on = date(2026, 11, 22)
    try:
        return [
            [(p.passage_id, round(p.similarity, 4)) for p in library.search(
                text, vector=embedder.query(text), audience=audience, on=on, locale="zh"
            ).passages]
            for text in QUESTIONS
        ]  # fmt: skip
    finally:
        library.close()


def test_a_server_answers_as_the_directory_does(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder, url: str
) -> None:
    here = built(corpus, tmp_path / "here", embedder)
    there = built(corpus, tmp_path / "there", embedder, url)
    assert not (there / "chroma").exists()
    verify_index(there, embedder, server=url)
    assert found(there, embedder, url) == found(here, embedder)
    merchants = found(there, embedder, url, role="merchant")
    assert all(id != "rebate-zh#1" for answer in merchants for id, _ in answer)


def test_two_builds_of_the_same_documents_do_not_meet_and_only_what_is_old_and_unused_goes(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (built(corpus, tmp_path / name, embedder, url) for name in ("first", "second"))
    tokens = [read_manifest(path).token for path in (first, second)]
    assert tokens[0] != tokens[1]
    assert store_server.tidy(url, keep=[]) == 0, "a build may be at work"
    monkeypatch.setattr(store_server, "ABANDONED", -1.0)
    assert store_server.tidy(url, keep=[str(tokens[1])]) >= 3
    assert found(second, embedder, url) == found(second, embedder, url)
    with pytest.raises(IndexDamagedError, match="no longer holds shelf"):
        IndexedLibrary(first, embedder, server=url)


def test_a_collection_that_lost_rows_is_noticed(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder, url: str
) -> None:
    import chromadb

    path = built(corpus, tmp_path / "one", embedder, url)
    port = int(url.rpartition(":")[2])
    collection = chromadb.HttpClient(host="127.0.0.1", port=port).get_collection(
        f"{read_manifest(path).token}-zh-merchant-public", embedding_function=None
    )
    collection.delete(ids=collection.get(include=[])["ids"][:1])
    with pytest.raises(IndexDamagedError, match="counts 2 of 3"):
        verify_index(path, embedder, sample=1, server=url)


def test_without_the_setting_an_index_on_a_server_says_what_to_set(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder, url: str
) -> None:
    path = built(corpus, tmp_path / "one", embedder, url)
    with pytest.raises(IndexDamagedError, match="Set CCARE_CHROMA"):
        IndexedLibrary(path, embedder)


def test_a_server_that_went_away_is_a_sentence(corpus: Path, tmp_path: Path, embedder: CachedEmbedder) -> None:
    with chroma_server() as address:
        path = built(corpus, tmp_path / "one", embedder, address)
        library = IndexedLibrary(path, embedder, server=address)
    with pytest.raises(StoreAwayError, match="does not answer"):
        library.search(
            "库存",
            vector=embedder.query("库存"),
            audience=Audience(role="merchant"),
            on=date(2026, 11, 22),
            locale="zh",
        )
    with pytest.raises(StoreAwayError, match="Start it, or unset CCARE_CHROMA"):
        IndexedLibrary(path, embedder, server=address)


@pytest.mark.parametrize("address", ["chroma.example:8000", "ftp://chroma.example", "http://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(KnowledgeError, match="not the address of a Chroma server"):
        store_server.write_server(address, "ccare-1-a", {"zh": ([0], np.zeros((1, 384), dtype=np.float32))})
