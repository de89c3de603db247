"""What a search brings along: one of several equal texts, a passage's surroundings, the order of a reranker."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document

from knowledge.errors import IndexDamagedError
from knowledge.lexical import best
from knowledge.library import IndexedLibrary
from knowledge.nearest import Nearest
from knowledge.rerank import CompressorReranker
from knowledge.types import Audience

Asker = Any  # conftest's: ask(text, role=, tenant=, on=, locale=, ...), and .library
ON = date(2026, 11, 22)
MERCHANT = Audience(role="merchant")
STOCK = "商家券总库存最多 999,999 张,只能增加,不能减少,改了以后立刻生效。"
BODY = (
    f"开头说明。\n\n## 规则\n规则总述。\n\n### 库存\n{STOCK}\n\n### 图片\n商家券图片是 600x600 像素。\n\n## 长文\n"
    + "\n\n".join(f"第 {i} 段说的是商家券怎样核销,顾客出示券码,店员扫码确认,当天就能看到结果。" * 3 for i in range(9))
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, write_document: Any) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_document(folder, BODY, id="coupon-zh")
    write_document(folder, f"## 库存\n{STOCK}", id="same-zh", title="券的说明")
    write_document(folder, f"## 库存\n{STOCK.replace(',', '，')} ", id="near-zh", title="券的库存")
    write_document(folder, f"## 库存\n{STOCK.replace('999,999', '99,999')}", id="figure-zh", title="券的旧说明")
    write_document(folder, f"## 库存\n{STOCK.replace('不能', '能')}", id="negated-zh", title="券的另一说明")
    write_document(folder, f"## 库存\n{STOCK}", id="product-zh", title="别的产品", product="life_account")
    write_document(folder, f"## 库存\n{STOCK}", id="ended-zh", title="过去的说明", valid_until=date(2025, 1, 1))
    write_document(folder, f"## 库存\n{STOCK}", id="tenant-zh", title="自己的说明", tenant="north")
    return folder


@pytest.fixture(scope="module")
def library(corpus: Path, open_library: Callable[[Path], Asker]) -> Asker:
    return open_library(corpus)


def named(library: Asker, **who: Any) -> list[set[str]]:
    """Each passage about the stock with those that it stands for."""
    found = library("商家券库存能减少吗", limit=20, **who).passages
    ids = ({p.passage_id, *p.also} for p in found if "总库存" in p.text)
    return [{id.partition("-")[0] for id in group} for group in ids]


def test_the_same_text_in_two_documents_is_shown_once_and_names_the_other(library: Asker) -> None:
    assert {"coupon", "same", "near"} in named(library)


@pytest.mark.parametrize("id", ["figure", "negated", "product", "ended"])
def test_a_text_that_differs_in_a_figure_a_negation_its_product_or_its_dates_stands_alone(
    library: Asker, id: str
) -> None:
    assert {id} in named(library)


def test_a_tenants_text_is_named_only_to_the_tenant(library: Asker) -> None:
    assert not any("tenant" in group for group in named(library))
    assert any("tenant" in group for group in named(library, tenant="north"))


def test_folding_leaves_room_for_other_passages(library: Asker) -> None:
    assert len(library("商家券库存能减少吗", limit=5).passages) == 5


def around(library: Asker, id: str, audience: Audience = MERCHANT) -> Any:
    return library.library.around(id, audience=audience, on=ON)


def test_a_passage_brings_its_neighbours_and_the_section_that_holds_it(library: Asker) -> None:
    found = around(library, "coupon-zh#2")
    assert [p.section for p in found.section] == ["规则 > 库存"]
    assert [p.text for p in found.parent] == ["规则总述。"]
    assert (found.before.passage_id, found.after.section) == ("coupon-zh#1", "规则 > 图片")


def test_the_text_before_the_first_heading_holds_the_sections_at_the_top_and_has_no_parent(library: Asker) -> None:
    assert [p.text for p in around(library, "coupon-zh#1").parent] == ["开头说明。"]
    first = around(library, "coupon-zh#0")
    assert (first.before, first.parent) == (None, ())


def test_a_long_section_comes_whole(library: Asker) -> None:
    parts = [p.passage_id for p in around(library, "coupon-zh#4").section]
    assert parts[:2] == ["coupon-zh#4", "coupon-zh#4.2"]
    assert [p.passage_id for p in around(library, parts[1]).section] == parts
    assert around(library, parts[0]).after is None


def test_nothing_stands_around_what_may_not_be_read(library: Asker) -> None:
    assert around(library, "tenant-zh#1") is None
    assert around(library, "tenant-zh#1", Audience(role="merchant", tenant="north")) is not None
    assert around(library, "nowhere-zh#1") is None
    assert around(library, "coupon-zh") is None


class ShortestFirst(BaseDocumentCompressor):
    """Drops what is long, changes what it keeps."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        kept = sorted((d for d in documents if len(d.page_content) < 30), key=lambda d: len(d.page_content))
        return [Document(page_content=f"changed by {query}", metadata=d.metadata) for d in kept]


