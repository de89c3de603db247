"""Which figure a description means: "our vouchers lie around" is the redemption rate, though nobody says so."""

from collections.abc import Sequence

import numpy as np

from bot.answering.embedded.classifier_features import CONCEPTS, Floats, centred, ngrams
from bot.answering.embedded.understand_reading import Reading
from bot.answering.ports import Vector

BUCKETS = 4096
KINDS = ("metric", "dimension")
NAMED = ("other", "score", "merchant_coupon", "public_promotion", "life_account")

# How loud each part is beside the others; chosen by cross-validation over the exemplars.
EMBEDDING_WEIGHT, NGRAM_WEIGHT, NAME_WEIGHT = 2.4, 2.0, 0.9
CONCEPT_WEIGHT, PAIR_WEIGHT = 0.8, 0.4


class FigureFeatures:
    """Rows of float32 for a fixed list of figures: the embedding, pieces of the words, and the names that occur."""

    def __init__(self, figures: Sequence[str]) -> None:
        self._place = {id: i for i, id in enumerate((*figures, *NAMED))}
        n = len(CONCEPTS)
        self._pairs = np.triu_indices(n, k=1)
        self.lexical_width = BUCKETS + 2 * len(self._place) + 1 + n + n * (n - 1) // 2

    def lexical(self, reading: Reading) -> Floats:
        """Words and names alone: float32[lexical_width]."""
        names = np.zeros(2 * len(self._place) + 1, dtype=np.float32)
        names[-1] = 1.0
        for mention in reading.mentions:
            place = self._place.get(mention.kind if mention.kind in ("other", "score") else mention.id)
            if place is not None:
                names[2 * place + (mention.weak or mention.generic)] = 1.0
        said = np.array(reading.concepts, dtype=np.float32)
        together = said[self._pairs[0]] * said[self._pairs[1]]
        return np.concatenate(
            [
                NGRAM_WEIGHT * ngrams(reading.described, BUCKETS),
                NAME_WEIGHT * names,
                CONCEPT_WEIGHT * said,
                PAIR_WEIGHT * together,
            ]
        )

    def full(self, reading: Reading, vector: Vector, mean: Vector) -> Floats:
        """The embedding before the lexical row."""
        return np.concatenate([EMBEDDING_WEIGHT * centred(vector, mean), self.lexical(reading)]).astype(np.float32)
