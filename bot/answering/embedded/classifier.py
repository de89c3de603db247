"""From a question to an intent: a small multinomial logistic regression over exemplar questions.

`python -m bot.answering.embedded.classifier` rebuilds the shipped weights from data/exemplars/ and prints the
cross-validated accuracy; the weights carry the hash of what they were trained on.
"""

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from bot.answering.embedded.classifier_features import FEATURES_VERSION, LEXICAL, Features, Floats, words_of
from bot.answering.embedded.classifier_fit import fit, softmax
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_text import DATA, HAN
from bot.answering.embedded.slots_shop import ShopNames
from bot.answering.embedded.understand_reading import Reading, read
from bot.answering.ports import Embedder, Vector
from bot.answering.types import Intent
from bot.errors import SetupError

WEIGHTS = DATA / "classifier.npz"
INTENTS: tuple[Intent, ...] = get_args(Intent)
FOLDS = 5
REBUILD = "run `python -m bot.answering.embedded.classifier`."


@dataclass(frozen=True)
class Exemplar:
    text: str
    intent: Intent

    @property
    def language(self) -> str:
        """zh, en or mixed, for the report."""
        han, latin = bool(HAN.search(self.text)), any(c.isascii() and c.isalpha() for c in self.text)
        return "mixed" if han and latin else "zh" if han else "en"


