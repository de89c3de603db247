"""Every command works as the README says, and every error is a sentence with an exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.answering import gate
from bot.answering.types import Finding, Verdict
from bot.settings import Settings
from tests.command import run_ccare
from tests.conftest import NOW


@pytest.fixture
def run(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs `ccare ARGS` in this process; returns (exit code, standard output, standard error)."""
    monkeypatch.setenv("CCARE_DATA", str(demo_settings.data))

    def ccare(*args: str) -> tuple[int, str, str]:
        code = run_ccare(monkeypatch, *args)
        out = capsys.readouterr()
        return code, out.out, out.err

    return ccare


def test_ask_prints_one_answer_as_json(run) -> None:
    code, out, _ = run("ask", "how do I raise my Active score?", "--json", "--now", NOW)
    assert code == 0
    answer = json.loads(out)
    assert {
        "id", "question", "language", "outcome", "plan", "text", "measurements", "citations", "suggestions",
        "warnings", "charts", "timings_ms", "versions",
    } == set(answer)  # fmt: skip
    assert answer["plan"] == [{"intent": "improve", "slots": {"dimension": "active"}}]
    figure = answer["measurements"][0]
    assert {
        "id",
        "metric",
        "merchant_id",
        "value",
        "unit",
        "period",
        "as_of",
        "numerator",
        "denominator",
        "n",
        "state",
    } <= set(figure)
    assert set(figure["period"]) == {"from", "to"}
    citation = answer["citations"][0]
    assert {
        "id", "passage_id", "document", "title", "section", "url", "valid_from", "valid_until", "status", "quote",
    } == set(citation)  # fmt: skip
    assert {"understand", "retrieve", "measure", "compose", "verify", "reply", "total"} == set(answer["timings_ms"])
    assert {"catalog", "corpus", "snapshot", "model"} == set(answer["versions"])


def test_what_is_logged_never_stands_between_lines_of_json(run, monkeypatch: pytest.MonkeyPatch) -> None:
    verify, seen = gate.verify, []

    def blocked(*args: Any, **known: Any) -> Verdict:
        seen.append(1)
        first = Verdict(findings=(Finding(sentence=0, kind="unknown_number", said="7", expected="a figure"),))
        return first if len(seen) == 1 else verify(*args, **known)

    monkeypatch.setattr(gate, "verify", blocked)
    code, out, err = run("ask", "我的活跃分怎么提高?", "--json", "--now", NOW)
    assert code == 0
    assert json.loads(out)["outcome"] != "grounded"
    assert "draft_blocked" in err


def test_ask_prints_text_with_sources(run) -> None:
    code, out, _ = run("ask", "我的活跃分怎么提高?", "--now", NOW)
    assert code == 0
    assert "[P" in out
    assert "有效" in out


def test_a_file_of_questions_is_answered_in_order_and_threads_are_conversations(run, tmp_path: Path) -> None:
    lines = [
        {"id": "a", "question": "how do I raise my Active score?", "as": "merchant:M0001", "thread": "t", "now": NOW},
        {"id": "b", "question": "", "as": "merchant:M0001", "now": NOW},
        {"id": "c", "question": "hello", "as": "merchant:M9999", "now": NOW},
        {"id": "d", "question": "and Worth?", "as": "merchant:M0001", "thread": "t", "now": NOW},
        {"id": "e", "question": "x" * 10_000, "as": "merchant:M0001", "now": NOW},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    code, out, _ = run("ask", "--jsonl", str(path))
    assert code == 0
    answers = [json.loads(line) for line in out.splitlines()]
    assert [a["id"] for a in answers] == ["a", "b", "c", "d", "e"]
    assert [a["outcome"] for a in answers] == ["grounded", "declined", "declined", "grounded", "declined"]
    assert answers[3]["plan"] == [{"intent": "improve", "slots": {"dimension": "worth"}}]
    assert "M9999" in answers[2]["text"]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("ask", ""), 2, "empty"),
        (("ask", "  "), 2, "empty"),
        (("ask", "x" * 10_000), 2, "10,000 characters"),
        (("ask", "ab\x00c"), 2, "not readable"),
        (("ask", "hi", "--as", "merchant:M9999"), 2, "no merchant M9999"),
        (("ask", "hi", "--as", "someone"), 2, "no merchant someone"),
        (("ask", "hi", "--now", "tomorrow"), 2, "not a time"),
        (("ask",), 2, "either a question"),
        (("ask", "hi", "--jsonl", "nowhere.jsonl"), 2, "either a question"),
        (("ask", "--jsonl", "nowhere.jsonl"), 2, "no such file"),
        (("data", "demo", "--anchor", "soon"), 2, "not a date"),
        (("data", "import", "--mapping", "nowhere.yaml"), 1, "nowhere.yaml"),
        (("knowledge", "search", "x", "--role", "king"), 2, "no role king"),
        (("knowledge", "search", ""), 2, "empty"),
    ],
)
def test_bad_input_is_a_sentence_and_an_exit_code(run, args: tuple[str, ...], code: int, says: str) -> None:
    left, out, err = run(*args)
    assert left == code
    assert says in err
    assert out == ""
    assert "Traceback" not in err


def test_an_unknown_metric_is_asked_back_with_what_was_probably_meant(run) -> None:
    code, out, _ = run("ask", "what is my bounce rate?", "--json", "--now", NOW)
    assert code == 0
    answer = json.loads(out)
    assert answer["outcome"] == "clarify"
    assert answer["measurements"] == []
    assert answer["suggestions"]


def test_an_unknown_setting_is_named_with_what_was_probably_meant(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCARE_TIMEZON", "Asia/Shanghai")
    code, _, err = run("ask", "hi")
    assert code == 2
    assert "Did you mean CCARE_TIMEZONE?" in err


def test_a_bad_setting_is_named(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCARE_TIMEZONE", "Mars/Base")
    code, _, err = run("ask", "hi")
    assert code == 2
    assert "CCARE_TIMEZONE" in err
    assert "not a time zone" in err


def test_a_missing_data_directory_says_what_to_run(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CCARE_DATA", str(tmp_path / "nothing"))
    for args in (("ask", "hi"), ("data", "check"), ("data", "snapshot")):
        code, _, err = run(*args)
        assert code == 1
        assert "ccare data demo" in err
    assert not (tmp_path / "nothing").exists() or not any((tmp_path / "nothing").rglob("*.duckdb"))


def test_search_shows_passages_with_their_dates(run) -> None:
    code, out, _ = run("knowledge", "search", "how many trigger words", "--on", "2026-11-22")
    assert code == 0
    assert "trigger words" in out.lower()
    assert "current" in out
    assert "confidence" in out


def test_checks_and_doctor_find_the_demo_sound(run) -> None:
    assert run("knowledge", "check")[0] == 0
    assert run("data", "check")[0] == 0
    code, out, _ = run("doctor")
    assert code == 0
    assert "NOT" not in out
