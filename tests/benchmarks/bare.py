"""One Chroma collection of all passages of a made-up index: what a vector query costs with nothing around it."""

import json
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.types import Audience
from tests.benchmarks.many_passages import Made

STEP = 2000


class Bare:
    """Filled where it is not there yet."""

    def __init__(self, at: Made) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Chroma's own deprecations
            import chromadb
            from chromadb.config import Settings

            settings = Settings(anonymized_telemetry=False)
            client = chromadb.PersistentClient(path=str(at.index.parent / "bare"), settings=settings)
            hnsw = {"space": "cosine", "batch_size": STEP, "sync_threshold": STEP}
            self._collection: Any = client.get_or_create_collection(
                "passages", embedding_function=None, configuration={"hnsw": hnsw}  # type: ignore[arg-type]
            )  # fmt: skip
        vectors = np.load(at.vectors, mmap_mode="r")
        if self._collection.count() < len(vectors):
            self._fill(at, vectors)

    def query(self, vector: NDArray[np.float32], reader: Audience | None) -> Any:
        """The nearest five, of what `reader` may read where one is given."""
        where = {"$and": [{"readers": "all"}, {"tenant": {"$in": ["", (reader.tenant or "")]}}]} if reader else None
        return self._collection.query(query_embeddings=[vector], n_results=5, where=where, include=["distances"])

    def _fill(self, at: Made, vectors: NDArray[np.float32]) -> None:
        lines = [json.loads(line) for line in at.texts.read_text(encoding="utf-8").splitlines()]
        for start in range(0, len(lines), STEP):
            part = slice(start, start + STEP)
            self._collection.upsert(
                ids=[str(start + i) for i in range(len(lines[part]))],
                embeddings=np.asarray(vectors[part]),
                metadatas=[{"readers": t["audience"], "tenant": t.get("tenant", "")} for t in lines[part]],
            )
