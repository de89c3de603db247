"""What the classifier sees of a question: its embedding, hashed pieces of its frame, and which cues and names occur."""

import re
from collections import Counter
from collections.abc import Iterator, Set
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.answering.embedded.lexicon_data import load_cues
from bot.answering.embedded.understand_reading import Reading
from bot.answering.ports import Vector

Floats = NDArray[np.float32]

FEATURES_VERSION = "7"
WIDTH = 384  # of the embedding
BUCKETS = 3072  # hashed n-grams; the exemplars have some 20,000 different ones, most of them seen once
CUES = tuple(load_cues())
CONCEPTS = tuple(load_cues("concepts.yaml"))
NAMED = ("metric", "dimension", "product", "score", "other", "date", "number", "shop", "share")
EXTRAS = 8  # question mark, two length steps, constant, four of strangeness
LEXICAL = BUCKETS + len(CUES) + len(NAMED) + EXTRAS + len(CONCEPTS)

# How loud each part is beside the others; chosen by cross-validation over the exemplars.
EMBEDDING_WEIGHT, NGRAM_WEIGHT, FLAG_WEIGHT, CONCEPT_WEIGHT = 3.2, 2.0, 0.8, 0.6

_TOKENS = re.compile(r"§[a-z]|[a-z']+|[\u4e00-\u9fff]|[?!]")


def _pieces(masked: str) -> Iterator[str]:
    tokens = _TOKENS.findall(masked)
    padded = ["<", *tokens, ">"]
    for size in (1, 2, 3):
        for i in range(len(padded) - size + 1):
            yield "\t".join(padded[i : i + size])
    for token in tokens:
        if token.isascii() and len(token) > 4:
            yield from (f"~{token[i : i + 4]}" for i in range(len(token) - 3))


def ngrams(masked: str, buckets: int) -> Floats:
    """The hashed pieces of a text as a unit row of float32[buckets]."""
    row = np.zeros(buckets, dtype=np.float32)
    for piece, count in Counter(_pieces(masked)).items():
        row[crc32(piece.encode()) % buckets] += 1 + np.log(count)
    length = float(np.linalg.norm(row))
    return row / length if length else row


def centred(vector: Vector, mean: Vector) -> Floats:
    """The unit direction of a vector from the mean: e5 vectors all point much the same way."""
    away = vector - mean
    return away / np.float32(max(float(np.linalg.norm(away)), 1e-6))


def words_of(masked: str) -> set[int]:
    """The content of a frame as hashes: Latin words and pairs of Chinese characters."""
    tokens = _TOKENS.findall(masked)
    words = [t for t in tokens if t[0].isascii() and t[0].isalpha()]
    pairs = [a + b for a, b in pairwise(tokens) if not a.isascii() and not b.isascii() and a[0] != "§" != b[0]]
    return {crc32(w.encode()) for w in (*words, *pairs)}


def _strangeness(reading: Reading, masked: str, familiar: Set[int]) -> list[float]:
    """How much of a question no in-scope exemplar says; a stranger that names nothing of ours is off the subject."""
    words = words_of(masked)
    strange = len(words - familiar) / len(words) if words else 0.0
    nameless = not (reading.mentions or reading.shops)
    return [strange, strange if nameless else 0.0, float(strange > 0.5), float(nameless and strange > 0.4)]


def _flags(reading: Reading, familiar: Set[int]) -> list[float]:
    masked = reading.masked
    cues = [float(bool(pattern.search(reading.text))) for pattern in load_cues().values()]
    kinds = {m.kind for m in reading.mentions if not m.weak}
    named = [float(kind in kinds) for kind in NAMED[:5]]
    named += [float(bool(reading.dates)), float(bool(reading.numbers)), float(bool(reading.shops))]
    named.append(float(any(n.unit == "share" for n in reading.numbers)))
    return [
        *cues,
        *named,
        float(masked.endswith("?")),
        float(len(masked) < 8),
        float(len(masked) > 60),
        1.0,
        *_strangeness(reading, masked, familiar),
    ]


class Features:
    """Rows of float32: full (width) = embedding + lexical; lexical = n-grams + flags + concepts."""

    width = WIDTH + LEXICAL

    def lexical(self, reading: Reading, familiar: Set[int]) -> Floats:
        flags = np.asarray(_flags(reading, familiar), dtype=np.float32)
        said = np.asarray(reading.concepts, dtype=np.float32)
        return np.concatenate(
            [NGRAM_WEIGHT * ngrams(reading.masked, BUCKETS), FLAG_WEIGHT * flags, CONCEPT_WEIGHT * said]
        )

    def full(self, reading: Reading, familiar: Set[int], vector: Vector, mean: Vector) -> Floats:
        return np.concatenate([EMBEDDING_WEIGHT * centred(vector, mean), self.lexical(reading, familiar)]).astype(
            np.float32
        )
