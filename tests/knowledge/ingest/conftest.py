"""An ingest of a folder of the test's own, on a fixed day."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.ingest.batch import ingest
from knowledge.ingest.settle import Options
from knowledge.ingest.types import FileReport, IngestReport

TODAY = date(2026, 11, 22)


class Desk:
    """A folder of sources, a folder of documents, and what the last run said of each file."""

    def __init__(self, home: Path) -> None:
        self.source, self.out, self.corpus = home / "source", home / "documents", home / "corpus"
        for folder in (self.source, self.corpus):
            folder.mkdir()

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *paths: Path, audience: Any = None, tenant: str | None = None, **how: Any) -> IngestReport:
        options = Options(today=TODAY, audience=audience, tenant=tenant)
        return ingest(paths or [self.source], self.out, options, corpus=self.corpus, **how)

    def files(self, **how: Any) -> dict[str, FileReport]:
        return {Path(f.path).name: f for f in self.run(**how).files}

    def document(self, id: str) -> Path:
        return self.out / f"{id}.md"

    def correct(self, id: str, old: str, new: str) -> None:
        text = self.document(id).read_text(encoding="utf-8")
        assert old in text
        self.document(id).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def count_conversions(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The names of the files that were converted, in the order of beginning; the real conversion runs."""
    from knowledge.ingest import batch

    names: list[str] = []
    real = batch.convert

    def counted(name: str, *rest: Any) -> Any:
        names.append(name)
        return real(name, *rest)

    monkeypatch.setattr(batch, "convert", counted)
    return lambda: names
