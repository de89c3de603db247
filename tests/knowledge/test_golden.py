"""An index that does not answer what it must is not published; the shipped corpus answers all of its own."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.embed import SHIPPED_CACHE, CachedEmbedder
from knowledge.errors import DocumentError, GoldenError
from knowledge.golden import FILE, missed, read_golden, require_golden
from knowledge.index import build_index

TODAY = date(2026, 11, 22)
GOOD = {"question": "商家券总库存最多多少张", "locale": "zh", "documents": ["coupon-zh"], "says": "999,999"}


@pytest.fixture
def corpus(tmp_path: Path, write_document: Any, embedder: CachedEmbedder) -> Path:
    folder = tmp_path / "corpus"
    write_document(folder, "## 库存\n商家券总库存最多 999,999 张，只能加不能减。")
    (tmp_path / "index").mkdir()
    build_index(folder, tmp_path / "index", embedder=embedder)
    return folder


def ask(corpus: Path, *rows: object) -> None:
    (corpus / FILE).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_what_is_answered_passes_and_without_questions_nothing_is_asked(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder
) -> None:
    assert require_golden(tmp_path / "index", corpus, embedder, TODAY) == 0
    ask(corpus, GOOD)
    assert require_golden(tmp_path / "index", corpus, embedder, TODAY) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {**GOOD, "documents": ["another-zh"]},
        {**GOOD, "says": "1,000,000"},
        {**GOOD, "question": "明天北京天气怎么样"},
    ],
)
def test_what_is_not_answered_is_named(corpus: Path, tmp_path: Path, embedder: CachedEmbedder, wrong: object) -> None:
    ask(corpus, GOOD, wrong)
    with pytest.raises(GoldenError, match=r"1 of 2 golden questions .* not published"):
        require_golden(tmp_path / "index", corpus, embedder, TODAY)


def test_a_broken_line_is_named(corpus: Path) -> None:
    ask(corpus, GOOD, {"question": "?"})
    with pytest.raises(DocumentError, match=r"golden\.jsonl, line 2: locale"):
        read_golden(corpus)


def test_the_shipped_documents_answer_their_golden_questions(shipped: Any, embedder: CachedEmbedder) -> None:
    golden = read_golden(SHIPPED_CACHE.parent)
    assert len(golden) >= 20
    assert missed(shipped.library, golden, embedder, TODAY) == ()
