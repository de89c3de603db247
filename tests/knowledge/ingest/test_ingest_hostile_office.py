"""Office files that carry more than text: macros, entities that unfold or point elsewhere."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from knowledge.errors import RefusedFileError
from knowledge.ingest.convert import convert
from tests.knowledge.ingest.files import simple_docx, xlsx_bytes

LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
)


def changed(data: bytes, name: str, change: Callable[[str], str], **more: bytes) -> bytes:
    """The archive with one of its parts rewritten, and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            target.writestr(part, change(content.decode()) if part == name else content)
        for part, content in more.items():
            target.writestr(part, content)
    return out.getvalue()


def with_entities(xml: str, entities: str, use: str) -> str:
    head, body = xml.split("?>", 1) if xml.startswith("<?xml") else ("<?xml version='1.0'", xml)
    return f"{head}?>{entities}{body.replace('WORD', use)}"


def book() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.append(["WORD", "b"])
    workbook.active.append(["WORD", "d"])
    return xlsx_bytes(workbook)


def test_macros_are_ignored_and_said_to_be() -> None:
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    docm = changed(
        simple_docx("Coupons", "A coupon can be changed."),
        "[Content_Types].xml",
        lambda xml: xml.replace(types, "application/vnd.ms-word.document.macroEnabled.main+xml"),
        **{"word/vbaProject.bin": b"Sub AutoOpen()"},
    )
    document = convert("a.docm", "docx", docm, None)
    assert document.body == "# Coupons\n\nA coupon can be changed.\n"
    assert document.notes == ("macros ignored",)
    xlsm = changed(book(), "", str, **{"xl/vbaProject.bin": b"Sub AutoOpen()"})
    assert "macros ignored" in convert("a.xlsm", "xlsx", xlsm, None).notes


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("a.docx", simple_docx("T", "WORD text"), "word/document.xml"),
        ("a.xlsx", book(), "xl/sharedStrings.xml"),
    ],
    ids=["word", "excel"],  # the files hold the time of day, and two processes must collect the same tests
)
def test_entities_neither_unfold_nor_read_other_files(tmp_path: Path, name: str, data: bytes, part: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of another file", encoding="utf-8")
    outside = f"<!DOCTYPE x [<!ENTITY a11 SYSTEM '{secret.as_uri()}'>]>"
    for entities in (LAUGHS, outside):
        hostile = changed(data, part, lambda xml, entities=entities: with_entities(xml, entities, "&a11;"))
        try:
            body = convert(name, "docx" if name == "a.docx" else "xlsx", hostile, None).body
        except RefusedFileError as error:
            body = str(error)
        assert "hahaha" not in body
        assert "the secret" not in body
