"""Where a generation keeps its nearest neighbours: in its own directory, or on a Chroma server."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from knowledge.errors import IndexDamagedError
from knowledge.store import Neighbours, Store, Vector, write_store


class Shelves(Protocol):
    """Nearest neighbours on the shelves of one generation."""

    def query(self, shelf: str, vector: Vector, k: int) -> Neighbours: ...

    def count(self, shelf: str) -> int: ...

    def close(self) -> None: ...


def write_vectors(
    out: Path, shelves: Mapping[str, tuple[Sequence[int], Vector]], server: str | None = None
) -> str | None:
    """Store row numbers and vectors [n, 384] of each shelf; the build's token on a server, None without one."""
    if server is None:
        write_store(out / "chroma", shelves)
        return None
    from knowledge.store_server import new_token, write_server

    token = new_token()
    write_server(server, token, shelves)
    return token


def open_vectors(path: Path, token: str | None, shelves: Sequence[str], server: str | None = None) -> Shelves:
    """The shelves of a published generation; IndexDamagedError where they are not there, or not where they are sought.

    StoreAwayError when the server does not answer.
    """
    if token is None:
        return Store(path / "chroma", shelves)
    if server is None:
        raise IndexDamagedError(
            f"The knowledge index in {path} keeps its vectors on a Chroma server. "
            "Set CCARE_CHROMA to its address, or build the index here: ccare knowledge build"
        )
    from knowledge.store_server import ServerStore

    return ServerStore(server, token, shelves)
