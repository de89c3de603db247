"""What the documents say: the sentences that answer, with mark, source and dates; disagreements side by side."""

import re
from collections.abc import Sequence

from bot.answering.embedded.compose_conflict import Said, disagreement, disputed
from bot.answering.embedded.compose_picks import Pick, held, is_caveat, leans, ranked, statements
from bot.answering.embedded.compose_rules import quoted, speaks_of
from bot.answering.embedded.compose_time import in_force, say_standing
from bot.answering.embedded.compose_voice import Block, Voice, plain
from bot.answering.types import Evidence, Intent, Question, Slots
from knowledge.facts import facts
from knowledge.lexicon import simplify
from knowledge.types import Passage

_ADDS = 0.3  # of what the question names, so much must be new in a sentence that stands beside the best one
_ALSO = 0.6  # and so good must it be beside the best
_WHOLE = 0.75  # of what the question names: so much of it a document must say that it does not say
_AS_WELL = 0.75  # so good must a disagreement be beside the best statement
_OTHER_SIDE = 0.45  # of what the question names, so much a statement must hold to be shown as the other side
_MOST = 2  # sentences of an answer about a rule, from several passages
_NEARLY = 3  # from one
_ROOM = {"zh": 150, "en": 450}  # characters of them
_STEPS = 8  # lines of an answer about steps
_ABOUT = 0.2  # of the question's words; where the passages hold fewer, it is about something else altogether
_CHAIN = re.compile(r"[；;]\s*")
_CHAINED = 3  # clauses that make a chain of steps


def from_documents(question: Question, slots: Slots, intent: Intent, evidence: Evidence, voice: Voice) -> None:
    question = question.model_copy(update={"text": evidence.reading or question.text})
    picks = ranked(question.text, evidence.passages, intent, voice, silent=not evidence.answerable)
    if not evidence.answerable or not picks:
        _silent(question, evidence.passages, picks, voice)
        return
    best = in_force(picks)
    if _says_nothing(question.text, picks, best):
        _silent(question, evidence.passages, [best, *picks], voice)
        return
    apart = disputed(evidence.passages, evidence.disputes, question.text, best) or _found_apart(
        question, evidence, picks, best
    )
    if apart is not None:
        cited = _apart(apart, voice)
    else:
        cited = _steps(best, evidence.passages, voice) if intent == "howto" else _rules(picks, best, evidence, voice)
    if any(p.document.status == "illustrative" for p in cited):
        voice.say("documents.illustrative", "note")
    _ask(slots, intent, cited, voice)


def _says_nothing(asked: str, picks: Sequence[Pick], best: Pick) -> bool:
    """Whether the best statement is that nothing is said, or no good one gives the kind of fact that is asked for."""
    known, text = facts(), simplify(asked)
    if known.about_publicity(text):
        return False
    if not known.asked(text):
        return best.fit >= _WHOLE and known.is_silent(simplify(best.text))
    good = [pick for pick in picks if pick.worth >= best.worth * _ALSO]
    return known.is_silent(simplify(best.text)) or not any(pick.gives for pick in good)


def _found_apart(question: Question, evidence: Evidence, picks: Sequence[Pick], best: Pick) -> tuple[Said, Said] | None:
    """A disagreement that no rule tells of, where it is about what was asked."""
    apart = disagreement(evidence.passages, question.text, best)
    return apart if apart is not None and _asked_about(apart, picks, best) else None


def _asked_about(sides: Sequence[tuple[str, Passage]], picks: Sequence[Pick], best: Pick) -> bool:
    """Whether a disagreement is about what was asked: one side is the best statement, or a summary of both is, or both
    give the fact asked for nearly as well."""
    own = [p for p in picks if any(p.text == text and p.passage is passage for text, passage in sides)]
    if best in own or best.passage.document.kind == "faq":
        return True
    return bool(own) and all(p.gives and p.worth >= best.worth * _AS_WELL for p in own)


def _apart(sides: Sequence[tuple[str, Passage]], voice: Voice) -> list[Passage]:
    voice.say("documents.conflict")
    for text, passage in sides:
        voice.speak(quoted(_quote_key(_state(passage, voice)), text, passage, voice), "item")
    voice.say("documents.conflict_advice")
    return [passage for _, passage in sides]


def _rules(picks: Sequence[Pick], best: Pick, evidence: Evidence, voice: Voice) -> list[Passage]:
    said = say_standing(best.passage, evidence.passages, voice)
    if not said:
        voice.say("documents.lead")
    chosen = _chosen([p for p in picks if not said or p.passage.document.id == best.passage.document.id], best, voice)
    _quote(chosen, voice, "text", named=said)
    return [p.passage for p in chosen]


