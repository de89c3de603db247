"""The words that the checker knows, and where they stand in a sentence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CATALOG = HERE.parents[1] / "tools" / "catalog.yaml"


@dataclass(frozen=True)
class Mention:
    """A known phrase at [start, end): `kind` is metric, dimension, asset, statistic, gain, comparison, ..."""

    start: int
    end: int
    kind: str
    key: str


@dataclass(frozen=True)
class Lexicon:
    phrases: tuple[tuple[str, str, str], ...]  # (phrase, kind, key), longest first
    ignore: tuple[str, ...]

    def mentions(self, text: str) -> list[Mention]:
        """Known phrases, longest first, none overlapping another, in order of place."""
        taken = [False] * (len(text) + 1)
        found = []
        for phrase, kind, key in self.phrases:
            for match in _pattern(phrase).finditer(text):
                if not any(taken[match.start() : match.end()]):
                    taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                    found.append(Mention(match.start(), match.end(), kind, key))
        return sorted(found, key=lambda m: m.start)

    def cut(self, text: str) -> str:
        """The text with names that hold digits blanked out; "52.0" holds no "2.0" of its own."""
        for phrase in self.ignore:
            text = _pattern(phrase).sub(lambda m: " " * len(m.group()), text)
        return text


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    if phrase.startswith("re:"):
        return re.compile(phrase[3:], re.IGNORECASE)
    if phrase.isascii():
        return re.compile(rf"(?<![A-Za-z]){re.escape(phrase)}(?![A-Za-z])", 0 if phrase.istitle() else re.IGNORECASE)
    return re.compile(re.escape(phrase))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    data = yaml.safe_load((HERE / "lexicon.yaml").read_text(encoding="utf-8"))
    catalog = yaml.safe_load(CATALOG.read_text(encoding="utf-8"))
    phrases = [
        (p, kind, key) for kind, part in KINDS.items() for key, words in data[part].items() for p in _both(words)
    ]
    phrases += [(p, kind, kind) for kind in FLAT for p in _both(data[kind])]
    phrases += [(p, "metric", m["id"]) for m in catalog["metrics"] for p in m["name"].values()]
    phrases += [(p, "dimension", d["id"]) for d in catalog["dimensions"] for p in d["name"].values() if len(p) > 1]
    return Lexicon(
        tuple(sorted(set(phrases), key=lambda p: (-len(p[0]), p))),
        tuple(data["ignore"]),
    )


KINDS = {
    "metric": "metrics", "dimension": "dimensions", "asset": "user_assets", "statistic": "statistics",
    "comparison": "comparisons", "change": "change", "rank": "rank", "level": "level", "extreme": "extreme",
    "statement": "statement",
}  # fmt: skip
FLAT = ("gain", "rank_share", "place", "target", "now", "free")


def _both(words: Any) -> Iterable[str]:
    return [str(w) for language in ("zh", "en") for w in words.get(language, ())]
