"""Against the peers, or, when the question names a time, against an earlier date."""

from bot.answering.embedded.compose_card import CardReader, shop
from bot.answering.embedded.compose_metric import beside_peers, line, say_value
from bot.answering.embedded.compose_states import say_missing_metric, say_missing_score, say_state, say_whose_scores
from bot.answering.embedded.compose_voice import Voice
from bot.answering.embedded.dates_calendar import DAY
from bot.answering.types import Evidence, Question, Slots
from tools.catalog import Metric
from tools.types import DIMENSIONS


def compare(question: Question, slots: Slots, evidence: Evidence, reader: CardReader) -> None:
    say_state(reader)
    metric = reader.catalog.by_id.get(slots.metric or "")
    dimension = slots.dimension or "overall"
    if slots.period is not None:
        _earlier(metric, dimension, evidence, reader)
        if len(evidence.cards) < 2:
            reader.voice.say("compare.no_earlier")
    if slots.period is None or len(evidence.cards) < 2:
        _peers(question, metric, dimension, reader)
    if metric is not None:
        reader.voice.ask("compare.ask_improve_metric", metric=reader.name(metric.id))
    else:
        say_whose_scores(question, reader)
        reader.voice.ask("compare.ask_improve", score_name=reader.score_name(dimension))


def _peers(question: Question, metric: Metric | None, dimension: str, reader: CardReader) -> None:
    voice = reader.voice
    if metric is not None:
        _one_metric(question, metric, reader)
        return
    if reader.has(f"{dimension}.score"):
        _score(question, dimension, reader)
    else:
        say_missing_score(reader, dimension)
    if dimension == "overall":
        for each in DIMENSIONS:
            if (
                said := _beside(f"{each}.score", f"{each}.peer_median", reader.score_name(each), True, reader)
            ) is not None:
                voice.speak(said, "item")
        return
    for each_metric in reader.catalog.of_dimension(dimension):
        said = _beside(
            each_metric.id,
            f"{each_metric.id}.peer_median",
            reader.name(each_metric.id),
            each_metric.direction == "higher",
            reader,
        )
        voice.speak(said or line(each_metric, reader), "item")


def _one_metric(question: Question, metric: Metric, reader: CardReader) -> None:
    if not reader.has(metric.id):
        say_missing_metric(reader, metric.id)
        return
    say_value(question, metric, reader)
    beside_peers(metric, reader)
    if reader.has(f"{metric.id}.peer_upper_quarter"):
        reader.voice.say("compare.quarter", quarter=reader.ref(f"{metric.id}.peer_upper_quarter"))


def _score(question: Question, dimension: str, reader: CardReader) -> None:
    voice, group = reader.voice, reader.group(dimension)
    side = reader.beside(f"{dimension}.score", f"{dimension}.peer_median")
    known = {
        "shop": shop(question, reader.card, voice),
        "score_name": reader.score_name(dimension),
        "score": reader.ref(f"{dimension}.score"),
    }
    if group is None or side is None:
        voice.say("overview.whole_alone", **known)
        return
    voice.say(f"compare.score_{side}", group=group, median=reader.ref(f"{dimension}.peer_median"), **known)
    if reader.has(f"{dimension}.rank_share"):
        voice.say(
            "compare.beaten", score_name=reader.score_name(dimension), share=reader.ref(f"{dimension}.rank_share")
        )


def _beside(own: str, other: str, name: str, higher: bool, reader: CardReader) -> str | None:
    side = reader.beside(own, other)
    if side is None:
        return None
    key = "level" if side == "level" else "better" if (side == "above") == higher else "worse"
    return reader.voice.text(f"compare.line_{key}", metric=name, value=reader.ref(own), median=reader.ref(other))


def _earlier(metric: Metric | None, dimension: str, evidence: Evidence, reader: CardReader) -> None:
    """Then, now, and the change, line by line; of a figure that cannot be told, why not."""
    if len(evidence.cards) < 2:
        return
    voice = reader.voice
    before = CardReader(evidence.cards[1], evidence, reader.catalog, voice)
    day = voice.day(evidence.cards[1].as_of)
    if metric is not None and not reader.has(metric.id):
        say_missing_metric(reader, metric.id)
        return
    if metric is not None and not before.has(metric.id):
        _no_earlier(metric, before, day, voice)
        return
    voice.say("compare.since", day=day)
    past = reader.card.newest_day is not None and reader.card.as_of < reader.card.newest_day - DAY
    said = 0
    for own, change, name in _lines(metric, dimension, reader):
        if reader.has(own, change) and before.has(own):
            known = {"metric": name, "before_day": day, "before": before.ref(own), "change": reader.ref(change, "+")}
            if past:
                voice.say(
                    "compare.line_between", "item", then=reader.ref(own), day=voice.day(reader.card.as_of), **known
                )
            else:
                voice.say("compare.line_change", "item", now=reader.ref(own), **known)
            said += 1
    if not said:
        voice.say("compare.no_earlier")


def _no_earlier(metric: Metric, before: CardReader, day: str, voice: Voice) -> None:
    """Why there is nothing to compare with: too few people then, or nothing measured."""
    then = before.card.figures.get(metric.id)
    if then is not None and then.state in ("too_small", "empty"):
        voice.say("compare.then_too_small", day=day, metric=before.name(metric.id))
    else:
        voice.say("compare.no_earlier")


def _lines(metric: Metric | None, dimension: str, reader: CardReader) -> list[tuple[str, str, str]]:
    """Figure, its change, and its name, for what the question compares."""
    if metric is not None:
        return [(metric.id, f"{metric.id}.change", reader.name(metric.id))]
    scores = [(f"{d}.score", f"{d}.score_change", reader.score_name(d)) for d in _scores(dimension)]
    if dimension == "overall":
        return scores
    return scores + [(m.id, f"{m.id}.change", reader.name(m.id)) for m in reader.catalog.of_dimension(dimension)]


def _scores(dimension: str) -> tuple[str, ...]:
    return ("overall", *DIMENSIONS) if dimension == "overall" else (dimension,)
