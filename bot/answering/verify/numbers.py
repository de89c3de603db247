"""Every number and date of a line, traced: to a measurement of its name and period, a passage, or the catalog."""

import re
from collections.abc import Iterator
from datetime import date

from bot.answering.statistics import SUPPOSED, is_chance, is_change
from bot.answering.types import Finding
from bot.answering.verify.context import fits_period, fits_role, governed, topic_of
from bot.answering.verify.figures import Match, matches
from bot.answering.verify.numerals import Numeral, numerals
from bot.answering.verify.prepare import Case, Line, normal
from tools.catalog import Move
from tools.types import DIMENSIONS, Measurement

_BEFORE = re.compile(r"(?:[a-z]+|[\u4e00-\u9fff])[ -]?$")
_AFTER = re.compile(r"^[ -]?([a-z]+|[\u4e00-\u9fff])")
_THINGS = ("thing", "gap", "step", "way", "item", "place", "move", "dimension", "metric", "score")
_AGO = ("前", "之前", "ago")
_PAST = {"past_4w": 28, "past_52w": 364}
_DIMENSIONS = ("维度", "分", "dimension", "score", "of them")


def check_numbers(case: Case, line: Line, topic: frozenset[str]) -> Iterator[Finding]:
    figures = case.referenced(line)
    for numeral in line.numerals:
        found = _number(case, line, numeral, figures, topic)
        if found is not None:
            yield found
    yield from _dates(case, line, figures)


def _number(
    case: Case, line: Line, numeral: Numeral, figures: list[Measurement], topic: frozenset[str]
) -> Finding | None:
    options = matches(numeral, figures)
    if not options:
        return None if _explained(case, line, numeral, figures, topic) else _unknown(line, numeral, figures)
    found = _under_its_name(case, line, numeral, options, topic)
    return None if found is not None and _is_count(case, line, numeral) else found


def _under_its_name(
    case: Case, line: Line, numeral: Numeral, options: list[Match], topic: frozenset[str]
) -> Finding | None:
    said = _around(line, numeral)
    under = governed(case, line, numeral, options, topic)
    if not under:
        names = ", ".join(sorted({o.measurement.base for o in options}))
        return Finding(sentence=line.index, kind="wrong_metric", said=said, expected=f"this is {names}")
    roles = [o for o in under if fits_role(case, line, numeral, o)]
    if not roles:
        names = ", ".join(sorted({o.measurement.metric for o in under}))
        return Finding(sentence=line.index, kind="wrong_metric", said=said, expected=f"this is {names}")
    periods = [o for o in roles if fits_period(case, line, numeral, o)]
    if not periods:
        at = roles[0].measurement
        return Finding(
            sentence=line.index,
            kind="wrong_period",
            said=said,
            expected=f"{at.metric} is of {at.period.start} to {at.period.end}, as of {at.as_of}",
        )
    return None


def _unknown(line: Line, numeral: Numeral, figures: list[Measurement]) -> Finding:
    kind = "wrong_period" if numeral.noun in ("days", "weeks", "months") and figures else "unknown_number"
    return Finding(
        sentence=line.index, kind=kind, said=_around(line, numeral), expected="a figure that the sentence references"
    )


def _explained(case: Case, line: Line, numeral: Numeral, figures: list[Measurement], topic: frozenset[str]) -> bool:
    """Whether a number that is no figure is allowed all the same."""
    bases = {m.base for m in figures} | topic_of(line) | topic
    return (
        _is_window(case, line, numeral, figures, bases)
        or _is_move(case, line, numeral, bases)
        or _is_count(case, line, numeral)
        or any(in_passage(numeral, line.open, passage.text) for passage in case.cited(line))
    )


def _is_window(case: Case, line: Line, numeral: Numeral, figures: list[Measurement], bases: set[str]) -> bool:
    """A stretch of days that a figure speaks of: its period, its metric's window, or the distance of a comparison."""
    per = {"days": 1, "weeks": 7}.get(numeral.noun)
    if per is None or numeral.signed:
        return False
    days = numeral.value * per
    if line.lower[numeral.end :].lstrip().startswith(_AGO):  # so long ago: how far back, and no window
        back = {_PAST[m.statistic] for m in figures if m.statistic in _PAST}
        return days in back | _distances(case)
    lengths = {(m.period.end - m.period.start).days for m in figures} | {
        (m.period.end - m.period.start).days + 1 for m in figures
    }
    asked = [case.catalog.by_id[b] for b in bases if b in case.catalog.by_id]
    lengths |= {m.window_days for m in asked} | {m.history for m in asked}
    return days in lengths | _distances(case)


