"""Rules are part of the published generation: a change of theirs is a new one, and what was published stays proved."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.embed import CachedEmbedder
from knowledge.errors import DocumentError, IndexDamagedError
from knowledge.index import Report, build_index, corpus_hash, mark_of, read_manifest
from knowledge.library import IndexedLibrary
from knowledge.soundness import verify_index
from knowledge.types import Audience

RULE = """rules:
  - {id: stock, kind: limit, product: merchant_coupon, of: stock, unit: coupons, at_most: 999999,
     passages: [{zh: coupon-zh#1}]}
"""


@pytest.fixture
def corpus(tmp_path: Path, write_document: Any) -> Path:
    folder = tmp_path / "corpus"
    write_document(folder, "## 库存\n总库存最多 999,999 张。\n\n## 图片\n不超过 2 MB。", title="券")
    (folder / "rules").mkdir()
    (folder / "rules" / "coupon.yaml").write_text(RULE, encoding="utf-8")
    return folder


def built(corpus: Path, out: Path, embedder: CachedEmbedder) -> Report:
    out.mkdir()
    return build_index(corpus, out, embedder=embedder)


def test_a_reader_of_the_generation_gets_its_rules(corpus: Path, tmp_path: Path, embedder: CachedEmbedder) -> None:
    built(corpus, tmp_path / "one", embedder)
    verify_index(tmp_path / "one", embedder)
    library = IndexedLibrary(tmp_path / "one", embedder)
    try:
        found = library.rules.on(date(2026, 11, 22), Audience(role="merchant"))
    finally:
        library.close()
    assert [(rule.id, rule.numbers, rule.valid_from) for rule in found] == [("stock", (999999,), date(2024, 1, 1))]


def test_a_changed_rule_is_another_generation(corpus: Path) -> None:
    before = corpus_hash(corpus)
    file = corpus / "rules" / "coupon.yaml"
    file.write_text(RULE.replace("of: stock", "of: total_stock"), encoding="utf-8")
    assert corpus_hash(corpus) != before
    file.write_text(RULE, encoding="utf-8")
    assert corpus_hash(corpus) == before
    file.unlink()
    assert corpus_hash(corpus) != before


def test_a_rule_without_proof_keeps_the_index_from_being_built(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder
) -> None:
    (corpus / "rules" / "coupon.yaml").write_text(RULE.replace("999999", "888888"), encoding="utf-8")
    with pytest.raises(DocumentError, match="888,888 does not stand in coupon-zh#1"):
        built(corpus, tmp_path / "one", embedder)


def test_published_rules_that_no_longer_agree_with_their_passages_are_found(
    corpus: Path, tmp_path: Path, embedder: CachedEmbedder
) -> None:
    report = built(corpus, tmp_path / "one", embedder)
    out = shutil.copytree(tmp_path / "one", tmp_path / "two")
    file = out / "rules.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("999999", "777777"), encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"rules\.jsonl has changed"):
        verify_index(out, embedder)
    files = {**report.files, "rules.jsonl": mark_of(file)}  # even if somebody forges the mark as well
    forged = report.model_copy(update={"files": files})
    (out / "manifest.json").write_text(forged.model_dump_json(), encoding="utf-8")
    assert read_manifest(out) == forged
    with pytest.raises(IndexDamagedError, match="do not agree with its passages"):
        verify_index(out, embedder)


def test_a_generation_that_lost_its_rules_is_damaged(corpus: Path, tmp_path: Path, embedder: CachedEmbedder) -> None:
    built(corpus, tmp_path / "one", embedder)
    (tmp_path / "one" / "rules.jsonl").unlink()
    with pytest.raises(IndexDamagedError, match=r"rules\.jsonl"):
        IndexedLibrary(tmp_path / "one", embedder)
