"""What a file is, by its content; a name that says otherwise is refused, and so is what cannot be opened safely."""

import io
import re
import zipfile
import zlib
from pathlib import PurePath

from knowledge.errors import RefusedFileError
from knowledge.ingest.limits import MEGABYTE, MEMBERS, UNPACKED
from knowledge.ingest.types import FileKind

KINDS: dict[str, FileKind] = {
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf",
    ".docx": "docx", ".docm": "docx", ".xlsx": "xlsx", ".xlsm": "xlsx", ".txt": "text", ".text": "text",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF-", "a PDF file"), (b"PK\x03\x04", "a ZIP archive"), (b"PK\x05\x06", "an empty ZIP archive"),
    (_OLE, "an old Office file"), (b"\x89PNG", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"), (b"\x7fELF", "a program"), (b"MZ", "a program"), (b"{\\rtf", "an RTF file"),
    (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
)  # fmt: skip
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|main|article|div|table|h[1-6]|p|ul|ol)\b", re.IGNORECASE)
_PAGE = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def kind_of(name: str) -> FileKind | None:
    """What a name promises, None if nothing that ingest takes."""
    return KINDS.get(PurePath(name).suffix.lower())


def check_content(kind: FileKind, data: bytes) -> None:
    """Raises RefusedFileError where the bytes are not what the name promises, or would not open."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise RefusedFileError("It is empty. Put text into it, or leave it out.")
    if kind == "pdf":
        if b"%PDF-" not in data[:1024]:
            raise RefusedFileError(f"It is named .pdf but is {signature(data)}. Give it its right ending.")
    elif kind in ("docx", "xlsx"):
        _check_office(kind, data)
    elif (found := _signature(data)) is not None:
        raise RefusedFileError(f"It is named as text but is {found}. Give it its right ending, or leave it out.")


def check_text(kind: FileKind, text: str) -> None:
    """The same for text that was decoded."""
    control = sum(c < " " and c not in "\t\r\n\f" for c in text)
    if control > 0.01 * len(text):
        raise RefusedFileError("It is not text but binary data. Leave it out, or give it its right ending.")
    if kind == "html" and _HTML.search(text) is None:
        raise RefusedFileError("It is named .html but holds no HTML. Give it its right ending, such as .txt.")
    if kind in ("text", "markdown") and _PAGE.match(text):
        raise RefusedFileError("It is a web page. Give it the ending .html.")


def signature(data: bytes) -> str:
    return _signature(data) or "something else"


def _signature(data: bytes) -> str | None:
    return next((what for start, what in _SIGNATURES if data.startswith(start)), None)


def _check_office(kind: FileKind, data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise RefusedFileError("It is locked with a password. Save it without one.")
        raise RefusedFileError(f"It is an Office file of before 2007. Open it and save it as .{kind}.")
    if not data.startswith(b"PK"):
        raise RefusedFileError(f"It is named .{kind} but is {signature(data)}. Give it its right ending.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(archive, members)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise RefusedFileError("It is damaged and cannot be unpacked. Open it and save it again.") from error
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or _MAIN[kind] not in names:
        other = next((f"a .{k} file" for k, main in _MAIN.items() if main in names), "some other ZIP archive")
        raise RefusedFileError(f"It is named .{kind} but is {other}. Give it its right ending.")


def _check_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpacks everything once and keeps nothing: what the archive declares of its sizes may be a lie."""
    if len(members) > MEMBERS:
        raise RefusedFileError(f"It holds {len(members)} files inside. Save it again, or split it.")
    if any(member.flag_bits & 1 for member in members):
        raise RefusedFileError("It is locked with a password. Save it without one.")
    room = UNPACKED
    if sum(member.file_size for member in members) > room:
        room = 0
    for member in members if room else ():
        with archive.open(member) as file:
            while room >= 0 and (chunk := file.read(1 << 16)):
                room -= len(chunk)
    if room <= 0:
        raise RefusedFileError(
            f"It unpacks to more than {UNPACKED // MEGABYTE} MB (a zip bomb?). Take large pictures or data out of it."
        )
