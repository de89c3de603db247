"""The terminal conversation: a pipe is answered line by line, a person gets a prompt."""

import io
import sys

import pytest

from bot import cli
from bot.chat import known_asker
from bot.errors import InputError
from bot.settings import Settings
from tests.conftest import NOW


class Pipe(io.TextIOWrapper):
    """Standard input that is no terminal."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")


@pytest.fixture
def home(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCARE_DATA", str(demo_settings.data))
    monkeypatch.setattr("bot.workshop.Workshop.fresh_demo", lambda self, progress: None)


def test_a_pipe_is_answered_line_by_line(
    home: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "how do I raise my Active score?\n\n我的活跃分怎么提高?\n".encode() + b"\xff\xfe\x00\nquit\nhello\n"
    monkeypatch.setattr(sys, "stdin", Pipe(lines))
    monkeypatch.setattr(sys, "argv", ["ccare", "chat", "--now", NOW])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    out = capsys.readouterr().out
    first, second = out.index("> how do I raise my Active score?"), out.index("> 我的活跃分怎么提高?")
    assert first < out.index("Active score") < second < out.index("活跃分", second + 10)
    assert "> hello" not in out, "who wrote quit has left"


def test_a_person_is_greeted_and_can_leave(
    home: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["", "hello", "退出"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    monkeypatch.setattr("sys.stdin", type("Tty", (), {"isatty": lambda self: True})())
    monkeypatch.setattr(sys, "argv", ["ccare", "chat", "--now", NOW])
    with pytest.raises(SystemExit):
        cli.main()
    out = capsys.readouterr().out
    assert "M0001" in out
    assert "Hello" in out or "Hi" in out


def test_an_id_alone_is_understood() -> None:
    assert known_asker("M0001") == "merchant:M0001"
    assert known_asker("A001") == "manager:A001"
    assert known_asker("merchant:M0002") == "merchant:M0002"
    with pytest.raises(InputError):
        known_asker(" ")
