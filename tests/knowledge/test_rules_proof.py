"""Every number of a rule stands in the passages it names, in both languages, or the rule is not published."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.check import check_folder
from knowledge.embed import SHIPPED_CACHE
from knowledge.errors import DocumentError
from knowledge.load import load_documents
from knowledge.rules import Rules
from knowledge.rules_load import load_rules, prove_rules, shelf_of
from knowledge.rules_proof import Shelf, about, conflicts, numbers_in, problems_of

CORPUS = SHIPPED_CACHE.parent
ON = date(2026, 11, 22)
ZH = (
    "## 能换什么\n| 位置 | 每 500 点换 |\n|---|---|\n| 结果页 | 3,000 次 |\n| 联盟 | 5,000 次 |\n\n每月最多 10,000 点。"
)
EN = (
    "## Buys\n| Place | Every 500 points |\n|---|---|\n| result | 3,000 |\n| union | 5,000 |\n\nAt most 10,000 a month."
)
EXCHANGE: dict[str, Any] = {
    "id": "buy", "kind": "exchange", "product": "plan", "cost": 500, "gives": 3000, "of": "impressions",
    "per_month": 10000, "says": {"zh": "结果页", "en": "result"}, "passages": [{"zh": "a-zh#1", "en": "a-en#1"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return shelf_of(load_documents(CORPUS))


@pytest.fixture(scope="module")
def shipped(shelf: Shelf) -> Rules:
    return load_rules(CORPUS, shelf)


@pytest.fixture
def corpus(tmp_path: Path, write_document: Any) -> Path:
    write_document(tmp_path, ZH, id="a-zh", counterpart="a-en", valid_from=date(2026, 1, 1))
    write_document(tmp_path, EN, id="a-en", locale="en", counterpart="a-zh", valid_from=date(2026, 1, 1))
    return tmp_path


def put(corpus: Path, *rules: dict[str, Any]) -> Path:
    (corpus / "rules").mkdir(exist_ok=True)
    (corpus / "rules" / "some.yaml").write_text(
        yaml.safe_dump({"rules": list(rules)}, allow_unicode=True), encoding="utf-8"
    )
    return corpus


def said(corpus: Path) -> str:
    _, problems = prove_rules(corpus, shelf_of(load_documents(corpus)))
    return " | ".join(problem.message for problem in problems)


def test_the_passages_bear_out_every_shipped_rule(shelf: Shelf) -> None:
    rules, problems = prove_rules(CORPUS, shelf)
    assert len(rules) >= 50
    assert problems == []


def test_no_number_of_a_shipped_rule_can_change_unnoticed(shipped: Rules, shelf: Shelf) -> None:
    """Whichever number is altered, at least one language's passage objects."""
    altered = 0
    for rule in shipped:
        for name, value in rule.model_dump().items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                wrong = rule.model_copy(update={name: value + 987_654})
                assert any("does not stand in" in p.message for p in problems_of(wrong, shelf)), (rule.id, name)
                altered += 1
    assert altered >= 70


def test_no_condition_of_a_shipped_rule_can_change_unnoticed(shipped: Rules, shelf: Shelf) -> None:
    for rule in shipped:
        if rule.kind != "eligibility":
            continue
        for at, condition in enumerate(rule.conditions):
            change = {"figure": {"at_least": 987_654}, "scope": {"scope": "OTHER_SCOPE"}}.get(condition.kind)
            if change is None or (condition.kind == "scope" and condition.scope is None):
                continue
            conditions = [*rule.conditions]
            conditions[at] = condition.model_copy(update=change)
            wrong = rule.model_copy(update={"conditions": tuple(conditions)})
            assert problems_of(wrong, shelf), rule.id


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("star-plan-exchange-payment-result", {"gives": 5000}),
        ("star-plan-exchange-public-union", {"gives": 3000}),
        ("star-plan-v2-store-code", {"credits": 10}),
        ("star-plan-v2-codes-associated", {"credits": 10}),
        ("luoma-plan-second-order", {"cap": 300}),
        ("star-plan-v1-post", {"cap": 100}),
        ("star-plan-v1-coupon", {"valid_until": date(2026, 6, 30)}),
        ("star-plan-v2-coupon", {"valid_from": date(2025, 12, 31)}),
        ("star-plan-v1-coupon", {"valid_until": None}),
    ],
)
def test_the_number_of_another_row_and_days_outside_the_document_are_found(
    shipped: Rules, shelf: Shelf, rule: str, change: dict[str, Any]
) -> None:
    known = shipped.get(rule)
    assert known is not None
    assert problems_of(known, shelf) == []
    assert problems_of(known.model_copy(update=change), shelf)


