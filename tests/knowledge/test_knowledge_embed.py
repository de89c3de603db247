from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import SHIPPED_CACHE, CachedEmbedder, E5Embedder, EmbeddingCache, Vector, cached_embedder
from knowledge.embed_cache import missing_texts, rebuild
from knowledge.errors import KnowledgeError


class Counting:
    """An embedder that remembers what it was asked for."""

    model = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, text: str) -> Vector:
        return self.passages([text])[0]

    def passages(self, texts: Sequence[str]) -> Vector:
        self.asked.extend(texts)
        vectors = np.zeros((len(texts), 384), dtype=np.float32)
        for i, text in enumerate(texts):
            vectors[i, len(text) % 384] = 1
        return vectors


def test_vectors_are_unit_length_and_paraphrases_are_nearer_than_strangers() -> None:
    embedder = E5Embedder()
    question = embedder.query("券的有效期怎么改")
    passages = embedder.passages(["商家券改有效期的步骤", "IP 五福覆盖 17 个行业"])
    assert question.shape == (384,)
    assert passages.shape == (2, 384)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-3)
    assert passages[0] @ question > passages[1] @ question


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_nothing_is_refused_rather_than_embedded(text: str) -> None:
    with pytest.raises(KnowledgeError, match="no text"):
        E5Embedder().query(text)
    with pytest.raises(KnowledgeError, match="no text"):
        E5Embedder().passages([text])


def test_what_stands_behind_a_nul_byte_counts() -> None:
    embedder = E5Embedder()
    assert not np.allclose(embedder.query("券\x00手续费多少"), embedder.query("券"))


def test_a_lone_surrogate_does_not_stop_a_question() -> None:
    assert E5Embedder().query("券\ud800").shape == (384,)


def test_a_passage_beyond_the_models_window_is_refused_by_name() -> None:
    with pytest.raises(KnowledgeError, match=r"begins '触发词.*takes 512"):
        E5Embedder().passages(["触发词" * 600])


def test_a_question_asked_before_is_not_embedded_again_and_cannot_be_changed() -> None:
    embedder = E5Embedder()
    first = embedder.query("手续费多少")
    assert embedder.query("手续费多少") is first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_threads_get_the_vectors_of_their_own_texts() -> None:
    texts = [f"问题{i}" for i in range(12)]
    alone = [E5Embedder().query(t) for t in texts[:3]]
    embedder = E5Embedder()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.query, texts))
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(alone, together[:3], strict=True))
    assert len({v.tobytes() for v in together}) == len(texts)


def test_only_unknown_passages_reach_the_inner_embedder(tmp_path: Path) -> None:
    inner = Counting()
    cached = CachedEmbedder(inner, tmp_path / "none.npz")
    cached.passages(["a", "bb"])
    vectors = cached.passages(["bb", "ccc", "bb"])
    assert inner.asked == ["a", "bb", "ccc"]
    assert vectors.argmax(axis=1).tolist() == [2, 3, 2]
    assert cached.passages([]).shape == (0, 384)


def test_the_cache_file_comes_back_as_written_and_is_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    vectors = Counting().passages(["a", "bb"])
    for name, order in (("one", [0, 1]), ("two", [1, 0])):
        cache = EmbeddingCache("counting", {})
        cache.put([["a", "bb"][i] for i in order], vectors[order])
        cache.write(tmp_path / f"{name}.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    read = EmbeddingCache.read(tmp_path / "one.npz", "counting")
    found = read.get("bb")
    assert found is not None
    assert np.array_equal(found, vectors[1])
    assert read.get("unknown") is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.npz", "two.npz"]


def test_vectors_of_another_model_are_not_used(tmp_path: Path) -> None:
    cache = EmbeddingCache("other", {})
    cache.put(["a"], Counting().passages(["a"]))
    cache.write(tmp_path / "c.npz")
    inner = Counting()
    CachedEmbedder(inner, tmp_path / "c.npz").passages(["a"])
    assert inner.asked == ["a"]


def test_a_broken_cache_file_says_how_to_rebuild_it(tmp_path: Path) -> None:
    (tmp_path / "c.npz").write_bytes(SHIPPED_CACHE.read_bytes()[:1000])
    with pytest.raises(KnowledgeError, match=r"python -m knowledge\.embed_cache"):
        EmbeddingCache.read(tmp_path / "c.npz", "counting")


def test_the_shipped_cache_holds_every_shipped_passage_so_a_first_start_embeds_nothing() -> None:
    cache = EmbeddingCache.read(SHIPPED_CACHE, E5Embedder.model)
    missing = missing_texts(SHIPPED_CACHE.parent, cache)
    assert not missing, f"{len(missing)} passages are missing; run: python -m knowledge.embed_cache"


def test_a_cached_vector_is_the_models_own() -> None:
    text = "商家券 > 库存\n总库存最多 999,999 张。"
    cached = CachedEmbedder(E5Embedder(), Path("nowhere.npz"))
    assert np.allclose(cached.passages([text]), E5Embedder().passages([text]), atol=2e-3)


def test_rebuilding_keeps_exactly_the_corpus(tmp_path: Path, write_document: object) -> None:
    write_document(tmp_path / "corpus", "## 库存\n甲\n\n## 图片\n乙")  # type: ignore[operator]
    path = tmp_path / "c.npz"
    embedder = CachedEmbedder(Counting(), path)
    embedder.passages(["left over"])
    assert rebuild(tmp_path / "corpus", path, embedder) == (2, 2)
    assert rebuild(tmp_path / "corpus", path, CachedEmbedder(Counting(), path)) == (2, 0)
    cache = EmbeddingCache.read(path, "counting")
    assert len(cache) == 2
    assert "left over" not in cache
    assert missing_texts(tmp_path / "corpus", cache) == []


def test_a_process_has_one_embedder() -> None:
    assert cached_embedder() is cached_embedder()
