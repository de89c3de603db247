"""What the flow needs from the rooms around it; `bot.assemble` hands in the concrete ones."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.answering.types import Draft, Evidence, Language, Plan, Question
from knowledge.rules import Rules
from knowledge.types import Audience, Covered, Passage, SearchResult
from tools.catalog import Catalog
from tools.insights import Arguments, Insight
from tools.types import Access, Merchant, ScoreCard

Vector = NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors of 384 floats. The same text is embedded once: results are cached."""

    def query(self, text: str) -> Vector: ...

    def passages(self, texts: Sequence[str]) -> Vector: ...


class Library(Protocol):
    """The published documents."""

    @property
    def generation(self) -> str: ...

    @property
    def rules(self) -> Rules:
        """What the documents state in numbers and conditions, as data."""
        ...

    def search(
        self,
        text: str,
        *,
        vector: Vector,
        audience: Audience,
        on: date,
        locale: str,
        product: str | None = None,
        metrics: Sequence[str] = (),
        kinds: Sequence[str] = (),
        limit: int = 5,
    ) -> SearchResult:
        """Passages that answer `text`, best first. `on` decides validity; `product`, `metrics`, `kinds` prefer."""
        ...

    def reading(self, text: str, *, audience: Audience) -> str:
        """The question as `search` takes it, slips set right: what its `vector` should be of."""
        ...

    def covered(self, vector: Vector, *, audience: Audience) -> Covered:
        """How near a question is to those that documents are known to answer."""
        ...

    def lookup(self, documents: Sequence[str], *, audience: Audience, on: date) -> tuple[Passage, ...]:
        """The sections of the named documents that this audience may read, in order; unknown ids are passed over."""
        ...

    def family(self, document: str, *, audience: Audience) -> tuple[str, ...]:
        """Every version of a document that this audience may read, the oldest first."""
        ...


class Meter(Protocol):
    """The published snapshots, read for one merchant at a time."""

    @property
    def generation(self) -> str: ...

    @property
    def newest(self) -> date:
        """The newest as-of date that the snapshot holds."""
        ...

    def card(self, access: Access, merchant_id: str, *, on: date, today: date) -> ScoreCard:
        """The card at the newest as-of date not after `on`; NotFoundError beyond `access`."""
        ...

    def merchants(self, access: Access) -> tuple[Merchant, ...]:
        """Everybody within reach, by id."""
        ...

    def authorised(self, provider_id: str, *, on: date) -> dict[str, frozenset[str]]:
        """The scopes that each merchant has granted this provider and that hold on that day."""
        ...


class Understander(Protocol):
    def understand(self, question: Question) -> Plan: ...


class Composer(Protocol):
    async def compose(self, question: Question, plan: Plan, evidence: Evidence) -> Draft: ...


class Desk(Protocol):
    """Everything the flow works with, put together once by `bot.assemble`."""

    @property
    def catalog(self) -> Catalog: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def library(self) -> Library: ...
    @property
    def meter(self) -> Meter: ...
    def pinned(self) -> "Desk":
        """The same desk on the generations of this moment, so that one answer never mixes two."""
        ...

    def tool(self, access: Access, arguments: Arguments) -> Insight:
        """Run the measuring tool that takes these arguments; NotFoundError beyond `access`."""
        ...

    @property
    def understander(self) -> Understander: ...
    @property
    def composer(self) -> Composer: ...
    @property
    def fallback(self) -> Composer: ...

    def cannot_say(self, language: Language) -> Draft:
        """The last resort: a sentence without figures or rules, for when nothing could be verified."""
        ...
