"""Who may read what, decided at build time: passages lie on shelves, and a reader gets whole shelves or none."""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from knowledge.asked import Asked
from knowledge.errors import IndexDamagedError
from knowledge.types import Audience, Document, Frozen, Locale


class Row(Frozen):
    """One passage as stored; its place in passages.jsonl is its row number everywhere."""

    passage_id: str
    document: str
    number: int
    section: str
    text: str


class Shelf(Frozen):
    """Passages of one language that exactly the same readers may see."""

    locale: Locale
    readers: Literal["merchant", "provider"]
    tenant: str | None

    @property
    def name(self) -> str:
        return f"{self.locale}-{self.readers}-{owner(self.tenant)}"

    @property
    def lexical(self) -> str:
        """The word index it belongs to. A tenant's own words never count in another's rarity."""
        return f"{owner(self.tenant)}-{self.locale}"

    def readable(self, audience: Audience) -> bool:
        return (self.readers == "merchant" or audience.role == "provider") and (
            self.tenant is None or self.tenant == audience.tenant
        )


def shelf_of(document: Document) -> Shelf:
    readers: Literal["merchant", "provider"] = "provider" if document.audience == "provider" else "merchant"
    return Shelf(locale=document.locale, readers=readers, tenant=document.tenant)


def owner(tenant: str | None) -> str:
    """A tenant's name as a file and collection name; hashed, because it may hold anything."""
    return "public" if tenant is None else "t" + hashlib.sha256(tenant.encode()).hexdigest()[:16]


class Holdings:
    """Every document and passage of an index, and where each lies."""

    def __init__(self, documents: dict[str, Document], rows: Sequence[Row], asked: Sequence[Asked] = ()) -> None:
        self.documents = documents
        self.rows = rows
        self.asked = asked  # stored behind the rows: question i has the number len(rows) + i

    @classmethod
    def read(cls, path: Path) -> "Holdings":
        try:
            with (path / "documents.jsonl").open(encoding="utf-8") as file:
                documents = [Document.model_validate_json(line) for line in file]
            with (path / "passages.jsonl").open(encoding="utf-8") as file:
                rows = [Row.model_validate_json(line) for line in file]
            with (path / "asked.jsonl").open(encoding="utf-8") as file:
                asked = [Asked.model_validate_json(line) for line in file]
        except (OSError, ValidationError, ValueError) as error:
            raise IndexDamagedError(
                f"The passages in {path} cannot be read ({type(error).__name__}). "
                "Build the knowledge index again: ccare knowledge build"
            ) from error
        known = {d.id: d for d in documents}
        if any(row.document not in known for row in rows):
            raise IndexDamagedError(
                f"The passages in {path} name documents that are not there. "
                "Build the knowledge index again: ccare knowledge build"
            )
        if any(one.row >= len(rows) for one in asked):
            raise IndexDamagedError(
                f"The questions in {path} name passages that are not there. "
                "Build the knowledge index again: ccare knowledge build"
            )
        return cls(known, rows, asked)

    def write(self, path: Path) -> None:
        with (path / "documents.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(d.model_dump_json() + "\n" for d in self.documents.values())
        with (path / "passages.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(r.model_dump(), ensure_ascii=False) + "\n" for r in self.rows)
        with (path / "asked.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(a.model_dump_json() + "\n" for a in self.asked)

    def document(self, row: int) -> Document:
        return self.documents[self.rows[row].document]

    def twin(self, row: int) -> int | None:
        """The same section of the same document in the other language, if there is one."""
        return self._twins.get(row)

    def stored(self, rows: Sequence[int]) -> list[int]:
        """The numbers under which rows and the questions that they answer are stored."""
        return [*rows, *(len(self.rows) + i for row in rows for i in self.asked_of.get(row, ()))]

    def says_more(self, row: int) -> bool:
        """Whether a section is known to say something that its counterpart does not."""
        return row in self._alone

    def successor(self, id: str) -> Document | None:
        """The document that supersedes this one."""
        return self._successors.get(id)

    def family(self, id: str) -> list[str]:
        """Every version of a document, the oldest first: what supersedes what."""
        oldest, seen = self.documents.get(id), {id}
        while oldest is not None and oldest.supersedes in self.documents and oldest.supersedes not in seen:
            seen.add(oldest.supersedes)
            oldest = self.documents[oldest.supersedes]
        found: list[str] = []
        while oldest is not None and oldest.id not in found:
            found.append(oldest.id)
            oldest = self.successor(oldest.id)
        return found

    @cached_property
    def asked_of(self) -> dict[int, list[int]]:
        """Row to the places of the questions that it answers."""
        found: dict[int, list[int]] = {}
        for i, one in enumerate(self.asked):
            found.setdefault(one.row, []).append(i)
        return found

    @cached_property
    def listing(self) -> frozenset[str]:
        """Documents that list what is asked of them."""
        return frozenset(self.rows[row].document for row in self.asked_of)

    @cached_property
    def spoken(self) -> dict[str, frozenset[str]]:
        """Word index name to the languages in which it can be asked: its documents' and its questions'."""
        found: dict[str, set[str]] = {name: {self.document(rows[0]).locale} for name, rows in self.lexical.items()}
        for one in self.asked:
            found[shelf_of(self.document(one.row)).lexical].add(one.locale)
        return {name: frozenset(locales) for name, locales in found.items()}

    @cached_property
    def _alone(self) -> frozenset[int]:
        return frozenset(one.row for one in self.asked if one.alone)

    @cached_property
    def _successors(self) -> dict[str, Document]:
        return {d.supersedes: d for d in self.documents.values() if d.supersedes is not None}

    @cached_property
    def _twins(self) -> dict[int, int]:
        places = {row.passage_id: number for number, row in enumerate(self.rows)}
        twins: dict[int, int] = {}
        for number, row in enumerate(self.rows):
            counterpart = self.documents[row.document].counterpart
            twin = places.get(f"{counterpart}#{row.passage_id.rpartition('#')[2]}") if counterpart else None
            if twin is not None:
                twins[number] = twin
        return twins

    @cached_property
    def sections(self) -> dict[str, list[int]]:
        """Document id to its rows, in reading order."""
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            found.setdefault(row.document, []).append(number)
        return found

    @cached_property
    def shelves(self) -> dict[str, tuple[Shelf, list[int]]]:
        """Shelf name to the shelf and its rows, in order."""
        found: dict[str, tuple[Shelf, list[int]]] = {}
        for number, row in enumerate(self.rows):
            shelf = shelf_of(self.documents[row.document])
            found.setdefault(shelf.name, (shelf, []))[1].append(number)
        return dict(sorted(found.items()))

    @cached_property
    def lexical(self) -> dict[str, list[int]]:
        """Word index name to the rows it holds, in order."""
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            found.setdefault(shelf_of(self.documents[row.document]).lexical, []).append(number)
        return dict(sorted(found.items()))
