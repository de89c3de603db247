"""Documents as ingest writes them: strict front matter, guesses marked, and a line that says where they came from.

That line is the only memory there is. It holds the source, its digest and a digest of the rest of the file; if the rest
no longer agrees, a person has corrected it. One atomic rename writes text and memory together.
"""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from knowledge.errors import DocumentError, IngestBusyError
from knowledge.ingest.types import Guess
from knowledge.load import document_files, load_document
from knowledge.types import Document, Frozen

OFFERED = ".new"  # beside a corrected document: what its changed source would give
_SIGN = "# ccare-ingest: "
_HINT = "# Correct this file freely: once changed, it is never overwritten. What is marked 'inferred' was guessed."


class Mark(Frozen):
    """Where a document came from."""

    source: str
    content: str  # sha256 of the source alone, by which a moved one is known again
    digest: str  # sha256 of everything the document was made from
    audience: str | None  # as given on the command line
    tenant: str | None
    written: str = ""  # sha256 of the file without this line


class Existing(NamedTuple):
    """A document in the folder of ingested ones."""

    path: Path
    mark: Mark | None  # None: written by a person
    edited: bool
    document: Document | None  # None: it cannot be read as it is now

    @property
    def id(self) -> str:
        return self.document.id if self.document else self.path.stem


def render(fields: Mapping[str, Any], guesses: Mapping[str, Guess], body: str, mark: Mark) -> str:
    """The file's text. Fields stand in the order of Document; JSON's scalars are valid YAML."""
    lines = [_HINT]
    known = [key for key in Document.model_fields if key in fields]
    for key in [*known, *(key for key in fields if key not in known)]:
        why = f"  # inferred: {_comment(guesses[key].why)}" if key in guesses else ""
        lines.append(f"{key}: {_scalar(key, fields[key])}{why}")
    return _marked("\n".join(["---", *lines, "---", "", body]), mark)


def _scalar(key: str, value: Any) -> str:
    field = Document.model_fields.get(key)
    if field is not None and "date" in str(field.annotation) and isinstance(value, str):
        return value if value.replace("-", "").isalnum() else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
    return " ".join(text.split())


def _marked(text: str, mark: Mark) -> str:
    stamped = mark.model_copy(update={"written": sha(text.encode())})
    first, rest = text.split("\n", 1)
    return f"{first}\n{_SIGN}{json.dumps(stamped.model_dump(), ensure_ascii=False)}\n{rest}"


def read_mark(text: str) -> tuple[Mark | None, bool]:
    """The mark of a file, and whether the file was changed since it was written."""
    lines = text.split("\n")
    for place, line in enumerate(lines[:5]):
        if line.startswith(_SIGN):
            try:
                mark = Mark.model_validate_json(line.removeprefix(_SIGN))
            except ValidationError:
                return None, True
            rest = "\n".join([*lines[:place], *lines[place + 1 :]])
            return mark, sha(rest.encode()) != mark.written
    return None, True


def moved(existing: Existing, source: Path) -> None:
    """Write down that the source lies elsewhere now; the rest, corrected or not, stays to the letter."""
    text = existing.path.read_text(encoding="utf-8")
    if existing.mark is not None:
        old = next(line for line in text.split("\n") if line.startswith(_SIGN))
        mark = existing.mark.model_copy(update={"source": str(source)})
        replace(existing.path, text.replace(old, _SIGN + json.dumps(mark.model_dump(), ensure_ascii=False), 1))


def read_existing(folder: Path) -> list[Existing]:
    """Every document in the folder, also those that a person broke."""
    found: list[Existing] = []
    for path in document_files(folder) if folder.is_dir() else ():
        mark, edited = read_mark(path.read_text(encoding="utf-8", errors="replace"))
        try:
            document = load_document(path)[0]
        except DocumentError:
            document = None
        found.append(Existing(path, mark, edited, document))
    return found


def offered(path: Path) -> Path:
    return path.with_name(path.name + OFFERED)


def replace(path: Path, text: str) -> None:
    """Whoever reads `path` sees the old text or the new one, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.writing")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While inside, no other ingest writes into `folder`; what a killed one left half-written is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IngestBusyError(f"Another ingest writes into {folder}. Wait until it has ended.") from error
        for left in folder.glob(".*.writing"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(held)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
