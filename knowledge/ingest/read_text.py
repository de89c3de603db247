"""Plain text and Markdown."""

import re
from typing import Any

import yaml

from knowledge.errors import RefusedFileError
from knowledge.ingest.clean import clean, one_line
from knowledge.ingest.encoding import decode, refuse_mojibake
from knowledge.ingest.outline import Line, outline
from knowledge.ingest.sniff import check_text
from knowledge.ingest.types import Block, Heading, Reading

_ATX = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")


def read_text(data: bytes) -> Reading:
    text = decode(data)
    check_text("text", text)
    notes = refuse_mojibake(text)
    lines: list[Line] = []
    gap = False
    for line in clean(text.expandtabs(4)).split("\n"):
        if line.strip():
            lines.append(Line(line.rstrip(), gap))
        gap = not line.strip()
    blocks = outline(lines)
    return Reading(blocks, title=_title(blocks), notes=notes)


def _title(blocks: list[Block]) -> str | None:
    """The first line, if it is short and ends like no sentence."""
    first = blocks[0] if blocks else None
    if isinstance(first, Heading):
        return one_line(first.text)
    text = one_line(getattr(first, "text", "")) if len(blocks) > 1 else ""
    return text if text and len(text) <= 60 and not re.search(r"[。；;，,.!?！？:：]$", text) else None


def read_markdown(data: bytes) -> Reading:
    """Markdown is kept as written; front matter may be whole, partial or absent."""
    text = decode(data)
    check_text("markdown", text)
    notes = refuse_mojibake(text)
    given, body = _front_matter(clean(text))
    if not body.strip():
        raise RefusedFileError("It holds no text after its front matter. Write the document's text there.")
    headings = headings_of(body)
    title = next((h.text for h in headings if h.level == 1), None)
    return Reading([*headings], title=title, notes=notes, markdown=body.strip("\n") + "\n", given=given)


def headings_of(body: str) -> list[Heading]:
    """The headings of Markdown, without those inside code."""
    found: list[Heading] = []
    code = False
    for line in body.split("\n"):
        code ^= _FENCE.match(line) is not None
        if not code and (match := _ATX.match(line)):
            found.append(Heading(len(match[1]), one_line(match[2])))
    return found


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    lines = text.lstrip("\n").split("\n")
    if lines[0].strip() != "---":
        return {}, text
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---"), None)
    if end is None:
        return {}, text  # a line across the page, not front matter
    return read_fields("\n".join(lines[1:end]), "Its front matter"), "\n".join(lines[end + 1 :])


def read_fields(text: str, where: str) -> dict[str, Any]:
    """Flat YAML; dates become ISO text. Aliases are refused: a few lines of them unfold to gigabytes."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise RefusedFileError(f"{where} uses YAML aliases (*name). Write the values out.")
        fields = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RefusedFileError(f"{where} is not valid YAML. Quote values that hold ':' or '#'.") from error
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise RefusedFileError(f"{where} holds no keys. Write lines of the form 'key: value'.")
    return {str(key): _plain(value) for key, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
