"""Everything that needs no evidence: greetings, help, what is out of scope or not there yet, questions back."""

from bot.answering.embedded.compose_voice import Voice, plain
from bot.answering.types import Clarification, Intent, Question

EXAMPLES = ("overview", "improve", "compare", "policy")
# Which example shows best what can be had now, for each intent that is not served yet.
_INSTEAD = {
    "triage": "overview",
    "draft": "overview",
    "handoff": "overview",
}


def talk(question: Question, intent: Intent, voice: Voice) -> None:
    if intent == "smalltalk":
        _small(question, voice)
    elif intent == "help":
        voice.say("talk.help")
        voice.say("talk.help_sources")
    elif intent == "out_of_scope":
        voice.say("talk.out_of_scope")
        voice.say("talk.out_of_scope_next")
    else:
        voice.say(f"later.{intent}")
        example = voice.text(f"talk.example_{_INSTEAD.get(intent, 'compare')}")
        voice.say("later.ask", "question", example=example)
        voice.suggest(example)
    for name in EXAMPLES:
        voice.suggest(voice.text(f"talk.example_{name}"))


def _small(question: Question, voice: Voice) -> None:
    said = question.text.lower()
    for key in ("thanks", "bye"):
        if any(word in said for word in voice.text(f"talk.{key}_words").split("|")):
            voice.say(f"talk.{key}")
            return
    voice.say("talk.hello")


def clarify(asked: Clarification, voice: Voice) -> None:
    """A question back, with its choices; an unknown key or a missing variable ends in the general question."""
    variables = {name: plain(value) for name, value in asked.variables.items()}
    choices = tuple(plain(choice) for choice in asked.choices)
    # A name with a digit is offered as a choice only: in the text it would be a number that nothing proves.
    sayable = [choice for choice in choices if not _has_digit(choice)]
    if sayable:
        variables["choices"] = voice.listed(sayable)
    voice.say(*_pattern(asked.key, variables, voice), **_used(asked.key, variables, voice))
    for choice in choices:
        voice.suggest(choice)


def _pattern(key: str, variables: dict[str, str], voice: Voice) -> tuple[str]:
    for name in (f"clarify.{key}_of", f"clarify.{key}", f"clarify.{key}_plain", f"states.{key}", "clarify.generic_of"):
        if voice.prompts.has(name) and all(
            v in variables and not _has_digit(variables[v]) for v in voice.prompts.variables(name)
        ):
            return (name,)
    return ("clarify.generic",)


def _used(key: str, variables: dict[str, str], voice: Voice) -> dict[str, str]:
    wanted = voice.prompts.variables(_pattern(key, variables, voice)[0])
    return {name: value for name, value in variables.items() if name in wanted}


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)
