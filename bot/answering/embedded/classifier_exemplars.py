"""The questions that the classifiers learn from: one file an intent, and one file a figure with sections by intent."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from bot.answering.embedded.classifier_features import FEATURES_VERSION
from bot.answering.embedded.lexicon_text import DATA, HAN
from bot.answering.types import Intent
from bot.errors import SetupError

WEIGHTS = DATA / "classifier.npz"
INTENTS: tuple[Intent, ...] = get_args(Intent)
NO_FIGURE = "none"
_SECTION = re.compile(r"\[(\w+|-)\]$")


@dataclass(frozen=True)
class Exemplar:
    """A question with what it teaches: its intent, the figure that it means, or both."""

    text: str
    intent: Intent | None
    figure: str | None = None

    @property
    def language(self) -> str:
        """zh, en or mixed, for the report."""
        han, latin = bool(HAN.search(self.text)), any(c.isascii() and c.isalpha() for c in self.text)
        return "mixed" if han and latin else "zh" if han else "en"


def _lines(path: Path, lacking: str) -> list[str]:
    if not path.is_file():
        raise SetupError(f"{path.name}: there are no exemplars {lacking}; restore the file from the distribution.")
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def load_exemplars(folder: Path = DATA / "exemplars") -> tuple[Exemplar, ...]:
    """One file an intent, one question a line; SetupError where an intent has none."""
    return tuple(
        Exemplar(line, intent) for intent in INTENTS for line in _lines(folder / f"{intent}.txt", "for this intent")
    )


def load_figures(ids: Sequence[str], folder: Path = DATA / "figures") -> tuple[Exemplar, ...]:
    """One file for each of `ids` (metrics, dimensions, `overall`) and for `none`; SetupError where one has none.

    A line `[improve]` begins the questions of that intent, `[-]` those of no intent in particular.
    """
    found = []
    for figure in (*ids, NO_FIGURE):
        path = folder / f"{figure}.txt"
        intent: Intent | None = None
        for line in _lines(path, "for this figure"):
            section = _SECTION.match(line)
            if section is None:
                found.append(Exemplar(line, intent, figure))
            elif section[1] != "-" and section[1] not in INTENTS:
                raise SetupError(f"{path.name}: `{section[1]}` is no intent; restore the file from the distribution.")
            else:
                intent = None if section[1] == "-" else cast(Intent, section[1])
    return tuple(found)


def vocabulary(exemplars: Sequence[Exemplar]) -> frozenset[str]:
    """The Latin words of the exemplars: real words that are nobody's spelling slip."""
    return frozenset(
        word
        for e in exemplars
        if e.text.isascii()
        for word in "".join(c if c.isalpha() else " " for c in e.text.lower()).split()
    )


def training_hash(exemplars: Sequence[Exemplar]) -> str:
    """Changes with the exemplars, our lexicon's words and the features; not with the catalog's wording."""
    digest = hashlib.sha256(FEATURES_VERSION.encode())
    for e in exemplars:
        digest.update(f"{e.intent}\t{e.figure}\t{e.text}\n".encode())
    for name in ("lexicon.yaml", "cues.yaml", "concepts.yaml", "readings.txt", "traditional.txt"):
        digest.update((DATA / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
