"""What `ccare knowledge ingest` does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from bot.errors import InputError
from bot.settings import read_settings
from bot.workshop import Progress, Workshop
from knowledge.ingest.batch import ingest
from knowledge.ingest.report import lines_of, to_json
from knowledge.ingest.settle import Options

Readers = Literal["merchant", "provider", "all"]


def ingest_lines(
    paths: Sequence[Path], *, audience: str | None, tenant: str | None, dry_run: bool, prune: bool, as_json: bool,
    progress: Progress,
) -> tuple[list[str], bool]:  # fmt: skip
    """The report, and whether every file could be taken."""
    readers: Readers | None = next((name for name in get_args(Readers) if name == audience), None)
    if audience is not None and readers is None:
        raise InputError(f"There is no audience {audience}; it is merchant, provider or all.")
    if tenant is not None and not tenant.strip():
        raise InputError("The tenant's name is empty. Give a name, or leave --tenant out.")
    settings = read_settings()
    options = Options(today=Workshop(settings).today(), audience=readers, tenant=tenant)
    report = ingest(
        paths, settings.documents, options, corpus=settings.corpus, dry_run=dry_run, prune=prune, progress=progress
    )
    lines = [to_json(report)] if as_json else lines_of(report)
    return lines, report.count("rejected") == 0
