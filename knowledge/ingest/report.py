"""A report of an ingest as lines for a person."""

import json
from collections.abc import Iterator
from typing import get_args

from knowledge.ingest.types import FileReport, IngestReport, Outcome

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_SIGNS = {"accepted": "+", "skipped": "=", "rejected": "!"}


def to_json(report: IngestReport) -> str:
    counts = {outcome: report.count(outcome) for outcome in OUTCOMES}
    return json.dumps(report.model_dump(mode="json") | {"counts": counts}, ensure_ascii=False)


def lines_of(report: IngestReport) -> list[str]:
    lines = [line for file in report.files for line in _file(file)]
    for gone in report.vanished:
        lines.append(f"? {gone.source}: vanished (document {gone.id}). {gone.reason}")
    counts = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in OUTCOMES)
    gone_too = f", {len(report.vanished)} vanished" if report.vanished else ""
    lines.append(f"{counts}{gone_too}." + (" Nothing was written: this was a dry run." if report.dry_run else ""))
    if report.count("accepted") or any(gone.removed for gone in report.vanished):
        lines.append("Read what was inferred, correct it in the documents, then run `ccare knowledge build`.")
    return lines


def _file(file: FileReport) -> Iterator[str]:
    head = f"{_SIGNS[file.outcome]} {file.path}: {file.outcome}"
    if file.outcome != "accepted":
        yield f"{head}. {file.reason}"
        return
    sections = f"{file.sections} section" + ("s" if file.sections != 1 else "")
    tables = f"{file.tables} table" + ("s" if file.tables != 1 else "")
    yield f"{head} as {file.id} ({sections}, {tables}; read by {file.readers}) in {file.document}"
    for guess in file.inferred:
        yield f"    inferred {guess.field}: {'null' if guess.value is None else guess.value} ({guess.why})"
    for note in file.notes:
        yield f"    note: {note}"
    for passage in file.suspicions:
        where = f" under '{passage.section}'" if passage.section else ""
        yield f"    reads like an instruction{where}, kept as text: {passage.quote}"
