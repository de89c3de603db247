"""Rules as data: what the documents state in numbers and conditions, each with its passages and its dates.

A rule says nothing that its passages do not say: `knowledge/rules_proof.py` holds every number against their text.
Dates, readers and status are those of the documents; a rule may be narrower than they are, never wider.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from knowledge.errors import IndexDamagedError
from knowledge.types import Audience, Document, Frozen, Locale, Status, Validity

FILE = "rules.jsonl"
Every = Literal["day", "week", "month"]
Subject = tuple[str, ...]


class Cited(Frozen):
    """The passage that states a rule, in each language: "star-plan-exchange-zh#1"."""

    zh: str | None = None
    en: str | None = None

    def of(self, locale: Locale) -> str | None:
        """In that language, else in the other."""
        return (self.zh or self.en) if locale == "zh" else (self.en or self.zh)


class Words(Frozen):
    """Words that stand in the passages, one of each language: what the rule's numbers are the numbers of."""

    zh: str | None = None
    en: str | None = None


class Threshold(Frozen):
    """A figure of the shop must reach a number; a figure that nobody measures cannot be checked."""

    kind: Literal["figure"]
    figure: str  # a catalog id (visitors_28d), or a name of its own (mini_program_days)
    at_least: float | None = None
    at_most: float | None = None


class Scope(Frozen):
    """A provider needs this authorisation of the merchant; None: the documents say authorisation, but not which."""

    kind: Literal["scope"]
    scope: str | None


class Feature(Frozen):
    """The shop must have something: payment, life_account, brand_certification, ..."""

    kind: Literal["feature"]
    feature: str


class Industry(Frozen):
    """The shop must be in one of these industries."""

    kind: Literal["industry"]
    industries: tuple[str, ...] = Field(min_length=1)


Condition = Annotated[Threshold | Scope | Feature | Industry, Field(discriminator="kind")]


class RuleBase(Frozen):
    """What all rules share. From `audience` on, the documents behind it fill it in."""

    id: str = Field(min_length=1)
    product: str = Field(min_length=1)  # the product or programme that it is a rule of
    passages: tuple[Cited, ...] = Field(min_length=1)
    says: Words = Words()
    disputes: tuple[str, ...] = ()  # rules of other documents that state another number for the same thing
    valid_from: date | None = None
    valid_until: date | None = None
    audience: Literal["merchant", "provider", "all"] = "all"
    tenant: str | None = None
    status: Status = "illustrative"

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every number of the rule; its passages must hold them all."""
        return ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Names that must stand in the passages as they are, such as authorisation scopes."""
        return ()

    @property
    def subject(self) -> Subject | None:
        """What it gives a number for; two rules of one subject cannot both hold on one day. None: any number can."""
        return None

    def validity(self, on: date) -> Validity:
        """Whether the rule holds on a day; both end days are included."""
        if self.valid_from is not None and on < self.valid_from:
            return "upcoming"
        return "ended" if self.valid_until is not None and on > self.valid_until else "current"

    def readable(self, audience: Audience) -> bool:
        """Whether these readers may see it: as its documents."""
        return (self.audience != "provider" or audience.role == "provider") and self.tenant in (None, audience.tenant)


class Eligibility(RuleBase):
    """All `conditions` must hold. `offers`: the programme exists only while this rule holds; `variant`: one of
    several ways to have the product, of which one suffices."""

    kind: Literal["eligibility"]
    offers: bool = False
    variant: str | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def numbers(self) -> tuple[float, ...]:
        limits = [(c.at_least, c.at_most) for c in self.conditions if isinstance(c, Threshold)]
        return _given(*(number for pair in limits for number in pair))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(c.scope for c in self.conditions if isinstance(c, Scope) and c.scope is not None)


class ExchangeRule(RuleBase):
    """So many incentive points buy so much of something."""

    kind: Literal["exchange"]
    cost: int = Field(gt=0)  # points for one unit, which is also the smallest exchange
    gives: float = Field(gt=0)
    of: str
    place: str | None = None  # of promotion
    per_month: int | None = None  # points at most, over all exchanges of the programme
    use_within_days: int | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        return _given(self.cost, self.gives, self.per_month, self.use_within_days)

    @property
    def subject(self) -> Subject:
        return (self.kind, self.product, self.of, self.place or "")


