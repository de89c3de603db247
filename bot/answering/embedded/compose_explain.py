"""Why a score or a metric changed: how much, you or the others, by which metrics, in which segment, what to mind."""

from bot.answering.embedded.compose_card import CardReader
from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_states import say_missing_metric
from tools.insights import Explanation

_TERMS = ("own", "peers_moved", "group_changed", "coverage_changed")
_MARGIN = ("worth", "average_order_value", "revenue_per_active_user")
_MAINLY = 0.6  # of a metric's change in one segment: it happened there


def explain(found: Found, insight: Explanation) -> None:
    found.say_as_of()
    base = insight.base
    dimension = base in found.catalog.dimension_by_id
    before, after = (
        (f"{base}.score_before", f"{base}.score_after") if dimension else (f"{base}.before", f"{base}.after")
    )
    change = f"{base}.score_change" if dimension else f"{base}.change"
    if not found.has(before, after, change):
        _cannot(found, insight)
        return
    _headline(found, insight, before, after, change)
    if insight.cause == "steady":
        found.voice.say("explain.steady" if dimension else "explain.same_place", subject=found.subject(base))
        if not dimension and (where := _segment(found, insight, base, "")):
            found.voice.speak(where)
    else:
        _terms(found, insight)
        _metrics(found, insight)
    _cautions(found, insight)
    found.voice.ask("explain.ask_improve", subject=found.subject(base))
    found.voice.suggest(found.voice.text("explain.suggest_peers", subject=found.subject(base)))


def _cannot(found: Found, insight: Explanation) -> None:
    reader = CardReader(found.evidence.cards[0], found.evidence, found.catalog, found.voice)
    measured = found.evidence.cards[0].figures.get(insight.base)
    if measured is not None and measured.state in ("too_small", "empty"):  # not "not connected": too few people
        say_missing_metric(reader, insight.base)
        found.voice.ask("explain.ask_overview")
        return
    key = insight.refused or "no_earlier"
    found.voice.say(f"refused.{key}" if found.voice.knows(f"refused.{key}") else "refused.no_earlier")
    found.voice.ask("explain.ask_overview")


def _headline(found: Found, insight: Explanation, before: str, after: str, change: str) -> None:
    moved = found.value(change)
    printed = "up" if moved > 0 else "down"
    steady = found.alike(before, after) or (insight.cause == "steady" and insight.base in found.catalog.dimension_by_id)
    known = {
        "shop": found.shop(), "subject": found.subject(insight.base), "before": found.ref(before),
        "after": found.ref(after), "from_day": found.day(insight.before), "to_day": found.day(insight.as_of),
    }  # fmt: skip
    if steady:
        found.voice.say("explain.from_to_same", **known)
    else:
        found.voice.say(f"explain.from_to_{printed}", change=found.ref(change, "+"), **known)


def _terms(found: Found, insight: Explanation) -> None:
    """You so much, the others so much; then in words which of them it mainly was."""
    base = insight.base
    shown = [t for t in _TERMS if found.visible(f"{base}.{t}")]
    if shown:
        said = [found.voice.text(f"explain.term_{t}", value=found.ref(f"{base}.{t}", "+")) for t in shown]
        key = "explain.terms" if base in found.catalog.dimension_by_id else "explain.terms_metric"
        found.voice.say(key, subject=found.subject(base), terms=found.voice.joined("clause_comma", said))
    direction = "up" if found.value(f"{base}.score_change") > 0 else "down"
    key = f"explain.cause_{insight.cause}_{direction}"
    if insight.cause == "mixed" and found.value(f"{base}.own") * found.value(f"{base}.peers_moved") < 0:
        with_it = found.value(f"{base}.own") * found.value(f"{base}.score_change") > 0
        key = "explain.cause_against_own" if with_it else "explain.cause_against_peers"
    if shown and found.voice.knows(key):
        found.voice.say(key)
    if insight.refused == "official":
        found.voice.say("refused.official")


def _metrics(found: Found, insight: Explanation) -> None:
    """What the own part is made of, the largest first, and the rest: the same figures as in the picture."""
    base = insight.base
    for metric in insight.own_first:
        found.voice.speak(_item(found, metric) + _segment(found, insight, metric, "and"), "item")
    if insight.own_first and found.visible(f"{base}.own_rest"):
        found.voice.say(
            "explain.own_rest", "item", subject=found.subject(base), rest=found.ref(f"{base}.own_rest", "+")
        )
    if base not in found.catalog.dimension_by_id and (where := _segment(found, insight, base, "")):
        found.voice.speak(where)


def _item(found: Found, metric: str) -> str:
    """Then, now, and what that did to the own part."""
    known = {
        "metric": found.name(metric), "after": found.ref(f"{metric}.after"), "own": found.ref(f"{metric}.own", "+")
    }  # fmt: skip
    if found.alike(f"{metric}.before", f"{metric}.after"):
        return found.voice.text("explain.item_still", **known)
    known |= {"before": found.ref(f"{metric}.before"), "change": found.ref(f"{metric}.change", "+")}
    return found.voice.text("explain.item", **known)


def _segment(found: Found, insight: Explanation, metric: str, joint: str) -> str:
    """Where it happened, if it happened in one place: a channel, else new or returning users."""
    change = found.value(f"{metric}.change")
    for kind in ("channel", "users"):
        parts = [s for s in insight.segments.get(metric, ()) if s.startswith(f"{kind}:")]
        lead = max(parts, key=lambda s: _effect(found, metric, s) * (1 if change > 0 else -1), default=None)
        if lead is None or change == 0:
            continue
        keys = [f"{metric}.{n}@{lead}" for n in ("rate_before", "rate_after")]
        if not found.has(*keys):
            keys = [f"{metric}.{n}@{lead}" for n in ("before", "after")]
        if _effect(found, metric, lead) / change >= _MAINLY and found.has(*keys):
            known = {"before": found.ref(keys[0]), "after": found.ref(keys[1])}
            return found.voice.text(
                "explain.and_there" if joint else "explain.there", part=found.part(lead), metric=found.name(metric),
                **known,
            )  # fmt: skip
    return ""


def _effect(found: Found, metric: str, segment: str) -> float:
    return sum(found.value(f"{metric}.{name}@{segment}") for name in ("rate_effect", "mix_effect", "count_effect"))


def _cautions(found: Found, insight: Explanation) -> None:
    for key in insight.cautions:
        if key == "bought_activity" and found.has("discount_rate.before", "discount_rate.after"):
            found.voice.say(
                "explain.bought", "note", metric=found.name("discount_rate"),
                before=found.ref("discount_rate.before"), after=found.ref("discount_rate.after"),
                fell="".join(_fell(found, base) for base in _MARGIN),
            )  # fmt: skip
            found.voice.warn("bought_activity")
        elif key == "small_base":
            found.voice.say("explain.small_base", "note")
            found.voice.warn("small_base")


def _fell(found: Found, base: str) -> str:
    """What the bought activity cost, if it did."""
    for before, after in ((f"{base}.score_before", f"{base}.score_after"), (f"{base}.before", f"{base}.after")):
        if found.has(before, after) and found.value(after) < found.value(before):
            return found.voice.text(
                "explain.bought_fell", metric=found.subject(base), before=found.ref(before), after=found.ref(after)
            )
    return ""
