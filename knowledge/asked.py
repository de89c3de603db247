"""What people ask that a section answers, in their own words: indexed beside it, so that everyday speech finds it.

`asked/STEM.yaml` in a folder of documents speaks of the documents STEM, STEM-zh and STEM-en, in entries of the form

    - section: 3                    # the section's number, as in its passages' ids
      zh: [老客都不来了发点啥]
      en: [how do I get regulars to come back]

An entry with `of: STEM-en` asks what that document's section says and its counterpart's does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from knowledge.errors import DocumentError
from knowledge.load import Corpus, folders
from knowledge.sentences import sentences_of
from knowledge.split import Piece
from knowledge.types import Document, Frozen, Locale

FOLDER = "asked"
Vector = NDArray[np.float32]


class Entry(Frozen):
    """What is asked of one section. Without `of` it holds for both languages of the file's documents."""

    section: int = Field(ge=0)
    of: str | None = None
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Asked(Frozen):
    """One question, the row of the passage that answers it, and the sentence there that comes nearest to an answer.

    `alone`: the counterpart's section does not say it.
    """

    row: int
    text: str
    locale: Locale
    answer: str
    alone: bool = False


class Question(Frozen):
    """One question of one section of one document, before it is known which of its passages answers best."""

    document: str
    section: int
    text: str
    locale: Locale
    alone: bool


def asked_files(corpus: Corpus) -> list[Path]:
    """The files of questions, folder by folder, in a fixed order."""
    return [path for folder in folders(corpus) for path in sorted((folder / FOLDER).glob("*.yaml"))]


def load_asked(corpus: Corpus, documents: Iterable[Document]) -> list[Question]:
    """Every question of the corpus. A file STEM.yaml speaks of the documents STEM-zh, STEM-en, or STEM itself.

    DocumentError names the file, the entry and what to do.
    """
    known = {document.id for document in documents}
    found: list[Question] = []
    for path in asked_files(corpus):
        own = [id for id in (path.stem, f"{path.stem}-zh", f"{path.stem}-en") if id in known]
        if not own:
            raise DocumentError(f"{path}: there is no document {path.stem}, {path.stem}-zh or {path.stem}-en. Name it.")
        for number, entry in enumerate(_entries(path), start=1):
            if entry.of is not None and entry.of not in own:
                raise DocumentError(f"{path}, entry {number}: 'of' names {entry.of}; this file speaks of {own}.")
            found += [
                Question(document=id, section=entry.section, text=text, locale=locale, alone=entry.of is not None)
                for id in ([entry.of] if entry.of is not None else own)
                for locale, texts in _by_locale(entry)
                for text in texts
            ]
    return found


def _entries(path: Path) -> list[Entry]:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [Entry.model_validate(entry) for entry in content]
    except (OSError, yaml.YAMLError, TypeError, ValidationError, UnicodeDecodeError) as error:
        reason = f"{e['loc']}: {e['msg']}" if isinstance(error, ValidationError) and (e := error.errors()[0]) else error
        raise DocumentError(
            f"{path}: cannot be read ({reason}). Write a list of entries with 'section', 'zh' and 'en'."
        ) from error


def _by_locale(entry: Entry) -> tuple[tuple[Locale, tuple[str, ...]], tuple[Locale, tuple[str, ...]]]:
    return ("zh", entry.zh), ("en", entry.en)


def sentences_asked(questions: Sequence[Question], pieces: Sequence[Piece]) -> list[tuple[int, str]]:
    """(row, sentence) of every sentence among which the answers are, in reading order.

    DocumentError for a section that is not there.
    """
    parts = _parts(pieces)
    for question in questions:
        if (question.document, question.section) not in parts:
            raise DocumentError(
                f"{FOLDER}: {question.document} has no section {question.section} (it is said to answer "
                f"'{question.text}'). Correct the section's number, or remove the entry."
            )
    rows = sorted({row for q in questions for row in parts[q.document, q.section]})
    return [(row, sentence) for row in rows for sentence in sentences_of(pieces[row].text)]


def placed(
    questions: Sequence[Question], pieces: Sequence[Piece], asked: Vector,
    sentences: Sequence[tuple[int, str]], said: Vector,
) -> list[Asked]:  # fmt: skip
    """Each question with the sentence of its section that is nearest to it, and the passage that holds it.

    `asked` [questions, 384]; `sentences` as of `sentences_asked`, `said` [sentences, 384] their vectors.
    """
    parts = _parts(pieces)
    places: dict[int, list[int]] = defaultdict(list)
    for place, (row, _) in enumerate(sentences):
        places[row].append(place)
    found = []
    for question, vector in zip(questions, asked, strict=True):
        mine = [place for row in parts[question.document, question.section] for place in places[row]]
        row, answer = sentences[mine[int(np.argmax(said[mine] @ vector))]]
        found.append(Asked(row=row, text=question.text, locale=question.locale, answer=answer, alone=question.alone))
    return found


def _parts(pieces: Sequence[Piece]) -> dict[tuple[str, int], list[int]]:
    """(document, section) to its rows: a long section is several passages."""
    parts: dict[tuple[str, int], list[int]] = {}
    for row, piece in enumerate(pieces):
        parts.setdefault((piece.document_id, piece.number), []).append(row)
    return parts
