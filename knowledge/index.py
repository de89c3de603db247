"""Build one generation of the index in an empty directory, and prove that a published one finds what it holds.

manifest.json     generation, model, counts
documents.jsonl   front matter          passages.jsonl   one passage a line; the line number is its row
vectors.npy       float32[rows, 384]    chroma/          nearest neighbours, a collection a shelf
lexical/          words.json (segmenter) and one BM25 index for each language and owner
rules.jsonl       the rules that the documents state, proved against their passages
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from knowledge.embed import DIMENSIONS, MODEL, Embedder
from knowledge.errors import IndexDamagedError, IndexMissingError
from knowledge.lexical import Lexical, write_lexical
from knowledge.lexicon import lexicon
from knowledge.load import Corpus, document_files, folders, load_documents
from knowledge.rules import read_rules, write_rules
from knowledge.rules_load import load_rules, rule_files
from knowledge.rules_proof import Shelf, conflicts, problems_of
from knowledge.shelves import Holdings, Row
from knowledge.split import Piece, split_document
from knowledge.store import Store, write_store
from knowledge.types import Document, Frozen
from knowledge.words import Segmenter, Words

FORMAT = 3  # raised whenever what is written changes, so that an old generation is not taken for a new one
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
    shelves: dict[str, int]
    files: dict[str, Mark]


def corpus_hash(corpus: Corpus, model: str = MODEL) -> str:
    """The generation that `corpus` gives: 16 hex digits of its files, the segmenter's words, model and format."""
    digest = hashlib.sha256(f"{FORMAT}\n{model}\n".encode())
    for folder in folders(corpus):
        for path in [*document_files(folder), *rule_files(folder)]:
            name, content = path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{name}\n{content}\n".encode())
    digest.update("\n".join(lexicon().chinese_words()).encode())
    return digest.hexdigest()[:16]


