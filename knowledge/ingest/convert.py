"""Runs the child for one file, and turns whatever becomes of it into a document or a sentence."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from knowledge.errors import RefusedFileError
from knowledge.ingest.limits import OUTPUT, WALL
from knowledge.ingest.types import Converted, FileKind

ROOT = Path(__file__).resolve().parent.parent.parent
CHILD = (sys.executable, "-m", "knowledge.ingest.child")
_TOO_LONG = "It takes more than {} seconds to read. Split it, or save it as plain text."


def convert(
    name: str,
    kind: FileKind,
    data: bytes,
    sidecar: bytes | None,
    *,
    command: tuple[str, ...] = CHILD,
    wall: float = WALL,
) -> Converted:
    """The document in `data`; RefusedFileError also where the child crashed, hung or was killed."""
    head = json.dumps({"name": name, "kind": kind, "sidecar": None if sidecar is None else len(sidecar)})
    given = head.encode() + b"\n" + (sidecar or b"") + data
    with tempfile.TemporaryFile() as out:
        code = _run(command, given, out, wall)
        out.seek(0)
        said = out.read(OUTPUT + 1)
    if code == -signal.SIGXCPU or code == -signal.SIGALRM:
        raise RefusedFileError(_TOO_LONG.format(f"{wall:.0f}"))
    if len(said) >= OUTPUT:  # the child may not write more
        raise RefusedFileError(f"Its text is longer than {OUTPUT // 2_000_000} MB. Split it.")
    try:
        answer = json.loads(said) if code == 0 else {}
        if "refused" in answer:
            raise RefusedFileError(str(answer["refused"]))
        return Converted.model_validate(answer.get("converted"))
    except (ValueError, ValidationError) as error:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise RefusedFileError(
            f"Reading it failed: the reader {how}. Open it and save it again, or split it."
        ) from error


def _run(command: tuple[str, ...], given: bytes, out: IO[bytes], wall: float) -> int:
    environment = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TMPDIR") if key in os.environ}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, cwd=ROOT,
        env=environment, start_new_session=True,
    ) as child:  # fmt: skip
        try:
            child.communicate(given, timeout=wall)
        except subprocess.TimeoutExpired:
            raise RefusedFileError(_TOO_LONG.format(f"{wall:.0f}")) from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
    return child.returncode
