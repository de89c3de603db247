"""Finding a source's files, and the first look at a text file: is it text at all, and in which encoding?"""

import importlib.util
from pathlib import Path
from typing import Literal

from tools.errors import MappingError
from tools.importing.mapping import Source

FIRST_LOOK = 1 << 20
NOT_TEXT = {
    b"PAR1": "a Parquet file; write `format: parquet`",
    b"PK\x03\x04": "an Excel workbook or an archive; save the sheet as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV UTF-8",
    b"\x1f\x8b": "compressed; unpack it first",
    b"\xff\xfe": "UTF-16 text; save it as CSV UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as CSV UTF-8",
}


def find_files(name: str, source: Source, beside: Path) -> list[Path]:
    """The files that a source names, sorted by name; MappingError when there is none."""
    root = _package_root(name, source.package) if source.package else beside
    relative = Path(source.file).expanduser()
    base = Path(relative.anchor) if relative.is_absolute() else root
    pattern = str(relative.relative_to(relative.anchor)) if relative.is_absolute() else str(relative)
    found = sorted(p for p in base.glob(pattern) if p.is_file()) if _is_glob(pattern) else [base / pattern]
    if source.package and any(not p.resolve().is_relative_to(root.resolve()) for p in found):
        raise MappingError(f"source {name}: '{source.file}' leaves the package {source.package}; stay inside it.")
    if not found or not all(p.is_file() for p in found):
        inside = f" in the package {source.package}" if source.package else f" in {base}"
        raise MappingError(f"source {name}: there is no file '{source.file}'{inside}; correct `file` or add the file.")
    return found


def file_format(name: str, source: Source, path: Path) -> Literal["csv", "parquet"]:
    if source.format:
        return source.format
    ending = path.suffix.casefold()
    if ending in (".parquet", ".pq"):
        return "parquet"
    if ending in (".csv", ".tsv", ".txt"):
        return "csv"
    raise MappingError(
        f"source {name}: '{path.name}' ends in neither .csv nor .parquet; say `format: csv` or `format: parquet`."
    )


def look(name: str, source: Source, path: Path) -> None:
    """Refuse what is not text in the declared encoding, before a million rows are read wrongly.

    A few undecodable lines are left to become rejects; a header that cannot be decoded, or a first megabyte of which
    more than half the lines cannot, means the wrong encoding.
    """
    with path.open("rb") as file:
        head = file.read(FIRST_LOOK)
    for magic, what in NOT_TEXT.items():
        if head.startswith(magic):
            raise MappingError(f"source {name}: '{path.name}' is {what}.")
    if not head.strip():
        raise MappingError(f"source {name}: '{path.name}' is empty; a CSV file starts with a line of column names.")
    if b"\0" in head:
        raise MappingError(f"source {name}: '{path.name}' holds binary bytes, not text; export it again as CSV UTF-8.")
    lines = head.splitlines()[: -1 if len(head) == FIRST_LOOK else None] or [head]
    bad = [number for number, line in enumerate(lines, 1) if not _decodes(line, source.encoding)]
    if bad and (bad[0] == 1 or 2 * len(bad) > len(lines)):
        raise MappingError(
            f"source {name}: '{path.name}' is not {source.encoding} text (line {bad[0]} cannot be decoded)"
            f"{_other(head, source)}"
        )
    if source.encoding == "gb18030" and not head.isascii() and all(_decodes(line, "utf-8") for line in lines):
        raise MappingError(f"source {name}: '{path.name}' is UTF-8 text; take `encoding: gb18030` out of the mapping.")


def _package_root(name: str, package: str) -> Path:
    # find_spec of a top-level name runs no code of the package; a dotted one would import its parents
    spec = importlib.util.find_spec(package) if package.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise MappingError(
            f"source {name}: the package {package} is not installed; install it here, then import again."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _is_glob(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?[")


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _other(head: bytes, source: Source) -> str:
    other = "gb18030" if source.encoding == "utf-8" else "utf-8"
    fits = all(_decodes(line, other) for line in head.splitlines()[:-1] or [head])
    return f"; it reads as {other}: set `encoding: {other}`." if fits else "; export it again as CSV UTF-8."
