"""Build one generation of the index in an empty directory.

manifest.json     generation, model, counts
documents.jsonl   front matter          passages.jsonl   one passage a line; the line number is its row
asked.jsonl       what people ask that a passage answers, one question a line; its number is rows + the line number
vectors.npy       float32[rows + asked, 384]             chroma/  nearest neighbours, a collection a shelf
unsaid.npy        float32[n, 384], what people ask that no passage answers
lexical/          words.json (segmenter) and one BM25 index for each language and owner
rules.jsonl       the rules that the documents state, proved against their passages
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from knowledge.asked import asked_files, load_asked, placed, sentences_asked
from knowledge.embed import DIMENSIONS, MODEL, Embedder
from knowledge.errors import IndexDamagedError, IndexMissingError, KnowledgeError
from knowledge.lexical import write_lexical
from knowledge.lexicon import lexicon
from knowledge.load import Corpus, document_files, folders, load_documents
from knowledge.rules import write_rules
from knowledge.rules_load import load_rules, rule_files
from knowledge.rules_proof import Shelf
from knowledge.shelves import Holdings, Row
from knowledge.split import Piece, indexed_text, split_document
from knowledge.types import Document, Frozen
from knowledge.unsaid import load_unsaid, unsaid_files
from knowledge.vectors import write_vectors
from knowledge.words import Segmenter, Words

FORMAT = 5  # raised whenever what is written changes, so that an old generation is not taken for a new one
DIGESTED = 256 << 20  # bytes; a larger index is told from a damaged one by its files' lengths alone when it is opened
EMBED_STEP = 16  # passages embedded between two reports of progress
Progress = Callable[[str, float], None]  # what is being done, and the share of it that is done


class Mark(Frozen):
    """A finished file: published generations are never written, so it stays like this."""

    size: int
    sha256: str


class Report(Frozen):
    """What a generation holds; also its manifest.json."""

    generation: str
    model: str
    format: int
    documents: int
    passages: int
    asked: int = 0
    shelves: dict[str, int]
    files: dict[str, Mark]
    token: str | None = None  # the build's name on a Chroma server; None: the vectors lie in chroma/


def corpus_hash(corpus: Corpus, model: str = MODEL) -> str:
    """The generation that `corpus` gives: 16 hex digits of its files, the segmenter's words, model and format."""
    digest = hashlib.sha256(f"{FORMAT}\n{model}\n".encode())
    for folder in folders(corpus):
        for path in [*document_files(folder), *rule_files(folder), *asked_files(folder), *unsaid_files(folder)]:
            name, content = path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{name}\n{content}\n".encode())
    digest.update("\n".join(lexicon().chinese_words()).encode())
    return digest.hexdigest()[:16]


def build_index(
    corpus: Corpus,
    out: Path,
    *,
    embedder: Embedder,
    progress: Progress | None = None,
    before: Path | None = None,
    server: str | None = None,
) -> Report:
    """Write the index of `corpus` into the empty directory `out`; the caller publishes it.

    Passages that the generation `before` holds word for word are not embedded again. The nearest neighbours go to the
    Chroma `server` where one is given.
    `progress` is called with what is being done and the share done, 0..1. Raises DocumentError for a broken one, and
    for a rule that its passages do not bear out.
    """
    tell = progress or (lambda what, done: None)
    loaded = load_documents(corpus)
    pieces = _split(loaded, tell)
    documents = {document.id: document for document, _ in loaded}
    rules = load_rules(corpus, Shelf(documents, {p.passage_id: f"{p.section}\n{p.text}" for p in pieces}))
    questions = load_asked(corpus, documents.values())
    sentences = sentences_asked(questions, pieces)
    parts = [
        [*(p.indexed for p in pieces), *(q.text for q in questions)],
        [text for _, text in sentences],
        load_unsaid(corpus),
    ]
    every = _embed([text for part in parts for text in part], embedder, tell, _known(before, embedder.model))
    vectors, said, unsaid = np.split(every, np.cumsum([len(part) for part in parts[:-1]]))
    rows = [
        Row(passage_id=p.passage_id, document=p.document_id, number=p.number, section=p.section, text=p.text)
        for p in pieces
    ]
    asked = placed(questions, pieces, vectors[len(rows) :], sentences, said)
    holdings = Holdings(documents, rows, asked)
    holdings.write(out)
    write_rules(rules, out)
    np.save(out / "vectors.npy", vectors)
    np.save(out / "unsaid.npy", unsaid)
    _write_lexical(out / "lexical", holdings, tell)
    shelves = {name: holdings.stored(rows) for name, (_, rows) in holdings.shelves.items()}
    token = write_vectors(out, {name: (numbers, vectors[numbers]) for name, numbers in shelves.items()}, server)
    tell("storing vectors", 1.0)
    report = Report(
        generation=corpus_hash(corpus, embedder.model),
        model=embedder.model,
        format=FORMAT,
        documents=len(documents),
        passages=len(rows),
        asked=len(asked),
        shelves={name: len(numbers) for name, numbers in shelves.items()},
        files={p.relative_to(out).as_posix(): mark_of(p) for p in sorted(out.rglob("*")) if p.is_file()},
        token=token,
    )
    (out / "manifest.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return report


def read_manifest(path: Path, model: str | None = None) -> Report:
    """The manifest of a published index; `model`, when given, must be the one it was built with."""
    file = path / "manifest.json"
    if not file.is_file():
        raise IndexMissingError(f"There is no knowledge index in {path}. Build it first: ccare knowledge build")
    try:
        report = Report.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValidationError, ValueError) as error:
        raise damaged(path, "its manifest cannot be read") from error
    if report.format != FORMAT:
        raise damaged(path, f"it was written in format {report.format}, this version reads {FORMAT}")
    if model is not None and report.model != model:
        raise damaged(path, f"it was embedded by {report.model}, questions are embedded by {model}")
    for name, mark in report.files.items():  # half an index file would not raise but crash inside Chroma
        if not (path / name).is_file() or (path / name).stat().st_size != mark.size:
            raise damaged(path, f"its file {name} is missing or has another length")
    if sum(mark.size for mark in report.files.values()) <= DIGESTED:  # 5 MB take 5 ms
        for name, mark in report.files.items():
            if mark_of(path / name) != mark:
                raise damaged(path, f"its file {name} has changed since it was built")
    return report


