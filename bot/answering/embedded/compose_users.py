"""Users that came, stayed and left: regulars lost and what they were worth, won back, and who there is now."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.lexicon_data import load_cues
from tools.insights import Flows

_STATES = ("new", "active", "won_back", "at_risk", "lapsed", "regulars")


def users(found: Found, insight: Flows) -> None:
    found.say_as_of()
    if insight.refused is not None:
        found.voice.say(f"refused.{insight.refused}")
        found.voice.ask("explain.ask_overview")
        return
    state = (found.slots.metric or "users.regulars").removeprefix("users.")
    if state in ("regulars", "lapsed", "won_back"):
        _regulars(found, insight)
    else:
        _state(found, insight, state)
    if load_cues("situations.yaml")["who"].search(found.question.text.lower()):
        found.voice.say("users.no_names", "note")
    found.voice.ask("users.ask_win_back")


def _regulars(found: Found, insight: Flows) -> None:
    voice = found.voice
    days = {"from_day": found.day(insight.before), "to_day": found.day(insight.as_of)}
    if not found.value("users.lost_regulars"):
        voice.say("users.none_lost", **days)
    elif found.has("users.lost_regulars_value"):
        voice.say(
            "users.lost",
            lost=found.ref("users.lost_regulars", "bare"),
            value=found.ref("users.lost_regulars_value"),
            **days,
        )
    lead = insight.lost_by_channel[:1]
    if lead and len(insight.lost_by_channel) > 1 and found.value(f"users.lost_regulars@channel:{lead[0]}"):
        key = f"users.lost_regulars@channel:{lead[0]}"
        voice.say("users.lost_mainly", part=found.part(f"channel:{lead[0]}"), lost=found.ref(key, "bare"))
    if found.value("users.regained_regulars") and found.has("users.regained_regulars_value"):
        voice.say(
            "users.regained", back=found.ref("users.regained_regulars", "bare"),
            value=found.ref("users.regained_regulars_value"),
        )  # fmt: skip
    if found.has("users.regulars@before", "users.regulars@after"):
        voice.say("users.now", before=found.ref("users.regulars@before", "bare"),
                  now=found.ref("users.regulars@after", "bare"), **days)  # fmt: skip


def _state(found: Found, insight: Flows, state: str) -> None:
    keys = (f"users.{state}@before", f"users.{state}@after")
    if state in _STATES and found.has(*keys):
        found.voice.say(
            "users.state", name=found.name(f"users.{state}"), before=found.ref(keys[0]), now=found.ref(keys[1]),
            from_day=found.day(insight.before), to_day=found.day(insight.as_of),
        )  # fmt: skip
    if found.has(f"users.value@{state}"):
        found.voice.say("users.state_value", name=found.name(f"users.{state}"), value=found.ref(f"users.value@{state}"))
