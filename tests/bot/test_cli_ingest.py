"""From a person's own file to an answer's passage, by the commands that the documentation names."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.embed import CachedEmbedder, E5Embedder
from knowledge.library import IndexedLibrary
from knowledge.types import Audience, SearchResult
from tests.command import run_ccare

RULES = "宠物美容店入驻规则\n\n本规则自2026年3月1日起施行。\n\n一、材料\n入驻要交三张门头照片和一份卫生承诺书。\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    head = {
        "id": "coupon-en", "title": "Coupons", "kind": "guide", "product": "merchant_coupon", "platform": "alipay",
        "audience": "all", "locale": "en", "valid_from": None, "valid_until": None, "version": "1", "supersedes": None,
        "source": "test", "status": "sourced", "last_verified": "2026-11-01", "recheck_by": "2027-03-01",
    }  # fmt: skip
    lines = "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())
    dates = lines.replace('"2026-11-01"', "2026-11-01").replace('"2027-03-01"', "2027-03-01")
    (corpus / "coupon-en.md").write_text(f"---\n{dates}\n---\n# Coupons\n\nStock only grows.\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("CCARE_DATA", str(home / "data"))
    monkeypatch.setenv("CCARE_CORPUS", str(home / "corpus"))

    def ccare(*args: str) -> tuple[int, str, str]:
        code = run_ccare(monkeypatch, "knowledge", *args)
        out = capsys.readouterr()
        return code, out.out, out.err

    return ccare


def ask(home: Path, text: str, **reader: Any) -> SearchResult:
    settings = Settings(data=home / "data", corpus=home / "corpus")
    workshop = Workshop(settings)
    embedder = CachedEmbedder(E5Embedder())
    path = workshop.knowledge.current()
    assert path is not None
    library = IndexedLibrary(path, embedder)
    try:
        audience = Audience(role="merchant", **reader)
        vector = embedder.query(text)
        return library.search(text, vector=vector, audience=audience, on=workshop.today(), locale="zh")
    finally:
        library.close()


def test_an_ingested_file_is_found_after_the_next_build_and_only_by_its_tenant(home: Path, run: Run) -> None:
    (home / "own").mkdir()
    (home / "own" / "pets.txt").write_bytes(RULES.encode("gbk"))
    (home / "own" / "stock.txt").write_text("Stock of coupons\n\nStock may be cut by half once a year.\n", "utf-8")
    (home / "own" / "stock.meta.yaml").write_text("supersedes: coupon-en\nvalid_from: 2026-01-01\n", "utf-8")
    assert run("build")[0] == 0
    before = Workshop(Settings(data=home / "data", corpus=home / "corpus")).knowledge_name()
    code, out, err = run("ingest", str(home / "own" / "pets.txt"), "--tenant", "T1")
    assert (code, "accepted as pets-zh" in out) == (0, True)
    assert "reading documents" in err
    assert run("ingest", str(home / "own" / "stock.txt"))[0] == 0
    workshop = Workshop(Settings(data=home / "data", corpus=home / "corpus"))
    assert workshop.knowledge_name() != before
    assert run("build")[0] == 0
    assert workshop.knowledge.holds(workshop.knowledge_name())
    question = "宠物美容店入驻要交什么材料"
    own = ask(home, question, tenant="T1").passages
    assert "卫生承诺书" in "".join(p.text for p in own if p.document.id == "pets-zh")
    assert str(own[0].document.valid_from) == "2026-03-01"
    for reader in ({}, {"tenant": "T2"}):
        assert "pets-zh" not in {p.document.id for p in ask(home, question, **reader).passages}
    newer = [p.document.id for p in ask(home, "can coupon stock be cut?").passages]
    assert newer.index("stock-en") < newer.index("coupon-en")
    code, out, _ = run("check")
    assert code == 0
    assert "finds everything it holds" in out


def test_a_rejected_file_is_exit_code_1_and_json_is_one_line(home: Path, run: Run) -> None:
    (home / "own").mkdir()
    (home / "own" / "empty.txt").write_text("", encoding="utf-8")
    (home / "own" / "good.md").write_text("# Good\n\ntext\n", encoding="utf-8")
    code, out, _ = run("ingest", str(home / "own"), "--json", "--dry-run")
    assert code == 1
    report = json.loads(out)
    assert out.count("\n") == 1
    assert report["counts"] == {"accepted": 1, "skipped": 0, "rejected": 1}
    assert not (home / "data" / "documents").exists()
    assert "is empty" in run("ingest", str(home / "own"))[1]


def test_what_cannot_be_meant_is_said_before_anything_is_read(home: Path, run: Run) -> None:
    assert run("ingest", str(home), "--audience", "everybody")[0] == 2
    assert run("ingest", str(home), "--tenant", " ")[0] == 2
    code, out, _ = run("ingest", str(home / "nowhere"))
    assert code == 1
    assert "There is no such file or folder" in out
