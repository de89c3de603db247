"""A slice of the labelled questions through our own index and search."""

import os
from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings, read_settings
from knowledge.index import build_index
from knowledge.library import IndexedLibrary
from tests.benchmarks.labelled import KeptEmbedder, read_set, titled, write_corpus
from tests.benchmarks.retrieval import kept, score_of, searched

QUESTIONS = 50


def labelled_folder() -> Path:
    folder = read_settings().eval_data / "retrieval"
    if not folder.is_dir():
        if f"{PREFIX}EVAL_DATA" in os.environ:
            pytest.fail(f"{PREFIX}EVAL_DATA names a folder without retrieval/")
        pytest.skip("the labelled sets are not here; CCARE_EVAL_DATA names their folder")
    return folder


def test_labelled_questions_find_their_passage_among_five(tmp_path: Path) -> None:
    found = read_set(labelled_folder(), "orsharc")
    embedder: KeptEmbedder = kept(Settings(data=Path(".ccare") / "bench").data)
    cached = embedder.knows(found.questions)
    asked = found._replace(questions=found.questions[:QUESTIONS], relevant=found.relevant[:QUESTIONS])
    if not cached:
        asked = asked._replace(questions=asked.questions[:12], relevant=asked.relevant[:12])
    right = sorted({id for ids in asked.relevant for id in ids})
    others = [id for id in found.passages if id not in right][: len(found.passages) if cached else 30]
    (tmp_path / "index").mkdir()
    build_index(write_corpus(asked, tmp_path / "corpus", [*right, *others]), tmp_path / "index", embedder=embedder)
    library = IndexedLibrary(tmp_path / "index", embedder)
    reached = score_of(searched(asked, library, embedder))
    library.close()
    assert reached.recall >= 0.85
    assert reached.mrr >= 0.7


def test_a_heading_is_a_title_and_an_opening_serves_where_there_is_none() -> None:
    assert titled("#  Tax abroad\n\nYou can visit.") == ("Tax abroad", "You can visit.")
    assert titled("To obtain it, apply. Then wait.") == ("To obtain it", "To obtain it, apply. Then wait.")
    assert titled("# Only a heading") == ("Only a heading", "Only a heading")
    assert titled("香港创新中心，正名创新中心") == ("香港创新中心", "香港创新中心，正名创新中心")
