"""Blocks to Markdown: what a person can read and correct, and what knowledge/split.py cuts at headings."""

import re
from collections.abc import Sequence

from knowledge.ingest.clean import clean, one_line
from knowledge.ingest.types import Block, Heading, Item, Paragraph, Table

DEEPEST = 4  # levels that split.py knows
_LIKE_MARKUP = re.compile(r"^(\s*)(#{1,6}\s|```|~~~|\||={3,}\s*$|-{3,}\s*$)")


def to_markdown(title: str, blocks: Sequence[Block]) -> str:
    """The text of a document: its title, then its blocks; levels begin below the title and leave no gap."""
    rest = list(blocks)
    same = next((n for n, block in enumerate(rest) if _repeats(block, title, first=n == 0)), None)
    if same is not None:
        del rest[same]
    levels = sorted({block.level for block in rest if isinstance(block, Heading)})
    depth = {level: min(DEEPEST, place + 2) for place, level in enumerate(levels)}
    parts = [f"# {title}"]
    for before, block in zip([None, *rest], rest, strict=False):
        text = _block(block, depth)
        if text and isinstance(block, Item) and isinstance(before, Item):
            parts[-1] += f"\n{text}"
        elif text:
            parts.append(text)
    return "\n\n".join(parts) + "\n"


def _repeats(block: Block, title: str, *, first: bool) -> bool:
    """Whether a block only says the title again: its heading, or the first line of plain text."""
    return isinstance(block, Heading | Paragraph if first else Heading) and one_line(block.text) == title


def _block(block: Block, depth: dict[int, int]) -> str:
    if isinstance(block, Heading):
        text = one_line(block.text)
        return f"{'#' * depth[block.level]} {text}" if text else ""
    if isinstance(block, Paragraph):
        return "\n".join(escaped(line.strip()) for line in clean(block.text).split("\n") if line.strip())
    if isinstance(block, Item):
        text = one_line(block.text)
        return f"{'  ' * block.depth}{block.mark} {text}" if text else ""
    return _table(block)


def escaped(line: str) -> str:
    """A line of plain text that would read as markup stays plain text: no file makes headings by writing '#'."""
    return _LIKE_MARKUP.sub(lambda found: f"{found[1]}\\{found[2]}", line)


def _table(table: Table) -> str:
    names = [_stacked(column) for column in zip(*table.rows[: table.header], strict=True)]
    lines = [_row(names), _row(["---"] * len(names)), *(_row(row) for row in table.rows[table.header :])]
    return "\n".join(lines)


def _stacked(column: Sequence[str]) -> str:
    """A column's headers from top to bottom, a merged one once."""
    kept = [text for place, text in enumerate(column) if text and text not in column[:place]]
    return " / ".join(kept)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