def load_exemplars(folder: Path = DATA / "exemplars") -> tuple[Exemplar, ...]:
    """One file an intent, one question a line; SetupError where an intent has none."""
    found = []
    for intent in INTENTS:
        path = folder / f"{intent}.txt"
        if not path.is_file():
            raise SetupError(
                f"{path.name}: there are no exemplar questions for this intent; restore the file from the distribution."
            )
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [Exemplar(line.strip(), intent) for line in lines if line.strip() and not line.startswith("#")]
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
        digest.update(f"{e.intent}\t{e.text}\n".encode())
    for name in ("lexicon.yaml", "cues.yaml", "readings.txt", "traditional.txt"):
        digest.update((DATA / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


class Classifier:
    """Two heads over the same features: the full one for a whole question, one without embedding for its clauses."""

    def __init__(self, features: Features, path: Path = WEIGHTS) -> None:
        try:
            with np.load(path) as stored:
                self.trained_on = str(stored["hash"])
                self._full: Floats = stored["full"].astype(np.float32)
                self._lexical: Floats = stored["lexical"].astype(np.float32)
                self._mean: Vector = stored["mean"].astype(np.float32)
                self._familiar = frozenset(stored["familiar"].tolist())
        except (OSError, KeyError, ValueError) as error:
            raise SetupError(f"{path.name}: the intent weights cannot be read ({error}); {REBUILD}") from error
        if self._full.shape != (len(INTENTS), features.width) or self._lexical.shape[1] != LEXICAL:
            raise SetupError(f"{path.name}: the intent weights are of another version; {REBUILD}")
        self._features = features

    def question(self, reading: Reading, vector: Vector) -> dict[Intent, float]:
        """The probability of each intent for a whole question."""
        return self._named(self._features.full(reading, self._familiar, vector, self._mean), self._full)

    def clause(self, reading: Reading) -> dict[Intent, float]:
        """The same for a clause, from its words alone: only the question as a whole is embedded."""
        return self._named(self._features.lexical(reading, self._familiar), self._lexical)

    def _named(self, row: Floats, weights: Floats) -> dict[Intent, float]:
        chances = softmax((weights @ row)[None, :])[0]
        return {intent: float(p) for intent, p in zip(INTENTS, chances, strict=True)}


def _in_scope(exemplar: Exemplar) -> bool:
    return exemplar.intent not in ("out_of_scope", "smalltalk")


def _familiar(
    readings: Sequence[Reading], exemplars: Sequence[Exemplar]
) -> tuple[list[frozenset[int]], frozenset[int]]:
    """The words of the in-scope exemplars: for each exemplar those that others say too, and all of them."""
    said = [words_of(r.masked) if _in_scope(e) else set() for r, e in zip(readings, exemplars, strict=True)]
    count = Counter(word for words in said for word in words)
    everything = frozenset(count)
    # A question must not find itself familiar, or strangeness would never be learnt.
    return [everything - {w for w in words if count[w] == 1} for words in said], everything


def _matrices(
    features: Features, lexicon: Lexicon, embedder: Embedder, exemplars: Sequence[Exemplar]
) -> tuple[Floats, Floats, NDArray[np.intp], dict[str, NDArray[Any]]]:
    names = ShopNames((), lexicon.data.shop_endings)
    today = date(2026, 1, 15)  # dates are masked: only that there is one matters
    readings = [read(e.text, lexicon, names, today) for e in exemplars]
    vectors = np.stack([embedder.query(e.text) for e in exemplars])
    mean = vectors.mean(axis=0)
    familiar, everything = _familiar(readings, exemplars)
    full = np.stack([features.full(r, f, v, mean) for r, f, v in zip(readings, familiar, vectors, strict=True)])
    lexical = np.stack([features.lexical(r, f) for r, f in zip(readings, familiar, strict=True)])
    labels = np.array([INTENTS.index(e.intent) for e in exemplars])
    return full, lexical, labels, {"mean": mean, "familiar": np.array(sorted(everything), dtype=np.uint32)}


def cross_validate(rows: Floats, labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """The label predicted for each row by a model that has not seen it; folds take every fifth of an intent."""
    seen: Counter[int] = Counter()
    folds = np.empty(len(labels), dtype=int)
    for i, label in enumerate(labels.tolist()):
        folds[i] = seen[label] % FOLDS
        seen[label] += 1
    predicted = np.empty_like(labels)
    for fold in range(FOLDS):
        held = folds == fold
        predicted[held] = (rows[held] @ fit(rows[~held], labels[~held], len(INTENTS)).T).argmax(axis=1)
    return predicted


def report(
    name: str, exemplars: Sequence[Exemplar], labels: NDArray[np.intp], predicted: NDArray[np.intp], wrong: bool
) -> str:
    """Accuracy of cross-validation by language, and the exemplars that it gets wrong."""
    lines = [f"{name}: cross-validated {np.mean(labels == predicted):.3f} of {len(labels)}"]
    for language in ("zh", "en", "mixed"):
        rows = np.array([e.language == language for e in exemplars])
        if not rows.any():
            continue
        lines.append(f"  {language}: {np.mean(labels[rows] == predicted[rows]):.3f} of {int(rows.sum())}")
    if wrong:
        lines += [
            f"  {e.intent} -> {INTENTS[p]}: {e.text}"
            for e, y, p in zip(exemplars, labels, predicted, strict=True)
            if y != p
        ]
    return "\n".join(lines)


def build(
    embedder: Embedder, lexicon: Lexicon, exemplars: Sequence[Exemplar], path: Path = WEIGHTS
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Train both heads and write them; returns the feature rows (full, lexical) and labels for a report."""
    full, lexical, labels, shared = _matrices(Features(), lexicon, embedder, exemplars)
    heads = {"full": fit(full, labels, len(INTENTS)), "lexical": fit(lexical, labels, len(INTENTS))}
    stored = {name: weights.astype(np.float16) for name, weights in heads.items()}
    np.savez_compressed(path, hash=np.array(training_hash(exemplars)), **shared, **stored)  # type: ignore[arg-type]
    return full, lexical, labels


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot.answering.embedded.classifier", description="Rebuild the intent weights from the exemplars."
    )
    parser.add_argument("--wrong", action="store_true", help="list the exemplars that cross-validation gets wrong")
    chosen = parser.parse_args(arguments)
    from knowledge.embed import E5Embedder
    from tools.catalog import load_catalog

    exemplars = load_exemplars()
    lexicon = Lexicon(load_catalog(), vocabulary=vocabulary(exemplars))
    full, lexical, labels = build(E5Embedder(), lexicon, exemplars)
    for name, rows in (("question", full), ("clause", lexical)):
        sys.stdout.write(report(name, exemplars, labels, cross_validate(rows, labels), chosen.wrong) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
