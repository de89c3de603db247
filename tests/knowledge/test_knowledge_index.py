import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.embed import CachedEmbedder
from knowledge.errors import DocumentError, IndexDamagedError, IndexMissingError
from knowledge.index import build_index, corpus_hash, read_manifest
from knowledge.library import IndexedLibrary
from knowledge.soundness import verify_index

Build = Callable[..., Path]
RULES = [
    "总库存最多 999,999 张,只能加不能减",
    "每人限领填 0 是不限",
    "图片 600×600,不超过 2 MB",
    "券码一次最多上传 1,000 个",
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, write_document: Any) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for i in range(6):
        body = "\n\n".join(f"## 第{i}-{n}条\n第 {i} 号商家的规则 {n}:{rule}。" for n, rule in enumerate(RULES))
        write_document(folder, body, id=f"rules-{i}-zh", title=f"规则{i}")
    write_document(
        folder, "## Stock\nAt most 999,999 in all.", id="stock-en", title="Stock", locale="en", audience="provider"
    )
    return folder


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, corpus: Path, embedder: CachedEmbedder) -> Path:
    out = tmp_path_factory.mktemp("index")
    build_index(corpus, out, embedder=embedder)
    return out


@pytest.fixture
def built(tmp_path: Path, pristine: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(pristine, tmp_path / "index")


def test_a_build_reports_what_it_holds_and_passes_its_own_check(
    built: Path, corpus: Path, embedder: CachedEmbedder
) -> None:
    report = verify_index(built, embedder)
    assert report.generation == corpus_hash(corpus, embedder.model)
    assert (report.documents, report.passages) == (7, 25)
    assert report.shelves == {"zh-merchant-public": 24, "en-provider-public": 1}
    assert verify_index(built, embedder, sample=5) == report


def test_the_generation_changes_with_a_document_and_with_nothing_else(tmp_path: Path, corpus: Path) -> None:
    corpus = shutil.copytree(corpus, tmp_path / "corpus")
    before = corpus_hash(corpus)
    (corpus / "note.txt").write_text("not a document")
    assert corpus_hash(corpus) == before
    assert corpus_hash(corpus, "another model") != before
    path = corpus / "stock-en.md"
    path.write_text(path.read_text(encoding="utf-8") + "More.", encoding="utf-8")
    assert corpus_hash(corpus) != before


def test_progress_names_each_stage_and_ends_at_one(tmp_path: Path, corpus: Path, embedder: CachedEmbedder) -> None:
    told: list[tuple[str, float]] = []
    out = tmp_path / "again"
    out.mkdir()
    build_index(corpus, out, embedder=embedder, progress=lambda what, done: told.append((what, done)))
    stages = list(dict.fromkeys(what for what, _ in told))
    assert len(stages) == 4
    for stage in stages:
        shares = [done for what, done in told if what == stage]
        assert shares == sorted(shares)
        assert shares[-1] == 1


def test_a_broken_document_stops_the_build(tmp_path: Path, corpus: Path, embedder: CachedEmbedder) -> None:
    corpus = shutil.copytree(corpus, tmp_path / "corpus")
    (corpus / "broken.md").write_text("no head", encoding="utf-8")
    out = tmp_path / "again"
    out.mkdir()
    with pytest.raises(DocumentError, match=r"broken\.md"):
        build_index(corpus, out, embedder=embedder)
    assert list(out.iterdir()) == []


def remark(path: Path) -> None:
    """Make the manifest agree with the files again, so that only what they hold can tell."""
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    for name in manifest["files"]:
        content = (path / name).read_bytes()
        manifest["files"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def drop_last_passage(path: Path) -> None:
    lines = (path / "passages.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (path / "passages.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")


def truncate_vectors(path: Path) -> None:
    (path / "vectors.npy").write_bytes((path / "vectors.npy").read_bytes()[:-1000])


def store_file(path: Path) -> Path:
    return max(path.glob("chroma/*/data_level0.bin"), key=lambda p: p.stat().st_size)


def truncate_store(path: Path) -> None:
    """Chroma still counts every row of a shelf whose index file lost its second half."""
    file = store_file(path)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garble_store(path: Path) -> None:
    """Links that point nowhere end the process when Chroma follows them, so it must not get that far."""
    file = store_file(path)
    half = file.stat().st_size // 2
    file.write_bytes(file.read_bytes()[:half] + b"\xff" * (file.stat().st_size - half))


def remove_store(path: Path) -> None:
    (path / "chroma" / "chroma.sqlite3").unlink()


def swap_words(path: Path) -> None:
    """A word index of as many rows, but of other passages."""
    folder = path / "lexical" / "public-zh"
    data = np.load(folder / "indices.csc.index.npy")
    np.save(folder / "indices.csc.index.npy", (data + 5) % 24)


def remove_words(path: Path) -> None:
    (path / "lexical" / "public-zh" / "frequencies.json").unlink()


def remove_segmenter(path: Path) -> None:
    (path / "lexical" / "words.json").unlink()


def half_a_manifest(path: Path) -> None:
    text = (path / "manifest.json").read_text(encoding="utf-8")
    (path / "manifest.json").write_text(text[: len(text) // 2], encoding="utf-8")


def another_format(path: Path) -> None:
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    (path / "manifest.json").write_text(json.dumps(manifest | {"format": 0}), encoding="utf-8")


def orphan_passages(path: Path) -> None:
    lines = (path / "documents.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (path / "documents.jsonl").write_text("".join(lines[1:]), encoding="utf-8")


DAMAGES: list[Callable[[Path], None]] = [
    drop_last_passage,
    truncate_vectors,
    truncate_store,
    garble_store,
    remove_store,
    swap_words,
    remove_words,
    remove_segmenter,
    half_a_manifest,
    another_format,
    orphan_passages,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_damaged_index_is_detected_and_says_what_to_do(
    built: Path, embedder: CachedEmbedder, damage: Callable[[Path], None]
) -> None:
    damage(built)
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        verify_index(built, embedder)


def vectors_of_others(path: Path) -> None:
    vectors = np.load(path / "vectors.npy")
    np.save(path / "vectors.npy", np.roll(vectors, 7, axis=0))


def fewer_vectors(path: Path) -> None:
    np.save(path / "vectors.npy", np.load(path / "vectors.npy")[:-1])


def fewer_words(path: Path) -> None:
    file = path / "lexical" / "public-zh" / "frequencies.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"rows": 23}), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [drop_last_passage, vectors_of_others, fewer_vectors, swap_words, fewer_words, orphan_passages],
    ids=lambda d: d.__name__,
)
def test_files_that_belong_to_different_builds_are_found_out_by_what_they_hold(
    built: Path, embedder: CachedEmbedder, damage: Callable[[Path], None]
) -> None:
    damage(built)
    remark(built)
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        verify_index(built, embedder)


@pytest.mark.parametrize(
    "damage",
    [remove_store, remove_words, remove_segmenter, half_a_manifest, truncate_vectors],
    ids=lambda d: d.__name__,
)
def test_a_library_does_not_open_a_damaged_index(
    built: Path, embedder: CachedEmbedder, damage: Callable[[Path], None]
) -> None:
    damage(built)
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        IndexedLibrary(built, embedder)


def test_no_index_is_told_apart_from_a_damaged_one(tmp_path: Path, embedder: CachedEmbedder) -> None:
    with pytest.raises(IndexMissingError, match="ccare knowledge build"):
        read_manifest(tmp_path)
    with pytest.raises(IndexMissingError):
        IndexedLibrary(tmp_path / "nowhere", embedder)


def test_an_index_of_another_model_is_not_searched(built: Path) -> None:
    with pytest.raises(IndexDamagedError, match="embedded by"):
        read_manifest(built, "another model")


def test_a_second_folder_counts_only_for_the_documents_in_it(tmp_path: Path, corpus: Path, write_document: Any) -> None:
    second = tmp_path / "documents"
    second.mkdir()
    alone = corpus_hash(corpus)
    assert corpus_hash([corpus, second]) == alone
    write_document(second, "# T\n\ntext", id="own-zh")
    assert corpus_hash([corpus, second]) != alone
