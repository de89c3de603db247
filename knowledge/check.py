"""What a person should look at in a folder of documents: broken, overdue, ended, contradictory or one-sided ones."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from knowledge.errors import DocumentError
from knowledge.load import Corpus, LoadedDocument, document_files, load_document, named
from knowledge.rules_load import prove_rules, rule_files, shelf_of
from knowledge.types import Document, Frozen

ProblemKind = Literal["unreadable", "duplicate", "recheck", "ended", "counterpart", "supersedes", "dates", "rule"]


class Problem(Frozen):
    """One thing to do; `blocking` ones keep the index from being built."""

    kind: ProblemKind
    document: str  # its id, or the file where there is no id to go by
    message: str  # what is wrong and what to do
    blocking: bool = False


def problems(corpus: Corpus, on: date) -> list[str]:
    """The problems of a corpus as sentences."""
    return [problem.message for problem in check_folder(corpus, on)]


def check_folder(corpus: Corpus, on: date) -> list[Problem]:
    """Every problem of the documents in the folders and of their rules, on the day `on`, blocking ones first.

    Reads only.
    """
    found: list[Problem] = []
    documents: dict[str, Document] = {}
    loaded: list[LoadedDocument] = []
    for path in document_files(corpus):
        try:
            document, body = load_document(path)
        except DocumentError as error:
            found.append(Problem(kind="unreadable", document=path.name, message=str(error), blocking=True))
            continue
        if document.id in documents:
            found.append(
                _problem(
                    "duplicate", document, f"{path} repeats this id. Give one of the two another id.", blocking=True
                )
            )
        documents.setdefault(document.id, document)
        loaded.append((document, body))
    if not documents and not found:
        message = f"The folder {named(corpus)} holds no Markdown document. Put at least one there."
        found.append(Problem(kind="unreadable", document=named(corpus), message=message, blocking=True))
    for document in documents.values():
        found.extend(_dates(document, on))
        found.extend(_ended(document, documents, on))
        found.extend(_counterpart(document, documents))
        found.extend(_supersedes(document, documents))
    found.extend(_rules(corpus, loaded))
    return sorted(found, key=lambda p: (not p.blocking, p.kind, p.document))


def _rules(corpus: Corpus, loaded: list[LoadedDocument]) -> list[Problem]:
    if not rule_files(corpus):
        return []
    _, wrong = prove_rules(corpus, shelf_of(loaded))
    return [Problem(kind="rule", document=p.rule, message=p.message, blocking=True) for p in wrong]


def _dates(document: Document, on: date) -> list[Problem]:
    found = []
    if document.recheck_by < on:
        late = f"It was to be checked by {document.recheck_by}. Compare it with its source, then set both dates anew."
        found.append(_problem("recheck", document, late))
    if document.last_verified > on:
        found.append(
            _problem("dates", document, f"last_verified {document.last_verified} lies in the future. Correct it.")
        )
    if document.recheck_by <= document.last_verified:
        found.append(_problem("dates", document, "recheck_by is not after last_verified. Set a later day."))
    return found


def _ended(document: Document, documents: Mapping[str, Document], on: date) -> list[Problem]:
    if document.validity(on) != "ended" or any(d.supersedes == document.id for d in documents.values()):
        return []
    what = f"It ended on {document.valid_until}, nothing supersedes it. Add its successor, or keep it for past dates."
    return [_problem("ended", document, what)]


def _counterpart(document: Document, documents: Mapping[str, Document]) -> list[Problem]:
    other_language = "English" if document.locale == "zh" else "Chinese"
    if document.counterpart is None:
        return [
            _problem(
                "counterpart",
                document,
                f"There is no {other_language} version. Write one, or accept answers in one language.",
            )
        ]
    other = documents.get(document.counterpart)
    if other is None:
        return [
            _problem(
                "counterpart",
                document,
                f"Its counterpart '{document.counterpart}' does not exist. Correct the id.",
                blocking=True,
            )
        ]
    if other.locale == document.locale:
        return [
            _problem(
                "counterpart",
                document,
                f"Its counterpart '{other.id}' is in the same language. Correct the id.",
                blocking=True,
            )
        ]
    found = []
    if other.counterpart != document.id:
        found.append(_problem("counterpart", document, f"'{other.id}' does not name it back. Set counterpart in both."))
    differing = [
        key
        for key in ("valid_from", "valid_until", "audience", "product", "status", "tenant")
        if getattr(document, key) != getattr(other, key)
    ]
    if differing:
        found.append(
            _problem(
                "counterpart",
                document,
                f"It differs from '{other.id}' in {', '.join(differing)}. Make both say the same.",
            )
        )
    return found


def _supersedes(document: Document, documents: Mapping[str, Document]) -> list[Problem]:
    if document.supersedes is None:
        return []
    older = documents.get(document.supersedes)
    if older is None:
        return [
            _problem(
                "supersedes",
                document,
                f"It supersedes '{document.supersedes}', which does not exist. Correct the id.",
                blocking=True,
            )
        ]
    if _loops(document, documents):
        return [
            _problem("supersedes", document, "It supersedes itself through others. Break the circle.", blocking=True)
        ]
    if document.valid_from is not None and (older.valid_until is None or older.valid_until >= document.valid_from):
        what = f"'{older.id}' is still valid on {document.valid_from}, when it begins. End that one the day before."
        return [_problem("supersedes", document, what)]
    return []


def _loops(document: Document, documents: Mapping[str, Document]) -> bool:
    seen = {document.id}
    current = documents.get(document.supersedes or "")
    while current is not None:
        if current.id in seen:
            return current.id == document.id
        seen.add(current.id)
        current = documents.get(current.supersedes or "")
    return False


def _problem(kind: ProblemKind, document: Document, message: str, *, blocking: bool = False) -> Problem:
    return Problem(kind=kind, document=document.id, message=f"{document.id}: {message}", blocking=blocking)
