"""The statement words of words.toml, ready for search: one table of phrases, each with what it means."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

MOVING = ("move.up", "move.down", "move.improved", "move.worsened", "move.still", "move.any")
WORDS = Path(__file__).with_name("words.toml")


@dataclass(frozen=True)
class Hit:
    """A phrase found in a text: where, and every meaning that it has."""

    start: int
    end: int
    text: str
    meanings: frozenset[str]


class Phrases:
    """Finds phrases, longest first, without overlap: Chinese ones anywhere, English ones at word borders."""

    def __init__(self, meanings: dict[str, frozenset[str]]) -> None:
        self._meanings = meanings
        by_head: dict[str, set[int]] = {}
        for phrase in meanings:
            by_head.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {head: sorted(lengths, reverse=True) for head, lengths in by_head.items()}
        # Where a phrase can begin at all: at its first character, and for English only where a word begins.
        wide = "".join(re.escape(head) for head in by_head if not _letter(head))
        self._heads = re.compile(rf"(?<![a-z0-9])[a-z0-9]|[{wide}]" if wide else r"(?<![a-z0-9])[a-z0-9]")

    def find(self, lower: str) -> list[Hit]:
        """Hits in a lower-cased text, by position."""
        hits: list[Hit] = []
        done = 0
        for head in self._heads.finditer(lower):
            at = head.start()
            lengths = self._lengths.get(head[0])
            end = self._end(lower, at, lengths) if lengths is not None and at >= done else 0
            if end:
                phrase = lower[at:end]
                hits.append(Hit(at, end, phrase, self._meanings[phrase]))
                done = end
        return hits

    def _end(self, lower: str, at: int, lengths: list[int]) -> int:
        for length in lengths:
            phrase = lower[at : at + length]
            if phrase in self._meanings and len(phrase) == length and _bounded(lower, at, at + length):
                return at + length
        return 0


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether an English phrase stands as whole words; a Chinese character needs no border."""
    if text[start].isascii() and text[start].isalnum() and start and _letter(text[start - 1]):
        return False
    return not (text[end - 1].isascii() and text[end - 1].isalnum() and end < len(text) and _letter(text[end]))


def _letter(char: str) -> bool:
    return char.isascii() and char.isalnum()


@dataclass(frozen=True)
class Words:
    """Everything of words.toml."""

    phrases: Phrases
    than: tuple[tuple[str, re.Pattern[str]], ...]
    places: dict[str, tuple[float, float]]
    days: dict[str, tuple[int, int]]
    parts: frozenset[str]  # `part.channel:mini_program`: figures of these parts must name them
    fixed: dict[str, tuple[str, ...]]  # names with numbers in them, by what the evidence must hold
    shop: re.Pattern[str]
    generic: tuple[str, ...]


@lru_cache(maxsize=1)
def load_words() -> Words:
    raw: dict[str, Any] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    meanings: dict[str, set[str]] = {}
    for group in (
        "above",
        "below",
        "better",
        "worse",
        "level",
        "not_worse",
        "prospective",
        "negation",
        "all",
        "ended",
        "upcoming",
        "vague",
        "ahead",
        "effect",
        "chance",
    ):
        _add(meanings, group, raw[group]["words"])
    for group in ("role", "object", "move", "extreme", "rule", "users", "term", "part"):
        for name, words in raw[group].items():
            _add(meanings, f"{group}.{name}", words)
    for name, place in raw["place"].items():
        _add(meanings, f"place.{name}", place["words"])
    _add(meanings, "days", raw["days"])
    endings = "|".join(sorted(raw["shop"]["endings"], key=len, reverse=True))
    return Words(
        phrases=Phrases({phrase: frozenset(found) for phrase, found in meanings.items()}),
        than=tuple((name, re.compile(pattern)) for name, pattern in raw["than"].items()),
        places={name: (place["from"], place["to"]) for name, place in raw["place"].items()},
        days={word: (low, high) for word, (low, high) in raw["days"].items()},
        parts=frozenset(f"part.{name}" for name in raw["part"]),
        fixed={name: tuple(phrases) for name, phrases in raw["fixed"].items()},
        shop=re.compile(rf"[\u4e00-\u9fff]{{1,8}}?(?:{endings})"),
        generic=tuple(raw["shop"]["generic"]),
    )


def _add(meanings: dict[str, set[str]], name: str, phrases: Any) -> None:
    for phrase in phrases:
        meanings.setdefault(phrase.lower(), set()).add(name)
