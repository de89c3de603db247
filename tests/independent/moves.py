"""Steps of the catalog that an answer names: what they take, what they cost, and when to look again.

A quoted name, first step or definition is replaced by one private character, repeated, so that its words and digits are
not read as claims while places stay as they are; the character tells which entry of the catalog stands there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from .oracle import CATALOG

FIRST_MOVE, FIRST_DEFINITION = 0xE000, 0xE800


@dataclass(frozen=True)
class Move:
    metric: str
    hours: float
    cost: float
    look_again: int


@dataclass(frozen=True)
class Catalog:
    moves: tuple[Move, ...]
    quotes: tuple[tuple[str, str], ...]  # (words, the character that replaces them), longest first
    meant: dict[str, tuple[Move, ...]]  # character -> moves
    defined: dict[str, str]  # character -> metric

    def veil(self, text: str) -> str:
        for words, sign in self.quotes:
            text = text.replace(words, sign * len(words))
        return text

    def named(self, ahead: str, metric: str | None) -> Sequence[Move]:
        """The moves that the last quote before a place can mean; without one, those of the metric in question."""
        sign = next((c for c in reversed(ahead) if c in self.meant), None)
        found = self.meant[sign] if sign else self.moves
        return tuple(m for m in found if m.metric == metric) or (found if sign else ())


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    listed = yaml.safe_load(CATALOG.read_text(encoding="utf-8"))["metrics"]
    said: dict[str, list[Move]] = {}
    plain: set[str] = set()
    for metric in listed:
        for entry in metric.get("moves", ()):
            move = Move(metric["id"], float(entry["effort_hours"]), float(entry["cost_yuan"]), entry["look_again_days"])
            for words in (*entry["name"].values(), *entry["first_step"].values()):
                said.setdefault(words.rstrip("。."), []).append(move)
            plain |= set(entry["where"].values())
    signs = {words: chr(FIRST_MOVE + i) for i, words in enumerate(said)}
    defined = {
        words.rstrip("。."): (metric["id"], chr(FIRST_DEFINITION + i))
        for i, metric in enumerate(listed)
        for words in metric["definition"].values()
    }
    quotes = [*signs.items(), *((w, sign) for w, (_, sign) in defined.items()), *((w, " ") for w in plain)]
    return Catalog(
        tuple(m for moves in said.values() for m in moves),
        tuple(sorted(quotes, key=lambda q: -len(q[0]))),
        {sign: tuple(said[words]) for words, sign in signs.items()},
        {sign: metric for metric, sign in defined.values()},
    )
