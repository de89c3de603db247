"""The value of one metric or score: its base, the day it speaks of, the peers beside it, what it means, what next."""

from bot.answering.embedded.compose_card import CardReader, shop
from bot.answering.embedded.compose_states import say_missing_metric, say_missing_score, say_state, say_whose_scores
from bot.answering.types import Evidence, Question, Slots
from tools.catalog import Metric


def metric_value(question: Question, slots: Slots, evidence: Evidence, reader: CardReader) -> None:
    say_state(reader)
    metric = reader.catalog.by_id.get(slots.metric or "")
    if metric is None:
        _score(question, slots.dimension or "overall", reader)
        return
    if not reader.has(metric.id):
        say_missing_metric(reader, metric.id)
        _define(metric, reader)
        return
    say_value(question, metric, reader)
    _define(metric, reader)
    if slots.period is not None:
        reader.voice.say("metric.rolling")
    beside_peers(metric, reader)
    reader.voice.ask("metric.ask_improve", metric=reader.name(metric.id))


def say_value(question: Question, metric: Metric, reader: CardReader) -> None:
    voice, found = reader.voice, reader.get(metric.id)
    known = {
        "shop": shop(question, reader.card, voice), "metric": reader.name(metric.id), "value": reader.ref(metric.id),
        "day": voice.day(reader.card.as_of),
    }  # fmt: skip
    if found is not None and found.unit == "ratio" and found.numerator is not None and found.denominator:
        parts = {part: f"{{{found.id}.{part}}}" for part in ("numerator", "denominator")}
        made_of = f"parts.{metric.id}"
        voice.say(
            "metric.ratio", parts=voice.text(made_of if voice.knows(made_of) else "parts.other", **parts), **known
        )
    else:
        voice.say("metric.plain", **known)


def _define(metric: Metric, reader: CardReader) -> None:
    reader.voice.say("metric.definition", definition=metric.definition.of(reader.voice.language))


def beside_peers(metric: Metric, reader: CardReader) -> None:
    """Above, below or level with the peers' median, and whether that is good; the own past where there are no peers."""
    voice, group = reader.voice, reader.group(metric.id)
    side = reader.beside(metric.id, f"{metric.id}.peer_median")
    if group is None or side is None:
        past = f"{metric.id}.past_4w"
        if reader.has(past):
            voice.say("metric.alone", past=reader.ref(past))
        else:
            voice.say("metric.alone_new")
        return
    if side == "level":
        key = "metric.level"
    else:
        good = (side == "above") == (metric.direction == "higher")
        key = f"metric.{'good' if good else 'bad'}_{side}"
    voice.say(key, group=group, median=reader.ref(f"{metric.id}.peer_median"))


def _score(question: Question, dimension: str, reader: CardReader) -> None:
    voice = reader.voice
    if not reader.has(f"{dimension}.score"):
        say_missing_score(reader, dimension)
    else:
        say_score(question, dimension, reader)
    metrics = reader.catalog.of_dimension(dimension) if dimension != "overall" else ()
    if metrics:
        voice.say("metric.behind_it")
    for metric in metrics:
        voice.speak(line(metric, reader), "item")
    if reader.has(f"{dimension}.score"):
        say_whose_scores(question, reader)
    voice.ask("metric.ask_compare", score_name=reader.score_name(dimension))


def say_score(question: Question, dimension: str, reader: CardReader) -> None:
    """The score with its place among the peers, or alone where there are none."""
    voice = reader.voice
    group, place = reader.group(dimension), reader.place(dimension)
    known = {
        "shop": shop(question, reader.card, voice), "score_name": reader.score_name(dimension),
        "score": reader.ref(f"{dimension}.score"),
    }  # fmt: skip
    if group is None or place is None or not reader.has(f"{dimension}.peer_median"):
        voice.say("overview.whole_alone", **known)
    else:
        voice.say("metric.score", group=group, place=place, median=reader.ref(f"{dimension}.peer_median"), **known)


def line(metric: Metric, reader: CardReader) -> str:
    """One metric as a line of a list: its value, and the peers' median where there is one."""
    voice, name = reader.voice, reader.name(metric.id)
    if not reader.has(metric.id):
        return voice.text("metric.line_missing", metric=name)
    if not reader.has(f"{metric.id}.peer_median"):
        return voice.text("overview.metric_lone", metric=name, value=reader.ref(metric.id))
    return voice.text(
        "metric.line", metric=name, value=reader.ref(metric.id), median=reader.ref(f"{metric.id}.peer_median")
    )