def _chosen(picks: Sequence[Pick], best: Pick, voice: Voice) -> list[Pick]:
    """The best statement with what its passage says nearly as well; else the condition that follows it, or whatever
    else the question names that it leaves out."""
    own = [p for p in picks if p.passage is best.passage and p.worth >= best.worth * _ALSO and not leans(p.text, voice)]
    room = _ROOM[best.passage.document.locale] - len(best.text)
    near = [best]
    for pick in own:
        if pick is not best and len(near) < _NEARLY and len(pick.text) <= room:
            near.append(pick)
            room -= len(pick.text)
    if len(near) > 1:
        return sorted(near, key=lambda p: p.at)
    chosen = [best]
    told = best.key
    for pick in picks:
        if len(chosen) == _MOST:
            break
        if pick is best or pick.passage.validity != best.passage.validity:
            continue
        if (pick.passage is best.passage and pick.at == best.at + 1 and _is_condition(pick.text, voice)) or (
            pick.fit - _shared(pick, told) >= _ADDS and pick.worth >= best.worth * _ALSO and not leans(pick.text, voice)
        ):
            chosen.append(pick)
        else:
            continue
        told |= pick.key
    return sorted(chosen, key=lambda p: (p.passage is not best.passage, p.passage.id, p.at))


def _differs(passage: Passage, voice: Voice) -> bool:
    """Whether a passage tells that documents differ: what it says of the question is the other side."""
    return speaks_of(passage.text, voice.text("documents.differ_words").split("|"))


def _stands(pick: Pick, best: Pick) -> bool:
    return pick.worth >= best.worth * _ALSO and pick.fit >= best.fit * _ALSO


def _shared(pick: Pick, told: frozenset[str]) -> float:
    """How much of a statement's fit is told already."""
    own = pick.key
    return pick.fit * len(own & told) / len(own) if own else pick.fit


def _is_condition(text: str, voice: Voice) -> bool:
    return text.startswith(tuple(voice.text("documents.condition_words").split("|")))


def _steps(best: Pick, passages: Sequence[Passage], voice: Voice) -> list[Passage]:
    """The best passage in its own order: steps read as a whole or not at all."""
    own = [text for text in statements(best.passage.text) if not is_caveat(text, voice)]
    said = say_standing(best.passage, passages, voice)
    if not said:
        voice.say("documents.lead_howto")
    steps = [step for text in own for step in _chain(text)]
    _quote(
        [Pick(0.0, 0.0, best.passage, at, text, False) for at, text in enumerate(steps[:_STEPS])],
        voice,
        "item",
        named=said,
    )
    return [best.passage]


def _chain(text: str) -> list[str]:
    """The clauses of a sentence that strings steps together; else the sentence."""
    parts = [part.strip() for part in _CHAIN.split(text) if part.strip()]
    return parts if len(parts) >= _CHAINED else [text]


def _quote(picks: Sequence[Pick], voice: Voice, block: Block, *, named: bool) -> None:
    """Quotes in a row: the source stands at the first of each document, what is over or to come is marked at each.

    `named`: the first one's document has been named already, with its dates.
    """
    sources = {picks[0].passage.document.id} if named else set()
    if any(pick.passage.document.status == "illustrative" for pick in picks):
        voice.warn("illustrative")
    for pick in picks:
        passage = pick.passage
        state = _state(passage, voice)
        if passage.document.id in sources:
            again = f"documents.again_{state}" if state else "documents.quote_again"
            voice.speak(voice.text(again, quote=plain(pick.text), mark=f"[{passage.id}]"), block)
        else:
            voice.speak(quoted(_quote_key(state), pick.text, passage, voice), block)
        sources.add(passage.document.id)


def _quote_key(state: str) -> str:
    return f"documents.quote_{state}" if state else "documents.quote"


def _state(passage: Passage, voice: Voice) -> str:
    """How a quote is marked: "ended", "upcoming", "later" than the day asked about; "" for what speaks then and now."""
    then, now = passage.validity, passage.document.validity(voice.today)
    if "upcoming" in (then, now):
        return "upcoming" if now == "upcoming" else "later"
    return "ended" if "ended" in (then, now) else ""


def _ask(slots: Slots, intent: Intent, cited: Sequence[Passage], voice: Voice) -> None:
    product = slots.product or cited[0].document.product
    ended = any(p.document.validity(voice.today) == "ended" for p in cited)
    if intent == "policy" and voice.knows(f"words.product_{product}") and not ended:
        voice.ask("documents.ask_steps", product=voice.text(f"words.product_{product}"))
    else:
        voice.ask("documents.ask_more")


def _speaks_now(passage: Passage, voice: Voice) -> bool:
    return passage.validity == passage.document.validity(voice.today) == "current"


def _silent(question: Question, passages: Sequence[Passage], picks: Sequence[Pick], voice: Voice) -> None:
    """The documents do not say: said so, with the nearest thing that they do say and whom to ask."""
    voice.warn("documents_silent")
    if held(question.text, passages) < _ABOUT:
        voice.say("talk.out_of_scope")
        voice.say("talk.out_of_scope_next")
        return
    voice.say("documents.silent_this")
    near = next((p for p in picks if _speaks_now(p.passage, voice) and not leans(p.text, voice)), None)
    if near is not None:
        voice.say("documents.nearest")
        voice.speak(quoted("documents.quote", near.text, near.passage, voice))
    voice.say("documents.whom")
