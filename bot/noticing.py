"""What changed in the documents, and whom it concerns: for the operator's eyes now, for messages later."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.assemble import assemble
from bot.errors import SetupError
from bot.publishing import difference
from bot.workshop import Workshop
from knowledge.changes import Change, Notice, due, notices, overdue
from knowledge.load import load_documents
from knowledge.shelves import Holdings

LATELY = 180  # days in which a merchant who used a product still uses it
SHOWN = 240  # characters of a changed section
_SIGNS = {"added": "+", "removed": "-", "changed": "*", "began": ">", "ended": "."}
_WORDS = {"added": "new", "removed": "withdrawn", "changed": "changed", "began": "begins", "ended": "has ended"}


def notice_lines(
    workshop: Workshop, old: str | None, new: str | None, until: date | None, *, as_json: bool
) -> list[str]:
    """What differs between two indexes, and what begins or ends by the calendar up to `until`; and for whom."""
    today = workshop.today()
    found = list(difference(workshop, old, new, today)) if until is None or old or new else []
    if until is not None:
        path = workshop.knowledge.current()
        if path is None:
            raise SetupError("There is no document index yet; run `ccare knowledge build`.")
        found += notices(due(Holdings.read(path), today, until))
    reached = _reached(workshop, found)
    if as_json:
        return [json.dumps(_row(n, m), ensure_ascii=False) for n, m in zip(found, reached, strict=True)]
    if not found:
        return ["Nothing that a reader would notice has changed."]
    return [line for n, m in zip(found, reached, strict=True) for line in _lines(n, m)]


def stale_lines(workshop: Workshop, *, as_json: bool) -> list[str]:
    """Documents that were to be compared with their source by now."""
    today = workshop.today()
    late = overdue((document for document, _ in load_documents(workshop.documents())), today)
    if as_json:
        return [
            json.dumps(
                {"document": d.id, "recheck_by": str(d.recheck_by), "days": (today - d.recheck_by).days,
                 "last_verified": str(d.last_verified), "source": d.source, "url": d.url},
                ensure_ascii=False,
            )
            for d in late
        ]  # fmt: skip
    if not late:
        return ["Every document was checked in time."]
    return [
        f"{d.id}: {(today - d.recheck_by).days} days over (last checked {d.last_verified}). Compare it with {d.source}."
        for d in late
    ]


def _reached(workshop: Workshop, found: Sequence[Notice]) -> list[tuple[str, ...] | None]:
    """For each notice the merchants it concerns: those who use its product and may read it.

    None: it is for providers only, the product has no users of its own, or there are no data.
    """
    if workshop.snapshot.current() is None:
        return [None] * len(found)
    from tools.usage import merchants_using

    meter, until = assemble(workshop.settings).meter, workshop.today()
    since = until - timedelta(days=LATELY)
    reached: list[tuple[str, ...] | None] = []
    for notice in found:
        users: tuple[str, ...] = ()
        if notice.audience != "provider":
            users = merchants_using(meter, notice.product, since=since, until=until)
        if notice.tenant is not None:  # a tenant's own documents concern the shops that it looks after
            served = meter.authorised(notice.tenant, on=until)
            users = tuple(merchant for merchant in users if merchant in served)
        reached.append(users or None)
    return reached


def _row(notice: Notice, merchants: tuple[str, ...] | None) -> dict[str, Any]:
    return notice.model_dump(mode="json") | {"merchants": merchants}


def _lines(notice: Notice, merchants: tuple[str, ...] | None) -> list[str]:
    readers = "everybody" if notice.audience == "all" else f"{notice.audience}s"
    whom = f"{readers}; {len(merchants)} merchants use {notice.product}" if merchants else readers
    head = f"{_SIGNS[notice.kind]} {notice.title('en')}: {_WORDS[notice.kind]}, from {notice.on} ({whom})"
    first = notice.changes[0]
    return [head, *_details(first), f"    documents: {', '.join(c.document.id for c in notice.changes)}"]


def _details(change: Change) -> list[str]:
    lines = []
    if change.valid_before is not None:
        now = (change.document.valid_from, change.document.valid_until)
        lines.append(f"    in force: {_span(change.valid_before)} -> {_span(now)}")
    other = [name for name in change.fields if not name.startswith("valid_")]
    if other:
        lines.append(f"    also: {', '.join(other)}")
    for section in change.sections:
        lines.append(f"    {section.section or '(opening)'}")
        lines += [f"      - {_short(section.before)}"] if section.before is not None else []
        lines += [f"      + {_short(section.after)}"] if section.after is not None else []
    if change.successor is not None:
        lines.append(f"    its successor is {change.successor}")
    return lines


def _span(days: tuple[date | None, date | None]) -> str:
    return f"{days[0] or '...'} to {days[1] or '...'}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."