def test_a_second_number_for_one_thing_is_a_conflict_unless_both_own_to_it(shipped: Rules) -> None:
    assert conflicts(shipped) == []
    one = shipped.get("life-account-labels")
    assert one is not None
    silent = [r if r.id != one.id else one.model_copy(update={"disputes": ()}) for r in shipped]
    assert "life-account-labels-older" in conflicts(silent)[0].message
    longer = [r.model_copy(update={"valid_until": None}) if r.id == "star-plan-v2-validity" else r for r in shipped]
    assert [p.rule for p in conflicts(longer)] == ["star-plan-2027-validity"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, ""),
        ({"gives": 5000}, "The number 5,000 does not stand in a-zh#1"),
        ({"cost": 400}, "The number 400 does not stand in a-en#1"),
        ({"says": {"zh": "别处", "en": "result"}}, "The words '别处' do not stand in a-zh#1"),
        ({"passages": [{"zh": "a-zh#2", "en": "a-en#1"}]}, "no passage 'a-zh#2'"),
        ({"passages": [{"zh": "b-zh#1", "en": "a-en#1"}]}, "no passage 'b-zh#1'"),
        ({"passages": [{"zh": "a-en#1", "en": "a-zh#1"}]}, "not in the language"),
        ({"passages": [{"zh": "a-zh#1"}]}, "has a counterpart"),
        ({"passages": [{}]}, "in no language"),
        ({"valid_from": date(2025, 12, 31)}, "leave those of 'a-zh' (2026-01-01"),
        ({"valid_from": date(2026, 5, 1), "valid_until": date(2026, 4, 1)}, "before it begins"),
        ({"audience": "all"}, "'audience' comes from its documents"),
        ({"cots": 5}, "key 'exchange.cots'"),
        ({"kind": "wish"}, "kind"),
        ({"gives": 0}, "greater than 0"),
        ({"disputes": ["nobody"]}, "disputes 'nobody'"),
    ],
)
def test_a_broken_rule_is_told_in_words(corpus: Path, change: dict[str, Any], says: str) -> None:
    put(corpus, EXCHANGE | change)
    found = said(corpus)
    assert says in found
    assert bool(found) == bool(says)
    if says:
        with pytest.raises(DocumentError, match="rule"):
            load_rules(corpus, shelf_of(load_documents(corpus)))
    assert [p.kind for p in check_folder(corpus, ON) if p.blocking] == (
        ["rule"] * found.count("|") + ["rule"] if says else []
    )


@pytest.mark.parametrize("text", ["- just: a list", "rules: 5", "rules: [1", "rules:\n- 7"])
def test_a_rule_file_that_is_none_is_told_in_words(corpus: Path, text: str) -> None:
    put(corpus)
    (corpus / "rules" / "some.yaml").write_text(text, encoding="utf-8")
    assert "some.yaml" in said(corpus)


def test_the_same_id_twice_is_told(corpus: Path) -> None:
    put(corpus, EXCHANGE, EXCHANGE)
    assert "stands twice" in said(corpus)


def test_a_rule_narrower_than_its_document_is_in_order(corpus: Path) -> None:
    put(corpus, EXCHANGE | {"valid_from": date(2026, 3, 1), "valid_until": date(2026, 3, 31)})
    assert said(corpus) == ""


def test_a_corpus_without_rules_has_none(corpus: Path) -> None:
    assert len(load_rules(corpus, shelf_of(load_documents(corpus)))) == 0


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("达到 95%,得 300 点", {95, 0.95, 300}),
        ("95 % of codes", {95, 0.95}),
        ("1,000 codes, 600x600, 2.5 MB", {1000, 600, 2.5}),
        ("从 2026-01-01 到 2021 年 3 月 31 日", set()),
        ("once a week", {1}),
        ("每周只能收到一次", {1}),
        ("甲,34 张", {34}),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, numbers: set[float]) -> None:
    assert numbers_in(text) >= numbers
    assert not numbers_in(text) & {2026, 2021, 31}


def test_rows_of_a_table_that_speak_of_something_else_are_left_out() -> None:
    kept = about(ZH, "联盟")
    assert "500 点换" in kept
    assert "5,000" in kept
    assert "10,000" in kept
    assert "3,000" not in kept
