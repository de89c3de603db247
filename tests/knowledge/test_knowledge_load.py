from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import DocumentError
from knowledge.load import load_documents

BODY = "# 商家券\n\n## 库存\n总库存最多 999,999 张。"


def test_documents_come_sorted_by_id_with_their_text(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path / "b", BODY, id="a-zh")
    write_document(tmp_path / "a", BODY, id="b-zh", valid_until=date(2026, 3, 31))
    loaded = load_documents(tmp_path)
    assert [d.id for d, _ in loaded] == ["a-zh", "b-zh"]
    assert loaded[1][0].valid_until == date(2026, 3, 31)
    assert "999,999" in loaded[0][1]


def test_a_readme_is_not_a_document(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path, BODY)
    (tmp_path / "README.md").write_text("no front matter", encoding="utf-8")
    assert len(load_documents(tmp_path)) == 1


@pytest.mark.parametrize(
    ("change", "key", "advice"),
    [
        ({"source": ...}, "source", "is missing"),
        ({"audiense": "all"}, "audiense", "not known"),
        ({"version": 2024}, "version", "in quotes"),
        ({"valid_from": "next week"}, "valid_from", "2026-11-30"),
        ({"kind": "memo"}, "kind", "'policy'"),
        ({"valid_until": date(2020, 1, 1)}, "valid_until", "before its start"),
        ({"title": " "}, "title", "is empty"),
        ({"counterpart": "nobody"}, "counterpart", "no document 'nobody'"),
        ({"supersedes": "nobody"}, "supersedes", "no document 'nobody'"),
        ({"supersedes": "coupon-zh"}, "supersedes", "leads back"),
    ],
)
def test_a_bad_key_is_named_with_its_file_and_what_to_do(
    tmp_path: Path, write_document: Any, change: dict[str, Any], key: str, advice: str
) -> None:
    path = write_document(tmp_path, BODY, **change)
    with pytest.raises(DocumentError) as error:
        load_documents(tmp_path)
    assert str(path) in str(error.value)
    assert f"key '{key}'" in str(error.value)
    assert advice in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("# no front matter", "first line is not '---'"),
        ("---\nid: a\n# never closed", "does not end"),
        ("---\n---\ntext", "holds no keys"),
        ("---\nid: a\ntitle: b: c\n---\ntext", "line 3"),
        ("", "first line is not '---'"),
    ],
)
def test_a_broken_head_is_a_sentence_not_a_traceback(tmp_path: Path, content: str, advice: str) -> None:
    (tmp_path / "broken.md").write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match=advice) as error:
        load_documents(tmp_path)
    assert "broken.md" in str(error.value)


def test_a_document_without_text_is_refused(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path, "  ")
    with pytest.raises(DocumentError, match="no text"):
        load_documents(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gbk.md").write_bytes("---\ntitle: 商家券".encode("gbk"))
    with pytest.raises(DocumentError, match="Save the file as UTF-8"):
        load_documents(tmp_path)


def test_two_documents_cannot_share_an_id(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path / "a", BODY)
    write_document(tmp_path / "b", BODY)
    with pytest.raises(DocumentError, match="already taken"):
        load_documents(tmp_path)


def test_a_counterpart_is_in_the_other_language(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path, BODY, id="a-zh", counterpart="b-zh")
    write_document(tmp_path, BODY, id="b-zh")
    with pytest.raises(DocumentError, match="same language"):
        load_documents(tmp_path)


def test_documents_that_supersede_each_other_in_a_circle_are_refused(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path, BODY, id="a-zh", supersedes="b-zh")
    write_document(tmp_path, BODY, id="b-zh", supersedes="a-zh")
    with pytest.raises(DocumentError, match="leads back"):
        load_documents(tmp_path)


def test_an_empty_or_missing_folder_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no Markdown"):
        load_documents(tmp_path)
    with pytest.raises(DocumentError, match="does not exist"):
        load_documents(tmp_path / "nowhere")


def test_several_folders_are_one_corpus_with_ids_and_references_across_them(
    tmp_path: Path, write_document: Any
) -> None:
    write_document(tmp_path / "a", BODY, id="old-zh")
    newer = write_document(tmp_path / "b", BODY, id="new-zh", supersedes="old-zh")
    both = [tmp_path / "a", tmp_path / "b"]
    assert [d.id for d, _ in load_documents(both)] == ["new-zh", "old-zh"]
    newer.rename(newer.with_name("other.md"))
    write_document(tmp_path / "b", BODY, id="old-zh")
    with pytest.raises(DocumentError, match="already taken"):
        load_documents(both)
