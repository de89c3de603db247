"""What knowledge hands to the rest: Passage, and Audience, which says what may be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["policy", "product", "guide", "faq", "glossary"]
Status = Literal["sourced", "illustrative"]
Validity = Literal["current", "ended", "upcoming"]
Locale = Literal["zh", "en"]


class Frozen(BaseModel):
    """A value that never changes once made and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Audience(Frozen):
    """Who reads: merchants see merchant and all, providers see everything; a tenant's own documents stay with it."""

    role: Literal["merchant", "provider"]
    tenant: str | None = None


class Document(Frozen):
    """The front matter of one document."""

    id: str
    title: str
    kind: Kind
    product: str
    platform: str
    audience: Literal["merchant", "provider", "all"]
    locale: Locale
    valid_from: date | None
    valid_until: date | None
    version: str
    supersedes: str | None
    source: str
    status: Status
    last_verified: date
    recheck_by: date
    aliases: tuple[str, ...] = ()
    counterpart: str | None = None
    dimension: str | None = None
    metrics: tuple[str, ...] = ()
    url: str | None = None
    tenant: str | None = None

    def validity(self, on: date) -> Validity:
        """Whether the document speaks for `on`; both end days are included."""
        if self.valid_from is not None and on < self.valid_from:
            return "upcoming"
        if self.valid_until is not None and on > self.valid_until:
            return "ended"
        return "current"


class Passage(Frozen):
    """One section of one document, as found for a question."""

    id: str = ""  # P1, P2, ... given when the evidence is put together
    passage_id: str  # document id, then the section's number: "life-account-messages-zh#2"
    document: Document
    section: str  # the heading path, "" for the text before the first heading
    text: str
    validity: Validity  # on the date the question asks about
    score: float = 0.0  # fused relevance, higher is better
    similarity: float = 0.0  # cosine between question and passage
    also: tuple[str, ...] = ()  # passage ids of other documents that say the same
    asked: float = 0.0  # cosine of the nearest question that it is known to answer; 0 where none is near
    answer: str = ""  # its sentence that answers that question


class Covered(Frozen):
    """How near a question is to those that documents are known to answer: cosines, 0 where none is near."""

    rules: float = 0.0  # documents about rules, products, steps
    figures: float = 0.0  # playbooks: how to move a figure, which a merchant's own numbers tell as well


class Context(Frozen):
    """What stands around a passage, each in reading order."""

    section: tuple[Passage, ...]  # the passage's whole section, itself included: a long section is several passages
    parent: tuple[Passage, ...]  # the text of the section that it is part of
    before: Passage | None
    after: Passage | None


class Judgement(Frozen):
    """Whether passages answer at all (False: say that the documents do not say)."""

    answerable: bool
    confidence: float


@dataclass(frozen=True)
class SearchResult:
    """Passages, best first. Whether they answer is worked out when first asked for, from what the search found."""

    passages: tuple[Passage, ...]
    judge: Callable[[], Judgement] = field(repr=False, compare=False)

    @cached_property
    def judgement(self) -> Judgement:
        return self.judge()

    @property
    def answerable(self) -> bool:
        return self.judgement.answerable

    @property
    def confidence(self) -> float:
        return self.judgement.confidence
