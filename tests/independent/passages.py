"""Sentences that rest on a citation: every figure and date in them must stand in the cited passage, in its order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .findings import Finding, verdict
from .lexicon import lexicon
from .reading import HALF_WIDTH, Number, Sentence, When, dates, numbers


def judge(sentence: Sentence, quotes: Sequence[str], today: date) -> list[Finding]:
    """Findings for a sentence and the words of its passages. Figures of one sentence keep the passage's order, so that
    "6 words of 1 to 8 characters" cannot become "8 words of 1 to 6"."""
    said, said_days = _parts(sentence.text, today)
    each = [_parts(quote, today) for quote in quotes]
    standing = max((_in_order(said, quoted) for quoted, _ in each), key=len, default=set[int]())
    marks = ", ".join(sentence.passages)
    found = [
        Finding(q.number.text + q.number.noun, sentence.text, verdict(i in standing), "passage", f"a figure of {marks}")
        for i, q in enumerate(said)
    ]
    spans = {(w.first, w.last) for _, days in each for w in days}
    for when in said_days:
        known = (when.first, when.last) in spans
        place = sentence.text[when.start : when.end]
        found.append(Finding(place, sentence.text, verdict(known), "passage", f"a date of {marks}"))
    return found


@dataclass(frozen=True)
class Quoted:
    """A figure with the words that follow it: the classifier in Chinese, up to four words in English."""

    number: Number
    follows: frozenset[str]


def _parts(text: str, today: date) -> tuple[list[Quoted], list[When]]:
    text = lexicon().cut(text.translate(HALF_WIDTH))
    days = dates(text, today)
    for when in days:
        text = text[: when.start] + "＿" * (when.end - when.start) + text[when.end :]
    return [Quoted(n, _follows(text[n.end :])) for n in numbers(text, every=True)], days


def _follows(behind: str) -> frozenset[str]:
    if match := re.match(r"\s*([\u4e00-\u9fff])", behind):
        return frozenset(match.group(1))
    words = re.match(r"(?:\s*[A-Za-z][\w-]*){0,4}", behind)
    return frozenset(words.group().lower().split() if words else ())


def _alike(one: Quoted, other: Quoted) -> bool:
    a, b = one.number, other.number
    if abs(abs(a.value) - abs(b.value)) > 1e-9:
        return False
    if a.unit is not None and b.unit is not None:
        return a.unit == b.unit
    return not (one.follows and other.follows) or bool(one.follows & other.follows)


def _in_order(said: Sequence[Quoted], quoted: Sequence[Quoted]) -> set[int]:
    """Which of the figures said belong to the longest run that both texts share in the same order."""
    best: list[list[set[int]]] = [[set() for _ in range(len(quoted) + 1)] for _ in range(len(said) + 1)]
    for i, one in enumerate(said):
        for j, other in enumerate(quoted):
            longest = max(best[i][j + 1], best[i + 1][j], key=len)
            if _alike(one, other) and len(best[i][j]) >= len(longest):
                longest = best[i][j] | {i}
            best[i + 1][j + 1] = longest
    return best[-1][-1]
