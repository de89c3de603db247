"""Sums over many marks: shares with their intervals, by intent, language, tag and more; latency; two runs compared."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import comb, sqrt
from typing import TypeVar

from bot.answering.types import Frozen
from bot.evaluating.judging import Marks

Z95 = 1.959963984540054
MEASURES = {
    "ending": "answered, asked back or declined as expected",
    "refusing": "of what is to be asked back or declined: so ended",
    "step": "intent of each step",
    "plan": "intents of all steps of a turn",
    "slot": "each labelled slot",
    "follow_up": "follow-ups: intents and slots",
    "fact": "each fact",
    "true": "figures of shops in the text equal the data",
    "language": "answered in the right language",
    "lean": "no step too many",
    "right": "everything right",
}
T = TypeVar("T")


class Judged(Frozen):
    """One turn as the sums see it: its groups and its marks. `passes`: whether it was right, pass by pass."""

    id: str
    groups: dict[str, tuple[str, ...]]  # kind of group -> names
    expect: str
    latency_ms: float
    marks: Marks
    passes: tuple[bool, ...]


class Total(Frozen):
    """How many of `n` are right: of one measure, in one group."""

    kind: str
    group: str
    measure: str
    right: int
    n: int
    share: float
    low: float  # Wilson, 95 %
    high: float


class Latency(Frozen):
    """Milliseconds of the answers of one intent (of the first labelled step), or of all."""

    group: str
    n: int
    p50: float
    p95: float


class Repeated(Frozen):
    """Of `n` turns asked `passes` times each: how many were right in every pass."""

    passes: int
    right: int
    n: int


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) where there is nothing."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = right / n, Z95 * Z95
    middle, half = share + z2 / (2 * n), Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return (0.0 if right == 0 else low), (1.0 if right == n else high)


def total(kind: str, group: str, measure: str, marks: Sequence[bool]) -> Total:
    right, n = sum(marks), len(marks)
    low, high = wilson(right, n)
    return Total(
        kind=kind, group=group, measure=measure, right=right, n=n, share=right / n if n else 0.0, low=low, high=high
    )


def counted(row: Judged, measure: str, intent: str | None = None) -> list[bool]:
    """What one turn brings to a measure; with `intent`, only the steps and slots of that intent."""
    return list(_COUNTED[measure](row, intent))


def totals(rows: Sequence[Judged]) -> list[Total]:
    """Every measure for all and for each group, slots by name, facts by kind; what has nothing to count is left out."""
    found = [total("all", "all", m, _sum(rows, m)) for m in MEASURES]
    for kind, groups in grouped(rows).items():
        for name, some in groups.items():
            intent = name if kind == "intent" else None
            found += [total(kind, name, m, _sum(some, m, intent)) for m in MEASURES]
    slots = _spread((slot, ok) for row in rows for step in row.marks.steps for slot, ok in step.slots.items())
    facts = _spread((fact.kind, fact.right) for row in rows for fact in row.marks.facts)
    found += [total("slot", slot, "slot", marks) for slot, marks in slots.items()]
    found += [total("fact", kind, "fact", marks) for kind, marks in facts.items()]
    return [each for each in found if each.n]


def grouped(rows: Iterable[Judged]) -> dict[str, dict[str, list[Judged]]]:
    """Kind of group -> name -> rows, names in order."""
    found: dict[str, dict[str, list[Judged]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for kind, names in row.groups.items():
            for name in names:
                found[kind][name].append(row)
    return {kind: dict(sorted(groups.items())) for kind, groups in found.items()}


def latencies(rows: Sequence[Judged]) -> list[Latency]:
    by_intent = _spread((row.groups["intent"][0], row.latency_ms) for row in rows)
    return [_latency(name, ms) for name, ms in {"all": [row.latency_ms for row in rows], **by_intent}.items()]


def repeated(rows: Sequence[Judged]) -> Repeated | None:
    """pass^k; None where each question was asked once."""
    passes = max((len(row.passes) for row in rows), default=0)
    return Repeated(passes=passes, right=sum(all(r.passes) for r in rows), n=len(rows)) if passes > 1 else None


def mcnemar(better: int, worse: int) -> float:
    """The two-sided exact p that as many or more unequal changes come by chance."""
    n = better + worse
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1))
    return min(1.0, 2 * tail * 0.5**n)


def percentile(values: Sequence[float], share: float) -> float:
    """Between the two nearest values, in proportion."""
    ordered: list[float] = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (at - below) * (ordered[above] - ordered[below]))


def _latency(name: str, ms: Sequence[float]) -> Latency:
    return Latency(group=name, n=len(ms), p50=round(percentile(ms, 0.5), 1), p95=round(percentile(ms, 0.95), 1))


def _sum(rows: Iterable[Judged], measure: str, intent: str | None = None) -> list[bool]:
    return [ok for row in rows for ok in counted(row, measure, intent)]


def _spread(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for name, value in pairs:
        found[name].append(value)
    return dict(sorted(found.items()))


def _steps(row: Judged, intent: str | None) -> Iterable[bool]:
    return (s.right for s in row.marks.steps if intent in (None, s.intent))


def _slots(row: Judged, intent: str | None) -> Iterable[bool]:
    return (ok for s in row.marks.steps if intent in (None, s.intent) for ok in s.slots.values())


_COUNTED: dict[str, Callable[[Judged, str | None], Iterable[bool]]] = {
    "ending": lambda row, _: [row.marks.ending],
    "refusing": lambda row, _: [row.marks.ending] if row.expect != "answer" else [],
    "step": _steps,
    "plan": lambda row, _: [all(s.right for s in row.marks.steps)] if row.marks.steps else [],
    "slot": _slots,
    "follow_up": lambda row, _: [row.marks.understood] if row.marks.follow_up and row.marks.steps else [],
    "fact": lambda row, _: [fact.right for fact in row.marks.facts],
    "true": lambda row, _: [at >= len(row.marks.untrue) for at in range(row.marks.figures)],
    "language": lambda row, _: [row.marks.language],
    "lean": lambda row, _: [row.marks.surplus == 0] if row.marks.steps else [],
    "right": lambda row, _: [row.marks.right],
}
