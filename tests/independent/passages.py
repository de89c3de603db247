"""Sentences that rest on a citation: every figure and date in them must stand in the cited passage, in its order."""

from collections.abc import Sequence
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
        Finding(n.text + n.noun, sentence.text, verdict(i in standing), "passage", f"a figure of {marks}")
        for i, n in enumerate(said)
    ]
    spans = {(w.first, w.last) for _, days in each for w in days}
    for when in said_days:
        known = (when.first, when.last) in spans
        place = sentence.text[when.start : when.end]
        found.append(Finding(place, sentence.text, verdict(known), "passage", f"a date of {marks}"))
    return found


def _parts(text: str, today: date) -> tuple[list[Number], list[When]]:
    text = lexicon().cut(text.translate(HALF_WIDTH))
    days = dates(text, today)
    for when in days:
        text = text[: when.start] + "＿" * (when.end - when.start) + text[when.end :]
    return numbers(text, every=True), days


def _alike(one: Number, other: Number) -> bool:
    same = abs(abs(one.value) - abs(other.value)) < 1e-9
    return same and (one.unit == other.unit or None in (one.unit, other.unit))


def _in_order(said: Sequence[Number], quoted: Sequence[Number]) -> set[int]:
    """Which of the figures said belong to the longest run that both texts share in the same order."""
    best: list[list[set[int]]] = [[set() for _ in range(len(quoted) + 1)] for _ in range(len(said) + 1)]
    for i, one in enumerate(said):
        for j, other in enumerate(quoted):
            longest = max(best[i][j + 1], best[i + 1][j], key=len)
            if _alike(one, other) and len(best[i][j]) >= len(longest):
                longest = best[i][j] | {i}
            best[i + 1][j + 1] = longest
    return best[-1][-1]
