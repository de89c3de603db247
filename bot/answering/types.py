"""The types of the one flow: Question -> Plan -> Evidence -> Draft -> Verdict -> Answer, and the Principal who asks."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from bot.answering.pictures import Chart
from knowledge.types import Passage
from tools.insights import Insight
from tools.types import Access, Dimension, Measurement, Period, ScoreCard

Language = Literal["zh", "en"]
Intent = Literal[
    "overview", "metric", "improve", "explain", "compare", "what_if", "plan", "policy", "howto", "points",
    "effect", "forecast", "triage", "draft", "handoff", "help", "smalltalk", "out_of_scope",
]  # fmt: skip
Outcome = Literal["grounded", "repaired", "replaced", "clarify", "declined"]
Leave = Literal["allowed", "unchecked", "refused"]
Role = Literal["merchant", "manager"]


class Frozen(BaseModel):
    """A value that never changes once made and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Principal(Frozen):
    """Who asks, resolved before the flow begins. Nothing in a text can change it."""

    role: Role
    id: str  # merchant id or manager id
    merchants: frozenset[str]  # everything in reach
    scopes: frozenset[str] = frozenset()
    tenant: str | None = None  # the provider whose own documents may be read

    @property
    def access(self) -> Access:
        return Access(merchants=self.merchants)

    @property
    def own_merchant(self) -> str | None:
        """The one shop that "I" means, when there is exactly one."""
        return next(iter(self.merchants)) if len(self.merchants) == 1 else None


class Target(Frozen):
    """What a figure should become: `to` a level or `by` an amount, in the metric's unit (points for a dimension), or
    so many `times` what it is now."""

    value: float
    kind: Literal["to", "by", "times"]


class Slots(Frozen):
    """What a step speaks of; absent ones are left out of the answer's JSON.

    `metric` is an id of the catalog: a metric, a series (`gmv`) or a user asset (`users.regulars`). `target` is in the
    metric's unit, or in points of the dimension where there is no metric. The `period` of an explanation is the days
    over which something changed; of a comparison with one period, what the present is compared with. A rule has a
    `merchant_id` where it is asked whether that shop lets it be done, a `kind` where the end of an action is asked for.
    """

    dimension: Dimension | None = None
    metric: str | None = None
    period: Period | None = None
    target: Target | None = None
    product: str | None = None
    document_date: date | None = None
    merchant_id: str | None = None
    against: Period | None = None  # compare: the other of two periods, the earlier one
    through: str | None = None  # what_if: the metric that alone should bring a dimension to `target`
    by: date | None = None  # plan: the last day
    hours: float | None = None  # plan: of work, in all
    weekly_hours: float | None = None  # plan: of work a week, where no last day makes a sum of it
    yuan: float | None = None  # plan: money; 0 is "without spending any"
    credits: int | None = None  # plan: incentive points
    kind: str | None = None  # effect, policy: the kind of action, a move of the catalog or `campaign`
    chart: bool | None = None  # a picture was asked for
    sure: bool | None = None  # how sure the answer before was


class Step(Frozen):
    intent: Intent
    slots: Slots = Slots()


class Clarification(Frozen):
    """A question back, instead of a guess: a prompt pattern's key, its variables, and choices to pick from."""

    key: str
    variables: dict[str, str] = Field(default_factory=dict)
    choices: tuple[str, ...] = ()


class Plan(Frozen):
    """What the question asks for: steps to run, or a clarification, or a decline (a prompt pattern's key)."""

    language: Language
    steps: tuple[Step, ...] = ()
    clarification: Clarification | None = None
    decline: Clarification | None = None
    confidence: float = 1.0


class Turn(Frozen):
    """An earlier turn of the same thread: enough to resolve a follow-up, and what a plain "yes" would take up."""

    text: str
    plan: Plan
    offered: str | None = None  # the closing question of the answer, if it offered something


