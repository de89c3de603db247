"""How to raise a score: where you stand, the two or three gaps that pay most, what to do first, the rule, the day."""

import re

from bot.answering.embedded.compose_advice import say_discount_warning, say_first, say_rule, say_without_peers
from bot.answering.embedded.compose_card import CardReader, shop
from bot.answering.embedded.compose_improve_metric import improve_metric
from bot.answering.embedded.compose_opportunity import Opportunity, best_first, opportunities, shortlist
from bot.answering.embedded.compose_states import say_missing_score, say_state, say_whose_scores
from bot.answering.embedded.compose_voice import Voice
from bot.answering.render import render
from bot.answering.types import Evidence, Question, Slots

_MOST_ITEMS = 3
_MOST_HAN = 350
_MOST_WORDS = 180
_HAN = re.compile(r"[\u4e00-\u9fff]")


def improve(question: Question, slots: Slots, evidence: Evidence, reader: CardReader) -> None:
    """Speaks the whole answer; leaves out what matters least until it fits one screen."""
    say_state(reader)
    metric = reader.catalog.by_id.get(slots.metric or "")
    if metric is not None:
        improve_metric(question, metric, evidence, reader)
        return
    dimension = slots.dimension or "overall"
    items = opportunities(reader, dimension)[:_MOST_ITEMS]
    voice = reader.voice
    for count, brief in ((3, False), (3, True), (2, True), (1, True)):
        reader.voice = voice.fork()
        _whole(question, dimension, shortlist(items, count), evidence, reader, brief)
        if fits(reader.voice, evidence):
            break
    voice.adopt(reader.voice)
    reader.voice = voice


def fits(voice: Voice, evidence: Evidence) -> bool:
    """One screen as it will be read, list numbers included: 350 Chinese characters or 180 English words."""
    lookup = {m.id: m for m in evidence.measurements}
    text = " ".join(f"{'1. ' * (s.block == 'item')}{render(s, lookup, voice.language)}" for s in voice.sentences)
    return len(_HAN.findall(text)) <= _MOST_HAN if voice.language == "zh" else len(text.split()) <= _MOST_WORDS


def _whole(
    question: Question,
    dimension: str,
    items: tuple[Opportunity, ...],
    evidence: Evidence,
    reader: CardReader,
    brief: bool,
) -> None:
    if reader.has(f"{dimension}.score"):
        _stand(question, reader, dimension, brief)
    else:
        say_missing_score(reader, dimension)
    _gaps(reader, items, dimension, brief)
    _advice(reader, items, evidence, brief, dimension)
    say_whose_scores(question, reader)
    reader.voice.ask("improve.ask_compare", score_name=reader.score_name(dimension))


def _stand(question: Question, reader: CardReader, dimension: str, brief: bool) -> None:
    voice, owner = reader.voice, shop(question, reader.card, reader.voice)
    group, place = reader.group(dimension), reader.place(dimension)
    score = reader.ref(f"{dimension}.score")
    name = reader.score_name(dimension)
    if group is not None and place is not None and reader.has(f"{dimension}.peer_median"):
        median = reader.ref(f"{dimension}.peer_median")
        voice.say("improve.stand", shop=owner, score_name=name, score=score, group=group, place=place, median=median)
    else:
        voice.say("improve.stand_alone", shop=owner, score_name=name, score=score)
    weakest = reader.scored()[-1:]
    if not brief and dimension == "overall" and weakest and reader.has(f"{weakest[0]}.peer_median"):
        voice.say(
            "improve.stand_weakest", score_name=reader.score_name(weakest[0]),
            score=reader.ref(f"{weakest[0]}.score"), median=reader.ref(f"{weakest[0]}.peer_median"),
        )  # fmt: skip


def _gaps(reader: CardReader, items: tuple[Opportunity, ...], dimension: str, brief: bool) -> None:
    voice = reader.voice
    if not items:
        if reader.has(f"{dimension}.score"):
            voice.say("improve.no_gap", score_name=reader.score_name(dimension))
        return
    if not any(reader.behind(o.metric) for o in items):
        voice.say("improve.lead_on")
    else:
        voice.say("improve.gaps" if len(items) > 1 else "improve.gap_one")
    for item in items:
        say_line(reader, item, brief)
    voice.say("improve.if_alone", "note")


def say_line(reader: CardReader, item: Opportunity, brief: bool = False) -> None:
    """One opportunity: what is wrong, the value beside the peers, what catching up would bring, and (not brief) how."""
    metric = item.metric
    voice = reader.voice
    known = {**item.figures(reader), "odds": item.odds(reader)}
    if not brief and item.move is not None:
        known["move"] = item.move.name.of(voice.language)
    short = "_brief" if brief or item.move is None else ""
    if item.key.endswith("gain_at_median"):
        median = reader.ref(f"{metric.id}.peer_median")
        voice.say(f"improve.item_median{short}", "item", problem=reader.problem(metric), median=median, **known)
    else:
        key = "improve.item_level" if reader.level(metric) else "improve.item_quarter"
        voice.say(f"{key}{short}", "item", quarter=reader.ref(f"{metric.id}.peer_upper_quarter"), **known)


def _advice(
    reader: CardReader, items: tuple[Opportunity, ...], evidence: Evidence, brief: bool, dimension: str
) -> None:
    """The first step with place, effort, cost and day; its rule; a warning where the step would hurt the margin."""
    first = best_first(items)
    if first is None:
        say_without_peers(reader, dimension, evidence)
        return
    say_first(reader, first[0].metric, first[1])
    say_rule(reader, first[0].metric, first[1], evidence, brief)
    say_discount_warning(reader, [o.metric for o in items], [o.move for o in items if o.move is not None])
