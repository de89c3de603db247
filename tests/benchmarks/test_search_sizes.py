"""What the benchmark of search by size compares is the same on both sides."""

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from knowledge.embed import E5Embedder
from knowledge.index import read_manifest
from knowledge.library import IndexedLibrary
from tests.benchmarks.bare import Bare
from tests.benchmarks.labelled import Labelled
from tests.benchmarks.many_passages import Made, made
from tests.benchmarks.search_sizes import OPEN, SHELVED, Question, _outside, _score, _search

PASSAGES = {str(i): f"# Rule {i}\n\nA shop of kind{i} may issue {i} coupons a day and no more." for i in range(30)}
SET = Labelled("tiny", "en", PASSAGES, ["kind7 coupons"], [frozenset({"7"})])


class Dice:
    """Unit vectors, a function of the text alone."""

    model = E5Embedder.model

    def passages(self, texts: Sequence[str]) -> Any:
        vectors = np.stack([np.random.default_rng(crc32(t.encode())).normal(size=384) for t in texts])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module", params=[False, True], ids=["open", "shelved"])
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    return made(folder, 4_000, request.param, [SET], Dice())  # type: ignore[arg-type]


def test_the_index_holds_the_passages_and_vectors_that_lie_beside_it(at: Made) -> None:
    lines = [json.loads(line) for line in at.texts.read_text(encoding="utf-8").splitlines()]
    held = read_manifest(at.index)
    stored = np.load(at.index / "vectors.npy")
    assert len(lines) == held.passages == 4_000
    assert np.allclose(np.sort(stored.sum(axis=1)), np.sort(np.load(at.vectors).sum(axis=1)))
    assert [t["relevant"] for t in lines[:30]] == [f"tiny:{id}" for id in sorted(PASSAGES, key=str)]
    closed = sum(t["audience"] == "provider" or "tenant" in t for t in lines)
    assert closed == (300 if len(held.shelves) > 1 else 0)


def test_a_search_finds_the_labelled_passage_and_the_bare_query_only_what_may_be_read(at: Made) -> None:
    vectors = np.load(at.vectors)
    relevant = [json.loads(line)["relevant"] for line in at.texts.read_text(encoding="utf-8").splitlines()]
    question = Question(*SET.questions * 2, vectors[relevant.index("tiny:7")], "en", frozenset({"tiny:7"}))
    with closing(IndexedLibrary(at.index, Dice())) as library:  # type: ignore[arg-type]
        found = [int(p.section[1:]) for p in _search(library, question, SHELVED).passages]
        assert len(_outside(library, [question])) == 1
        assert {p.document.tenant for p in _search(library, question, OPEN, 40).passages} == {None}
    assert _score([found], relevant, [question]).recall == 1.0
    lines = [json.loads(line) for line in at.texts.read_text(encoding="utf-8").splitlines()]
    readable = {i for i, t in enumerate(lines) if t["audience"] == "all" and t.get("tenant") in (None, SHELVED.tenant)}
    bare = Bare(at)
    for row in (35, 150, 2_050):  # approximate: the nearest of all, itself, may be passed over, its kin not
        nearest = [int(id) for id in bare.query(vectors[row], SHELVED)["ids"][0]]
        assert len(nearest) == 5
        assert readable.issuperset(nearest)
        assert float(vectors[nearest[0]] @ vectors[row]) > 0.7
        assert len(bare.query(vectors[row], None)["ids"][0]) == 5
