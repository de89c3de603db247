"""The words of data/lexicon.yaml and of the cue files as checked types."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.answering.embedded.lexicon_text import DATA, plain
from bot.errors import SetupError
from tools.types import Dimension


class OtherFigure(BaseModel):
    """A figure that people ask for and the catalog does not have, and what comes nearest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: tuple[str, ...]
    en: tuple[str, ...]
    near: tuple[str, ...]
    improve: Dimension | None = None  # the dimension whose advice serves somebody who wants more of it


class SeriesWords(BaseModel):
    """How a plain figure is said, and which metric or dimension stands in where only one of those will do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: tuple[str, ...]
    en: tuple[str, ...]
    daily_of: str | None = None
    serves: str
    near: tuple[str, ...] = ()


class LexiconData(BaseModel):
    """Words by what they name, both languages together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    products: dict[str, tuple[str, ...]]
    weak_products: dict[str, tuple[str, ...]]
    series: dict[str, SeriesWords]
    kinds: dict[str, tuple[str, ...]]
    metrics: dict[str, tuple[str, ...]]
    dimensions: dict[str, tuple[str, ...]]
    weak: tuple[str, ...]
    generic: tuple[str, ...]
    guards: dict[str, str]
    score_words: tuple[str, ...]
    shop_endings: tuple[str, ...]
    other_figures: tuple[OtherFigure, ...]
    not_typos: frozenset[str]
    typed_words: tuple[str, ...]


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError) as error:
        raise SetupError(
            f"{path.name}: the words cannot be read ({error}); restore the file from the distribution."
        ) from error
    if not isinstance(raw, dict):
        raise SetupError(f"{path.name}: expected groups of words; restore the file from the distribution.")
    return raw


@lru_cache(maxsize=1)
def load_lexicon() -> LexiconData:
    """data/lexicon.yaml; SetupError says what is wrong."""
    raw = _read(DATA / "lexicon.yaml")
    try:
        for group in ("products", "kinds", "metrics", "dimensions"):
            raw[group] = {id: (*words["zh"], *words["en"]) for id, words in raw[group].items()}
        return LexiconData.model_validate(raw)
    except (KeyError, TypeError, ValidationError) as error:
        raise SetupError(f"lexicon.yaml: {error}; restore the file from the distribution.") from error


def alternation(words: tuple[str, ...] | list[str]) -> str:
    """One pattern for many words: Latin ones between word boundaries; those with `.{` or `(?:` are patterns already."""
    parts = []
    for word in sorted(map(str, words), key=len, reverse=True):
        if ".{" in word or "(?:" in word:
            parts.append(word)
        elif word.isascii():
            parts.append(rf"\b{re.escape(plain(word))}\b")
        else:
            parts.append(re.escape(plain(word)))
    return "|".join(parts)


@lru_cache(maxsize=3)
def load_cues(name: str = "cues.yaml") -> dict[str, re.Pattern[str]]:
    """One pattern for each group of words in data/<name>, in the file's order."""
    return {group: re.compile(alternation(words)) for group, words in _read(DATA / name).items()}
