"""Whether something that was done worked: against shops that did not do it, with the interval, or why not."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_voice import plain
from tools.insights import Effect

_ORDER = ("orders", "visits", "gmv")


def effect(found: Found, insight: Effect) -> None:
    voice = found.voice
    found.say_as_of()
    if insight.kind and insight.started_on is not None:
        key = (
            "effect.action_until"
            if insight.ended_on is not None and insight.ended_on > insight.started_on
            else "effect.action"
        )
        known = {"to_day": found.day(insight.ended_on)} if key.endswith("until") and insight.ended_on else {}
        voice.say(key, action=plain(found.action(insight.kind)), from_day=found.day(insight.started_on), **known)
    series = [s for s in _ORDER if found.has(f"{s}.effect", f"{s}.effect_low", f"{s}.effect_high")]
    if insight.refused == "no_action" and insight.latest_on is not None:
        voice.say("effect.none", action=plain(found.action(insight.latest_kind)), day=found.day(insight.latest_on))
        voice.ask("effect.ask_change")
        return
    if insight.refused is not None or not series:
        voice.say(f"refused.{insight.refused or 'unmeasured'}")
        voice.ask("effect.ask_change")
        return
    _verdict(found, insight, series)
    for s in series:
        line = voice.text(
            "effect.line", name=found.name(s), effect=found.ref(f"{s}.effect", "+"),
            low=found.ref(f"{s}.effect_low", "+"), high=found.ref(f"{s}.effect_high", "+"),
        )  # fmt: skip
        voice.speak(line, "item")
    if found.has(f"{series[0]}.matches"):
        voice.say("effect.matches", matches=found.ref(f"{series[0]}.matches"))
    if insight.others:
        voice.say("effect.others", "note", actions=voice.listed([plain(found.action(k)) for k in insight.others]))
    voice.ask("effect.ask_next")


def _verdict(found: Found, insight: Effect, series: list[str]) -> None:
    """Said only of series whose interval leaves out zero."""
    up = [s for s in series if s in insight.claimed and found.value(f"{s}.effect") > 0]
    down = [s for s in series if s in insight.claimed and found.value(f"{s}.effect") < 0]
    if up:
        found.voice.say("effect.worked", names=found.voice.listed([found.name(s) for s in up]))
    elif down:
        found.voice.say("effect.hurt", names=found.voice.listed([found.name(s) for s in down]))
    else:
        found.voice.say("effect.unclear")