class Question(Frozen):
    """One message, as asked. `now` is the asker's clock: "today" is its date."""

    id: str
    text: str
    principal: Principal
    now: datetime
    thread: str | None = None
    history: tuple[Turn, ...] = ()  # oldest first, bounded


class Judgement(Frozen):
    """What the rules say about one product or programme. `reason` is a prompt key's last part, "" where nothing is
    to be said; `passage` states the rule that decided; `since` and `until` are that rule's dates."""

    product: str
    outcome: Leave = "allowed"
    reason: str = ""  # scope_missing, below_threshold, above_threshold, other_industry, not_yet_valid, ended, unchecked
    rule: str | None = None
    passage: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def allowed(self) -> bool:
        return self.outcome != "refused"


class Side(Frozen):
    """One document's side of a dispute: the passages that state it, a language each, and the numbers stated."""

    passages: tuple[str, ...]  # passage ids
    numbers: tuple[float, ...]


class Evidence(Frozen):
    """What may be said: measurements M1.., passages P1.., and the cards they came from."""

    measurements: tuple[Measurement, ...] = ()
    passages: tuple[Passage, ...] = ()
    cards: tuple[ScoreCard, ...] = ()  # newest first; figures carry the same M ids as `measurements`
    insights: dict[int, tuple[SerializeAsAny[Insight], ...]] = Field(default_factory=dict)  # by the plan's step
    barred: frozenset[str] = frozenset()  # "metric/move" that the rules do not let this asker make for this shop
    judged: dict[int, Judgement] = Field(default_factory=dict)  # by step: what the rules let this asker do for its shop
    reading: str = ""  # what the documents were asked, slips set right
    disputes: tuple[tuple[Side, Side], ...] = ()  # documents known to state different numbers for one thing
    answerable: bool = True  # whether the documents answer what was asked of them
    unavailable: tuple[str, ...] = ()  # intents or figures that could not be had, as prompt keys

    def measurement(self, id: str) -> Measurement | None:
        return next((m for m in self.measurements if m.id == id), None)

    def of_step(self, step: int) -> tuple[Insight, ...]:
        """What the tools found for one step of the plan."""
        return self.insights.get(step, ())

    def passage(self, id: str) -> Passage | None:
        return next((p for p in self.passages if p.id == id), None)


class Sentence(Frozen):
    """One sentence (or one line of a list) of a draft.

    `text` holds figures by reference: `{M3}` prints measurement M3 in its own unit and the draft's language, `{M3:+}`
    with its sign; everything else is literal. `measurements` and `passages` name what the sentence rests on.
    """

    text: str
    measurements: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    block: Literal["text", "item", "note", "question"] = "text"


class Draft(Frozen):
    """What a composer proposes. Nothing of it leaves before `verify` has passed it."""

    language: Language
    sentences: tuple[Sentence, ...]
    suggestions: tuple[str, ...] = ()  # next questions
    warnings: tuple[str, ...] = ()  # keys: partial_day, stale_data, illustrative, ...
    composer: str = "embedded"


class Finding(Frozen):
    """One thing that verify objects to."""

    sentence: int
    kind: Literal[
        "unknown_number",
        "wrong_metric",
        "wrong_merchant",
        "wrong_period",
        "false_comparison",
        "missing_citation",
        "unknown_citation",
        "expired_citation",
        "unsupported_quote",
        "unknown_reference",
        "undated_rule",
    ]
    said: str
    expected: str = ""


class Verdict(Frozen):
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


class Citation(Frozen):
    """A passage as shown to the reader."""

    id: str
    passage_id: str
    document: str
    title: str
    section: str
    url: str | None
    valid_from: date | None
    valid_until: date | None
    status: str
    quote: str


class Answer(Frozen):
    """What the asker gets, with all it rests on."""

    id: str
    question: str
    language: Language
    outcome: Outcome
    plan: tuple[SerializeAsAny[Step], ...]
    text: str
    measurements: tuple[Measurement, ...] = ()
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    timings_ms: dict[str, float] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
