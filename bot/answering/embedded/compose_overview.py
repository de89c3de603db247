"""How the shop is doing: all scores, strongest and weakest, what moved since the card before, one thing to do."""

from bot.answering.embedded.compose_advice import say_first
from bot.answering.embedded.compose_card import CardReader, shop
from bot.answering.embedded.compose_opportunity import Opportunity, best_first, opportunities
from bot.answering.embedded.compose_states import say_missing_score, say_state, say_whose_scores
from bot.answering.types import Evidence, Question, Slots
from tools.types import DIMENSIONS, Dimension

_MOVED = 0.5  # points: less than this is not worth a sentence
_REAL = 3.0  # points: a smaller move is no reason to suspect anything
_GENEROUS = 1.25  # times the peers' discount rate: only then may coupons explain it
_DISCOUNT = "discount_rate"
_LONE_LINES = 6  # of a shop without peers: the metrics that moved most


def overview(question: Question, slots: Slots, evidence: Evidence, reader: CardReader) -> None:
    voice = reader.voice
    say_state(reader)
    scored = reader.scored()
    if not scored:
        _alone(reader)
        return
    _whole(question, reader)
    for dimension in DIMENSIONS:
        voice.speak(_dimension(reader, dimension), "item")
    strong, weak = scored[0], scored[-1]
    if reader.value(f"{strong}.score") != reader.value(f"{weak}.score"):
        voice.say("overview.strong_weak", strong=reader.score_name(strong), weak=reader.score_name(weak))
    _moved(reader, evidence)
    if reader.has("users.regulars", "users.at_risk", "users.lapsed"):
        counts = {state: reader.ref(f"users.{state}", "bare") for state in ("regulars", "at_risk", "lapsed")}
        voice.say("overview.users", **counts)
    _one_thing(reader)
    say_whose_scores(question, reader)
    voice.ask("overview.ask_weakest", score_name=reader.score_name(weak))


def _whole(question: Question, reader: CardReader) -> None:
    voice, owner = reader.voice, shop(question, reader.card, reader.voice)
    group, place = reader.group("overall"), reader.place("overall")
    if not reader.has("overall.score"):
        say_missing_score(reader, "overall")
        return
    known = {"shop": owner, "score_name": reader.score_name("overall"), "score": reader.ref("overall.score")}
    if group is not None and place is not None and reader.has("overall.peer_median"):
        voice.say("overview.whole", group=group, place=place, median=reader.ref("overall.peer_median"), **known)
    else:
        voice.say("overview.whole_alone", **known)


def _dimension(reader: CardReader, dimension: Dimension) -> str:
    voice, name = reader.voice, reader.score_name(dimension)
    if not reader.has(f"{dimension}.score"):
        return voice.text("overview.dimension_missing", score_name=name)
    score, place = reader.ref(f"{dimension}.score"), reader.place(dimension)
    if place is None or not reader.has(f"{dimension}.peer_median"):
        return voice.text("overview.dimension_alone", score_name=name, score=score)
    median = reader.ref(f"{dimension}.peer_median")
    return voice.text("overview.dimension", score_name=name, score=score, median=median, place=place)


def _moved(reader: CardReader, evidence: Evidence) -> None:
    """The largest change since the earlier card; a warning where activity was bought with coupons."""
    if len(evidence.cards) < 2:
        return
    voice = reader.voice
    changes = [(abs(value), d) for d in DIMENSIONS if (value := reader.value(f"{d}.score_change")) is not None]
    if not changes:
        return
    day = voice.day(evidence.cards[1].as_of)
    size, dimension = max(changes)
    if size < _MOVED:
        voice.say("overview.moved_little", day=day)
        return
    key = f"{dimension}.score_change"
    way = "up" if (reader.value(key) or 0) > 0 else "down"
    voice.say(f"overview.moved_{way}", day=day, score_name=reader.score_name(dimension), change=reader.ref(key, "abs"))
    _bought(reader)


def _bought(reader: CardReader) -> None:
    active, worth = reader.value("active.score_change") or 0.0, reader.value("worth.score_change") or 0.0
    discount, usual = reader.value(_DISCOUNT), reader.value(f"{_DISCOUNT}.peer_median")
    if active < _REAL or worth > -_REAL or discount is None or usual is None or discount < _GENEROUS * usual:
        return
    reader.voice.say(
        "overview.bought", "note",
        active=reader.score_name("active"), active_change=reader.ref("active.score_change", "abs"),
        worth=reader.score_name("worth"), worth_change=reader.ref("worth.score_change", "abs"),
        discount=reader.name(_DISCOUNT), value=reader.ref(_DISCOUNT), median=reader.ref(f"{_DISCOUNT}.peer_median"),
    )  # fmt: skip
    reader.voice.warn("active_bought_with_coupons")


def _one_thing(reader: CardReader) -> None:
    first = best_first(opportunities(reader, "overall"))
    if first is not None:
        say_gap(reader, first[0])
        say_first(reader, first[0].metric, first[1])


def say_gap(reader: CardReader, item: Opportunity) -> None:
    voice, metric = reader.voice, item.metric
    known = item.figures(reader)
    if item.key.endswith("gain_at_median"):
        problem, median = reader.problem(metric), reader.ref(f"{metric.id}.peer_median")
        voice.say("overview.gap_median", problem=problem[:1].lower() + problem[1:], median=median, **known)
    else:
        voice.say("overview.gap_quarter", quarter=reader.ref(f"{metric.id}.peer_upper_quarter"), **known)


def _alone(reader: CardReader) -> None:
    """A shop without peers: its own figures, each beside what it was four weeks before."""
    voice = reader.voice
    own = [m for m in reader.catalog.metrics if reader.has(m.id)]
    if not own:
        voice.say("states.too_young" if reader.card.newest_day else "states.no_data")
        return
    moved = sorted(own, key=lambda m: -_moved_by(reader, m.id))[:_LONE_LINES]
    if not reader.has(f"{moved[0].id}.past_4w"):
        say_missing_score(reader, "overall")
    else:
        voice.say("states.no_peers")
    for metric in moved:
        name, value = reader.name(metric.id), reader.ref(metric.id)
        if reader.has(f"{metric.id}.past_4w"):
            voice.say(
                "overview.metric_alone", "item", metric=name, value=value, past=reader.ref(f"{metric.id}.past_4w")
            )
        else:
            voice.say("overview.metric_lone", "item", metric=name, value=value)
    voice.ask("metric.ask_improve", metric=reader.name(moved[0].id))


def _moved_by(reader: CardReader, metric: str) -> float:
    """How much a metric moved in four weeks, as a share of what it was; -1 where that is unknown."""
    now, past = reader.value(metric), reader.value(f"{metric}.past_4w")
    return abs(now - past) / abs(past) if now is not None and past else -1.0
