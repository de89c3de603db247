"""Incentive points: what there is, what expires when, and the best use of it, with the rule."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_rules import source
from tools.prospects import Points

_MOST_LOTS = 3


def points(found: Found, insight: Points) -> None:
    voice = found.voice
    if insight.refused is not None:
        voice.say(f"refused.{insight.refused}")
        voice.ask("points.ask_earn")
        return
    _balance(found, insight)
    _expiring(found, insight)
    _best(found, insight)
    voice.ask("points.ask_earn")


def _balance(found: Found, insight: Points) -> None:
    voice = found.voice
    if not found.value("credits.balance"):
        voice.say("points.nothing", day=found.day(insight.as_of))
        return
    each = [
        voice.text("points.programme", part=found.part(p), value=_count(found, f"credits.balance@{p}"))
        for p in insight.programmes
        if found.value(f"credits.balance@{p}")
    ]
    voice.say("points.balance", day=found.day(insight.as_of), value=_count(found, "credits.balance"))
    if len(each) > 1:
        voice.say("points.of_which", parts=voice.listed(each))


def _expiring(found: Found, insight: Points) -> None:
    """The next lot with its last day; what else goes until the day that is asked about."""
    voice = found.voice
    if insight.next_expiry is not None and found.has("credits.next"):
        voice.say("points.next", value=_count(found, "credits.next"), day=found.day(insight.next_expiry))
    if found.value("credits.expiring") > found.value("credits.next"):
        figure = insight.figures["credits.expiring"]
        voice.say("points.expiring", value=_count(found, "credits.expiring"), day=found.day(figure.period.end))


def _best(found: Found, insight: Points) -> None:
    best, voice = insight.best, found.voice
    if best is None or not found.has(f"credits.spend@{best}", f"credits.gives@{best}"):
        return
    key = f"points.of_{best}"
    what = voice.text(key) if voice.knows(key) else voice.text("points.of_other")
    passage = next((p for p in found.evidence.passages if p.passage_id in insight.best_passages), None)
    if passage is None:  # no rule is told without its passage
        return
    voice.say(
        "points.best", spend=_count(found, f"credits.spend@{best}"), gives=found.ref(f"credits.gives@{best}"),
        what=what, source=source(passage, voice), mark=f"[{passage.id}]",
    )  # fmt: skip
    if found.has(f"credits.new_users@{best}"):
        voice.say("points.expected", new_users=found.ref(f"credits.new_users@{best}"))


def _count(found: Found, key: str) -> str:
    """How many: in English the pattern says of what."""
    return found.ref(key, "bare" if found.voice.language == "en" else "")
