"""What the documents say: the sentences that answer, with mark, source and dates; disagreements side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.embedded.compose_conflict import disagreement
from bot.answering.embedded.compose_rules import overlap, quoted, sentences, speaks_of, terms
from bot.answering.embedded.compose_voice import Block, Voice, plain
from bot.answering.types import Evidence, Intent, Question, Slots
from knowledge.types import Passage

_ALSO = 0.75  # another document's sentence is shown beside the best when it is at least so good
_MOST = 3  # sentences of an answer about a rule
_STEPS = 6  # lines of an answer about steps
_NEAR = 0.05  # of what was asked, so much at least is in a sentence that is offered instead
_SILENCE = 0.25  # what a sentence gains that says that nothing is said
_STEPWISE = 0.4  # what a guide to doing it gains where steps are asked for
_FIRST = 0.12  # how much less each later passage counts: search has already ordered them


@dataclass(frozen=True)
class Pick:
    """A sentence of a passage, with how well it answers."""

    worth: float  # with the rank of its passage
    fit: float  # by its own words
    passage: Passage
    at: int
    text: str


def from_documents(question: Question, slots: Slots, intent: Intent, evidence: Evidence, voice: Voice) -> None:
    picks = _picks(question, evidence.passages, intent, voice)
    if not evidence.answerable or not picks:
        _silent(picks, voice)
        return
    apart = disagreement(evidence.passages, terms(question.text))
    if apart is not None:
        voice.say("documents.conflict")
        for text, passage in apart:
            voice.speak(quoted("documents.quote", text, passage, voice), "item")
        voice.say("documents.conflict_advice")
        cited = [passage for _, passage in apart]
    else:
        cited = _steps(picks, voice) if intent == "howto" else _rules(picks, slots, voice)
    if any(p.document.status == "illustrative" for p in cited):
        voice.say("documents.illustrative", "note")
    product = slots.product or cited[0].document.product
    ended = any(p.document.validity(voice.today) == "ended" for p in cited)
    if intent == "policy" and voice.knows(f"words.product_{product}") and not ended:
        voice.ask("documents.ask_steps", product=voice.text(f"words.product_{product}"))
    else:
        voice.ask("documents.ask_more")


def _picks(question: Question, passages: Sequence[Passage], intent: Intent, voice: Voice) -> list[Pick]:
    """Every sentence of every passage, best first."""
    asked = terms(question.text)
    steps = voice.text("documents.step_words").split("|") if intent == "howto" else []
    silence = voice.text("documents.silence_words").split("|")
    found = []
    for rank, passage in enumerate(passages):
        about = 0.5 * overlap(asked, f"{passage.document.title} {passage.section}")
        own = 0.1 if passage.document.locale == voice.language else 0.0
        own += _STEPWISE if speaks_of(f"{passage.document.title} {passage.section}", steps) else 0.0
        for at, text in enumerate(sentences(passage.text)):
            fit = overlap(asked, text)
            fit += (
                _SILENCE if fit > _NEAR and speaks_of(text, silence) else 0.0
            )  # "no fee is published" answers at once
            found.append(Pick(1.0 - _FIRST * rank + own + about + fit, fit, passage, at, text))
    return sorted(found, key=lambda p: -p.worth)


def _rules(picks: Sequence[Pick], slots: Slots, voice: Voice) -> list[Passage]:
    best = picks[0]
    chosen = [best, *[pick for pick in picks[1:] if _adds(pick, best)][: _MOST - 1]]
    chosen.sort(key=lambda p: (p.passage is not best.passage, p.passage.id, p.at))
    if not _say_validity(best.passage, voice):
        voice.say("documents.lead")
    _quote(chosen, voice, "text")
    return [p.passage for p in chosen]


def _adds(pick: Pick, best: Pick) -> bool:
    """Whether a sentence belongs beside the best one: it speaks of what was asked, or goes on right behind it."""
    mine, theirs = pick.passage, best.passage
    if mine.validity != theirs.validity or mine.document.counterpart == theirs.document.id:
        return False
    if mine is theirs:
        return pick.fit >= best.fit / 2 or pick.at == best.at + 1
    return pick.fit >= best.fit * _ALSO and pick.worth >= best.worth * _ALSO


def _steps(picks: Sequence[Pick], voice: Voice) -> list[Passage]:
    """The best passage in its own order: steps read as a whole or not at all."""
    best = picks[0].passage
    own = sorted((p for p in picks if p.passage is best), key=lambda p: p.at)
    if not _say_validity(best, voice):
        voice.say("documents.lead_howto")
    _quote(own[:_STEPS], voice, "item")
    return [best]


def _quote(picks: Sequence[Pick], voice: Voice, block: Block) -> None:
    """Quotes in a row: the source stands at the first of each document, what is over or to come is marked at each."""
    named: set[str] = set()
    for pick in picks:
        passage = pick.passage
        state = passage.validity if passage.validity != "current" else passage.document.validity(voice.today)
        if passage.document.id in named:
            key = "documents.quote_again" if state == "current" else f"documents.quote_{state}"
            voice.speak(voice.text(key, quote=plain(pick.text), mark=f"[{passage.id}]"), block)
        else:
            voice.speak(quoted("documents.quote", pick.text, passage, voice), block)
        named.add(passage.document.id)


def _say_validity(passage: Passage, voice: Voice) -> bool:
    """Said before anything else of a document that does not speak for today; whether there was anything to say."""
    known = {"title": plain(passage.document.title), "mark": f"[{passage.id}]"}
    today = passage.document.validity(voice.today)
    if passage.validity == today == "current":
        return False
    if passage.validity == "current":
        voice.say("documents.was_valid" if today == "ended" else "documents.upcoming", **known)
    else:
        voice.say("documents.ended" if passage.validity == "ended" else "documents.upcoming", **known)
    if today == "ended":
        voice.warn("ended_document")
    return True


def _silent(picks: Sequence[Pick], voice: Voice) -> None:
    """The documents do not say: said so, with the nearest thing that they do say and whom to ask."""
    voice.say("documents.silent_this")
    if picks and picks[0].fit > _NEAR and picks[0].passage.validity == "current":
        voice.say("documents.nearest")
        voice.speak(quoted("documents.quote", picks[0].text, picks[0].passage, voice))
    voice.say("documents.whom")
    voice.warn("documents_silent")
