"""One file to one document, in a process of its own: `python -m knowledge.ingest.child` under limits.

Standard input: a line of JSON (name, kind, length of the sidecar), the sidecar, the file. Standard output: JSON.
Nothing is read from disk but the code, so that a hostile file finds neither its neighbours nor a place to write to.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

from knowledge.errors import RefusedFileError
from knowledge.ingest.limits import CPU, MEMORY, OUTPUT, WALL
from knowledge.ingest.types import Converted, FileKind, Reading, Table


def convert_bytes(name: str, kind: FileKind, data: bytes, sidecar: bytes | None) -> Converted:
    """What a file says, as a document; RefusedFileError with a sentence where it cannot be one."""
    from knowledge.ingest.blocks import to_markdown
    from knowledge.ingest.infer import infer
    from knowledge.ingest.read_text import headings_of
    from knowledge.ingest.sniff import check_content
    from knowledge.ingest.suspicious import suspicions

    check_content(kind, data)
    reading = _reader(kind)(data)
    given = reading.given | (_sidecar(sidecar) if sidecar is not None else {})
    body = reading.markdown or to_markdown("", reading.blocks)
    guesses = infer(name, reading, body, given)
    if reading.markdown is None:
        title = given.get("title") if isinstance(given.get("title"), str) else guesses["title"].value
        body = to_markdown(str(title), reading.blocks)
    if not any(c.isalnum() for line in body.split("\n")[1:] or [body] for c in line):
        raise RefusedFileError("It holds no text. Put text into it, or leave it out.")
    if len(body.encode()) > OUTPUT // 2:
        raise RefusedFileError(f"Its text is longer than {OUTPUT // 2_000_000} MB. Split it.")
    tables = sum(isinstance(block, Table) for block in reading.blocks) + _tables(reading)
    return Converted(
        given=given,
        inferred=guesses,
        body=body,
        sections=max(1, sum(heading.level > 1 for heading in headings_of(body))),
        tables=tables,
        notes=reading.notes,
        suspicions=suspicions(body),
    )


def _reader(kind: FileKind) -> Callable[[bytes], Reading]:
    """Each reader is loaded only for its files."""
    if kind == "markdown":
        from knowledge.ingest.read_text import read_markdown

        return read_markdown
    if kind == "html":
        from knowledge.ingest.read_html import read_html

        return read_html
    if kind == "pdf":
        from knowledge.ingest.read_pdf import read_pdf

        return read_pdf
    if kind == "docx":
        from knowledge.ingest.read_docx import read_docx

        return read_docx
    if kind == "xlsx":
        from knowledge.ingest.read_xlsx import read_xlsx

        return read_xlsx
    from knowledge.ingest.read_text import read_text

    return read_text


def _sidecar(data: bytes) -> dict[str, Any]:
    from knowledge.ingest.encoding import decode
    from knowledge.ingest.read_text import read_fields

    return read_fields(decode(data), "Its .meta.yaml")


def _tables(reading: Reading) -> int:
    """Markdown's own tables, by the line under their headers."""
    lines = (reading.markdown or "").split("\n")
    return sum(line.strip().startswith("|") and set(line.strip()) <= set("|-: ") and "-" in line for line in lines)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(int(WALL) + 5)  # also where nobody is left to wait for it


def main() -> None:
    _limit()
    head = json.loads(sys.stdin.buffer.readline())
    sidecar = None if head["sidecar"] is None else sys.stdin.buffer.read(head["sidecar"])
    data = sys.stdin.buffer.read()
    said: dict[str, Any]
    try:
        said = {"converted": convert_bytes(head["name"], head["kind"], data, sidecar).model_dump(mode="json")}
    except RefusedFileError as error:
        said = {"refused": str(error)}
    except MemoryError:
        said = {"refused": "It needs more than 1 GB of memory to be read. Split it, or take large pictures out."}
    except RecursionError:
        said = {"refused": "Its parts lie too deep in each other. Save it again, or as plain text."}
    except Exception as error:  # a broken file may raise anything in a library; whichever it is, the batch goes on
        said = {
            "refused": f"It could not be read ({type(error).__name__}). Open it and save it again, or as plain text."
        }
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False, default=str).encode("utf-8", errors="replace") + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
