"""A document index waits, is published, compared, taken back; damage is found at the start and mended."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import publishing
from bot.assemble import assemble
from bot.errors import SetupError, UnknownGenerationError
from bot.settings import Settings
from bot.workshop import Workshop
from knowledge.embed import cached_embedder
from knowledge.errors import GoldenError, IndexDamagedError
from knowledge.index import read_manifest
from knowledge.types import Audience
from tests.command import run_ccare
from tests.damage import DAMAGES, files_of, spoil
from tests.servers import chroma_server

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "商家券的总库存最多能设多少"
PAGES = ("merchant-coupon-rules-zh.md", "merchant-coupon-rules-en.md", "daily-promotion-zh.md", "daily-promotion-en.md")

READER = f"""
import sys
from datetime import date
from pathlib import Path
from bot.assemble import assemble
from bot.settings import Settings
from knowledge.types import Audience
desk = assemble(Settings(data=Path(sys.argv[1]), corpus=Path(sys.argv[2])))
for line in sys.stdin:
    found = desk.library.search(
        {QUESTION!r}, vector=desk.embedder.query({QUESTION!r}),
        audience=Audience(role="merchant"), on=date(2026, 11, 22), locale="zh",
    )
    print(" ".join(" ".join(p.text for p in found.passages).split()), flush=True)
"""


def quiet(_what: str, _share: float) -> None:
    return None


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """Four documents, indexed and published."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for page in PAGES:
        shutil.copy(ROOT / "knowledge" / "corpus" / "product" / page, corpus / page)
    found = Workshop(Settings(data=tmp_path / "home", corpus=corpus))
    found.build_knowledge(quiet)
    return found


def edit(workshop: Workshop, old: str, new: str, page: str = PAGES[0]) -> None:
    path = workshop.settings.corpus / page
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def says(workshop: Workshop) -> str:
    """What is found for the question, by a process that has just started."""
    library = assemble(workshop.settings).library
    on = workshop.today()
    found = library.search(
        QUESTION, vector=cached_embedder().query(QUESTION), audience=Audience(role="merchant"), on=on, locale="zh"
    )
    return "\n".join(p.text for p in found.passages)


def test_a_held_index_answers_only_when_it_is_published_and_can_be_taken_back(workshop: Workshop) -> None:
    assert "999,999" in says(workshop)
    edit(workshop, "999,999", "500,000")
    waiting = workshop.build_knowledge(quiet, publish=False)
    assert "999,999" in says(workshop)
    publishing.publish(workshop, waiting.name)
    assert "500,000" in says(workshop)
    back = publishing.roll_back(workshop)
    assert "999,999" in says(workshop)
    assert workshop.knowledge.current() == back
    workshop.fresh_knowledge(quiet)
    assert "999,999" in says(workshop), "a start does not bring back what was taken back"
    edit(workshop, "500,000", "600,000")
    workshop.fresh_knowledge(quiet)
    assert "600,000" in says(workshop), "other documents are another matter"
    assert publishing.withdrawn(workshop) is None


def test_there_is_nothing_to_go_back_to_or_to_compare_at_first(workshop: Workshop) -> None:
    with pytest.raises(SetupError, match="no earlier document index"):
        publishing.roll_back(workshop)
    with pytest.raises(SetupError, match="no two document indexes"):
        publishing.difference(workshop, None, None, workshop.today())
    with pytest.raises(UnknownGenerationError, match="there are: k-"):
        publishing.publish(workshop, "k-none")


def test_a_new_index_that_misses_a_golden_question_is_not_published(workshop: Workshop) -> None:
    before = workshop.knowledge.current()
    question = {"question": QUESTION, "locale": "zh", "documents": ["merchant-coupon-rules-zh"], "says": "999,999"}
    golden = workshop.settings.corpus / "golden.jsonl"
    golden.write_text(json.dumps(question, ensure_ascii=False) + "\n", encoding="utf-8")
    edit(workshop, "999,999", "500,000")
    with pytest.raises(GoldenError, match=QUESTION):
        workshop.build_knowledge(quiet)
    assert workshop.knowledge.current() == before
    golden.unlink()
    waiting = workshop.build_knowledge(quiet, publish=False)
    golden.write_text(json.dumps(question, ensure_ascii=False) + "\n", encoding="utf-8")
    with pytest.raises(GoldenError):
        publishing.publish(workshop, waiting.name)
    assert workshop.knowledge.current() == before


