from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.check import check_folder, problems
from knowledge.embed import SHIPPED_CACHE

ON = date(2026, 11, 22)
BODY = "## 库存\n甲"


def pair(write: Any, folder: Path, **changes: Any) -> None:
    write(folder, BODY, id="a-zh", counterpart="a-en", **changes)
    write(folder, BODY, id="a-en", locale="en", counterpart="a-zh", **changes)


def test_a_pair_in_order_has_no_problems(tmp_path: Path, write_document: Any) -> None:
    pair(write_document, tmp_path)
    assert problems(tmp_path, ON) == []


@pytest.mark.parametrize(("recheck_by", "overdue"), [(date(2026, 11, 21), True), (ON, False)])
def test_a_document_is_overdue_the_day_after_its_recheck_date(
    tmp_path: Path, write_document: Any, recheck_by: date, overdue: bool
) -> None:
    pair(write_document, tmp_path, recheck_by=recheck_by)
    found = check_folder(tmp_path, ON)
    assert [p.kind for p in found] == (["recheck", "recheck"] if overdue else [])
    assert all("a-" in p.message and not p.blocking for p in found)


def test_an_ended_document_without_a_successor_is_listed_and_one_with_a_successor_is_not(
    tmp_path: Path, write_document: Any
) -> None:
    pair(write_document, tmp_path, valid_until=date(2025, 12, 31))
    assert {p.kind for p in check_folder(tmp_path, ON)} == {"ended"}
    write_document(tmp_path, BODY, id="b-zh", counterpart="b-en", supersedes="a-zh", valid_from=date(2026, 1, 1))
    write_document(
        tmp_path, BODY, id="b-en", locale="en", counterpart="b-zh", supersedes="a-en", valid_from=date(2026, 1, 1)
    )
    assert check_folder(tmp_path, ON) == []


def test_two_versions_in_force_at_once_are_listed(tmp_path: Path, write_document: Any) -> None:
    pair(write_document, tmp_path)
    write_document(tmp_path, BODY, id="b-zh", supersedes="a-zh", valid_from=date(2026, 1, 1))
    found = {p.kind: p for p in check_folder(tmp_path, ON)}
    assert set(found) == {"supersedes", "counterpart"}
    assert "'a-zh' is still valid" in found["supersedes"].message


@pytest.mark.parametrize(
    ("changes", "kind", "says"),
    [
        ({"counterpart": "nobody"}, "counterpart", "does not exist"),
        ({"supersedes": "nobody"}, "supersedes", "does not exist"),
        ({"supersedes": "c-zh"}, "supersedes", "itself"),
        ({"counterpart": "a-zh"}, "counterpart", "same language"),
    ],
)
def test_a_broken_reference_keeps_the_index_from_being_built(
    tmp_path: Path, write_document: Any, changes: dict[str, Any], kind: str, says: str
) -> None:
    pair(write_document, tmp_path)
    write_document(tmp_path, BODY, **{"id": "c-zh", "counterpart": None, **changes})
    blocking = [p for p in check_folder(tmp_path, ON) if p.blocking]
    assert [p.kind for p in blocking] == [kind]
    assert says in blocking[0].message


def test_a_one_sided_or_differing_pair_is_listed(tmp_path: Path, write_document: Any) -> None:
    write_document(tmp_path, BODY, id="a-zh", counterpart="a-en", audience="merchant")
    write_document(tmp_path, BODY, id="a-en", locale="en")
    messages = " ".join(problems(tmp_path, ON))
    assert "does not name it back" in messages
    assert "in audience" in messages
    assert "no Chinese version" in messages


def test_every_unreadable_file_is_listed_not_only_the_first(tmp_path: Path, write_document: Any) -> None:
    pair(write_document, tmp_path, last_verified=date(2027, 1, 1), recheck_by=date(2026, 12, 1))
    (tmp_path / "x.md").write_text("no head", encoding="utf-8")
    (tmp_path / "y.md").write_text("---\nid: y\n---\ntext", encoding="utf-8")
    write_document(tmp_path / "again", BODY, id="a-zh", counterpart="a-en")
    found = check_folder(tmp_path, ON)
    assert [(p.kind, p.document) for p in found if p.blocking] == [
        ("duplicate", "a-zh"),
        ("unreadable", "x.md"),
        ("unreadable", "y.md"),
    ]
    assert "dates" in {p.kind for p in found}


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    assert "holds no Markdown" in problems(tmp_path, ON)[0]


def test_nothing_keeps_the_shipped_corpus_from_being_built() -> None:
    assert [p.message for p in check_folder(SHIPPED_CACHE.parent, ON) if p.blocking] == []
