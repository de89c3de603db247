"""Real files of every kind, written on the spot: Word and Excel by their libraries, PDF by hand."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import docx
import openpyxl


class Words(NamedTuple):
    """A line of text on a PDF page; y is from the bottom."""

    x: float
    y: float
    size: float
    text: str


class Rule(NamedTuple):
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float


def pdf(pages: Sequence[Sequence[Words | Rule]]) -> bytes:
    """A PDF with Helvetica for ASCII and a Chinese font by name, as word processors without embedding write it."""
    kids = " ".join(f"{7 + 2 * n} 0 R" for n in range(len(pages)))
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 6 0 R /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /StemV 93 /CapHeight 880 >>",
    ]
    for number, page in enumerate(pages):
        content = zlib.compress("\n".join(_drawn(part) for part in page).encode("latin-1"))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {8 + 2 * number} 0 R "
            "/Resources << /Font << /E 3 0 R /Z 4 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content))
    return _assembled(objects)


def _drawn(part: Words | Rule) -> str:
    if isinstance(part, Rule):
        return f"0.5 w {part.x0} {part.y0} m {part.x1} {part.y1} l S"
    if part.text.isascii():
        text = part.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        return f"BT /E {part.size} Tf {part.x} {part.y} Td ({text}) Tj ET"
    return f"BT /Z {part.size} Tf {part.x} {part.y} Td <{part.text.encode('utf-16-be').hex()}> Tj ET"


def _assembled(objects: Sequence[bytes], trailer: str = "") -> bytes:
    out = io.BytesIO(b"%PDF-1.5\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password: the check value in it fits no empty one."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 0 /Kids [] >>",
        b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32),
    ]
    return _assembled(objects, f"/Encrypt 3 0 R /ID [<{'33' * 16}> <{'33' * 16}>]")


def scanned_pdf() -> bytes:
    """A page that is one drawn shape."""
    return pdf([[Rule(10, 10, 500, 800)]])


def grid_lines(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    return [Rule(x, ys[0], x, ys[-1]) for x in xs] + [Rule(xs[0], y, xs[-1], y) for y in ys]


def docx_bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx_bytes(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def simple_docx(title: str, *paragraphs: str) -> bytes:
    document = docx.Document()
    document.add_heading(title, 1)
    for text in paragraphs:
        document.add_paragraph(text)
    return docx_bytes(document)


def zip_bomb() -> bytes:
    """A Word file of a few hundred kilobytes that unpacks to 300 MB."""
    out = io.BytesIO(simple_docx("Bomb", "text"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.png", bytes(300_000_000))
    return out.getvalue()


def lying_zip(bomb: bytes) -> bytes:
    """The same, but its directory says that the picture has ten bytes."""
    data = bytearray(bomb)
    size = (300_000_000).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def locked_office() -> bytes:
    """The shell that Word and Excel put around a file with a password."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def bad_files() -> dict[str, tuple[bytes, str]]:
    """Name to content, and words of the sentence that refuses it."""
    page, bomb = simple_docx("A", "b"), zip_bomb()
    return {
        "bomb.docx": (bomb, "unpacks to more than"),
        "lying.docx": (lying_zip(bomb), "damaged"),
        "huge.txt": (b"a line of text\n" * 1_500_000, "larger than 20 MB"),
        "picture.pdf": (b"\x89PNG\r\n\x1a\n" + bytes(200), "is a PNG picture"),
        "letter.xlsx": (page, "is a .docx file"),
        "program.txt": (b"\x7fELF" + bytes(range(256)) * 4, "is a program"),
        "page.txt": (b"<!DOCTYPE html><html><body><p>hello</p></body></html>", "is a web page"),
        "notes.html": (b"just words, no page at all", "holds no HTML"),
        "locked.pdf": (locked_pdf(), "password"),
        "locked.docx": (locked_office(), "password"),
        "locked.xlsx": (locked_office(), "password"),
        "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "before 2007"),
        "empty.txt": (b"", "is empty"),
        "blank.docx": (docx_bytes(docx.Document()), "holds no text"),
        "blank.xlsx": (xlsx_bytes(openpyxl.Workbook()), "no text or values"),
        "blank.html": (b"<html><body><script>var a = 1</script></body></html>", "holds no text"),
        "scan.pdf": (scanned_pdf(), "pictures of pages"),
        "cut.pdf": (pdf([[Words(50, 700, 12, "A page of text.")]])[:300], "damaged PDF"),
        "cut.docx": (page[: len(page) // 2], "damaged"),
        "deep.html": (b"<html><body>" + b"<div>" * 1000 + b"text" + b"</div>" * 1000 + b"</body></html>", "deep"),
        "noise.txt": (bytes(range(128, 256)) * 40, "encoding"),
        "garbled.txt": ("平台规则自三月起施行，商家须知。".encode().decode("gb18030", "ignore").encode(), "garbled"),
        "latin.txt": ("平台规则自三月起施行，商家须知。".encode().decode("latin-1").encode(), "garbled"),
        "lost.txt": (("规则\ufffd\ufffd说明" * 20).encode(), "lost"),
        "head.md": (b"---\ntitle: a: b\n---\ntext", "not valid YAML"),
        "alias.md": (b"---\na: &a [x, x]\nb: [*a, *a]\n---\ntext", "aliases"),
        "typo.md": (b"---\naudiense: all\n---\n# T\ntext", "audiense"),
        "nobody.md": (b"---\nsupersedes: nobody\n---\n# T\ntext", "no document 'nobody'"),
    }


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