class Earning(RuleBase):
    """An action that earns incentive points, with what can be earned with it at most."""

    kind: Literal["earning"]
    action: str
    credits: int = Field(gt=0)
    per: int | None = None  # so many actions earn `credits`
    at_least: float | None = None  # a share to reach first
    within_days: int | None = None
    cap: int | None = None  # credits
    times: int | None = None
    every: Every | None = None  # what `cap` or `times` is counted in

    @property
    def numbers(self) -> tuple[float, ...]:
        return _given(self.credits, self.per, self.at_least, self.within_days, self.cap, self.times)

    @property
    def subject(self) -> Subject:
        return (self.kind, self.product, self.action)


class CreditLife(RuleBase):
    """How long incentive points booked between the rule's dates can be used, and which are spent first."""

    kind: Literal["validity"]
    days: int = Field(gt=0)
    spends: Literal["first_in", "first_to_expire"] = "first_in"

    @property
    def numbers(self) -> tuple[float, ...]:
        return (self.days,)

    @property
    def subject(self) -> Subject:
        return (self.kind, self.product)


class Limit(RuleBase):
    """A bound that the platform sets: characters, pieces, days, yuan."""

    kind: Literal["limit"]
    of: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    under: float | None = None
    over: float | None = None
    every: Every | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Limit":
        if not self.numbers:
            raise ValueError("a limit needs one of at_least, at_most, under, over")
        return self

    @property
    def numbers(self) -> tuple[float, ...]:
        return _given(self.at_least, self.at_most, self.under, self.over)

    @property
    def subject(self) -> Subject:
        return (self.kind, self.product, self.of)


Rule = Annotated[Eligibility | ExchangeRule | Earning | CreditLife | Limit, Field(discriminator="kind")]
_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


class Rules:
    """All rules of one generation, asked for a day and a reader."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules = tuple(sorted(rules, key=lambda rule: rule.id))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def get(self, id: str) -> Rule | None:
        return next((rule for rule in self._rules if rule.id == id), None)

    def readable(self, audience: Audience) -> tuple[Rule, ...]:
        """Whatever its dates, by id."""
        return tuple(rule for rule in self._rules if rule.readable(audience))

    def on(self, day: date, audience: Audience) -> tuple[Rule, ...]:
        """The rules in force on that day."""
        return self._of("current", day, audience)

    def upcoming(self, day: date, audience: Audience) -> tuple[Rule, ...]:
        """Rules that begin later (`valid_from`): to be named, not applied."""
        return self._of("upcoming", day, audience)

    def ended(self, day: date, audience: Audience) -> tuple[Rule, ...]:
        """Rules that ended before (`valid_until`), superseded ones among them: to be named, not applied."""
        return self._of("ended", day, audience)

    def _of(self, validity: Validity, day: date, audience: Audience) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.readable(audience) if rule.validity(day) == validity)


def parse_rule(fields: object) -> Rule:
    """A rule as its file states it; pydantic's ValidationError."""
    return _RULE.validate_python(fields)


def settled(rule: Rule, documents: Iterable[Document]) -> Rule:
    """The rule with what its documents decide: readers, tenant, status, and the dates that it does not narrow."""
    behind = list(documents)
    starts = [d.valid_from for d in behind if d.valid_from is not None]
    ends = [d.valid_until for d in behind if d.valid_until is not None]
    readers = {d.audience for d in behind}
    return rule.model_copy(
        update={
            "valid_from": rule.valid_from or max(starts, default=None),
            "valid_until": rule.valid_until or min(ends, default=None),
            "audience": "provider" if "provider" in readers else "merchant" if "merchant" in readers else "all",
            "tenant": next((d.tenant for d in behind if d.tenant is not None), None),
            "status": "illustrative" if any(d.status == "illustrative" for d in behind) else "sourced",
        }
    )


def write_rules(rules: Rules, folder: Path) -> None:
    """Put the rules into a generation, one a line."""
    with (folder / FILE).open("w", encoding="utf-8") as file:
        file.writelines(rule.model_dump_json(exclude_defaults=True) + "\n" for rule in rules)


def read_rules(folder: Path) -> Rules:
    """The rules of a generation; IndexDamagedError."""
    try:
        with (folder / FILE).open(encoding="utf-8") as file:
            return Rules(_RULE.validate_json(line) for line in file)
    except (OSError, ValidationError, ValueError) as error:
        raise IndexDamagedError(
            f"The rules in {folder} cannot be read ({type(error).__name__}). "
            "Build the knowledge index again: ccare knowledge build"
        ) from error


def _given(*numbers: float | None) -> tuple[float, ...]:
    return tuple(number for number in numbers if number is not None)
