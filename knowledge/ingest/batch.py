"""A batch of files into the folder of ingested documents: what is new or changed is converted, the rest left alone."""

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from knowledge.errors import DocumentError, RefusedFileError
from knowledge.ingest.convert import convert
from knowledge.ingest.limits import CONVERTER, MEGABYTE, SIDECAR, SOURCE
from knowledge.ingest.settle import Options, Settled, broken_reference, infer_id, owner_problem, settle
from knowledge.ingest.sniff import kind_of
from knowledge.ingest.sources import Source, sources
from knowledge.ingest.types import Converted, FileReport, IngestReport
from knowledge.ingest.vanished import vanished
from knowledge.ingest.written import Existing, Mark, alone, moved, offered, read_existing, read_mark, replace, sha
from knowledge.load import Corpus, document_files, load_document
from knowledge.types import Document

Progress = Callable[[str, float], None]
STAGE = "reading documents"


class _Read(NamedTuple):
    """A source and what is known of it; `converted` is None where nothing has changed."""

    source: Source
    mark: Mark
    existing: Existing | None
    converted: Converted | None


class _Waiting(NamedTuple):
    """A document that refers to others: written when all that it may refer to are known."""

    place: int
    read: _Read
    settled: Settled


def ingest(
    paths: Sequence[Path],
    out: Path,
    options: Options,
    *,
    corpus: Corpus = (),
    dry_run: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Take the files of `paths` into `out`, one Markdown document each; `corpus` holds ids that are taken.

    Nothing else is written; with `dry_run` nothing at all. A file that cannot be taken is reported, the others go on.
    `prune` removes documents whose source is gone. Raises IngestBusyError while another ingest writes into `out`.
    """
    with contextlib.nullcontext() if dry_run else alone(out):
        batch = _Batch(out, options, _ids(corpus), dry_run)
        found = sources(paths, besides=out)
        tell = progress or (lambda what, share: None)
        tell(STAGE, 0.0)
        for place, result in enumerate(_read_all(batch, found), start=1):
            batch.take(result)
            tell(STAGE, place / len(found))
        batch.finish()
        gone = vanished(paths, batch.existing, batch.documents, prune=prune and not dry_run)
        return IngestReport(files=tuple(batch.reports), vanished=gone, dry_run=dry_run)


def _ids(corpus: Corpus) -> dict[str, Document]:
    """The documents of the corpus; broken ones are what `ccare knowledge check` is for."""
    found: dict[str, Document] = {}
    for path in document_files(corpus):
        with contextlib.suppress(DocumentError):
            document = load_document(path)[0]
            found[document.id] = document
    return found


def _read_all(batch: "_Batch", found: Sequence[Source]) -> Iterator[_Read | FileReport]:
    """Results in the order of the sources, a few conversions at a time."""
    workers = max(1, min(4, os.cpu_count() or 1))
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[_Read | FileReport]] = deque()
    try:
        for source in found:
            waiting.append(pool.submit(batch.read, source))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class _Batch:
    """What is known so far: ids, documents, reports in the order of the sources."""

    def __init__(self, out: Path, options: Options, corpus: Mapping[str, Document], dry_run: bool) -> None:
        self.out, self.options, self.corpus, self.dry_run = out, options, corpus, dry_run
        self.existing = {e.id: e for e in read_existing(out)}
        self.documents = {**corpus, **{e.id: e.document for e in self.existing.values() if e.document}}
        self.reports: list[FileReport] = []
        self._by_source = {e.mark.source: e for e in self.existing.values() if e.mark}
        self._lost = {e.mark.content: e for e in self.existing.values() if e.mark and not Path(e.mark.source).exists()}
        self._waiting: list[_Waiting] = []

    def read(self, source: Source) -> _Read | FileReport:
        """In a worker: the file's bytes, and the document in them if it is new or has changed."""
        if source.skip:
            return _report(source, "rejected" if source.asked else "skipped", reason=source.skip)
        existing = None
        try:
            data, sidecar = _bytes(source.path, SOURCE), None
            if source.sidecar.is_file():
                sidecar = _bytes(source.sidecar, SIDECAR)
            existing = self._by_source.get(str(source.path)) or self._moved_here(sha(data))
            mark = self._mark(source.path, data, sidecar, existing)
            if existing is not None and self._seen(existing, mark):
                return _Read(source, mark, existing, None)
            kind = kind_of(source.path.name)
            assert kind is not None  # sources() passes on no others
            return _Read(source, mark, existing, convert(source.path.name, kind, data, sidecar))
        except RefusedFileError as error:
            before = f" Its document of before stays: {existing.path.name}." if existing else ""
            return _report(source, "rejected", reason=f"{error}{before}")
        except OSError as error:
            return _report(source, "rejected", reason=f"It cannot be read ({error.strerror}). Make it readable.")

    def _moved_here(self, content: str) -> Existing | None:
        """The document of a vanished source with the same content, once; never one that another tenant owns."""
        lost = self._lost.get(content)
        if lost is None or lost.mark is None or self.options.tenant not in (None, lost.mark.tenant):
            return None
        return self._lost.pop(content, None)

    def take(self, result: _Read | FileReport) -> None:
        if isinstance(result, FileReport):
            self.reports.append(result)
        elif result.converted is None:
            self.reports.append(self._unchanged(result))
        else:
            try:
                self._settle(result, result.converted)
            except RefusedFileError as error:
                self.reports.append(_report(result.source, "rejected", reason=str(error)))

    def finish(self) -> None:
        """Documents that refer to others: those whose references hold, once those that do not are set aside."""
        waiting = self._waiting
        while True:
            known = self.documents | {w.settled.document.id: w.settled.document for w in waiting}
            wrong = {w.place: why for w in waiting if (why := broken_reference(w.settled.document, known))}
            for one in waiting:
                if one.place in wrong:
                    self.reports[one.place] = _report(one.read.source, "rejected", reason=wrong[one.place])
            waiting = [w for w in waiting if w.place not in wrong]
            if not wrong:
                break
        for one in waiting:
            self.reports[one.place] = self._write(one.read, one.settled)

    def _mark(self, path: Path, data: bytes, sidecar: bytes | None, existing: Existing | None) -> Mark:
        """What is not given now stays as it was: a tenant's document never becomes everybody's by omission."""
        before = existing.mark if existing else None
        audience = self.options.audience or (before.audience if before else None)
        tenant = self.options.tenant or (before.tenant if before else None)
        parts = [str(CONVERTER), sha(data), sha(sidecar) if sidecar is not None else "", audience or "", tenant or ""]
        return Mark(
            source=str(path), content=sha(data), digest=sha("\n".join(parts).encode()), audience=audience, tenant=tenant
        )

    def _seen(self, existing: Existing, mark: Mark) -> bool:
        if existing.mark is not None and existing.mark.digest == mark.digest:
            return True
        beside = offered(existing.path)
        if not (existing.edited and beside.is_file()):
            return False
        before, _ = read_mark(beside.read_text(encoding="utf-8", errors="replace"))
        return before is not None and before.digest == mark.digest

    def _unchanged(self, read: _Read) -> FileReport:
        existing = read.existing
        assert existing is not None
        assert existing.mark is not None
        if existing.mark.digest != read.mark.digest:
            return self._kept(read, existing)
        if existing.mark.source != str(read.source.path) and not self.dry_run:
            moved(existing, read.source.path)
        why = "Unchanged; corrected by hand, which is kept." if existing.edited else "Unchanged since it was taken."
        return _report(read.source, "skipped", reason=why, id=existing.id, document=str(existing.path))

    def _kept(self, read: _Read, existing: Existing) -> FileReport:
        why = (
            f"It has changed, and its document was corrected by hand: the correction is kept. The new text lies in "
            f"{offered(existing.path).name} beside it; bring over what you want and rename it to {existing.path.name}, "
            "or delete the corrected one and ingest again."
        )
        return _report(read.source, "skipped", reason=why, id=existing.id, document=str(existing.path))

    def _settle(self, read: _Read, converted: Converted) -> None:
        options = self.options._replace(audience=read.mark.audience, tenant=read.mark.tenant)  # type: ignore[arg-type]
        locale = str(converted.given.get("locale") or converted.inferred["locale"].value)
        id = infer_id(read.source.path, locale, self._taken(read))
        if read.existing is not None and read.existing.document is not None:
            id = id.model_copy(update={"value": read.existing.id})
        settled = settle(read.source.path, converted, options, read.mark, id)
        name = settled.document.id
        owner = None if read.existing is not None and read.existing.id == name else self.existing.get(name)
        if (why := owner_problem(name, read.source.path, owner, name in self.corpus)) or (why := self._claimed(name)):
            raise RefusedFileError(why)
        if settled.document.supersedes or settled.document.counterpart:
            self._waiting.append(_Waiting(len(self.reports), read, settled))
            self.reports.append(_report(read.source, "skipped"))  # replaced in finish()
        else:
            self.reports.append(self._write(read, settled))

    def _taken(self, read: _Read) -> dict[str, object]:
        """Ids that an inferred one gives way to; not to a document without a mark, which may be this file's own."""
        marked = {id: e for id, e in self.existing.items() if e.mark and e.mark.source != str(read.source.path)}
        return {**self.corpus, **marked, **{w.settled.document.id: w for w in self._waiting}}

    def _claimed(self, id: str) -> str | None:
        other = next((w for w in self._waiting if w.settled.document.id == id), None)
        return (
            f"The id '{id}' is also that of {other.read.source.path}. Give one of them another id." if other else None
        )

    def _write(self, read: _Read, settled: Settled) -> FileReport:
        existing, path = read.existing, self.out / f"{settled.document.id}.md"
        if existing is not None and existing.edited:
            if not self.dry_run:
                replace(offered(existing.path), settled.text)
            return self._kept(read, existing)
        if not self.dry_run:
            replace(path, settled.text)
            if existing is not None and existing.path != path:
                existing.path.unlink(missing_ok=True)
        if existing is not None:
            self.existing.pop(existing.id, None)
            self.documents.pop(existing.id, None)
        self.existing[settled.document.id] = Existing(path, read.mark, False, settled.document)
        self.documents[settled.document.id] = settled.document
        converted = read.converted
        assert converted is not None
        return _report(
            read.source, "accepted", id=settled.document.id, document=str(path),
            readers=_readers(settled.document), sections=converted.sections,
            tables=converted.tables, inferred=settled.inferred, notes=converted.notes, suspicions=converted.suspicions,
        )  # fmt: skip


def _readers(document: Document) -> str:
    who = {"all": "everybody", "merchant": "merchants", "provider": "account managers"}[document.audience]
    return f"{who} of {document.tenant}" if document.tenant else who


def _bytes(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        size = f"{limit / MEGABYTE:.0f} MB" if limit >= MEGABYTE else f"{limit // 1000} kB"
        raise RefusedFileError(f"{path.name} is larger than {size}. Split it, or take its pictures out.")
    return data


def _report(source: Source, outcome: str, **more: object) -> FileReport:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in str(source.path))
    return FileReport.model_validate({"path": shown, "outcome": outcome, **more})
