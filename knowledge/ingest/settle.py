"""From a converted file to a document that the corpus can take: its fields, its id, what it refers to."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path, PurePath
from typing import Any, Literal, NamedTuple

from knowledge.errors import DocumentError, RefusedFileError
from knowledge.ingest.types import Converted, Guess, Inferred
from knowledge.ingest.written import Existing, Mark, render, sha
from knowledge.load import parse_document
from knowledge.types import Document

RECHECK_DAYS = 180
_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")
_TOLD = 300  # characters of a sentence that quotes what a file holds


class Options(NamedTuple):
    """What was said on the command line for all files together."""

    today: date
    audience: Literal["merchant", "provider", "all"] | None = None
    tenant: str | None = None


class Settled(NamedTuple):
    document: Document
    text: str  # of the file to write
    inferred: tuple[Inferred, ...]


def settle(path: Path, converted: Converted, options: Options, mark: Mark, id: Guess) -> Settled:
    """The document as it will be written; RefusedFileError names the first field that it cannot have."""
    fields, guesses = _fields(converted, options)
    if "id" not in converted.given:
        fields["id"], guesses["id"] = id.value, id
    name = str(fields.get("id"))
    if not _ID.fullmatch(name):
        raise RefusedFileError(f"Its id '{name[:60]}' is not one: use a-z, 0-9, '-', '_' and '.', at most 100 of them.")
    text = render(fields, guesses, converted.body, mark)
    try:
        document, _ = parse_document(path, text)
    except DocumentError as error:
        raise RefusedFileError(_sentence(str(error).removeprefix(f"{path}: "))) from error
    told = tuple(Inferred(field=f, value=g.value, why=g.why) for f, g in guesses.items())
    return Settled(document, text, told)


def _sentence(text: str) -> str:
    """Cut, because it may quote what a file holds."""
    return (text[:1].upper() + text[1:])[:_TOLD]


def _fields(converted: Converted, options: Options) -> tuple[dict[str, Any], dict[str, Guess]]:
    """Stated in the file or its sidecar, else on the command line, else inferred."""
    given = dict(converted.given)
    guesses = dict(converted.inferred)
    if options.audience is not None and "audience" not in given:
        given["audience"] = options.audience
        guesses.pop("audience", None)
    if options.tenant is not None:
        if given.get("tenant") not in (None, options.tenant):
            raise RefusedFileError(
                f"It says tenant '{given['tenant']}', the command says '{options.tenant}'. Make them agree."
            )
        given["tenant"] = options.tenant
    until = given.get("valid_until") or getattr(guesses.get("valid_until"), "value", None)
    day = options.today
    dates = {
        "last_verified": Guess(value=day.isoformat(), why="the day it was taken from its source"),
        "recheck_by": Guess(value=_recheck(day, until), why=f"{RECHECK_DAYS} days later, or when it ends"),
    }
    guesses |= {field: guess for field, guess in dates.items() if field not in given}
    fields: dict[str, Any] = {"supersedes": None} | {field: guess.value for field, guess in guesses.items()} | given
    return fields, guesses


def _recheck(day: date, until: object) -> str:
    planned = day + timedelta(days=RECHECK_DAYS)
    try:
        end = date.fromisoformat(str(until))
    except ValueError:
        return planned.isoformat()
    return (end if day < end < planned else planned).isoformat()


def infer_id(path: Path, locale: str, taken: Mapping[str, object]) -> Guess:
    """From the file's name; what is not a-z or 0-9 there is replaced by a few digits of its digest."""
    stem = PurePath(path.name).stem
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60].strip("-")
    foreign = any(c.isalnum() and not c.isascii() for c in stem)
    parts = [plain or "document", sha(stem.encode())[:6] if foreign or not plain else ""]
    name = "-".join(part for part in parts if part)
    name = name if name.endswith(f"-{locale}") else f"{name}-{locale}"
    if name not in taken:
        return Guess(value=name, why="the file's name")
    name = f"{name.removesuffix(f'-{locale}')}-{sha(str(path).encode())[:8]}-{locale}"
    return Guess(value=name, why="the file's name and place; the name alone is taken")


def broken_reference(document: Document, others: Mapping[str, Document]) -> str | None:
    """What is wrong with the documents that this one names, as a sentence."""
    for key in ("supersedes", "counterpart"):
        target = getattr(document, key)
        if target is None:
            continue
        if target not in others and target != document.id:
            return f"Key '{key}': there is no document '{target}'. Correct the id, or ingest that one too."
        if target == document.id or (key == "supersedes" and _circular(document, others)):
            return f"Key '{key}': leads back to the document itself. Name another one, or write null."
    if document.counterpart and others[document.counterpart].locale == document.locale:
        return (
            f"Key 'counterpart': '{document.counterpart}' is in the same language. Name the other language's document."
        )
    return None


def _circular(document: Document, others: Mapping[str, Document]) -> bool:
    seen, current = {document.id}, others.get(document.supersedes or "")
    while current is not None:
        if current.id in seen:
            return True
        seen.add(current.id)
        current = others.get(current.supersedes or "")
    return False


def owner_problem(id: str, path: Path, owner: Existing | None, in_corpus: bool) -> str | None:
    """Why an id cannot be used by the document of `path`."""
    if in_corpus:
        return f"The id '{id}' is a document of the corpus. Give it another id, and 'supersedes: {id}' to replace that."
    if owner is None or (owner.mark is not None and owner.mark.source == str(path)):
        return None
    if owner.mark is None:
        return (
            f"The id '{id}' is taken by {owner.path.name}, which does not say that it came from here. "
            "Move that file away, or give this one another id."
        )
    return f"The id '{id}' is taken by the document of {owner.mark.source}. Give one of them another id."
