"""What stands around a passage in its document."""

from typing import NamedTuple

from knowledge.shelves import Holdings

STEP = " > "  # between the headings of a section's path


class Around(NamedTuple):
    """Rows, in reading order."""

    section: list[int]
    parent: list[int]
    before: int | None
    after: int | None


def around(row: int, holdings: Holdings) -> Around:
    """The rows of a passage's section, of the section that holds it, and its neighbours outside its section.

    The text before the first heading is the parent of the sections at the top.
    """
    here = holdings.rows[row]
    rows = holdings.sections[here.document]
    section = [r for r in rows if holdings.rows[r].number == here.number]
    first, last = rows.index(section[0]), rows.index(section[-1])
    return Around(
        section=section,
        parent=_parent(rows[:first], here.section, holdings),
        before=rows[first - 1] if first else None,
        after=rows[last + 1] if last + 1 < len(rows) else None,
    )


def _parent(earlier: list[int], path: str, holdings: Holdings) -> list[int]:
    """Rows of the nearest earlier section that encloses `path` and has text."""
    while path:
        path = path.rpartition(STEP)[0]
        numbers = [holdings.rows[r].number for r in earlier if holdings.rows[r].section == path]
        if numbers:
            return [r for r in earlier if holdings.rows[r].number == numbers[-1]]
    return []
