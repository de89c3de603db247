"""What many tests share: the demo platform, its snapshot and the document index, built once a state of the code."""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from bot.assemble import Workbench, assemble
from bot.conversation import Conversations
from bot.settings import Settings
from bot.workshop import Workshop
from tools.catalog import load_catalog
from tools.snapshot_recipe import recipe

ROOT = Path(__file__).resolve().parent.parent
ANCHOR = date(2026, 11, 21)
NOW = "2026-11-22T10:00:00"
MADE_FROM = ("tools/demo", "knowledge", "bot/workshop.py", "bot/generations.py")


def _fingerprint() -> str:
    """Changes whenever anything changes that the built data are made from, so that a cached copy is never stale."""
    files = [p for name in MADE_FROM for p in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))]
    digest = hashlib.sha256(recipe(load_catalog()).encode())
    for path in sorted(p for p in files if p.is_file() and p.suffix in (".py", ".yaml", ".md", ".txt", ".npz")):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def demo_settings(pytestconfig: pytest.Config) -> Settings:
    """Settings whose data directory holds the full demo platform (seed 7, anchor 2026-11-21), snapshot and index."""
    root = Path(str(pytestconfig.cache.mkdir("ccare"))) if pytestconfig.cache else ROOT / ".pytest_cache"
    data = root / _fingerprint()
    settings = Settings(data=data)
    with _alone(root / "demo.lock"):
        if not (data / "complete").exists():
            _build(data)
    return settings


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Of several processes that run tests beside each other, one builds and the others wait."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(data: Path) -> None:
    # a process of its own: what the build loads and holds does not weigh on the tests
    script = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from bot.settings import Settings; from bot.workshop import Workshop\n"
        "w = Workshop(Settings(data=Path(sys.argv[1]))); quiet = lambda what, done: None\n"
        "w.build_demo(7, date.fromisoformat(sys.argv[2]), quiet)\n"
        "w.build_snapshot(quiet); w.build_knowledge(quiet)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(data), ANCHOR.isoformat()], check=True, cwd=ROOT)
    (data / "complete").touch()


@pytest.fixture(scope="session")
def demo_platform(demo_settings: Settings) -> Path:
    """The demo platform's Parquet files."""
    path = Workshop(demo_settings).platform.current()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def desk(demo_settings: Settings) -> Workbench:
    """The real desk over the demo platform."""
    return assemble(demo_settings)


@pytest.fixture
def conversations(desk: Workbench, demo_settings: Settings) -> Conversations:
    return Conversations(desk, demo_settings)
