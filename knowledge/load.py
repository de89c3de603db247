"""Documents from a folder of Markdown. Front matter is strict: a rule without dates must never reach a reader."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.errors import DocumentError
from knowledge.types import Document

FENCE = "---"
LoadedDocument = tuple[Document, str]
Corpus = Path | Sequence[Path]  # one folder of documents, or several that are one corpus


def load_documents(corpus: Corpus) -> list[LoadedDocument]:
    """Every `*.md` below the folders except README.md, sorted by id, as (front matter, Markdown body).

    Raises DocumentError naming the file, the key and what to do, for the first problem met; ids are unique and
    `supersedes` and `counterpart` name documents that exist, in any of the folders.
    """
    for folder in folders(corpus):
        if not folder.is_dir():
            raise DocumentError(
                f"The document folder {folder} does not exist. Give the folder that holds the Markdown files."
            )
    found: dict[str, tuple[Path, LoadedDocument]] = {}
    for path in document_files(corpus):
        loaded = load_document(path)
        if loaded[0].id in found:
            other = found[loaded[0].id][0]
            raise DocumentError(
                f"{path}: the id '{loaded[0].id}' is already taken by {other}. Give one of them another id."
            )
        found[loaded[0].id] = (path, loaded)
    if not found:
        raise DocumentError(
            f"The folder {named(corpus)} holds no Markdown document. Put at least one .md file with front matter there."
        )
    _check_references(found)
    return [found[id][1] for id in sorted(found)]


def folders(corpus: Corpus) -> list[Path]:
    """The folders of a corpus, in the order given."""
    return [corpus] if isinstance(corpus, Path) else list(corpus)


def named(corpus: Corpus) -> str:
    """The folders of a corpus, for a sentence."""
    return " and ".join(str(folder) for folder in folders(corpus))


def document_files(corpus: Corpus) -> list[Path]:
    """The files that make a corpus, folder by folder, in a fixed order."""
    return [
        path
        for folder in folders(corpus)
        for path in sorted(folder.rglob("*.md"))
        if path.name.lower() != "readme.md" and not path.name.startswith(".")
    ]


def load_document(path: Path) -> LoadedDocument:
    """One file; DocumentError if its front matter or its text is broken."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: not UTF-8 text (byte {error.start}). Save the file as UTF-8.") from error
    return parse_document(path, text)


def parse_document(path: Path, text: str) -> LoadedDocument:
    """A document's text as it stands, or will stand, in `path`; DocumentError names that path."""
    head, body = _cut(path, text)
    try:
        fields = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise DocumentError(
            f"{path}: the front matter is not valid YAML{_place(error)}. Quote values that hold ':' or '#'."
        ) from error
    if not isinstance(fields, dict):
        raise DocumentError(
            f"{path}: the front matter holds no keys. Write lines of the form 'key: value' between the two '---'."
        )
    document = _document(path, fields)
    if not body.strip():
        raise DocumentError(
            f"{path}: there is no text after the front matter. Write the document's text below the second '---'."
        )
    return document, body


def _cut(path: Path, text: str) -> tuple[str, str]:
    lines = text.splitlines()
    if not lines or lines[0].strip() != FENCE:
        raise DocumentError(
            f"{path}: the first line is not '---'. Begin the file with front matter between two lines of '---'."
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
    raise DocumentError(f"{path}: the front matter does not end. Put a line of '---' after its last key.")


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    where = f" at line {mark.line + 2}" if mark is not None else ""  # + 1 for the fence, + 1 because marks count from 0
    return f"{where} ({problem})" if problem else where


def _document(path: Path, fields: dict[Any, Any]) -> Document:
    try:
        document = Document.model_validate({str(k): v for k, v in fields.items()})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "front matter"
        raise DocumentError(
            f"{path}: key '{key}': {_advice(first['type'], str(first['msg']), first.get('input'))}"
        ) from error
    if document.valid_from and document.valid_until and document.valid_until < document.valid_from:
        raise DocumentError(f"{path}: key 'valid_until': {document.valid_until} lies before its start. Correct it.")
    for key in ("id", "title", "product", "source"):
        if not getattr(document, key).strip():
            raise DocumentError(f"{path}: key '{key}': is empty. Fill it in.")
    return document


def _advice(kind: str, message: str, value: object) -> str:
    if kind == "missing":
        return "is missing. Add it; write 'null' where there is no value and that is allowed."
    if kind == "extra_forbidden":
        return "is not known. Remove it, or correct its spelling."
    if kind == "string_type":
        return f"has the value {value!r}, which is not text. Put it in quotes."
    if kind.startswith("date"):
        return f"has the value {value!r}, which is not a date. Write it as 2026-11-30."
    return f"has the value {value!r}: {message}. Correct it."


def _check_references(found: dict[str, tuple[Path, LoadedDocument]]) -> None:
    for path, (document, _) in found.values():
        for key in ("supersedes", "counterpart"):
            target = getattr(document, key)
            if target is not None and target not in found:
                raise DocumentError(
                    f"{path}: key '{key}': there is no document '{target}'. Correct the id, or write null."
                )
            if target == document.id or (key == "supersedes" and _circular(document.id, found)):
                raise DocumentError(
                    f"{path}: key '{key}': leads back to the document itself. Name another one, or write null."
                )
        if document.counterpart and found[document.counterpart][1][0].locale == document.locale:
            raise DocumentError(
                f"{path}: key 'counterpart': '{document.counterpart}' is in the same language. "
                "Name the other language's document."
            )


def _circular(id: str, found: dict[str, tuple[Path, LoadedDocument]]) -> bool:
    seen: set[str] = set()
    current: str | None = id
    while current in found and current not in seen:
        seen.add(current)
        current = found[current][1][0].supersedes
    return current in seen
