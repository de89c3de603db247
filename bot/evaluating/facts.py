"""Whether an answer shows what it should: measurements with their printed values, citations, words."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from math import isclose
from typing import Any, Protocol

from bot.answering.render import figure, space
from bot.answering.types import Answer, Frozen, Language
from bot.evaluating.reading import Fact, Labelled
from bot.evaluating.slots import LATE, same_period
from tools.types import Measurement

EVEN_UNANSWERED = frozenset({"nothing_of", "not_cites"})  # what holds where nothing was answered, too
HELD = frozenset({"value", "score", "total"})  # statistics that the snapshot holds, or their days do
_STYLES = (None, "+", "abs", "bare", "whole", "exact")


class Book(Protocol):
    """What the data say, apart from the answer (bot/evaluating/truth.py)."""

    def newest(self, shop: str, today: date) -> date | None: ...
    def last_day(self, shop: str) -> date | None: ...
    def value(self, shown: Measurement, today: date) -> float | None: ...


class FactMark(Frozen):
    """One fact's mark. `why` says what is wrong, "" where nothing is: absent, other_days, unprinted, untrue, missing.

    `true` is of measures: whether every figure of that name in the text is what the data say; None where none stands
    in the text, or the data keep nothing to hold it against.
    """

    kind: str
    name: str
    right: bool
    why: str = ""
    true: bool | None = None


def fact_marks(turn: Labelled, answer: Answer, ending: str, book: Book) -> tuple[FactMark, ...]:
    """The marks of the facts that count: all of them where the turn was answered or should have been."""
    excused = ending != "answer" and ending in turn.endings
    return tuple(_mark(f, turn, answer, book) for f in turn.facts if not excused or f.kind in EVEN_UNANSWERED)


def _mark(fact: Fact, turn: Labelled, answer: Answer, book: Book) -> FactMark:
    if fact.measure is not None:
        return _measure(fact.measure, fact.of or turn.own or "", turn, answer, book)
    cited = {c.document for c in answer.citations}
    if fact.cites is not None:
        right, name = bool(cited & set(fact.cites)), " ".join(fact.cites)
    elif fact.not_cites is not None:
        right, name = not cited & set(fact.not_cites), " ".join(fact.not_cites)
    elif fact.says is not None:
        right, name = all(says(answer.text, each) for each in fact.says), " ".join(fact.says)
    else:
        name = fact.nothing_of or ""
        right = all(m.merchant_id != name for m in answer.measurements)
    return FactMark(kind=fact.kind, name=name, right=right, why="" if right else "missing")


def says(text: str, words: str) -> bool:
    """Whether words stand in a text, whatever the spacing and the case; a number only whole (4 is not said by 40)."""
    wanted, tight = (re.sub(r"\s+", "", t).casefold() for t in (words, text))
    return _stands(wanted, tight)


def _measure(name: str, shop: str, turn: Labelled, answer: Answer, book: Book) -> FactMark:
    today, metric = turn.now.date(), metric_of(name)
    names = (metric, _later(metric))
    shown = [m for m in answer.measurements if m.metric in names and m.merchant_id == shop and m.value is not None]
    read = [m for m in shown if printed(m, answer.text, answer.language)]
    held = [(m, agrees(m, book.value(m.model_copy(update={"metric": metric}), today))) for m in read]
    verdicts = [true for _, true in held if true is not None]
    of_days = [m for m in shown if asked_days(m, turn, shop, book)]
    if not shown:
        why = "absent"
    elif not of_days:
        why = "other_days"
    elif not any(m in read for m in of_days):
        why = "unprinted"
    else:
        why = "" if all(verdicts) else "untrue"
    return FactMark(kind="measure", name=name, right=not why, why=why, true=all(verdicts) if verdicts else None)


def figure_marks(answer: Answer, today: date, book: Book) -> tuple[int, tuple[str, ...]]:
    """(how many shops' figures in the text could be held against the data, the metrics of those that differ)."""
    shown = [m for m in answer.measurements if m.statistic in HELD and m.merchant_id and m.value is not None]
    read = [m for m in shown if m.part is None and printed(m, answer.text, answer.language)]
    held = [(m.metric, agrees(m, book.value(m, today))) for m in read]
    return sum(true is not None for _, true in held), tuple(name for name, true in held if true is False)


def metric_of(name: str) -> str:
    """The metric of a fact's name: `score.active` is the measurement `active.score`."""
    head, _, tail = name.partition(".")
    return f"{tail}.score" if head == "score" else name


def _later(metric: str) -> str:
    """The same figure as an explanation names it: where a change arrived."""
    return f"{metric}_after" if metric.endswith(".score") else f"{metric}.after"


def agrees(shown: Measurement, said: float | None) -> bool | None:
    """Whether a shown value is the one of the data; None where the data say nothing."""
    if said is None or shown.value is None:
        return None
    return isclose(shown.value, said, rel_tol=1e-9, abs_tol=0.005 if shown.unit == "yuan" else 1e-9)


def printed(measurement: Measurement, text: str, language: Language) -> bool:
    """Whether the value stands in the text in one of the ways in which a figure is printed, and not within another."""
    for style in _STYLES:
        said = figure(measurement, language, style=style)
        if _stands(space(said) if language == "zh" else said, text):
            return True
    return False


def _stands(said: str, text: str) -> bool:
    before = r"(?<![\d.])(?<!\d,)" if said[:1].isdigit() else ""
    after = r"(?![\d])(?!\.\d)(?!,\d)" if said[-1:].isdigit() else ""
    return re.search(before + re.escape(said) + after, text) is not None


def asked_days(shown: Measurement, turn: Labelled, shop: str, book: Book) -> bool:
    """Whether a figure speaks of the days that the labels ask about.

    Sums and forecasts: of a labelled period, as far as it has arrived or can be foreseen. Others: the newest day,
    unless the turn asks about some period.
    """
    today = turn.now.date()
    periods = list(labelled_periods(turn))
    if not periods:
        return shown.statistic in ("total", "forecast") or shown.as_of == book.newest(shop, today)
    if shown.statistic == "total":
        return any(_covers(wanted, shown, today, book.last_day(shop)) for wanted in periods)
    if shown.statistic == "forecast":
        return any(_foresees(wanted, shown, today) for wanted in periods)
    return True


def labelled_periods(turn: Labelled) -> Iterable[dict[str, Any]]:
    for step in turn.steps:
        yield from step.values("period")
        yield from step.values("against")


def _covers(wanted: dict[str, Any], shown: Measurement, today: date, last: date | None) -> bool:
    """A sum is of a period when it begins with it and goes to its end, or to where the data end."""
    if same_period(wanted, shown.period, today):
        return True
    if "days" in wanted or str(shown.period.start) != wanted.get("since", wanted.get("from")):
        return False
    end = today if "since" in wanted else date.fromisoformat(wanted["to"])
    to_date = shown.period.end == last or today - timedelta(days=LATE) <= shown.period.end
    return shown.period.end == end or (shown.period.end < end and to_date)


def _foresees(wanted: dict[str, Any], shown: Measurement, today: date) -> bool:
    """A forecast is of a period when all its days lie in it; there is none of days that are past or too far."""
    if "days" in wanted:
        return same_period(wanted, shown.period, today, ahead=True)
    first = str(wanted.get("since", wanted.get("from")))
    return str(shown.period.start) >= first and str(shown.period.end) <= wanted.get("to", "9")
