"""What a new generation changes, for whom and from when; and what the calendar changes alone."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.changes import Change, changes, due, notices, overdue
from knowledge.load import load_documents
from knowledge.shelves import Holdings, Row
from knowledge.split import split_document

TODAY = date(2026, 11, 22)


def holdings(folder: Path) -> Holdings:
    loaded = load_documents(folder)
    pieces = [p for document, body in loaded for p in split_document(document, body)]
    rows = [
        Row(passage_id=p.passage_id, document=p.document_id, number=p.number, section=p.section, text=p.text)
        for p in pieces
    ]
    return Holdings({document.id: document for document, _ in loaded}, rows)


def coupons(folder: Path, write_document: Any, most: str) -> Path:
    """A pair of documents that say how many coupons there may be."""
    write_document(
        folder,
        f"## 库存\n最多 {most} 张。\n\n## 限领\n0 是不限。",
        counterpart="coupon-en",
        metrics=["redemption_rate"],
    )
    write_document(
        folder, f"## Stock\nAt most {most}.\n\n## Limit\n0 is no limit.",
        id="coupon-en", title="Coupons", locale="en", counterpart="coupon-zh",
    )  # fmt: skip
    return folder


@pytest.fixture
def old(tmp_path: Path, write_document: Any) -> Path:
    folder = coupons(tmp_path / "old", write_document, "999,999")
    write_document(folder, "旧政策。", id="plan-zh", title="计划", product="star_plan", audience="merchant")
    return folder


@pytest.fixture
def new(tmp_path: Path, write_document: Any) -> Path:
    folder = coupons(tmp_path / "new", write_document, "500,000")
    write_document(
        folder, "旧政策。", id="plan-zh", title="计划", product="star_plan", audience="merchant",
        valid_until=date(2026, 12, 31), version="1.1", last_verified=date(2026, 11, 20),
    )  # fmt: skip
    write_document(
        folder, "新政策。", id="plan-2-zh", title="计划二", product="star_plan", audience="merchant",
        valid_from=date(2027, 1, 1), supersedes="plan-zh",
    )  # fmt: skip
    return folder


def test_every_kind_of_change_is_found_with_its_day_and_nothing_else(old: Path, new: Path) -> None:
    found = {c.document.id: c for c in changes(holdings(old), holdings(new), TODAY)}
    assert {id: c.kind for id, c in found.items()} == {
        "coupon-zh": "changed", "coupon-en": "changed", "plan-zh": "changed", "plan-2-zh": "added",
    }  # fmt: skip
    stock = found["coupon-zh"].sections
    assert [(s.section, s.before, s.after) for s in stock] == [("库存", "最多 999,999 张。", "最多 500,000 张。")]
    assert found["coupon-zh"].fields == ()
    plan = found["plan-zh"]
    assert plan.fields == ("valid_until",), "who checked it and its version number are nobody's news"
    assert plan.valid_before == (date(2024, 1, 1), None)
    assert plan.successor == "plan-2-zh"
    assert found["plan-2-zh"].on == date(2027, 1, 1)
    assert found["plan-zh"].on == TODAY


def test_what_is_taken_away_is_told_and_the_same_documents_are_no_news(old: Path, new: Path) -> None:
    assert changes(holdings(old), holdings(old), TODAY) == ()
    back = changes(holdings(new), holdings(old), TODAY)
    assert [(c.kind, c.document.id) for c in back if c.kind != "changed"] == [("removed", "plan-2-zh")]


def test_both_languages_make_one_notice_that_names_its_readers(old: Path, new: Path) -> None:
    told = notices(changes(holdings(old), holdings(new), TODAY))
    assert [[c.document.id for c in n.changes] for n in told] == [
        ["coupon-zh", "coupon-en"],
        ["plan-zh"],
        ["plan-2-zh"],
    ]
    coupon, plan, _ = told
    assert (coupon.product, coupon.audience, coupon.metrics) == ("merchant_coupon", "all", ("redemption_rate",))
    assert (coupon.title("en"), coupon.title("zh"), plan.title("en")) == ("Coupons", "商家券", "计划")
    assert (plan.product, plan.audience) == ("star_plan", "merchant")


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2026, 12, 30), date(2026, 12, 31), []),
        (date(2026, 12, 31), date(2027, 1, 1), [("began", "plan-2-zh"), ("ended", "plan-zh")]),
        (date(2027, 1, 1), date(2027, 3, 1), []),
        (date(2026, 1, 1), date(2027, 12, 31), [("began", "plan-2-zh"), ("ended", "plan-zh")]),
    ],
)
def test_the_calendar_alone_begins_and_ends_rules_once(
    new: Path, since: date, until: date, expected: list[tuple[str, str]]
) -> None:
    found: tuple[Change, ...] = due(holdings(new), since, until)
    assert [(c.kind, c.document.id) for c in found] == expected
    assert all(c.on == date(2027, 1, 1) for c in found)


def test_documents_past_their_day_are_listed_longest_first(tmp_path: Path, write_document: Any) -> None:
    for id, day in (("a", date(2026, 11, 21)), ("b", date(2026, 3, 1)), ("c", TODAY)):
        write_document(tmp_path, "文。", id=id, last_verified=date(2026, 1, 1), recheck_by=day)
    late = overdue((document for document, _ in load_documents(tmp_path)), TODAY)
    assert [d.id for d in late] == ["b", "a"]
