"""Beside a rule, how it stands in one shop: whether it lets the asker do something, and when what runs there ends."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_rules import overlap, quoted, sentences, terms, too_long
from bot.answering.embedded.compose_voice import Voice, plain
from bot.answering.types import Evidence, Judgement
from knowledge.types import Passage
from tools.insights import Running


def leave(judged: Judgement, evidence: Evidence, voice: Voice) -> bool:
    """Yes, no, or not to be told, with the rule that decides; whether there was such a rule to speak of."""
    passage = next((p for p in evidence.passages if p.passage_id == judged.passage), None)
    key = f"leave.{judged.outcome}" + (f"_{judged.reason}" if judged.outcome == "refused" else "")
    if passage is None or not voice.knows(key):  # no rule is told without its passage
        return False
    what = _product(judged.product, voice)
    voice.say(key, shop=plain(evidence.cards[0].merchant.name), what=what, mark=f"[{passage.id}]")
    voice.speak(quoted("improve.rule", _decisive(passage, what), passage, voice))
    if judged.allowed and voice.knows(f"words.product_{judged.product}"):
        voice.ask("documents.ask_steps", product=voice.text(f"words.product_{judged.product}"))
    else:
        voice.ask("documents.ask_more")
    return True


def running(found: Found, insight: Running) -> None:
    """When it ends or ended; that nothing is known of it where the log holds nothing."""
    voice, known = found.voice, {"shop": found.shop(), "action": _action(found, insight.kind)}
    if insight.refused == "no_actions":
        voice.say("running.no_log")
    elif insight.started_on is None:
        voice.say("running.none", **known)
    elif insight.ended_on is None:
        voice.say("running.open", from_day=found.day(insight.started_on), **known)
    else:
        days = {"from_day": found.day(insight.started_on), "to_day": found.day(insight.ended_on)}
        voice.say("running.over" if insight.over else "running.until", **days, **known)


def _decisive(passage: Passage, what: str) -> str:
    """The sentence of a passage that speaks most of a product; the first of those that speak alike."""
    said = sentences(passage.text)
    short = [s for s in said if not too_long(s)] or list(said)
    asked = terms(what)
    return max(short, key=lambda s: len(asked & terms(s)) if overlap(asked, s) > 0 else 0)


def _product(product: str, voice: Voice) -> str:
    known = (f"leave.{product}", f"words.product_{product}", f"segments.{product}")
    return voice.text(next((key for key in known if voice.knows(key)), "leave.this"))


def _action(found: Found, kind: str) -> str:
    key = f"running.of_{kind}"
    if found.voice.knows(key):
        return found.voice.text(key)
    return found.voice.text("running.of_other", action=plain(found.action(kind)))
