import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embed import SHIPPED_CACHE, TOKENS, E5Embedder
from knowledge.load import load_documents
from knowledge.split import LIMIT, Piece, estimate_tokens, split_document
from knowledge.types import Document

TITLE = "商家券"
DOCUMENT = Document(
    id="coupon-zh",
    title=TITLE,
    kind="guide",
    product="merchant_coupon",
    platform="alipay",
    audience="all",
    locale="zh",
    valid_from=None,
    valid_until=None,
    version="1",
    supersedes=None,
    source="test",
    status="sourced",
    last_verified=date(2026, 11, 1),
    recheck_by=date(2027, 3, 1),
)


def split(body: str, **changes: Any) -> list[Piece]:
    return split_document(DOCUMENT, body, **changes)


def test_each_section_is_a_passage_numbered_in_reading_order() -> None:
    pieces = split(f"开头\n\n# {TITLE}\n引言\n\n## 库存\n甲\n\n### 追加\n乙\n\n## 图片\n丙")
    assert [(p.passage_id, p.section, p.text) for p in pieces] == [
        ("coupon-zh#0", "", "开头\n\n引言"),
        ("coupon-zh#1", "库存", "甲"),
        ("coupon-zh#2", "库存 > 追加", "乙"),
        ("coupon-zh#3", "图片", "丙"),
    ]


def test_what_is_indexed_carries_title_and_section_but_the_quoted_text_does_not() -> None:
    (piece,) = split(f"# {TITLE}\n\n## 触发词\n每个 1 到 8 个字。")
    assert piece.indexed == f"{TITLE} > 触发词\n每个 1 到 8 个字。"
    assert piece.text == "每个 1 到 8 个字。"


def test_two_sections_of_one_name_stay_two_passages() -> None:
    assert [p.passage_id for p in split("## 问\n甲\n\n## 答\n乙\n\n## 问\n丙")] == [f"coupon-zh#{i}" for i in (1, 2, 3)]


def test_a_long_section_is_cut_at_paragraph_ends() -> None:
    paragraphs = [f"第{i}段。" + "字" * 90 for i in range(8)]
    pieces = split("## 长\n" + "\n\n".join(paragraphs))
    assert len(pieces) > 1
    assert [p.passage_id for p in pieces[:2]] == ["coupon-zh#1", "coupon-zh#1.2"]
    assert [part for p in pieces for part in p.text.split("\n\n")] == paragraphs
    assert all(estimate_tokens(p.indexed) <= LIMIT + 8 for p in pieces)


def test_a_table_stays_whole_beside_a_long_paragraph() -> None:
    table = "| 项目 | 要求 |\n|---|---|\n| 名称 | 3 个字以上 |\n| 图片 | 600×600 |"
    pieces = split("## 表\n" + "字" * 350 + "\n\n" + table)
    assert sum(table in p.text for p in pieces) == 1


def test_a_table_that_no_passage_can_hold_repeats_its_header() -> None:
    rows = [f"| 第{i}项 | {'要求' * 20} |" for i in range(30)]
    pieces = split("## 表\n" + "\n".join(["| 项目 | 要求 |", "|---|---|", *rows]))
    assert len(pieces) > 1
    assert all(p.text.startswith("| 项目 | 要求 |\n|---|---|\n| 第") for p in pieces)
    assert [line for p in pieces for line in p.text.split("\n")[2:]] == rows


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("字词句,。.a b1\n", min_size=1, max_size=900), min_size=1, max_size=4))
def test_nothing_written_is_lost_and_no_piece_is_too_long(paragraphs: list[str]) -> None:
    body = "\n\n".join(paragraphs)
    pieces = split(f"## 节\n{body}", limit=120)
    assert re.sub(r"\s", "", "".join(p.text for p in pieces)) == re.sub(r"\s", "", body)
    assert all(estimate_tokens(p.text) <= 120 for p in pieces)


def test_a_callers_own_count_decides() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return len(text)

    measure: Callable[[str], int] = count
    assert all(len(p.text) <= 50 for p in split("## 节\n" + "一二三四五六七八九。" * 20, limit=60, count=measure))
    assert counted


def test_the_estimate_never_lets_a_shipped_passage_over_the_models_limit() -> None:

    engine = E5Embedder()
    pieces = [p for document, body in load_documents(SHIPPED_CACHE.parent) for p in split_document(document, body)]
    assert max(engine.tokens(p.indexed) for p in pieces) <= TOKENS
    assert all(engine.tokens(p.indexed) <= estimate_tokens(p.indexed) for p in pieces)


@pytest.mark.parametrize(
    "text", ["手续费多少", "how many trigger words", "M0213 9.3% 2026-11-03", "🙂🙂🙂", "ａｂｃ，。！"]
)
def test_the_estimate_is_an_upper_one(text: str) -> None:
    assert E5Embedder().tokens(text) <= estimate_tokens(text) + 2
