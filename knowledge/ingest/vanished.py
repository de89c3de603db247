"""Documents whose source is no longer there: reported, and removed only where that is surely what is meant."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from knowledge.ingest.sources import absolute
from knowledge.ingest.types import Vanished
from knowledge.ingest.written import Existing, offered
from knowledge.types import Document


def vanished(
    paths: Sequence[Path], existing: Mapping[str, Existing], documents: Mapping[str, Document], *, prune: bool
) -> tuple[Vanished, ...]:
    """Of the documents that came from below `paths`, those whose source is gone; with `prune` they are removed."""
    roots = [absolute(path) for path in paths]
    found: list[Vanished] = []
    for id, document in sorted(existing.items()):
        source = Path(document.mark.source) if document.mark else None
        root = next((r for r in roots if source is not None and source.is_relative_to(r)), None)
        if source is None or root is None or source.exists():
            continue
        why = _kept_because(id, document, source, root, documents) if prune else "It is kept; --prune removes it."
        if prune and not why:
            document.path.unlink(missing_ok=True)
            offered(document.path).unlink(missing_ok=True)
        removed = prune and not why
        found.append(Vanished(source=str(source), id=id, removed=removed, reason=why or "Its document was removed."))
    return tuple(found)


def _kept_because(id: str, document: Existing, source: Path, root: Path, documents: Mapping[str, Document]) -> str:
    if root != source and (not root.is_dir() or not any(root.iterdir())):
        return f"It is kept: {root} is missing or empty, as a disk that is not mounted would be."
    if document.edited:
        return f"It is kept, because it was corrected by hand. Delete {document.path} yourself."
    user = next((d.id for d in documents.values() if id in (d.supersedes, d.counterpart) and d.id != id), None)
    return f"It is kept, because '{user}' refers to it. Correct that one first." if user else ""
