"""`ccare data check`: a report for a person, one line of JSON for a program, and an exit code for both."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.generations import Generations
from tests.command import run_ccare
from tests.tools.importing.importing_desk import Operator
from tools.importing.health import Health
from tools.importing.load import import_data

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(operator: Operator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`ccare data check` with the operator's rows imported."""
    monkeypatch.setenv("CCARE_DATA", str(operator.folder / "home"))
    operator.visits(*[f"{m},u1,2026-11-{d},search,1,0,0" for m in ("M1", "M2") for d in (18, 19, 20)])
    generations = Generations(operator.folder / "home" / "platform")
    generations.build("rows", lambda out: import_data(operator.mapping, out))

    def ran(*arguments: str) -> tuple[int, str]:
        code = run_ccare(monkeypatch, "data", "check", *arguments)
        return code, capsys.readouterr().out

    return ran


def test_sound_data_end_with_code_0_and_say_so(run: Run) -> None:
    code, said = run()
    assert code == 0
    assert said.endswith("Nothing is wrong.\n")
    assert "2026-11-18 ███ 2026-11-20" in said


def test_an_error_ends_with_code_1_in_both_forms(run: Run, operator: Operator) -> None:
    path: Path = operator.folder / "home" / "platform" / "rows" / "activity.parquet"
    path.write_bytes(b"PAR1 and no more")
    code, said = run()
    assert code == 1
    assert "ERROR: activity.parquet cannot be read" in said
    code, said = run("--json")
    assert code == 1
    assert {p["severity"] for p in json.loads(said)["problems"]} == {"error"}


def test_the_json_is_one_line_and_reads_back_as_the_check(run: Run) -> None:
    code, said = run("--json")
    assert (code, said.count("\n")) == (0, 1)
    health = Health.model_validate_json(said)
    assert [t.table for t in health.tables] == ["merchants", "activity"]
    assert health.bars["activity"].text == "███"
