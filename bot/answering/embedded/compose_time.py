"""When a document speaks: chosen among its versions by the day asked about, and said where that is not simply now."""

from collections.abc import Sequence

from bot.answering.embedded.compose_picks import Pick
from bot.answering.embedded.compose_voice import Voice, plain
from knowledge.types import Passage

_AS_GOOD = 0.5  # a version in force is taken where it fits at least so well as the best of one that is not


def in_force(picks: Sequence[Pick]) -> Pick:
    """The best statement, or the best one of a version in force on the day asked about, where it speaks of the same."""
    best = picks[0]
    if best.passage.validity == "current":
        return best
    family = versions([p.passage for p in picks], best.passage)
    known = {passage.document.id for passage in family}
    return next(
        (
            p for p in picks
            if p.passage.validity == "current" and p.passage.document.id in known and p.fit >= best.fit * _AS_GOOD
        ),
        best,
    )  # fmt: skip


def versions(passages: Sequence[Passage], of: Passage) -> list[Passage]:
    """One passage of each version of a document that is at hand, the oldest first."""
    found = {p.document.id: p for p in reversed(passages)}
    chain = {of.document.id}
    while True:
        links = {(d.id, d.supersedes) for d in (p.document for p in found.values()) if d.supersedes is not None}
        grown = chain | {id for link in links if chain & set(link) for id in link if id in found}
        if grown == chain:
            break
        chain = grown
    first = [p for id, p in found.items() if id in chain]
    return sorted(first, key=lambda p: (p.document.valid_from is not None, p.document.valid_from, p.document.id))


def say_standing(passage: Passage, passages: Sequence[Passage], voice: Voice) -> bool:
    """Said before anything else of a document that did not speak then or does not now; whether there was anything."""
    then, now = passage.validity, passage.document.validity(voice.today)
    if then == now == "current":
        return False
    known = {"title": plain(passage.document.title), "mark": f"[{passage.id}]"}
    family = versions(passages, passage)
    if then == "upcoming" and now != "upcoming":
        voice.say("documents.not_then", start=_start(passage), **known)
        _earlier(passage, family, voice)
    elif now == "upcoming":
        voice.say("documents.upcoming", start=_start(passage), **known)
        _earlier(passage, family, voice)
    elif then == "ended":
        voice.say("documents.ended", end=_end(passage), **known)
        _successor(passage, family, voice)
    elif now == "ended":
        voice.say("documents.was_valid", end=_end(passage), **known)
        _successor(passage, family, voice)
    if now == "ended":
        voice.warn("ended_document")
    return True


def _successor(passage: Passage, family: Sequence[Passage], voice: Voice) -> None:
    """What took its place: the version in force today, else the next one; or that nothing is known to have."""
    behind = list(family[_place(passage, family) + 1 :])
    after = next((p for p in behind if p.document.validity(voice.today) == "current"), next(iter(behind), None))
    if after is None:
        voice.say("documents.no_successor")
        return
    over = after.document.validity(voice.today) == "ended"
    voice.say(
        "documents.successor_ended" if over else "documents.successor",
        title=plain(after.document.title), start=_start(after), mark=f"[{after.id}]",
    )  # fmt: skip


def _earlier(passage: Passage, family: Sequence[Passage], voice: Voice) -> None:
    """The version before, where it had ended on the day asked about."""
    place = _place(passage, family)
    before = family[place - 1] if place else None
    if before is not None and before.validity == "ended":
        voice.say("documents.before_it", title=plain(before.document.title), end=_end(before), mark=f"[{before.id}]")


def _place(passage: Passage, family: Sequence[Passage]) -> int:
    return next(i for i, p in enumerate(family) if p.document.id == passage.document.id)


def _start(passage: Passage) -> str:
    return passage.document.valid_from.isoformat() if passage.document.valid_from else ""


def _end(passage: Passage) -> str:
    return passage.document.valid_until.isoformat() if passage.document.valid_until else ""
