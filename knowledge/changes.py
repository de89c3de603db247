"""What differs between two generations, or between two days of one: rules that began, ended, changed; and for whom.

Data for messages: who is told, and in which words, is decided elsewhere.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from knowledge.shelves import Holdings, Row
from knowledge.types import Document, Frozen

ChangeKind = Literal["added", "removed", "changed", "began", "ended"]
# What a reader need not hear of: it says how the document is kept, not what it says.
KEPT = frozenset({"version", "last_verified", "recheck_by", "aliases", "source", "url", "counterpart"})


class SectionChange(Frozen):
    """One section with its text before and after; None where it was not there."""

    section: str
    before: str | None
    after: str | None


class Change(Frozen):
    """What happened to one document."""

    kind: ChangeKind
    document: Document  # as it is now, or as it was when it was removed
    on: date  # the day from which it matters: of the rule where it has one, else the day that was asked about
    fields: tuple[str, ...] = ()  # front matter that differs: valid_until, audience, ...
    sections: tuple[SectionChange, ...] = ()
    valid_before: tuple[date | None, date | None] | None = None  # where the dates differ
    successor: str | None = None  # the document that takes its place


class Notice(Frozen):
    """The same change in one or two languages, and whom it is for."""

    kind: ChangeKind
    on: date
    product: str
    audience: Literal["merchant", "provider", "all"]
    tenant: str | None
    metrics: tuple[str, ...]
    changes: tuple[Change, ...]  # one a language, zh first

    def title(self, locale: str) -> str:
        """The document's title in the reader's language, else in the one there is."""
        found = {c.document.locale: c.document.title for c in self.changes}
        return found.get("zh" if locale == "zh" else "en") or next(iter(found.values()))


def changes(old: Holdings, new: Holdings, on: date) -> tuple[Change, ...]:
    """Every document that was added, removed or says something else; ordered by id."""
    found: list[Change] = []
    for id in sorted(old.documents.keys() | new.documents.keys()):
        before, after = old.documents.get(id), new.documents.get(id)
        if before is None and after is not None:
            found.append(_change("added", after, new, after.valid_from or on))
        elif before is not None and after is None:
            found.append(_change("removed", before, new, on))
        elif before is not None and after is not None:
            found += _differs(before, after, _texts(old, id), _texts(new, id), new, on)
    return tuple(found)


def due(holdings: Holdings, since: date, until: date) -> tuple[Change, ...]:
    """Rules that begin or end by the calendar after `since`, up to and with `until`, without anybody writing a word."""
    found: list[Change] = []
    for document in holdings.documents.values():
        start, end = document.valid_from, document.valid_until
        if start is not None and since < start <= until:
            found.append(_change("began", document, holdings, start))
        if end is not None and since <= end < until:  # the last day still counts
            found.append(_change("ended", document, holdings, end + timedelta(days=1)))
    return tuple(sorted(found, key=lambda c: (c.on, c.document.id)))


def notices(found: Iterable[Change]) -> tuple[Notice, ...]:
    """Changes with their counterpart in the other language as one."""
    pairs: dict[tuple[str, ...], list[Change]] = {}
    for change in found:
        pair = sorted({change.document.id, change.document.counterpart or change.document.id})
        pairs.setdefault((change.kind, *pair), []).append(change)
    result = []
    for group in pairs.values():
        group.sort(key=lambda c: c.document.locale, reverse=True)
        first = group[0]
        result.append(
            Notice(
                kind=first.kind,
                on=min(c.on for c in group),
                product=first.document.product,
                audience=first.document.audience,
                tenant=first.document.tenant,
                metrics=tuple(dict.fromkeys(m for c in group for m in c.document.metrics)),
                changes=tuple(group),
            )
        )
    return tuple(sorted(result, key=lambda n: (n.on, n.changes[0].document.id)))


def overdue(documents: Iterable[Document], on: date) -> tuple[Document, ...]:
    """Documents whose recheck_by has passed, the longest overdue first."""
    return tuple(sorted((d for d in documents if d.recheck_by < on), key=lambda d: (d.recheck_by, d.id)))


def _differs(
    before: Document, after: Document, old: Mapping[str, str], new: Mapping[str, str], now: Holdings, on: date
) -> list[Change]:
    fields = tuple(
        name for name in Document.model_fields if name not in KEPT and getattr(before, name) != getattr(after, name)
    )
    sections = tuple(
        SectionChange(section=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )
    if not fields and not sections:
        return []
    dates = (before.valid_from, before.valid_until), (after.valid_from, after.valid_until)
    return [
        _change("changed", after, now, max(on, after.valid_from or on)).model_copy(
            update={
                "fields": fields,
                "sections": sections,
                "valid_before": dates[0] if dates[0] != dates[1] else None,
            }
        )
    ]


def _change(kind: ChangeKind, document: Document, holdings: Holdings, on: date) -> Change:
    successor = holdings.successor(document.id)
    return Change(kind=kind, document=document, on=on, successor=successor.id if successor is not None else None)


def _texts(holdings: Holdings, id: str) -> dict[str, str]:
    """Section to its text, parts of a long one joined."""
    found: dict[str, list[str]] = {}
    rows: list[Row] = [holdings.rows[number] for number in holdings.sections.get(id, ())]
    for row in rows:
        found.setdefault(row.section, []).append(row.text)
    return {section: "\n\n".join(parts) for section, parts in found.items()}
