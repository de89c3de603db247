"""What measuring hands to the rest: Measurement, and Access, which says whose numbers may be read."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["ok", "partial", "stale", "empty", "too_small", "not_connected", "forbidden"]
Unit = Literal[
    "score", "points", "ratio", "users", "merchants", "yuan", "count", "times", "days", "hours", "credits"
]  # fmt: skip
Dimension = Literal["scale", "active", "worth", "efficiency", "overall"]
GroupLevel = Literal["industry_band", "industry", "all", "own_past", "benchmark"]

DIMENSIONS: tuple[Dimension, ...] = ("scale", "active", "worth", "efficiency")


class Frozen(BaseModel):
    """A value that never changes once made and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(Frozen):
    """Business days, both ends included."""

    start: date = Field(serialization_alias="from")
    end: date = Field(serialization_alias="to")


class Measurement(Frozen):
    """One figure that may reach a reader, with everything that proves it.

    `metric` is a catalog id (`return_rate_28d`), a dimension (`active`), or either with a statistic behind a dot:
    `return_rate_28d.score`, `.peer_median`, `.peer_upper_quarter`, `.gain_at_median`, `.gain_at_upper_quarter`,
    `.peers`; `active.score`, `active.peer_median`, `active.peers`, `active.coverage`, `active.rank_share`.
    Behind `@` stands the part that a figure speaks of: `return_rate_28d.rate_effect@channel:mini_program`.
    A bare catalog id is always the merchant's own raw value. Peer figures carry no merchant_id: they belong to nobody.
    `value` is None exactly when `state` is one of empty, too_small, not_connected, forbidden.
    Ratios are shares of one (0.182), never percent; `yuan` is money; `score` and `points` are on the 0..100 scale;
    `credits` are incentive points, `hours` are of work.
    """

    id: str = ""  # M1, M2, ... given when the evidence is put together
    metric: str
    merchant_id: str | None
    value: float | None
    unit: Unit
    period: Period
    as_of: date
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None  # sample size: users behind the value, or merchants behind a peer figure
    state: State = "ok"
    group: str | None = None  # the peer group it is compared in, e.g. "catering/medium"
    group_level: GroupLevel | None = None
    source: str = ""  # the table or snapshot it was read from
    currency: str = "CNY"  # ISO 4217; of money figures

    @property
    def base(self) -> str:
        """The catalog id or dimension without the statistic."""
        return self.metric.split(".", 1)[0]

    @property
    def statistic(self) -> str:
        """`value` for a raw value, else what stands behind the dot, without the part."""
        return self.metric.split("@", 1)[0].split(".", 1)[1] if "." in self.metric else "value"

    @property
    def part(self) -> str | None:
        """What stands behind `@`: a segment, a kind of action, a programme."""
        return self.metric.split("@", 1)[1] if "@" in self.metric else None


class Access(Frozen):
    """Whose numbers may be read. Derived from the Principal by answering, never from a question's text."""

    merchants: frozenset[str]

    def allows(self, merchant_id: str) -> bool:
        return merchant_id in self.merchants


class Merchant(Frozen):
    """Who a card belongs to."""

    merchant_id: str
    name: str
    industry: str
    city: str | None = None
    joined_on: date | None = None


class ScoreCard(Frozen):
    """Everything the snapshot knows of one merchant at one date, as Measurements keyed by their `metric`.

    `state` speaks of the merchant's feed: ok, partial (the newest day is still arriving, so `as_of` is the day
    before), stale, empty, not_connected or forbidden. A figure that does not exist is absent or has its own state.
    """

    merchant: Merchant
    as_of: date
    state: State
    newest_day: date | None
    official: bool = False  # the scores are the operator's own, not ccare's
    figures: dict[str, Measurement]

    def get(self, metric: str) -> Measurement | None:
        """The figure when it exists and has a value, else None."""
        found = self.figures.get(metric)
        return found if found is not None and found.value is not None else None
