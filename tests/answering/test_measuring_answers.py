"""What the tools find is told so that verify holds it: many shops, every intent, both languages; lies are caught."""

import asyncio
import random
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from bot.answering.compose import compose
from bot.answering.measure import measure
from bot.answering.render import render
from bot.answering.retrieve import retrieve
from bot.answering.types import Draft, Evidence, Plan, Principal, Question, Sentence, Slots, Step, Target
from bot.answering.verify import verify
from bot.assemble import Workbench
from tools.demo.stories import read_stories
from tools.types import Period

TODAY = date(2026, 11, 22)
BY = Target(value=5.0, kind="by")
WEEK = Period(start=date(2026, 11, 9), end=date(2026, 11, 15))
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 10, 31))
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("explain", {"dimension": "active"}),
    ("explain", {"dimension": "overall", "period": OCTOBER}),
    ("explain", {"metric": "return_rate_28d"}),
    ("explain", {"metric": "average_order_value"}),
    ("metric", {"metric": "users.regulars"}),
    ("metric", {"metric": "gmv", "period": WEEK}),
    ("metric", {"metric": "orders", "period": Period(start=WEEK.end, end=WEEK.end)}),
    ("what_if", {"metric": "redemption_rate", "target": Target(value=0.1, kind="by")}),
    ("what_if", {"dimension": "worth", "target": BY}),
    ("improve", {"dimension": "active"}),
    ("plan", {"dimension": "active", "target": BY, "by": date(2026, 12, 31)}),
    ("plan", {"dimension": "efficiency", "hours": 3.0, "yuan": 0.0}),
    ("points", {}),
    ("effect", {}),
    ("forecast", {"metric": "gmv"}),
    ("forecast", {"dimension": "active"}),
)


def ask(desk: Workbench, merchant_id: str, plan: Plan) -> tuple[Draft, Evidence]:
    """Draft and evidence of one question whose plan is given."""
    principal = Principal(role="merchant", id=merchant_id, merchants=frozenset({merchant_id}))
    question = Question(id="q", text="?", principal=principal, now=datetime(2026, 11, 22, 10))  # noqa: DTZ001
    found, measured = retrieve(question, plan, desk), measure(question, plan, desk)
    evidence = Evidence(
        measurements=measured.measurements, cards=measured.cards, insights=measured.insights,
        passages=found.passages, answerable=found.answerable, unavailable=measured.unavailable,
    )  # fmt: skip
    return asyncio.run(compose(question, plan, evidence, desk)), evidence


@pytest.fixture(scope="module")
def told(desk: Workbench, demo_platform: Any) -> list[tuple[str, Draft, Evidence]]:
    """Some shops with a story of each kind and some without, through every step in both languages."""
    chance = random.Random(4)
    stories = read_stories(demo_platform).stories
    kinds: dict[str, str] = {}
    for story in stories:
        kinds.setdefault(story.story, story.merchant_id)
    merchants = sorted({*kinds.values(), *chance.sample(desk.meter.merchant_ids(), 6)})
    return [(f"{m} {p.language} {p.steps[0]}", *ask(desk, m, p)) for m in merchants for p in _plans()]


def _plans() -> Iterator[Plan]:
    for language in ("zh", "en"):
        for intent, slots in STEPS:
            step = Step.model_validate({"intent": intent, "slots": Slots(**slots)})
            yield Plan.model_validate({"language": language, "steps": (step,)})


def test_no_honest_answer_is_blocked(desk: Workbench, told: list[tuple[str, Draft, Evidence]]) -> None:
    assert len(told) > 500
    blocked = {
        name: verdict.findings
        for name, draft, evidence in told
        if not (verdict := verify(draft, evidence, desk.catalog, TODAY)).passed
    }
    assert blocked == {}


def test_a_changed_digit_is_caught(desk: Workbench, told: list[tuple[str, Draft, Evidence]]) -> None:
    chance = random.Random(8)
    slipped = []
    for _ in range(400):
        name, draft, evidence = chance.choice(told)
        lookup = {m.id: m for m in evidence.measurements}
        at = chance.randrange(len(draft.sentences))
        text = render(draft.sentences[at], lookup, draft.language)
        marks = [span for mark in re.finditer(r"\[P\d+\]", text) for span in range(*mark.span())]
        digits = [i for i, char in enumerate(text) if char.isdigit() and i not in marks]
        if not digits:
            continue
        place = chance.choice(digits)
        lie = f"{text[:place]}{(int(text[place]) + chance.randint(1, 9)) % 10}{text[place + 1 :]}"
        if _number_at(lie, place) in re.findall(r"[\d.,]+", text):
            continue  # another figure of the same sentence: only its place is wrong
        changed = draft.sentences[at].model_copy(update={"text": lie})
        sentences = (*draft.sentences[:at], changed, *draft.sentences[at + 1 :])
        if verify(draft.model_copy(update={"sentences": sentences}), evidence, desk.catalog, TODAY).passed:
            slipped.append((name, text, lie))
    assert len(slipped) <= 2, slipped  # a day that becomes another day of the same evidence


def _number_at(text: str, place: int) -> str:
    """The number that a digit is part of."""
    return next(m[0] for m in re.finditer(r"[\d.,]+", text) if m.start() <= place < m.end())


LIES = (
    ("explain", {"dimension": "active"}, "zh", "你的活跃分是 {active.peers_moved:abs}。"),
    ("explain", {"dimension": "active"}, "zh", "同行这边 {active.own:+}。"),
    ("explain", {"dimension": "active"}, "en", "Your own part of the Active score: {active.peers_moved:+}."),
    ("what_if", {"dimension": "active", "target": BY}, "zh", "你的活跃分是 {active.target}。"),
    ("what_if", {"dimension": "active", "target": BY}, "en", "Your Active score is {active.target}."),
    ("forecast", {"metric": "gmv"}, "zh", "上个月营业额是 {gmv.forecast}。"),
    ("forecast", {"metric": "gmv"}, "en", "You took sales of {gmv.forecast_high80}."),
    ("metric", {"metric": "users.regulars"}, "zh", "你有 {users.lost_regulars:bare} 位活跃用户。"),
)


@pytest.mark.parametrize(("intent", "slots", "language", "lie"), LIES)
def test_a_true_figure_in_a_false_place_is_caught(
    desk: Workbench, intent: str, slots: dict[str, Any], language: str, lie: str
) -> None:
    step = Step.model_validate({"intent": intent, "slots": Slots(**slots)})
    plan = Plan.model_validate({"language": language, "steps": (step,)})
    _, evidence = ask(desk, "M0123", plan)
    by_metric = {m.metric: m.id for m in evidence.measurements}
    key = lie.split("{")[1].split("}")[0].split(":")[0]
    text = lie.replace(key, by_metric[key])
    draft = Draft.model_validate(
        {"language": language, "sentences": (Sentence(text=text, measurements=(by_metric[key],)),), "composer": "model"}
    )
    assert not verify(draft, evidence, desk.catalog, TODAY).passed
