"""How to raise one metric."""

from bot.answering.embedded.compose_advice import say_discount_warning, say_first, say_rule
from bot.answering.embedded.compose_card import CardReader
from bot.answering.embedded.compose_opportunity import Opportunity
from bot.answering.embedded.compose_states import say_missing_metric, say_whose_scores
from bot.answering.types import Evidence, Question
from tools.catalog import Metric

_TOP = 75.0  # a metric's score from here on: it beats three quarters of the peers


def improve_metric(question: Question, metric: Metric, evidence: Evidence, reader: CardReader) -> None:
    """Where the metric stands, what moving it would bring, and every move on it, the easiest first."""
    voice, language = reader.voice, reader.voice.language
    if not reader.has(metric.id):
        say_missing_metric(reader, metric.id)
    elif (group := reader.group(metric.id)) is None or not reader.has(f"{metric.id}.peer_median"):
        voice.say("improve.no_peers", metric=reader.name(metric.id), value=reader.ref(metric.id))
    else:
        _metric_gain(metric, group, reader)
    moves = reader.moves(metric) if reader.has(metric.id) else []  # no advice on what nobody measured
    if moves:
        say_first(reader, metric, moves[0])
        for move in moves[1:]:
            voice.say("improve.also", move=move.name.of(language), where=move.where.of(language))
        say_rule(reader, metric, moves[0], evidence)
        say_discount_warning(reader, [metric], moves)
    if reader.has(f"{metric.id}.score"):
        say_whose_scores(question, reader)
    if moves:
        product = f"words.product_{moves[0].product}"
        if voice.knows(product):
            voice.ask("improve.ask_howto", product=voice.text(product))
        else:
            voice.ask("improve.ask_compare", score_name=reader.score_name(metric.dimension))


def _metric_gain(metric: Metric, group: str, reader: CardReader) -> None:
    voice, name = reader.voice, reader.score_name(metric.dimension)
    voice.say(
        "improve.metric_first",
        metric=reader.name(metric.id),
        value=reader.ref(metric.id),
        group=group,
        median=reader.ref(f"{metric.id}.peer_median"),
    )
    gain = reader.gain(metric)
    odds = (
        ""
        if gain is None
        else Opportunity(metric, *gain, None, None, gain[0].replace(".gain_", ".chance_")).odds(reader)
    )
    if gain is None:
        if (reader.value(f"{metric.id}.score") or 0.0) >= _TOP:
            voice.say("improve.metric_top")
        elif reader.beside(metric.id, f"{metric.id}.peer_upper_quarter") == "level":
            voice.say("improve.metric_level_top")
    elif gain[0].endswith("gain_at_median"):
        voice.say("improve.metric_gain_median", score_name=name, gain=reader.ref(gain[0], "+"), odds=odds)
    else:
        quarter = reader.ref(f"{metric.id}.peer_upper_quarter")
        key = "improve.metric_gain_level" if reader.level(metric) else "improve.metric_gain_quarter"
        voice.say(key, quarter=quarter, score_name=name, gain=reader.ref(gain[0], "+"), odds=odds)