def test_only_new_passages_are_embedded(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder, asked = cached_embedder(), []
    passages = embedder.passages
    monkeypatch.setattr(embedder, "passages", lambda texts: asked.extend(texts) or passages(texts))
    edit(workshop, "999,999", "500,000")
    workshop.build_knowledge(quiet)
    assert len(asked) == 1
    assert "500,000" in asked[0]


def test_whatever_file_is_damaged_the_next_start_finds_it_and_mends(workshop: Workshop) -> None:
    """Every file in turn, in one way after the other; the soak damages every file in every way."""
    for page in PAGES[1:]:
        (workshop.settings.corpus / page).unlink()
    edit(workshop, "counterpart: merchant-coupon-rules-en", "counterpart: null")
    workshop.build_knowledge(quiet)
    whole = says(workshop)
    for number in range(len(files_of(workshop))):
        file = files_of(workshop)[number]
        if not spoil(file, DAMAGES[number % len(DAMAGES)]):
            continue  # an empty file has no half
        assert not publishing.is_sound(workshop), file.name
        assert says(workshop) == whole, file.name
        assert publishing.is_sound(workshop), file.name


def test_where_it_cannot_be_mended_the_index_before_answers(workshop: Workshop) -> None:
    edit(workshop, "999,999", "500,000")
    workshop.build_knowledge(quiet)
    current = workshop.knowledge.current()
    assert current is not None
    (current / "passages.jsonl").unlink()
    edit(workshop, "id: merchant-coupon-rules-zh", "id: ''")
    assert "999,999" in says(workshop)
    before = workshop.knowledge.previous()
    assert before is not None
    (before / "passages.jsonl").unlink()
    with pytest.raises(IndexDamagedError, match="ccare knowledge build"):
        says(workshop)


def test_an_index_on_a_server_is_published_mended_and_tidied(tmp_path: Path, workshop: Workshop) -> None:
    import chromadb

    with chroma_server() as url:
        there = Workshop(workshop.settings.model_copy(update={"chroma": url}))
        there.fresh_knowledge(quiet)
        path = there.knowledge.current()
        assert path is not None
        token = read_manifest(path).token
        assert token is not None
        assert "999,999" in says(there)
        client = chromadb.HttpClient(host="127.0.0.1", port=int(url.rpartition(":")[2]))
        for collection in client.list_collections():
            client.delete_collection(collection.name)
        assert "999,999" in says(there)
        left = {c.name for c in client.list_collections()}
        assert left
        assert not any(name.startswith(token) for name in left)


def test_the_commands_say_what_changes_and_what_answers(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CCARE_DATA", str(workshop.settings.data))
    monkeypatch.setenv("CCARE_CORPUS", str(workshop.settings.corpus))
    edit(workshop, "999,999", "500,000")
    assert run_ccare(monkeypatch, "knowledge", "build", "--hold") == 0
    assert "not published" in capsys.readouterr().out
    waiting = workshop.knowledge.names()[-1]
    assert run_ccare(monkeypatch, "knowledge", "diff", "--to", waiting) == 0
    said = capsys.readouterr().out
    assert "500,000" in said
    assert "merchant-coupon-rules-zh" in said
    assert "merchant-coupon-rules-en" not in said
    assert run_ccare(monkeypatch, "knowledge", "publish", waiting) == 0
    assert run_ccare(monkeypatch, "knowledge", "diff", "--json") == 0
    notice = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (notice["kind"], notice["product"], notice["audience"]) == ("changed", "merchant_coupon", "merchant")
    assert run_ccare(monkeypatch, "knowledge", "rollback") == 0
    assert "answers again" in capsys.readouterr().out
    assert run_ccare(monkeypatch, "knowledge", "diff", "--until", "soon") == 2
    assert "write it as 2026-12-31" in capsys.readouterr().err
    assert run_ccare(monkeypatch, "knowledge", "stale") == 0
    assert run_ccare(monkeypatch, "knowledge", "publish", "k-none") == 1
    assert "There is no generation k-none" in capsys.readouterr().err


def test_a_process_that_answers_takes_up_what_is_published_and_taken_back(workshop: Workshop) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(workshop.settings.data), str(workshop.settings.corpus)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip

    def ask() -> str:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write("?\n")
        return reader.stdout.readline()

    assert "999,999" in ask()
    edit(workshop, "999,999", "500,000")
    workshop.build_knowledge(quiet)
    assert "500,000" in ask()
    publishing.roll_back(workshop)
    assert "999,999" in ask()
    reader.communicate("")
