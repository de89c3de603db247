"""`ccare eval` for real on the demo: ten open questions, sealed sets, comparisons, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.assemble import Workbench
from bot.evaluating.facts import agrees
from bot.evaluating.running import Run
from bot.evaluating.sealing import MOST, sealed_runs
from bot.evaluating.truth import Truth
from bot.settings import Settings
from bot.workshop import Workshop
from tests.command import run_ccare
from tests.conftest import ROOT
from tests.evaluating.turns import TODAY, days, figure
from tools.types import Access

OPEN = ROOT / "tests" / "evals" / "open.jsonl"
TEN = (
    "O006", "O011", "O031", "O033", "O229", "O230", "O231", "O232", "O205", "O228",
)  # fmt: skip
SECRET = ("zanzibar", "琥珀灯塔")  # words that stand in the sealed questions of these tests alone

Ccare = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ccare(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ccare:
    """Runs `ccare ARGS` in this process; returns (exit code, standard output, standard error)."""
    monkeypatch.setenv("CCARE_DATA", str(demo_settings.data))

    def run(*args: object) -> tuple[int, str, str]:
        code = run_ccare(monkeypatch, *map(str, args))
        out, err = capfd.readouterr()
        return code, out, err

    return run


def lines(*ids: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in OPEN.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["id"] in ids]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def sealed_set(folder: Path) -> Path:
    """Two questions that an answer might quote, and one that the documents do not answer."""
    plain = {"as": "merchant:M0001", "now": "2026-11-22T10:00:00", "expect": "answer", "tags": ["vague"]}
    questions = [
        {"id": "Z1", "question": f"What does {SECRET[0]} mean for my Active score?", "language": "en"},
        {"id": "Z2", "question": f"{SECRET[1]}的触发词最多几个", "language": "zh"},
        {"id": "Z3", "question": f"{SECRET[1]}今天天气怎么样", "language": "zh"},
    ]
    return write(folder / "sealed.jsonl", [plain | q | {"steps": [{"intent": "policy"}]} for q in questions])


def test_ten_open_questions_are_asked_judged_and_reported(ccare: Ccare, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "runs.log"
    code, said, told = ccare("eval", write(tmp_path / "ten.jsonl", lines(*TEN)), "--out", out, "--log", log)
    assert (code, "Asking" in told) == (0, True)
    run = Run.model_validate_json((out / "run.json").read_bytes())
    assert [row.id for row in run.rows] == [row["id"] for row in lines(*TEN)]
    assert (run.n, run.brain, run.sealed, set(run.versions)) == (
        10, "embedded", False, {"catalog", "corpus", "snapshot", "model"},
    )  # fmt: skip
    by_id = {row.id: row for row in run.rows}
    assert by_id["O006"].marks.right
    assert by_id["O006"].marks.facts[0].true is True
    assert by_id["O006"].measurements[0].merchant == "M0029"
    assert by_id["O033"].citations
    assert by_id["O205"].outcome == "declined"
    assert by_id["O229"].groups["asked in"] == ("a conversation",)
    held = {(t.group, t.measure): t.n for t in run.totals if t.kind == "language"}
    assert held["mixed", "right"] == 5
    assert "answered, asked back or declined" in said
    assert sealed_runs(log) == 0
    assert log.read_text(encoding="utf-8").count("\n") == 1
    for name in ("report.md", "report.html"):
        assert all(row.id in (out / name).read_text(encoding="utf-8") for row in run.rows if not row.marks.right)


def test_the_page_needs_nothing_from_outside_and_has_a_dark_side(ccare: Ccare, tmp_path: Path) -> None:
    ccare("eval", write(tmp_path / "one.jsonl", lines("O006")), "--out", tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in page
    assert not any(word in page for word in ("http:", "https:", "src=", "@import", "url("))


def test_a_sealed_set_shows_sums_only(ccare: Ccare, tmp_path: Path, demo_settings: Settings) -> None:
    path, out = sealed_set(tmp_path), tmp_path / "out"
    before = {p: p.read_bytes() for p in demo_settings.data.glob("*") if p.is_file()}
    code, said, told = ccare("eval", path, "--out", out, "--passes", 2)
    assert code == 0
    run = Run.model_validate_json((out / "run.json").read_bytes())
    assert (run.sealed, run.rows, run.n) == (True, (), 3)
    assert {t.kind for t in run.totals} >= {"all", "intent", "language", "tag"}
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p != path]
    assert {p.name for p in written} == {"run.json", "report.md", "report.html", "runs.log"}
    texts = [said, told, *(p.read_text(encoding="utf-8") for p in written)]
    kept = [p.read_bytes() for p in demo_settings.data.glob("*") if p.is_file()]
    for word in (*SECRET, "Z1", "Z2", "Z3", "触发词", "Active score"):
        assert not any(word in text for text in texts)
    assert kept == list(before.values())  # nor was anything noted as a gap in the documents
    assert "sealed" in (tmp_path / "runs.log").read_text(encoding="utf-8").split()


def test_a_sixth_sealed_run_is_refused_before_anything_is_asked(ccare: Ccare, tmp_path: Path) -> None:
    path, log = sealed_set(tmp_path), tmp_path / "runs.log"
    log.write_text(
        "# a line that says sealed\n" + "2026-11-22 sealed abc embedded n 3\n" * (MOST - 1), encoding="utf-8"
    )
    assert ccare("eval", path, "--out", tmp_path / "out")[0] == 0
    assert sealed_runs(log) == MOST
    code, said, told = ccare("eval", path, "--out", tmp_path / "sixth", "--log", tmp_path / "another.log")
    assert (code, said) == (2, "")
    assert "was scored 5 times" in told
    assert not (tmp_path / "sixth").exists()
    assert sealed_runs(log) == MOST


def test_two_runs_are_compared_by_id_and_by_share(ccare: Ccare, tmp_path: Path) -> None:
    path = write(tmp_path / "two.jsonl", lines("O006", "O011"))
    ccare("eval", path, "--out", tmp_path / "a")
    run = json.loads((tmp_path / "a" / "run.json").read_text(encoding="utf-8"))
    run["rows"][0]["marks"]["ending"] = False  # as if one of them had been wrong before
    (tmp_path / "before.json").write_text(json.dumps(run), encoding="utf-8")
    code, _, _ = ccare("eval", path, "--out", tmp_path / "b", "--against", tmp_path / "before.json", "--passes", 2)
    report = (tmp_path / "b" / "report.md").read_text(encoding="utf-8")
    assert code == 0
    assert "(2 turns in both)" in report
    assert "| right | 50.0 | 100.0 | +50.0 | O006 | - | 1.000 |" in report
    assert "| right in all of 2 | 100.0 | 2/2 |" in report


def test_what_cannot_be_run_is_a_sentence(ccare: Ccare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write(tmp_path / "good.jsonl", lines("O006"))
    stranger = write(tmp_path / "who.jsonl", [lines("O006")[0] | {"as": "merchant:M9999"}])
    cases = [
        ((tmp_path / "none.jsonl",), "there is no such file"),
        ((stranger,), "line 1: There is no merchant M9999"),
        ((good, "--brain", "oracle"), "the brains are: embedded"),
        ((good, "--against", good), "this is no run of `ccare eval`"),
    ]
    for args, sentence in cases:
        code, _, told = ccare("eval", *args)
        assert (code, sentence in told) == (2, True)
    monkeypatch.setenv("CCARE_DATA", str(tmp_path / "empty"))
    code, _, told = ccare("eval", good)
    assert (code, "Run `ccare data demo`" in told) == (1, True)


def test_the_data_are_read_apart_from_the_answer(desk: Workbench) -> None:
    truth, shop = Truth(desk.meter), "M0001"
    card = desk.meter.card(Access(merchants=frozenset({shop})), shop, on=TODAY, today=TODAY)
    shown = card.figures["active.score"]
    assert agrees(shown, truth.value(shown, TODAY)) is True
    assert agrees(shown.model_copy(update={"value": 99.0}), truth.value(shown, TODAY)) is False
    assert truth.newest(shop, TODAY) == card.as_of
    assert (truth.newest("M9999", TODAY), truth.value(figure("x", 1.0, merchant_id="M9999"), TODAY)) == (None, None)
    month = days("2026-10-01", "2026-10-31")
    assert truth.value(figure("gmv.total", None, "yuan", period=month), TODAY) == 5570.86
    people = truth.value(figure("visitors.total", None, "users", period=month), TODAY)
    daily = truth.value(figure("visits.total", None, "count", period=month), TODAY)
    assert people is not None
    assert daily is not None
    assert 0 < people < daily
    assert truth.value(figure("gmv.total", None, "yuan", period=days("2019-01-01", "2019-01-02")), TODAY) is None


def test_the_demo_of_these_tests_is_the_one_that_the_sets_speak_of(demo_settings: Settings) -> None:
    platform = Workshop(demo_settings).platform.current()
    assert platform is not None
    assert platform.name == "demo-7-2026-11-21"
