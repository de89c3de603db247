"""Beside a rule, how it stands in one shop: whether it lets the asker do something, and when what runs there ends."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_rules import quoted, sentences, speaks_of, terms, too_long
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
    shop = plain(evidence.cards[0].merchant.name)
    voice.say(key, shop=shop, what=what, mark=f"[{passage.id}]")
    voice.speak(quoted("improve.rule", _decisive(passage, what, voice), passage, voice))
    if judged.allowed and voice.knows(f"words.product_{judged.product}"):
        voice.ask("documents.ask_steps", product=voice.text(f"words.product_{judged.product}"))
    else:
        voice.ask("leave.ask_else", shop=shop)
    return True


def running(found: Found, insight: Running) -> bool:
    """When it ends or ended, and how long it may run; whether one of the two could be told."""
    _last_day(found, insight)
    rule = _rule(found)
    if rule is not None:
        found.voice.speak(rule)
    elif insight.ended_on is None:
        return False
    product = found.slots.product
    if found.voice.knows(f"words.product_{product}"):
        found.voice.ask("documents.ask_steps", product=found.voice.text(f"words.product_{product}"))
    else:
        found.voice.ask("documents.ask_more")
    return True


def _last_day(found: Found, insight: Running) -> None:
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


def _rule(found: Found) -> str | None:
    """The sentence of the product's own documents that says how long it may run or how it goes on; None without one.

    What the platform states comes before what is only an example; among its kind the first that search found.
    """
    voice = found.voice
    words = voice.text("running.end_words").split("|")
    said = [
        (passage.document.status != "sourced", rank, sentence, passage)
        for rank, passage in enumerate(found.evidence.passages)
        if passage.document.product == found.slots.product and passage.validity == "current"
        for sentence in sentences(passage.text)
        if speaks_of(sentence, words) and not too_long(sentence)
    ]
    if not said:
        return None
    most = max(sum(word in sentence.lower() for word in words) for _, _, sentence, _ in said)
    best = next(s for s in sorted(said, key=lambda s: s[:2]) if sum(word in s[2].lower() for word in words) == most)
    return quoted("improve.rule", best[2], best[3], voice)


def _decisive(passage: Passage, what: str, voice: Voice) -> str:
    """The sentence of a passage that sets a condition, and of those the one that speaks most of the product."""
    said = [s for s in sentences(passage.text) if not s.endswith((":", "："))] or list(sentences(passage.text))
    short = [s for s in said if not too_long(s)] or said
    asked, words = terms(what), voice.text("leave.rule_words").split("|")
    return max(short, key=lambda s: (speaks_of(s, words), len(asked & terms(s))))


def _product(product: str, voice: Voice) -> str:
    known = (f"leave.{product}", f"words.product_{product}", f"segments.{product}")
    return voice.text(next((key for key in known if voice.knows(key)), "leave.this"))


def _action(found: Found, kind: str) -> str:
    key = f"running.of_{kind}"
    if found.voice.knows(key):
        return found.voice.text(key)
    return found.voice.text("running.of_other", action=plain(found.action(kind)))