def build_index(corpus: Corpus, out: Path, *, embedder: Embedder, progress: Progress | None = None) -> Report:
    """Write the index of `corpus` into the empty directory `out`; the caller publishes it.

    `progress` is called with what is being done and the share done, 0..1. Raises DocumentError for a broken one, and
    for a rule that its passages do not bear out.
    """
    tell = progress or (lambda what, done: None)
    loaded = load_documents(corpus)
    pieces = _split(loaded, tell)
    documents = {document.id: document for document, _ in loaded}
    rules = load_rules(corpus, Shelf(documents, {p.passage_id: f"{p.section}\n{p.text}" for p in pieces}))
    vectors = _embed(pieces, embedder, tell)
    rows = [
        Row(passage_id=p.passage_id, document=p.document_id, number=p.number, section=p.section, text=p.text)
        for p in pieces
    ]
    holdings = Holdings(documents, rows)
    holdings.write(out)
    write_rules(rules, out)
    np.save(out / "vectors.npy", vectors)
    _write_lexical(out / "lexical", holdings, tell)
    shelves = {name: rows for name, (_, rows) in holdings.shelves.items()}
    write_store(out / "chroma", {name: (rows, vectors[rows]) for name, rows in shelves.items()})
    tell("storing vectors", 1.0)
    report = Report(
        generation=corpus_hash(corpus, embedder.model),
        model=embedder.model,
        format=FORMAT,
        documents=len(documents),
        passages=len(rows),
        shelves={name: len(rows) for name, rows in shelves.items()},
        files={p.relative_to(out).as_posix(): _mark(p) for p in sorted(out.rglob("*")) if p.is_file()},
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
        raise _damaged(path, "its manifest cannot be read") from error
    if report.format != FORMAT:
        raise _damaged(path, f"it was written in format {report.format}, this version reads {FORMAT}")
    if model is not None and report.model != model:
        raise _damaged(path, f"it was embedded by {report.model}, questions are embedded by {model}")
    for name, mark in report.files.items():  # half an index file would not raise but crash inside Chroma
        if not (path / name).is_file() or (path / name).stat().st_size != mark.size:
            raise _damaged(path, f"its file {name} is missing or has another length")
    return report


def read_vectors(path: Path, rows: int) -> NDArray[np.float32]:
    """float32[rows, 384], mapped, not read."""
    try:
        vectors = np.load(path / "vectors.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path, "its vectors cannot be read") from error
    if vectors.shape != (rows, DIMENSIONS):
        raise _damaged(path, f"it holds vectors of shape {vectors.shape} for {rows} passages")
    return np.asarray(vectors)


def verify_index(path: Path, embedder: Embedder, *, sample: int | None = None) -> Report:
    """Every passage (or `sample` of them, evenly spread) must find itself, by its vector and by its words.

    A count proves nothing: a store with a truncated index still counted all its rows. Files are compared with their
    digests first, because Chroma does not survive every broken file. Raises IndexDamagedError.
    """
    report = read_manifest(path, embedder.model)
    for name, mark in report.files.items():
        if _mark(path / name) != mark:
            raise _damaged(path, f"its file {name} has changed since it was built")
    holdings = Holdings.read(path)
    if (len(holdings.documents), len(holdings.rows)) != (report.documents, report.passages):
        raise _damaged(path, f"it holds {len(holdings.rows)} passages where its manifest says {report.passages}")
    _verify_rules(path, holdings)
    vectors = read_vectors(path, report.passages)
    step = 1 if sample is None else max(1, report.passages // max(1, sample))
    checked = range(0, report.passages, step)
    _verify_store(path, report, holdings, vectors, set(checked))
    _verify_lexical(path, holdings, set(checked))
    return report


def _split(loaded: list[tuple[Document, str]], tell: Progress) -> list[Piece]:
    pieces: list[Piece] = []
    for number, (document, body) in enumerate(loaded, start=1):
        pieces.extend(split_document(document, body))
        tell("splitting documents", number / len(loaded))
    return pieces


def _embed(pieces: list[Piece], embedder: Embedder, tell: Progress) -> NDArray[np.float32]:
    vectors = np.empty((len(pieces), DIMENSIONS), dtype=np.float32)
    for start in range(0, len(pieces), EMBED_STEP):
        part = pieces[start : start + EMBED_STEP]
        vectors[start : start + len(part)] = embedder.passages([p.indexed for p in part])
        tell("embedding passages", (start + len(part)) / len(pieces))
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
    return "\n".join([document.title, passage.section, passage.section, *document.aliases, passage.text])


def _verify_rules(path: Path, holdings: Holdings) -> None:
    rules = list(read_rules(path))
    shelf = Shelf(holdings.documents, {row.passage_id: f"{row.section}\n{row.text}" for row in holdings.rows})
    wrong = [*(p for rule in rules for p in problems_of(rule, shelf)), *conflicts(rules)]
    if wrong:
        raise _damaged(path, f"its rules do not agree with its passages ({wrong[0].message})")


def _verify_store(
    path: Path, report: Report, holdings: Holdings, vectors: NDArray[np.float32], checked: set[int]
) -> None:
    store = Store(path / "chroma", list(report.shelves))
    try:
        for name, (_, rows) in holdings.shelves.items():
            if store.count(name) != len(rows):
                raise _damaged(
                    path, f"its vector store counts {store.count(name)} of {len(rows)} passages on shelf {name}"
                )
            for row in (r for r in rows if r in checked):
                found = store.query(name, vectors[row], min(3, len(rows)))
                if not any(r == row or similarity > 0.9999 for r, similarity in found):
                    raise _damaged(
                        path,
                        f"its vector store does not find passage {holdings.rows[row].passage_id} by its own vector",
                    )
    finally:
        store.close()


def _verify_lexical(path: Path, holdings: Holdings, checked: set[int]) -> None:
    folder = path / "lexical"
    words = Words(Segmenter.read(folder))
    for name, rows in holdings.lexical.items():
        lexical = Lexical(folder / name)
        if lexical.rows != len(rows):
            raise _damaged(path, f"its word index {name} counts {lexical.rows} of {len(rows)} passages")
        for place, row in ((i, r) for i, r in enumerate(rows) if r in checked):
            terms = words.terms(searchable(holdings, row))
            scores = lexical.scores(terms)
            if terms and int((scores > scores[place]).sum()) >= 3:
                raise _damaged(
                    path, f"its word index does not find passage {holdings.rows[row].passage_id} by its own words"
                )


def _mark(path: Path) -> Mark:
    with path.open("rb") as file:
        return Mark(size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _damaged(path: Path, why: str) -> IndexDamagedError:
    return IndexDamagedError(f"The knowledge index in {path} is damaged: {why}. Build it again: ccare knowledge build")
