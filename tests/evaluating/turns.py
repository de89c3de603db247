"""Labelled turns, answers and figures by hand."""

from datetime import date
from typing import Any

from bot.answering.types import Answer, Citation, Slots, Step
from bot.evaluating.facts import FactMark
from bot.evaluating.judging import Marks, StepMark
from bot.evaluating.reading import Labelled
from bot.evaluating.totals import Judged
from tools.types import Measurement, Period

TODAY = date(2026, 11, 22)
NEWEST = date(2026, 11, 21)


def turn(**labels: Any) -> Labelled:
    """A turn of M0001 on 22 November 2026, to be answered in English; `labels` replace or add."""
    plain = {
        "id": "T1", "question": "how is it", "as": "merchant:M0001", "now": "2026-11-22T10:00:00", "language": "en",
        "expect": "answer", "steps": [],
    }  # fmt: skip
    return Labelled.model_validate(plain | labels)


def days(first: str, last: str) -> Period:
    return Period(start=date.fromisoformat(first), end=date.fromisoformat(last))


def step(intent: str, **slots: Any) -> Step:
    return Step(intent=intent, slots=Slots(**slots))  # type: ignore[arg-type]


def figure(metric: str, value: float | None, unit: str = "ratio", **rest: Any) -> Measurement:
    """A figure of M0001 as of the newest day."""
    plain = {
        "metric": metric, "merchant_id": "M0001", "value": value, "unit": unit, "as_of": NEWEST,
        "period": days("2026-10-25", "2026-11-21"),
    }  # fmt: skip
    return Measurement(**(plain | rest))


def cited(document: str) -> Citation:
    return Citation(
        id="P1", passage_id="x", document=document, title="T", section="", url=None, valid_from=None, valid_until=None,
        status="published", quote="",
    )  # fmt: skip


def answer(*plan: Step, outcome: str = "grounded", text: str = "It is well.", **rest: Any) -> Answer:
    plain = {"id": "T1", "question": "", "language": "en", "outcome": outcome, "plan": plan, "text": text}
    return Answer(**(plain | rest))


class Data:
    """What the data say, by metric; the same newest day for every shop."""

    def __init__(self, **values: float) -> None:
        self._values = values

    def newest(self, shop: str, today: date) -> date | None:
        return NEWEST

    def last_day(self, shop: str) -> date | None:
        return NEWEST

    def value(self, shown: Measurement, today: date) -> float | None:
        return self._values.get(shown.metric.replace(".", "_"))


def judged(id: str, *, right: bool = True, passes: tuple[bool, ...] = (True,), **groups: str) -> Judged:
    """One row: a metric question with one slot and one fact, all right or all wrong."""
    marks = Marks(
        ending=right,
        language=True,
        steps=(StepMark(intent="metric", right=right, slots={"metric": right}),),
        facts=(FactMark(kind="measure", name="gmv.total", right=right),),
        figures=2,
        untrue=() if right else ("gmv.total",),
    )
    named = {"intent": ("metric",), "language": ("en",), **{kind: (name,) for kind, name in groups.items()}}
    return Judged(id=id, groups=named, expect="answer", latency_ms=10.0, marks=marks, passes=passes)
