"""The files that are meant by the paths a person gives."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from knowledge.ingest.sniff import KINDS, kind_of

SIDECAR = ".meta.yaml"
_SKIPPED_NAMES = frozenset({"readme.md", "thumbs.db", "desktop.ini"})
_ODD_NAME = "Its name is not UTF-8 text, or holds control characters. Rename it."
_ADVICE = {
    ".doc": "Save it as .docx.", ".xls": "Save it as .xlsx.", ".ppt": "Save it as .pdf.", ".pptx": "Save it as .pdf.",
    ".mht": "Save the page as 'Web page, HTML only'.", ".mhtml": "Save the page as 'Web page, HTML only'.",
    ".rtf": "Save it as .docx.", ".odt": "Save it as .docx.", ".ods": "Save it as .xlsx.", ".csv": "Save it as .xlsx.",
}  # fmt: skip


class Source(NamedTuple):
    """A file to take, or with `skip` why it is not taken; `asked` if it was named itself, not met in a folder."""

    path: Path
    skip: str = ""
    asked: bool = False

    @property
    def sidecar(self) -> Path:
        """`rules.docx` has `rules.docx.meta.yaml` or `rules.meta.yaml` beside it."""
        whole = self.path.with_name(self.path.name + SIDECAR)
        return whole if whole.exists() else self.path.with_name(self.path.stem + SIDECAR)


def sources(paths: Sequence[Path], *, besides: Path) -> list[Source]:
    """Every file, once, in a fixed order; nothing below `besides`, where ingest itself writes."""
    found: dict[Path, Source] = {}
    for given in paths:
        path = absolute(given)
        for source in _walk(path) if path.is_dir() else [_asked(path)]:
            inside = source.path.is_relative_to(absolute(besides))
            kept = Source(source.path, "It is a document that ingest wrote. Correct it there.") if inside else source
            found.setdefault(
                source.path, kept if _readable(source.path) else Source(source.path, _ODD_NAME, asked=True)
            )
    return list(found.values())


def _readable(path: Path) -> bool:
    """Whether a name is text: archives made elsewhere unpack to names in other encodings."""
    try:
        return str(path).isprintable() and bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _asked(path: Path) -> Source:
    if not path.is_file():
        return Source(path, "There is no such file or folder. Correct the path.", asked=True)
    return Source(path, _unknown(path.name), asked=True)


def _walk(folder: Path) -> Iterator[Source]:
    for where, folders, names in os.walk(folder, followlinks=False):
        here = Path(where)
        pages = {Path(name).stem for name in names if kind_of(name) == "html"}
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")) and not _belongs(f, pages))
        for name in sorted(names):
            if not name.endswith(SIDECAR) and not name.startswith("."):
                yield Source(here / name, _why_not(here / name))


def _belongs(folder: str, pages: set[str]) -> bool:
    """Browsers put a page's pictures and scripts into `<page>_files` beside it."""
    return any(folder == f"{page}{end}" for page in pages for end in ("_files", ".files", "-Dateien"))


def _why_not(path: Path) -> str:
    if path.is_symlink():
        return "It is a link. Give the file or folder that it leads to."
    if path.name.startswith("~$"):
        return "It is a lock file of an open document. Close the document."
    if path.name.lower() in _SKIPPED_NAMES:
        return "It describes the folder and is no document. Give it another name to have it taken."
    return _unknown(path.name)


def _unknown(name: str) -> str:
    if kind_of(name) is not None:
        return ""
    ending = Path(name).suffix.lower()
    advice = _ADVICE.get(ending, f"Files are taken that end in {', '.join(sorted(KINDS))}.")
    return f"Files that end in '{ending}' are not read. {advice}" if ending else f"Its name has no ending. {advice}"
