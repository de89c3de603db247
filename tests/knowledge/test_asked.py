"""Questions kept beside a section find it in everyday words and in the other language, and name the sentence; known
questions without an answer are told."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from knowledge.asked import load_asked
from knowledge.errors import DocumentError
from knowledge.load import load_documents
from knowledge.soundness import verify_index
from knowledge.types import Audience
from knowledge.unsaid import load_unsaid

from .conftest import Asker, WriteDocument

STOCK = "## 加和减\n库存只能追加，不能减少。\n\n作废只对已经发出去的券有效。\n\n## 图片\n图片不超过 200 KB。"
ASKED = [
    {"section": 1, "zh": ["发多了能收回来几张吗"], "en": ["can I take some of them back"]},
    {"section": 2, "zh": ["相片太大传不上去"], "en": ["my photo is refused"]},
]


def write_asked(folder: Path, stem: str, entries: object, kind: str = "asked") -> Path:
    path = folder / kind / f"{stem}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, write_document: WriteDocument) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    write_document(folder, STOCK, counterpart="coupon-en")
    write_document(
        folder, "## Adding\nStock can only be added.\n\n## Pictures\nAt most 200 KB. A dark picture sells less.",
        id="coupon-en", locale="en", title="Merchant coupons", counterpart="coupon-zh",
    )  # fmt: skip
    write_document(folder, "## 群发\n每周一次。", id="account-zh", title="生活号", product="life_account")
    write_document(folder, "## 权限\n只给服务商看。", id="secret-zh", title="服务商手册", audience="provider")
    write_asked(folder, "coupon", [*ASKED, {"section": 2, "of": "coupon-en", "zh": ["暗的相片卖得少吗"]}])
    write_asked(folder, "secret", [{"section": 1, "zh": ["代运营的人能看什么"]}])
    write_asked(folder, "coupon", {"zh": ["传一张图要收几块钱"], "en": ["is there a tax on coupons"]}, "unsaid")
    return folder


@pytest.fixture(scope="module")
def library(corpus: Path, open_library: Callable[[Path], Asker]) -> Asker:
    return open_library(corpus)


def test_everyday_words_find_the_section_and_the_sentence_that_answers(library: Asker) -> None:
    found = library("发多了能收回来几张吗").passages[0]
    assert found.passage_id == "coupon-zh#1"
    assert found.answer == "库存只能追加，不能减少。"
    assert found.asked > 0.95


def test_a_section_with_a_counterpart_is_found_in_the_askers_language(library: Asker) -> None:
    assert library("my photo is refused", locale="en").passages[0].passage_id == "coupon-en#2"
    assert library("相片太大传不上去").passages[0].passage_id == "coupon-zh#2"


def test_what_one_language_alone_says_is_found_from_the_other(library: Asker) -> None:
    found = [p.passage_id for p in library("暗的相片卖得少吗").passages[:2]]
    assert found[0] == "coupon-en#2"
    assert library("暗的相片卖得少吗").passages[0].answer == "A dark picture sells less."


def test_a_question_is_read_by_nobody_who_may_not_read_its_passage(library: Asker) -> None:
    assert all(p.document.id != "secret-zh" for p in library("代运营的人能看什么").passages)
    assert library("代运营的人能看什么", role="provider").passages[0].document.id == "secret-zh"


def test_every_question_is_known_for_each_document_of_its_file(corpus: Path) -> None:
    asked = load_asked(corpus, [d for d, _ in load_documents(corpus)])
    assert [(q.document, q.section, q.locale, q.alone) for q in asked if q.document != "secret-zh"] == [
        (document, section, locale, False)
        for section in (1, 2)
        for document in ("coupon-zh", "coupon-en")
        for locale in ("zh", "en")
    ] + [("coupon-en", 2, "zh", True)]


def test_a_damaged_line_of_questions_is_found_at_the_start(corpus: Path, tmp_path: Path, embedder: object) -> None:
    from knowledge.errors import IndexDamagedError
    from knowledge.index import build_index

    build_index(corpus, tmp_path, embedder=embedder)  # type: ignore[arg-type]
    file = tmp_path / "asked.jsonl"
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"asked\.jsonl"):
        verify_index(tmp_path, embedder)  # type: ignore[arg-type]


def test_a_known_question_without_an_answer_is_less_sure_than_without_knowing(
    corpus: Path, library: Asker, tmp_path: Path, open_library: Callable[[Path], Asker]
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for file in corpus.glob("*.md"):
        (bare / file.name).write_bytes(file.read_bytes())
    write_asked(bare, "coupon", ASKED)
    question = "传一张图要收几块钱"
    assert library(question).confidence < open_library(bare)(question).confidence


def test_the_reading_of_a_question_sets_slips_right_and_leaves_the_rest(library: Asker) -> None:
    merchant = Audience(role="merchant")
    assert library.library.reading("库存能减少吗？", audience=merchant) == "库存能减少吗？"
    assert "激励点数" in library.library.reading("jili dianshu 能转让吗", audience=merchant)


@pytest.mark.parametrize(
    ("stem", "entries", "wrong"),
    [
        pytest.param("nothing", ASKED, "there is no document nothing", id="no document"),
        pytest.param("coupon", {"section": 1}, "list of entries", id="no list"),
        pytest.param("coupon", [{"zh": ["x"]}], "section", id="no section"),
        pytest.param("coupon", [{"section": 1, "of": "account-zh", "zh": ["x"]}], "'of' names", id="another's"),
    ],
)
def test_a_wrong_file_of_questions_is_named(
    corpus: Path, tmp_path: Path, stem: str, entries: object, wrong: str
) -> None:
    documents = [d for d, _ in load_documents(corpus)]
    write_asked(tmp_path, stem, entries)
    with pytest.raises(DocumentError, match=wrong):
        load_asked(tmp_path, documents)


def test_a_section_that_is_not_there_stops_the_build(
    tmp_path: Path, write_document: WriteDocument, open_library: Callable[[Path], Asker]
) -> None:
    write_document(tmp_path, STOCK)
    write_asked(tmp_path, "coupon", [{"section": 9, "zh": ["有第九节吗"]}])
    with pytest.raises(DocumentError, match="no section 9"):
        open_library(tmp_path)


def test_a_wrong_file_of_questions_without_answers_is_named(tmp_path: Path) -> None:
    path = write_asked(tmp_path, "x", {"fr": ["quoi"]}, "unsaid")
    with pytest.raises(DocumentError, match=str(path)):
        load_unsaid(tmp_path)