def read_vectors(path: Path, rows: int) -> NDArray[np.float32]:
    """float32[rows, 384], mapped, not read."""
    try:
        vectors = np.load(path / "vectors.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path, "its vectors cannot be read") from error
    if vectors.shape != (rows, DIMENSIONS):
        raise damaged(path, f"it holds vectors of shape {vectors.shape} for {rows} passages")
    return np.asarray(vectors)


def read_unsaid(path: Path) -> NDArray[np.float32]:
    """float32[n, 384]: what people ask that no passage answers."""
    try:
        return np.asarray(np.load(path / "unsaid.npy", allow_pickle=False), dtype=np.float32).reshape(-1, DIMENSIONS)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path, "its questions without an answer cannot be read") from error


def _split(loaded: list[tuple[Document, str]], tell: Progress) -> list[Piece]:
    pieces: list[Piece] = []
    for number, (document, body) in enumerate(loaded, start=1):
        pieces.extend(split_document(document, body))
        tell("splitting documents", number / len(loaded))
    return pieces


def _known(before: Path | None, model: str) -> dict[str, NDArray[np.float32]]:
    """Vectors of an earlier generation by the text they are of; none where it cannot be read, which costs only time."""
    if before is None:
        return {}
    try:
        report, holdings = read_manifest(before, model), Holdings.read(before)
        vectors = read_vectors(before, report.passages + report.asked)
    except KnowledgeError:
        return {}
    texts = [indexed_text(holdings.documents[row.document], row.section, row.text) for row in holdings.rows]
    return dict(zip([*texts, *(one.text for one in holdings.asked)], vectors, strict=True))


def _embed(
    texts: list[str], embedder: Embedder, tell: Progress, known: dict[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
    new = [i for i, text in enumerate(texts) if text not in known]
    for i, text in enumerate(texts):
        if text in known:
            vectors[i] = known[text]
    for start in range(0, len(new), EMBED_STEP):
        part = new[start : start + EMBED_STEP]
        vectors[part] = embedder.passages([texts[i] for i in part])
        tell("embedding passages", (start + len(part)) / len(new))
    if not new:
        tell("embedding passages", 1.0)
    return vectors


def _write_lexical(folder: Path, holdings: Holdings, tell: Progress) -> None:
    folder.mkdir(parents=True)
    segmenter = Segmenter.build()
    segmenter.write(folder)
    words = Words(segmenter)
    for done, (name, rows) in enumerate(holdings.lexical.items(), start=1):
        write_lexical(folder / name, [words.terms(searchable(holdings, row)) for row in rows])
        tell("indexing words", done / len(holdings.lexical))


def searchable(holdings: Holdings, row: int) -> str:
    """What the words of a passage are taken from: names count as much as text, the section's name twice."""
    document, passage = holdings.document(row), holdings.rows[row]
    asked = [holdings.asked[i].text for i in holdings.asked_of.get(row, ())]
    return "\n".join([document.title, passage.section, passage.section, *document.aliases, passage.text, *asked])


def mark_of(path: Path) -> Mark:
    with path.open("rb") as file:
        return Mark(size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def damaged(path: Path, why: str) -> IndexDamagedError:
    return IndexDamagedError(f"The knowledge index in {path} is damaged: {why}. Build it again: ccare knowledge build")
