"""The same vectors on a Chroma server, for many processes on many machines: a collection a generation and shelf.

Published collections are never written. Each build has a token of its own, so that two builds of the same documents do
not meet; collections of generations that are gone, and of builds that were killed, are removed by `tidy`.
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from knowledge.errors import IndexDamagedError, KnowledgeError, StoreAwayError
from knowledge.store import BATCH, Neighbours, Vector, nearest, quiet

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

PREFIX = "ccare"
ABANDONED = 3600.0  # seconds after which a build that nobody published is taken for a killed one
PORTS = {"http": 8000, "https": 443}


def new_token() -> str:
    """The name of one build; it tells when it began."""
    return f"{PREFIX}-{int(time.time())}-{secrets.token_hex(6)}"


def write_server(url: str, token: str, shelves: Mapping[str, tuple[Sequence[int], Vector]]) -> None:
    """For each shelf a collection `<token>-<shelf>` of row numbers and their vectors [n, 384]."""
    client = _client(url)
    with _answering(url):
        for name, (rows, vectors) in shelves.items():
            collection = client.create_collection(
                f"{token}-{name}", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            for start in range(0, len(rows), BATCH):
                part = slice(start, start + BATCH)
                collection.add(ids=[str(r) for r in rows[part]], embeddings=vectors[part])


class ServerStore:
    """A published generation's collections; what is asked of `knowledge.store.Store` can be asked of it."""

    def __init__(self, url: str, token: str, shelves: Sequence[str]) -> None:
        """StoreAwayError when nobody answers; IndexDamagedError when a collection is not there."""
        self._url = url
        client = _client(url)
        self._collections: dict[str, Any] = {}
        for name in shelves:
            with _answering(url):
                try:
                    self._collections[name] = client.get_collection(f"{token}-{name}", embedding_function=None)
                except Exception as error:
                    if type(error).__name__ != "NotFoundError":
                        raise
                    raise IndexDamagedError(
                        f"The Chroma server {url} no longer holds shelf {name} of the index. "
                        "Build the knowledge index again: ccare knowledge build"
                    ) from error

    def query(self, shelf: str, vector: Vector, k: int) -> Neighbours:
        """Up to `k` nearest rows of a shelf as (row, cosine), nearest first."""
        with _answering(self._url):
            return nearest(self._collections[shelf], vector, k)

    def count(self, shelf: str) -> int:
        with _answering(self._url):
            return int(self._collections[shelf].count())

    def close(self) -> None:
        """Nothing is held."""


def tidy(url: str, keep: Sequence[str]) -> int:
    """Remove the collections of builds that are not in `keep`, unless they are so young that one may be at work."""
    client = _client(url)
    removed = 0
    with _answering(url):
        for collection in client.list_collections():
            token, old = _token(collection.name)
            if token and token not in keep and old > ABANDONED:
                client.delete_collection(collection.name)
                removed += 1
    return removed


def _token(collection: str) -> tuple[str, float]:
    """The build that a collection belongs to, "" where it is not ours, and its age in seconds."""
    parts = collection.split("-")
    if len(parts) < 4 or parts[0] != PREFIX or not parts[1].isdigit():
        return "", 0.0
    return "-".join(parts[:3]), time.time() - int(parts[1])


def _client(url: str) -> "ClientAPI":
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise KnowledgeError(f"{url} is not the address of a Chroma server. Write it as http://chroma.example:8000")
    with quiet(), _answering(url):
        import chromadb
        from chromadb.config import Settings

        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Whatever the client raises when nobody answers, in one sentence."""
    try:
        with quiet():
            yield
    except KnowledgeError:
        raise
    except Exception as error:
        raise StoreAwayError(
            f"The Chroma server {url} does not answer ({type(error).__name__}: {error}). "
            "Start it, or unset CCARE_CHROMA to keep the vectors here."
        ) from error
