"""What a question asks and which figure it means: two small multinomial logistic regressions over exemplars.

`python -m bot.answering.embedded.classifier` rebuilds the shipped weights of both from data/exemplars/ and
data/figures/ and prints the cross-validated accuracy; the weights carry the hash of what they were trained on.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from bot.answering.embedded.classifier_exemplars import INTENTS, WEIGHTS
from bot.answering.embedded.classifier_features import LEXICAL, WIDTH, Features, Floats
from bot.answering.embedded.classifier_figures import FigureFeatures
from bot.answering.embedded.classifier_fit import softmax
from bot.answering.embedded.understand_reading import Reading
from bot.answering.ports import Vector
from bot.answering.types import Intent
from bot.errors import SetupError

REBUILD = "run `python -m bot.answering.embedded.classifier`."

Label = TypeVar("Label", bound=str)


def _chances(labels: Sequence[Label], row: Floats, weights: Floats) -> dict[Label, float]:
    chances = softmax((weights @ row)[None, :])[0]
    return {label: float(p) for label, p in zip(labels, chances, strict=True)}


class Classifier:
    """Two heads for intents and two for figures: the full ones for a whole question, those by words for its clauses."""

    def __init__(self, features: Features, path: Path = WEIGHTS) -> None:
        try:
            with np.load(path) as stored:
                self.trained_on = str(stored["hash"])
                self._full: Floats = stored["full"].astype(np.float32)
                self._lexical: Floats = stored["lexical"].astype(np.float32)
                self._mean: Vector = stored["mean"].astype(np.float32)
                self._familiar = frozenset(stored["familiar"].tolist())
                self.vocabulary: frozenset[str] = frozenset(stored["vocabulary"].tolist())
                self.figures: tuple[str, ...] = tuple(stored["figures"].tolist())
                self._figures_full: Floats = stored["figures_full"].astype(np.float32)
                self._figures_lexical: Floats = stored["figures_lexical"].astype(np.float32)
        except (OSError, KeyError, ValueError) as error:
            raise SetupError(f"{path.name}: the weights cannot be read ({error}); {REBUILD}") from error
        self._features, self._named = features, FigureFeatures(self.figures)
        intents, figures, words = len(INTENTS), len(self.figures), self._named.lexical_width
        shapes = [w.shape for w in (self._full, self._lexical, self._figures_full, self._figures_lexical)]
        if shapes != [(intents, features.width), (intents, LEXICAL), (figures, WIDTH + words), (figures, words)]:
            raise SetupError(f"{path.name}: the weights are of another version; {REBUILD}")

    def question(self, reading: Reading, vector: Vector) -> dict[Intent, float]:
        """The probability of each intent for a whole question."""
        return _chances(INTENTS, self._features.full(reading, self._familiar, vector, self._mean), self._full)

    def clause(self, reading: Reading) -> dict[Intent, float]:
        """The same for a clause, from its words alone: only the question as a whole is embedded."""
        return _chances(INTENTS, self._features.lexical(reading, self._familiar), self._lexical)

    def figure(self, reading: Reading, vector: Vector) -> dict[str, float]:
        """The probability that a whole question means each figure, `none` among them."""
        return _chances(self.figures, self._named.full(reading, vector, self._mean), self._figures_full)

    def clause_figure(self, reading: Reading) -> dict[str, float]:
        """The same for a clause, from its words alone."""
        return _chances(self.figures, self._named.lexical(reading), self._figures_lexical)


if __name__ == "__main__":
    from bot.answering.embedded.classifier_train import main

    sys.exit(main())
