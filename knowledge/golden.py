"""Golden questions: what an index must find before it is published. `golden.jsonl` in a folder of documents.

One JSON object a line: `question`, `locale`, `documents` (one of them must be found), and optionally `role`
(merchant), `on` (a day; else today) and `says` (what the passage must hold).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from knowledge.embed import Embedder
from knowledge.errors import DocumentError, GoldenError
from knowledge.library import IndexedLibrary
from knowledge.load import Corpus, folders
from knowledge.types import Audience, Frozen, Locale

FILE = "golden.jsonl"
LIMIT = 5
SHOWN = 5  # failures named in the message


class Golden(Frozen):
    """One question, and where its answer stands."""

    question: str = Field(min_length=1)
    locale: Locale
    documents: tuple[str, ...] = Field(min_length=1)
    role: Literal["merchant", "provider"] = "merchant"
    on: date | None = None
    says: str = ""


def read_golden(corpus: Corpus) -> tuple[Golden, ...]:
    """The golden questions of all folders; none where there is no file. DocumentError names a broken line."""
    found: list[Golden] = []
    for path in (folder / FILE for folder in folders(corpus)):
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for number, line in enumerate(lines, start=1):
            try:
                found += [Golden.model_validate_json(line)] if line.strip() else []
            except ValidationError as error:
                what = error.errors()[0]
                where = ".".join(str(part) for part in what["loc"])
                raise DocumentError(f"{path}, line {number}: {where} {what['msg']}. Correct the line.") from error
    return tuple(found)


def missed(library: IndexedLibrary, golden: Sequence[Golden], embedder: Embedder, today: date) -> tuple[Golden, ...]:
    """Those that are not answered from one of their documents."""
    return tuple(g for g in golden if not _found(library, g, embedder, today))


def require_golden(path: Path, corpus: Corpus, embedder: Embedder, today: date, *, server: str | None = None) -> int:
    """How many golden questions the index answers, which is all of them: GoldenError names those that it does not."""
    golden = read_golden(corpus)
    if not golden:
        return 0
    library = IndexedLibrary(path, embedder, server=server)
    try:
        wrong = missed(library, golden, embedder, today)
    finally:
        library.close()
    if wrong:
        named = "; ".join(f"'{g.question}' ({' or '.join(g.documents)})" for g in wrong[:SHOWN])
        raise GoldenError(
            f"{len(wrong)} of {len(golden)} golden questions are not answered by the new index: {named}. It is not "
            f"published, the old one goes on answering. Correct the documents, or the questions in {FILE}."
        )
    return len(golden)


def _found(library: IndexedLibrary, golden: Golden, embedder: Embedder, today: date) -> bool:
    audience = Audience(role=golden.role)
    result = library.search(
        golden.question,
        vector=embedder.query(library.reading(golden.question, audience=audience)),
        audience=audience,
        on=golden.on or today,
        locale=golden.locale,
        limit=LIMIT,
    )
    return result.answerable and any(
        p.document.id in golden.documents and golden.says in p.text for p in result.passages
    )