def _distances(case: Case) -> set[int]:
    """How many days the earlier cards lie back."""
    return {(case.as_of - card.as_of).days for card in case.evidence.cards[1:]} if case.as_of is not None else set()


def _is_move(case: Case, line: Line, numeral: Numeral, bases: set[str]) -> bool:
    """Effort, cost or days to look again of the move that the line names, else of those on its metric."""
    moves = [move for base in bases if base in case.catalog.by_id for move in case.catalog.by_id[base].moves]
    moves = [move for move in moves if _names(line, move)] or moves
    if numeral.noun in ("hours", "minutes"):
        hours = numeral.value / (60 if numeral.noun == "minutes" else 1)
        return any(abs(move.effort_hours - hours) < 0.01 for move in moves)
    if numeral.noun == "yuan":
        return any(abs(move.cost_yuan - numeral.value) < 0.005 for move in moves)
    return numeral.noun == "days" and any(move.look_again_days == numeral.value for move in moves)


def _names(line: Line, move: Move) -> bool:
    return any(text in line.text for text in (move.first_step.zh, move.first_step.en, move.name.zh, move.name.en))


def _is_count(case: Case, line: Line, numeral: Numeral) -> bool:
    """A small whole number of things that the answer lists, of dimensions or of a dimension's metrics."""
    if numeral.signed or not numeral.value.is_integer() or numeral.noun not in ("", "ordinal", "things", "score"):
        return False
    if line.sentence.passages:  # what a document counts is not what the answer lists
        return False
    after = line.lower[numeral.end : numeral.end + 14].lstrip()
    items = sum(s.block == "item" for s in case.draft.sentences)
    if numeral.noun == "ordinal":
        return 1 <= numeral.value <= items
    if numeral.value == len(DIMENSIONS) and after.startswith(_DIMENSIONS):
        return True
    return numeral.value == items and (numeral.noun == "things" or after.startswith(_THINGS))


def in_passage(numeral: Numeral, text: str, passage: str) -> bool:
    """Whether a number stands in a passage as it stands in the text: same digits, same unit or neighbour."""
    mine = _neighbours(numeral, text.lower())
    source = passage.lower()
    return any(
        other.value == numeral.value
        and other.noun == numeral.noun
        and (_counted_by(numeral, other) or _same_place(mine, _neighbours(other, source)))
        for other in numerals(passage)
    )


def _counted_by(numeral: Numeral, other: Numeral) -> bool:
    """Whether the unit alone says what is counted: hours and 条 do, a bare number and 个 do not."""
    if numeral.noun == "things":
        return numeral.text[-1] == other.text[-1] != "个"
    return numeral.noun != ""


def _neighbours(numeral: Numeral, text: str) -> tuple[str, str]:
    before = _BEFORE.search(text, max(0, numeral.start - 14), numeral.start)
    after = _AFTER.match(text[numeral.end : numeral.end + 16])
    return (before[0].strip() if before else "", after[1] if after else "")


def _same_place(mine: tuple[str, str], other: tuple[str, str]) -> bool:
    """What follows decides; where nothing follows, what stands before."""
    return mine[1] == other[1] if mine[1] else mine[0] == other[0]


def _around(line: Line, numeral: Numeral) -> str:
    return line.text[max(0, numeral.start - 12) : numeral.end + 6].strip()


def _dates(case: Case, line: Line, figures: list[Measurement]) -> Iterator[Finding]:
    known = _stated_days(case, line, figures)
    for stated in line.dates:
        if stated.among(known, case.today) or _in_cited(case, line, stated.text):
            continue
        kind = "wrong_period" if figures else "unknown_number"
        yield Finding(sentence=line.index, kind=kind, said=stated.text, expected="a date of the evidence")


def _stated_days(case: Case, line: Line, figures: list[Measurement]) -> set[date]:
    """Days that this line may name."""
    # What is planned or supposed has days of its own.
    real = [m for m in figures if m.statistic not in SUPPOSED and not is_chance(m)]
    days = {d for m in real for d in (m.period.end, m.as_of)}
    if len(line.dates) > 1:
        days |= {m.period.start for m in real}
    days |= {m.period.start for m in real if is_change(m)} | case.told
    cited = case.cited(line)
    days |= {d for p in cited for d in (p.document.valid_from, p.document.valid_until) if d is not None}
    if not figures and not cited:
        days |= case.look_again(topic_of(line))
    if not figures:
        days |= case.days if not case.told else {card.as_of for card in case.evidence.cards}
    return days


def _in_cited(case: Case, line: Line, text: str) -> bool:
    return any(normal(text) in normal(passage.text) for passage in case.cited(line))
