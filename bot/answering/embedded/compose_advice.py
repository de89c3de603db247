"""One piece of advice: the step, the rule that frames it, and the warning that it may deserve."""

from collections.abc import Sequence
from datetime import timedelta

from bot.answering.embedded.compose_card import CardReader
from bot.answering.embedded.compose_rules import rule_for
from bot.answering.render import duration_text, money_text
from bot.answering.types import Evidence
from tools.catalog import Metric, Move

_COUPONS = "merchant_coupon"
_DISCOUNT = "discount_rate"


def say_first(reader: CardReader, metric: Metric, move: Move) -> None:
    """The first step: what, where, how long, at what cost, and the day to look again."""
    voice = reader.voice
    cost = voice.text("words.free")
    if move.cost_yuan:
        cost = voice.text("words.cost", amount=money_text(move.cost_yuan, voice.language))
    voice.say(
        "improve.first",
        metric=reader.name(metric.id),
        step=move.first_step.of(voice.language),
        where=move.where.of(voice.language),
        effort=duration_text(move.effort_hours, voice.language, voice.prompts),
        cost=cost,
        day=voice.day(voice.today + timedelta(days=move.look_again_days)),
    )


def say_rule(reader: CardReader, metric: Metric, move: Move, evidence: Evidence, brief: bool = False) -> None:
    """The rule that frames a step, from the passages at hand; nothing where none of them is near."""
    voice = reader.voice
    about = " ".join((move.name.of(voice.language), move.first_step.of(voice.language), reader.name(metric.id)))
    rule = rule_for(evidence.passages, move, about, voice, brief)
    if rule is not None:
        voice.speak(rule)


def say_discount_warning(reader: CardReader, metrics: Sequence[Metric], moves: Sequence[Move]) -> None:
    """Advice about coupons to a shop that already gives away more than its peers deserves a warning, once."""
    if _COUPONS not in {m.product for m in moves} or _DISCOUNT in {m.id for m in metrics}:
        return
    median = f"{_DISCOUNT}.peer_median"
    if reader.beside(_DISCOUNT, median) == "above":
        reader.voice.say(
            "improve.discount_warning",
            "note",
            metric=reader.name(_DISCOUNT),
            value=reader.ref(_DISCOUNT),
            median=reader.ref(median),
        )
        reader.voice.warn("discount_above_peers")


def say_without_peers(reader: CardReader, dimension: str, evidence: Evidence) -> None:
    """Nobody to compare with: the weightiest metric that has a value, and the easiest step on it."""
    own = [
        m
        for m in reader.catalog.of_dimension(dimension)
        if reader.has(m.id) and not reader.has(f"{m.id}.peer_median") and reader.moves(m)
    ]
    metric = max(own, key=lambda m: m.weight, default=None)
    if metric is None:
        return
    move = reader.moves(metric)[0]
    reader.voice.say("improve.no_peers", metric=reader.name(metric.id), value=reader.ref(metric.id))
    say_first(reader, metric, move)
    say_rule(reader, metric, move, evidence)
