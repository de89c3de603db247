"""What `ccare knowledge search` and `check` do."""

from bot.assemble import assemble
from bot.errors import InputError
from bot.intake import parse_now, refused
from bot.settings import read_settings
from bot.workshop import Workshop
from knowledge.types import Audience, Passage

SHOWN = 160  # characters of a passage


def search_lines(text: str, *, role: str, on: str | None, limit: int) -> list[str]:
    if role not in ("merchant", "provider"):
        raise InputError(f"There is no role {role}; readers are merchant or provider.")
    if (refusal := refused(text)) is not None:
        raise InputError(refusal[1])
    settings = read_settings()
    day = parse_now(on, settings.zone).date()
    desk = assemble(settings)
    locale = "zh" if any("一" <= c <= "鿿" for c in text) else "en"
    audience = Audience(role="merchant" if role == "merchant" else "provider")
    vector = desk.embedder.query(desk.library.reading(text, audience=audience))
    found = desk.library.search(text, vector=vector, audience=audience, on=day, locale=locale, limit=limit)
    verdict = "answers" if found.answerable else "does not answer"
    return [*(_line(p) for p in found.passages), f"The best of these {verdict} (confidence {found.confidence:.2f})."]


def _line(passage: Passage) -> str:
    document = passage.document
    dates = f"{document.valid_from or '…'} to {document.valid_until or 'now'}"
    words = " ".join(passage.text.split())
    head = f"{passage.score:.3f}  {passage.passage_id}  [{passage.validity}, {dates}, {document.status}]"
    return f"{head}\n       {words[:SHOWN]}"


def check_lines() -> tuple[list[str], bool]:
    """The documents' problems, and whether the published index finds what it holds."""
    from knowledge.check import problems
    from knowledge.embed import cached_embedder
    from knowledge.errors import IndexDamagedError
    from knowledge.soundness import verify_index

    settings = read_settings()
    workshop = Workshop(settings)
    lines = list(problems(workshop.documents(), workshop.today()))
    path = workshop.knowledge.current()
    if path is None:
        return [*lines, "There is no document index yet; run `ccare knowledge build`."], False
    try:
        verify_index(path, cached_embedder(), server=settings.chroma)
    except IndexDamagedError as error:
        return [*lines, str(error)], False
    return [*lines, f"The index {path.name} finds everything it holds."], True
