"""What people ask that documents of a platform do not answer, as vectors: what a question must stand apart from.

`python -m knowledge.elsewhere` makes elsewhere.npz anew after a change of elsewhere.yaml or of the model.
"""

import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.embed import E5Embedder, Embedder, EmbeddingCache
from knowledge.errors import KnowledgeError

Vector = NDArray[np.float32]
TOPICS = Path(__file__).with_name("elsewhere.yaml")
SHIPPED = TOPICS.with_suffix(".npz")


@lru_cache(maxsize=1)
def topics() -> tuple[str, ...]:
    """Every topic in every language."""
    try:
        content = yaml.safe_load(TOPICS.read_text(encoding="utf-8"))
        return tuple(str(text) for texts in content.values() for text in texts)
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise KnowledgeError(f"{TOPICS.name} cannot be read: {error}. Restore the file from the project.") from error


def elsewhere(embedder: Embedder) -> Vector:
    """The topics as float32[n, 384]; made on the spot (a second) where the model is not the one of the shipped file."""
    shipped = EmbeddingCache.read(SHIPPED, embedder.model)
    if all(text in shipped for text in topics()):
        return np.array([shipped.get(text) for text in topics()], dtype=np.float32)
    return embedder.passages(list(topics()))


def main() -> None:
    embedder = E5Embedder()
    cache = EmbeddingCache(embedder.model, {})
    cache.put(topics(), embedder.passages(list(topics())))
    cache.write(SHIPPED)
    sys.stdout.write(f"{len(topics())} topics in {SHIPPED.name}.\n")


if __name__ == "__main__":
    main()
