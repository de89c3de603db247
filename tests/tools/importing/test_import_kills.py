"""An import that is killed at any of its steps leaves the old data answering; the next one succeeds and clears up."""

import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bot.generations import Generations
from tests.tools.importing.importing_desk import Operator
from tools.importing.load import import_data

# kills itself, as the kernel would, when the step that is named in its arguments begins
IMPORT = """
import os, signal, sys
from pathlib import Path
from bot.generations import Generations
from tools.importing.load import import_data

def heard(what, share):
    if what == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

Generations(Path(sys.argv[2])).build("second", lambda out: import_data(Path(sys.argv[1]), out, progress=heard))
"""
ROOT = Path(__file__).resolve().parents[3]


def _rows(generations: Generations) -> list[str]:
    current = generations.current()
    assert current is not None
    return pq.read_table(current / "activity.parquet")["user_id"].to_pylist()


@pytest.mark.parametrize("step", ["reading visits", "checking activity", "done"])
def test_a_killed_import_changes_nothing_and_the_next_one_leaves_no_trace_of_it(operator: Operator, step: str) -> None:
    generations = Generations(operator.folder / "platform")
    operator.visits("M1,old,2026-11-19,search,1,0,0")
    generations.build("first", lambda out: import_data(operator.mapping, out))
    operator.visits(*[f"M1,new{i},2026-11-19,search,1,0,0" for i in range(50)])
    command = [sys.executable, "-c", IMPORT, str(operator.mapping), str(generations.root), step]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert list(generations.root.glob(".building-*"))  # it was in the middle of it
    assert _rows(generations) == ["old"]
    generations.build("second", lambda out: import_data(operator.mapping, out))
    assert len(_rows(generations)) == 50
    assert sorted(p.name for p in generations.root.iterdir()) == ["current", "first", "second"]


def test_an_import_that_fails_leaves_the_old_data_and_nothing_else(operator: Operator) -> None:
    generations = Generations(operator.folder / "platform")
    generations.build("first", lambda out: import_data(operator.mapping, out))
    operator.visits("M9,u1,2026-11-19,search,1,0,0")
    with pytest.raises(Exception, match="none of 1 rows was accepted"):
        generations.build("second", lambda out: import_data(operator.mapping, out))
    assert _rows(generations) == ["u1"]
    assert sorted(p.name for p in generations.root.iterdir()) == ["current", "first"]
