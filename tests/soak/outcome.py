"""What a trial reports."""

from typing import NamedTuple


class Outcome(NamedTuple):
    """`found` is what came out in words; `missed` is whether it misses the line."""

    what: str
    trials: int
    line: str
    found: str
    missed: bool
