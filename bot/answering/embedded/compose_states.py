"""What is said when data is late, small, missing or not comparable: honestly, briefly, and never as a zero."""

from datetime import timedelta

from bot.answering.embedded.compose_card import CardReader
from bot.answering.types import Question
from tools.types import DIMENSIONS, State

_REASONS: tuple[State, ...] = ("too_small", "empty", "not_connected", "forbidden")


def say_state(reader: CardReader) -> None:
    """Which day the figures speak of, where that is not simply yesterday."""
    voice, card = reader.voice, reader.card
    day = voice.day(card.as_of)
    if card.state == "partial":
        voice.say("states.partial", day=day)
        voice.warn("partial_day")
    elif card.state == "stale":
        voice.say("states.stale", day=day)
        voice.warn("stale_data")
    elif card.as_of < voice.today - timedelta(days=1):
        voice.say("states.as_of", day=day)


def say_missing_score(reader: CardReader, dimension: str) -> None:
    """Why there is no score, by metric and reason; for the overall score, which dimension is missing."""
    voice = reader.voice
    if _young(reader):
        voice.say("states.too_young")
        return
    if dimension == "overall":
        missing = [reader.score_name(d) for d in DIMENSIONS if not reader.has(f"{d}.score")]
        if missing:
            voice.say("states.overall_without", score_name=reader.score_name("overall"), missing=voice.listed(missing))
            return
    reasons = _reasons(reader, dimension)
    if reasons:
        voice.say(
            "states.no_score", score_name=reader.score_name(dimension), reasons=voice.joined("clause_joint", reasons)
        )
    else:
        voice.say("states.not_available", what=reader.score_name(dimension))


def say_missing_metric(reader: CardReader, metric: str) -> None:
    voice = reader.voice
    found = reader.card.figures.get(metric)
    state = found.state if found is not None and found.state in _REASONS else None
    if found is not None and state == "too_small" and found.denominator and found.id:
        voice.say("states.metric_too_small_minimum", metric=reader.name(metric), base=f"{{{found.id}.denominator}}")
    elif state is not None:
        voice.say(f"states.metric_{state}", metric=reader.name(metric))
    else:
        voice.say("states.not_available", what=reader.name(metric))


def say_whose_scores(question: Question, reader: CardReader) -> None:
    """Once a thread: whether the scores are the operator's official ones or ccare's own."""
    if reader.card.official:
        reader.voice.say("states.official_score", "note")
    elif not question.history:
        reader.voice.say("states.illustrative_score", "note")
        reader.voice.warn("illustrative_score")


def _young(reader: CardReader) -> bool:
    """Whether nothing has a score because the data have only begun."""
    states = {figure.state for key, figure in reader.card.figures.items() if key in reader.catalog.by_id}
    return not reader.scored() and "too_small" in states and "ok" not in states


def _reasons(reader: CardReader, dimension: str) -> list[str]:
    by_state: dict[str, list[str]] = {}
    for metric in reader.catalog.of_dimension(dimension):
        found = reader.card.figures.get(metric.id)
        state = found.state if found is not None else "not_connected"
        if state in _REASONS:
            by_state.setdefault(state, []).append(reader.name(metric.id))
        elif not reader.has(f"{metric.id}.score"):
            by_state.setdefault("no_peers", []).append(reader.name(metric.id))
    return [
        reader.voice.text(f"states.reason_{state}", metrics=reader.voice.listed(names))
        for state, names in by_state.items()
    ]
