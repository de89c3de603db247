"""The `ccare` command, run in this process."""

import sys

import pytest

from bot import cli


def run_ccare(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    """`ccare ARGS`; its exit code."""
    monkeypatch.setattr(sys, "argv", ["ccare", *args])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)
