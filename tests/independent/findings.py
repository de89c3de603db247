"""What the reader says about one figure, date or statement of a text."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["right", "wrong", "unexplained"]


@dataclass(frozen=True)
class Finding:
    """`kind`: figure, comparison, rank, level, extreme, statement, window, passage, date, step, asked or nothing."""

    said: str
    sentence: str
    verdict: Verdict
    kind: str
    claim: str = ""
    expected: float | None = None

    def __str__(self) -> str:
        expected = "" if self.expected is None else f", should be {self.expected:.6g}"
        return f"{self.verdict}: {self.said!r} as {self.claim or self.kind}{expected} | {self.sentence.strip()}"


def verdict(holds: bool) -> Verdict:
    return "right" if holds else "wrong"
