"""What passes between the parts of ingest: blocks of a read file, a converted document, reports."""

from typing import Any, Literal, NamedTuple

from knowledge.types import Frozen

FileKind = Literal["markdown", "html", "pdf", "docx", "xlsx", "text"]
Outcome = Literal["accepted", "skipped", "rejected"]


class Heading(NamedTuple):
    level: int  # 1 is the outermost
    text: str


class Paragraph(NamedTuple):
    text: str  # may hold line breaks


class Item(NamedTuple):
    """One point of a list; `mark` is "-", or a number and its dot."""

    depth: int  # 0 is the outermost
    mark: str
    text: str


class Table(NamedTuple):
    """Rectangular; `header` rows stand on top, merged cells are repeated in every place that they cover."""

    rows: tuple[tuple[str, ...], ...]
    header: int


Block = Heading | Paragraph | Item | Table


class Reading(NamedTuple):
    """What one reader found in one file. Markdown keeps its own text in `markdown`, all others give blocks."""

    blocks: list[Block]
    title: str | None = None
    url: str | None = None
    notes: tuple[str, ...] = ()  # what was left out, for the report
    markdown: str | None = None
    given: dict[str, Any] = {}  # noqa: RUF012  read only: fields that the file itself states


class Guess(Frozen):
    """A field that nobody stated."""

    value: str | None
    why: str


class Suspicion(Frozen):
    """A passage that reads like an order to an assistant; it stays what it is, text."""

    section: str
    quote: str


class Converted(Frozen):
    """A file as a document: what its own front matter or sidecar states, what was inferred, and the Markdown text."""

    given: dict[str, Any]
    inferred: dict[str, Guess]
    body: str
    sections: int
    tables: int
    notes: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]


class Inferred(Frozen):
    field: str
    value: str | None
    why: str


class FileReport(Frozen):
    """What became of one file."""

    path: str
    outcome: Outcome
    reason: str = ""  # why it was skipped or rejected, and what to do
    id: str | None = None
    document: str | None = None  # the written file
    readers: str = ""  # who may read it
    sections: int = 0
    tables: int = 0
    inferred: tuple[Inferred, ...] = ()
    notes: tuple[str, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()


class Vanished(Frozen):
    """A document whose source is no longer there."""

    source: str
    id: str
    removed: bool
    reason: str


class IngestReport(Frozen):
    files: tuple[FileReport, ...]
    vanished: tuple[Vanished, ...]
    dry_run: bool

    def count(self, outcome: Outcome) -> int:
        return sum(file.outcome == outcome for file in self.files)
