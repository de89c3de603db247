"""A labelled set is read whole, or the first line that cannot be taken is named, without its text."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import InputError
from bot.evaluating.reading import is_sealed, named_before, read_sets
from tests.conftest import ROOT

GOOD: dict[str, Any] = {
    "id": "T1", "question": "how is it", "as": "merchant:M0001", "now": "2026-11-22T10:00:00", "language": "en",
    "expect": "answer", "steps": [{"intent": "overview"}],
}  # fmt: skip


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), encoding="utf-8")
    return path


def test_the_open_set_is_read() -> None:
    turns = read_sets([ROOT / "tests" / "evals" / "open.jsonl"])
    assert len(turns) == 362
    assert {turn.expect for _, _, turn in turns} == {"answer", "clarify", "decline"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{not json", "line 2"),
        ({**GOOD, "now": None}, "now"),
        ({**GOOD, "expect": "shrug"}, "expect"),
        ({**GOOD, "steps": [{"intent": "dance"}]}, "steps"),
        ({**GOOD, "steps": [{"intent": "metric", "slots": {"metrik": "gmv"}}]}, "there is no slot metrik"),
        ({**GOOD, "facts": [{"measure": "a", "cites": ["b"]}]}, "a fact is one of"),
        ({**GOOD, "facts": [{"of": "M0001"}]}, "a fact is one of"),
        (GOOD, "T1 stands in"),
    ],
    ids=["no JSON", "no clock", "unknown end", "unknown intent", "unknown slot", "two facts", "no fact", "id twice"],
)
def test_a_line_that_cannot_be_taken_is_named_and_not_quoted(tmp_path: Path, line: object, says: str) -> None:
    path = write(tmp_path / "set.jsonl", GOOD, line)
    with pytest.raises(InputError) as refused:
        read_sets([path])
    assert "line 2" in str(refused.value)
    assert says in str(refused.value)
    assert "how is it" not in str(refused.value)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_sets([tmp_path / "none.jsonl"])


def test_a_sealed_set_is_known_by_its_name() -> None:
    assert [is_sealed(Path("a") / name) for name in ("sealed.jsonl", "half-sealed-2.jsonl", "open.jsonl")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_shop_named_earlier_in_a_thread_stays_named(tmp_path: Path) -> None:
    shop = {"steps": [{"intent": "metric", "slots": {"merchant_id": "M0007"}}], "thread": "t"}
    path = write(
        tmp_path / "s.jsonl", {**GOOD, **shop, "id": "1"}, {**GOOD, "id": "2", "thread": "t"}, {**GOOD, "id": "3"}
    )
    named = named_before(read_sets([path]))
    assert named == {"1": {"M0007"}, "2": {"M0007"}, "3": frozenset()}