def test_a_reranker_orders_what_is_found_and_changes_or_loses_nothing(
    corpus: Path, library: Asker, tmp_path: Path, embedder: Any
) -> None:
    from knowledge.index import build_index

    build_index(corpus, tmp_path, embedder=embedder)
    reranked = IndexedLibrary(tmp_path, embedder, reranker=CompressorReranker(ShortestFirst()))
    question = "商家券库存"
    ask: dict[str, Any] = {
        "vector": embedder.query(question),
        "audience": MERCHANT,
        "on": ON,
        "locale": "zh",
        "limit": 20,
    }
    plain, other = library.library.search(question, **ask), reranked.search(question, **ask)
    reranked.close()
    assert plain.passages[0].text != "开头说明。"
    assert other.passages[0].text == "开头说明。"
    assert {p.text for p in plain.passages} == {p.text for p in other.passages}
    flags = [p.validity == "current" for p in other.passages]
    assert flags == sorted(flags, reverse=True)
    assert other.answerable in (True, False)


def test_a_reranker_that_names_places_that_do_not_exist_is_not_believed() -> None:
    class Stranger(BaseDocumentCompressor):
        def compress_documents(
            self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
        ) -> Sequence[Document]:
            wrong = [Document(page_content="x", metadata={"place": place}) for place in (7, -1, "0", 1, 1)]
            return [*wrong, Document(page_content="no place")]

    assert CompressorReranker(Stranger()).order("q", ["a", "b", "c"]) == [1, 0, 2]


@pytest.mark.parametrize("size", [0, 5, 500, 20_001])
def test_the_best_scores_are_those_of_a_full_sort(size: int) -> None:
    rng = np.random.default_rng(size)
    scores = np.where(rng.random(size) < 0.5, rng.random(size), 0).astype(np.float32)
    found = best(scores, 24)
    assert sorted(scores[found].tolist()) == sorted(sorted(scores[scores > 0].tolist())[-24:])
    assert len(set(found.tolist())) == len(found)


def test_every_shelf_is_asked_for_no_more_than_it_holds_and_a_failure_is_not_swallowed() -> None:
    class Store:
        def query(self, shelf: str, vector: Any, k: int) -> list[tuple[int, float]]:
            if shelf == "broken":
                raise IndexDamagedError("gone")
            return [({"large": 100, "small": 0}[shelf] + i, 0.5) for i in range(k)]

    nearest = Nearest(Store())  # type: ignore[arg-type]
    vector = np.zeros(384, dtype=np.float32)
    assert set(nearest.find({"large": 10_000, "small": 3}, vector, 7)) == {*range(100, 107), *range(3)}
    assert nearest.find({}, vector, 7) == {}
    with pytest.raises(IndexDamagedError, match="gone"):
        nearest.find({"large": 10_000, "broken": 3}, vector, 7)
    nearest.close()
