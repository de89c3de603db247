"""What would happen if: a metric becomes so much, or a score is to become so much; and how likely that is."""

import re

from bot.answering.embedded.compose_found import Found
from tools.insights import WhatIf

_MOST = 3
_ALSO = re.compile(r"\b(?:also|too|as well|on top|besides|and)\b|也|同时|再|还|一起")


def what_if(found: Found, insight: WhatIf) -> None:
    found.say_as_of()
    _one_by_one(found, insight)
    if insight.refused is not None:
        _refused(found, insight)
    elif insight.base in found.catalog.dimension_by_id:
        _inverse(found, insight)
    else:
        _forward(found, insight)


def _one_by_one(found: Found, insight: WhatIf) -> None:
    """A second supposition on top of one before: each is worked out by itself, and that must be said."""
    turn = next((t for t in reversed(found.question.history) if t.plan.steps), None)
    if turn is None or turn.plan.steps[-1].intent != "what_if" or not _ALSO.search(found.question.text.lower()):
        return
    before = turn.plan.steps[-1].slots
    other = before.metric or before.dimension
    if other is not None and other != insight.base:
        found.voice.say("what_if.by_itself", "note", subject=found.subject(insight.base), other=found.subject(other))


def _refused(found: Found, insight: WhatIf) -> None:
    base, voice = insight.base, found.voice
    if insight.refused == "already_there" and found.has(f"{base}.score"):
        voice.say("what_if.already", subject=found.subject(base), score=found.ref(f"{base}.score"))
    else:
        voice.say(f"refused.{insight.refused}")
    voice.ask("explain.ask_overview")


def _forward(found: Found, insight: WhatIf) -> None:
    metric, voice = insight.base, found.voice
    dimension = found.catalog.by_id[metric].dimension
    if not found.has(f"{metric}.supposed", f"{dimension}.score_if", f"{dimension}.gain_if"):
        voice.say("refused.no_score")
        return
    now = found.value(metric)
    if found.alike(f"{dimension}.score", f"{dimension}.score_if"):
        voice.say(
            "what_if.no_change", metric=found.name(metric), supposed=found.ref(f"{metric}.supposed"),
            subject=found.subject(dimension), score=found.ref(f"{dimension}.score_if"),
        )  # fmt: skip
        voice.ask("explain.ask_improve", subject=found.subject(dimension))
        return
    key = "what_if.forward" if found.has(metric) else "what_if.forward_blind"
    known = {"now": found.ref(metric)} if found.has(metric) else {}
    voice.say(
        key, metric=found.name(metric), supposed=found.ref(f"{metric}.supposed"), subject=found.subject(dimension),
        score=found.ref(f"{dimension}.score"), score_if=found.ref(f"{dimension}.score_if"),
        gain=found.ref(f"{dimension}.gain_if", "+"), **known,
    )  # fmt: skip
    if found.has("overall.score_if"):
        voice.say("what_if.overall", subject=found.subject("overall"), score_if=found.ref("overall.score_if"))
    say_chance(found, f"{metric}.chance_if", metric)
    voice.say("what_if.others_still", "note")
    if now and found.value(f"{dimension}.gain_if") > 0:
        voice.ask("what_if.ask_plan", subject=found.subject(dimension))
    else:
        voice.ask("explain.ask_improve", subject=found.subject(dimension))


def _inverse(found: Found, insight: WhatIf) -> None:
    base, voice = insight.base, found.voice
    voice.say(
        "what_if.gap", subject=found.subject(base), score=found.ref(f"{base}.score"),
        target=found.ref(f"{base}.target"), gap=found.ref(f"{base}.gap", "abs"),
    )  # fmt: skip
    reachable = [m for m in insight.alone if found.has(f"{m}.needed", m)]
    through = found.slots.through
    if through in reachable:  # asked about by name: it alone, and nothing beside it
        reachable = [through]
    elif through is not None and reachable:
        voice.say("what_if.not_by", metric=found.name(through), subject=found.subject(base))
    reachable = reachable[:_MOST]
    if reachable:
        if through not in reachable:
            voice.say("what_if.alone")
        for metric in reachable:
            line = voice.text(
                "what_if.alone_item", metric=found.name(metric), now=found.ref(metric),
                needed=found.ref(f"{metric}.needed"),
            )  # fmt: skip
            voice.speak(line + _odds(found, f"{metric}.chance_needed"), "item")
    else:
        voice.say("what_if.not_alone", subject=found.subject(base))
    voice.say("what_if.others_still", "note")
    voice.ask("what_if.ask_plan", subject=found.subject(base))


def _odds(found: Found, key: str) -> str:
    """ "; 11 of 37 that started near did it", or nothing."""
    if not found.has(key):
        return ""
    return found.voice.text(
        "chance.short", managed=found.part_of(key, "numerator"), of=found.part_of(key, "denominator")
    )


def say_chance(found: Found, key: str, metric: str) -> None:
    """How many of those that started near managed it; or that nobody can tell."""
    if not found.has(key):
        found.voice.say("chance.unknown")
        return
    parts = {"managed": found.part_of(key, "numerator"), "of": found.part_of(key, "denominator")}
    pattern = "chance.none" if found.value(key) == 0 else "chance.said"
    found.voice.say(pattern, metric=found.name(metric), low=found.ref(f"{key}_low", "whole"),
                    high=found.ref(f"{key}_high", "whole"), **parts)  # fmt: skip
