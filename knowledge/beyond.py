"""What a question says beyond its best passages, as a vector, and along two fitted directions.

A cosine tells that question and passage are of one subject, hardly what the question wants of it. What is left of the
question's vector when everything its passages say is taken away holds just that: "the price of", "the phone number of".
Two directions in which it points, fitted with the refusal by knowledge/fit.py, are in beyond.npz (and beyond_bare.npz):
one away from the platform altogether, one to what documents do not answer. As it is a difference, a passage that itself
speaks of prices takes "the price of" away.
"""

import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import DIMENSIONS
from knowledge.errors import KnowledgeError

Vector = NDArray[np.float32]
PATH = Path(__file__).with_name("beyond.npz")
BARE = Path(__file__).with_name("beyond_bare.npz")  # for documents that do not list what is asked of them
RIDGE = 0.05  # of the passages' mean squared length: nearly equal passages must not cancel each other out


class Directions(NamedTuple):
    """Two directions, float32[384] each: parts of the two judgements' logits."""

    outside: Vector
    beyond: Vector

    def along(self, left: Vector) -> tuple[float, float]:
        return float(np.vecdot(self.outside, left)), float(np.vecdot(self.beyond, left))


NOWHERE = Directions(np.zeros(DIMENSIONS, dtype=np.float32), np.zeros(DIMENSIONS, dtype=np.float32))


def directions(model: str, path: Path = PATH) -> Directions:
    """The shipped directions; none for the vectors of another model, whose axes mean other things."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if str(file["model"]) != model:
                return NOWHERE
            return Directions(*(file[name].astype(np.float32) for name in Directions._fields))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise KnowledgeError(f"{path.name} cannot be read: {error}. Restore the file from the project.") from error


def write_directions(model: str, found: Directions, path: Path = PATH) -> None:
    np.savez(path, model=np.array(model), **{k: v.astype(np.float16) for k, v in found._asdict().items()})


def residual(vector: Vector, passages: Vector) -> Vector:
    """What is left of a vector [384] without what passages [n, 384] say: ridge, so that no passage is overdrawn."""
    gram = passages @ passages.T
    ridge = RIDGE * float(np.trace(gram)) / len(gram)
    weights = np.linalg.solve(gram + ridge * np.eye(len(gram), dtype=np.float32), passages @ vector)
    return np.asarray(vector - weights @ passages, dtype=np.float32)
