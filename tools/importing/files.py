"""Finding a source's files, and the first look at a text file: is it text at all, and in which encoding?"""

import importlib.util
from pathlib import Path

from tools.errors import MappingError
from tools.importing.encodings import MULTIBYTE, decodes, guess
from tools.importing.source_types import Encoding, Format, Source

FIRST_LOOK = 1 << 20
NOT_TEXT = {
    b"PAR1": "a Parquet file; write `format: parquet`",
    b"PK\x03\x04": "an Excel workbook or an archive; write `format: excel`, or unpack it first",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; write `format: excel`",
    b"\x1f\x8b": "compressed; unpack it first",
    b"SQLite format 3": "an SQLite database; name it by `url: sqlite:///...` instead of `file`",
}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ENDINGS: dict[str, Format] = {
    ".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "excel",
    ".xlsm": "excel", ".xlsb": "excel", ".xls": "excel", ".ods": "excel", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip


def find_files(name: str, source: Source, beside: Path) -> list[Path]:
    """The files that a source names, sorted by name; MappingError when there is none."""
    root = _package_root(name, source.package) if source.package else beside
    relative = Path(source.file or "").expanduser()
    base = Path(relative.anchor) if relative.is_absolute() else root
    pattern = str(relative.relative_to(relative.anchor)) if relative.is_absolute() else str(relative)
    found = sorted(p for p in base.glob(pattern) if p.is_file()) if _is_glob(pattern) else [base / pattern]
    if source.package and any(not p.resolve().is_relative_to(root.resolve()) for p in found):
        raise MappingError(f"source {name}: '{source.file}' leaves the package {source.package}; stay inside it.")
    if not found or not all(p.is_file() for p in found):
        inside = f" in the package {source.package}" if source.package else f" in {base}"
        raise MappingError(f"source {name}: there is no file '{source.file}'{inside}; correct `file` or add the file.")
    return found


def file_format(name: str, source: Source, path: Path) -> Format:
    """What the mapping says, else what the file's ending says."""
    found = source.format or ENDINGS.get(path.suffix.casefold())
    if found is None:
        raise MappingError(
            f"source {name}: '{path.name}' ends in neither .csv nor .parquet, .xlsx or .jsonl; say "
            "`format: csv`, parquet, excel or jsonl."
        )
    return found


def is_workbook(source: Source) -> bool:
    return (source.format or ENDINGS.get(Path(source.file or "").suffix.casefold())) == "excel"


def look(name: str, source: Source, path: Path) -> None:
    """Refuse what is not text in the declared encoding, before a million rows are read wrongly.

    A few undecodable lines are left to become rejects; a header that cannot be decoded, or a first megabyte of which
    more than half the lines cannot, means the wrong encoding.
    """
    with path.open("rb") as file:
        head = file.read(FIRST_LOOK)
    what = _what(head, source)
    if what is None and source.encoding == "utf-16":
        return
    lines = head.splitlines()[: -1 if len(head) == FIRST_LOOK else None]
    if what is None and not lines:
        what = "has no line break in its first megabyte; a CSV file is made of lines"
    if what is not None:
        raise MappingError(f"source {name}: '{path.name}' {what}.")
    _check_encoding(f"source {name}: '{path.name}'", lines, source.encoding)


def _what(head: bytes, source: Source) -> str | None:
    """Why a file is no text; None where it may be."""
    for magic, what in NOT_TEXT.items():
        if head.startswith(magic):
            return f"is {what}"
    if not head.strip():
        return "is empty; a CSV file starts with a line of column names"
    marked = head.startswith(UTF_16)
    if source.encoding == "utf-16":
        return None if marked else "is declared as utf-16 but lacks its byte order mark; save it as CSV UTF-8"
    if marked:
        return "is UTF-16 text; write `encoding: utf-16`"
    if b"\0" in head.partition(b"\n")[0] or 100 * head.count(0) > len(head):  # a few may be one broken line
        return "holds binary bytes, not text; export it again as CSV UTF-8"
    return None


def _check_encoding(where: str, lines: list[bytes], encoding: Encoding) -> None:
    bad = [number for number, line in enumerate(lines, 1) if not decodes(line, encoding)]
    if bad and (bad[0] == 1 or 2 * len(bad) > len(lines)):
        other = guess(lines, encoding)
        hint = f"it reads as {other}: set `encoding: {other}`" if other else "export it again as CSV UTF-8"
        raise MappingError(f"{where} is not {encoding} text (line {bad[0]} cannot be decoded); {hint}.")
    if encoding in MULTIBYTE and any(not x.isascii() for x in lines) and all(decodes(x, "utf-8") for x in lines):
        raise MappingError(f"{where} is UTF-8 text; take `encoding: {encoding}` out of the mapping.")


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
