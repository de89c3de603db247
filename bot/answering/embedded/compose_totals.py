"""Plain sums of any days: what came in yesterday, last week, over the holiday; beside the stretch before."""

from datetime import timedelta

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.dates_calendar import Grain, Span
from bot.answering.embedded.slots_year import year_before
from bot.answering.statistics import SALES
from tools.insights import Totals
from tools.types import Period

_BESIDE = {"gmv": ("orders", "visitors"), "orders": ("gmv",), "visitors": ("orders",), "visits": ("orders",)}

_MOST_STRETCHES = 3


def totals(found: Found, insight: Totals) -> None:
    series = found.slots.metric or "visits"
    total = f"{series}.total"
    if insight.refused is not None or not found.has(total):
        _cannot(found, insight)
        found.voice.ask("explain.ask_overview")
        return
    voice, figure = found.voice, insight.figures[total]
    start, end = figure.period.start, figure.period.end
    days = {"from_day": found.day(start), "to_day": found.day(end)}
    said = found.ref(total, "exact" if _close(found, series) else "")
    asked = found.slots.period
    if asked is not None and asked.start > end:
        voice.say("totals.not_yet", day=days["to_day"])
    if start == end:
        voice.say("totals.day", shop=found.shop(), name=found.name(series), day=days["to_day"], total=said)
    else:
        voice.say("totals.days", shop=found.shop(), name=found.name(series), total=said, **days)
    if insight.gaps:
        missing = found.ref(f"{series}.missing")
        voice.say("totals.gap", missing=missing, stretches=_stretches(found, insight.gaps))
    elif asked is not None and min(asked.end, voice.today - timedelta(days=1)) > end >= asked.start:
        voice.say("totals.cut", day=days["to_day"])
    _against(found, insight, series)
    if series == "gmv":
        _drivers(found)
    for other in _BESIDE.get(series, ()):
        if found.has(f"{other}.total"):
            key, named = (
                ("totals.beside_day", {"day": days["to_day"]}) if start == end else ("totals.beside_days", days)
            )
            voice.say(key, name=found.name(other), total=found.ref(f"{other}.total"), **named)
            break
    voice.ask("explain.ask_overview")


def _cannot(found: Found, insight: Totals) -> None:
    if insight.refused == "gap":
        name = found.name(found.slots.metric or "visits")
        found.voice.say("totals.none_came", shop=found.shop(), name=name, stretches=_stretches(found, insight.gaps))
    elif insight.begins is not None:
        found.voice.say("totals.begins", day=found.day(insight.begins))
    else:
        found.voice.say(f"refused.{insight.refused or 'unmeasured'}")


def _stretches(found: Found, stretches: tuple[Period, ...]) -> str:
    """The first of them by name; a feed with many holes is not listed day by day."""
    named = [
        found.day(one.start) if one.start == one.end
        else found.voice.text("totals.stretch", from_day=found.day(one.start), to_day=found.day(one.end))
        for one in stretches[:_MOST_STRETCHES]
    ]  # fmt: skip
    return found.voice.joined("comma", named)


def _against(found: Found, insight: Totals, series: str) -> None:
    before, change = f"{series}.total_before", f"{series}.total_change"
    if not found.has(before, change):
        _not_compared(found, insight)
        return
    label = _label(found, series, found.insight.figures[before].period)
    if found.value(change) == 0:
        found.voice.say("totals.same", label=label, before=found.ref(before))
        return
    known = {"before": found.ref(before, "exact" if _close(found, series) else ""), "change": found.ref(change, "+")}
    found.voice.say("totals.against", label=label, **known)


def _drivers(found: Found) -> None:
    """What the change comes from, in parts that add up to it."""
    parts = [name for name in SALES if found.has(f"gmv.{name}")]
    if parts and found.value("gmv.total_change") != 0:
        said = [found.voice.text(f"totals.driver_{name}", value=found.ref(f"gmv.{name}", "+")) for name in parts]
        period = found.insight.figures["gmv.total_before"].period
        found.voice.say(
            "totals.drivers", name=found.name("gmv"), from_day=found.day(period.start),
            parts=found.voice.joined("clause_comma", said),
        )  # fmt: skip


def _label(found: Found, series: str, before: Period) -> str:
    """What the other days are: those just before, the same of the year before, or the ones that were named."""
    now = found.insight.figures[f"{series}.total"].period
    a_year = all(364 <= (one - other).days <= 366 for one, other in ((now.start, before.start), (now.end, before.end)))
    size = "day" if before.start == before.end else "days"
    if found.slots.against is None:
        key = f"totals.before_{size}"
    else:
        key = f"totals.year_{size}" if a_year or _is_feast(now, before) else f"totals.other_{size}"
    span = {"from_day": found.day(before.start), "to_day": found.day(before.end)}
    return found.voice.text(key, **({"day": span["to_day"]} if size == "day" else span))


def _is_feast(now: Period, before: Period) -> bool:
    """Feasts of the moon's calendar lie weeks apart, and are the same days all the same."""
    grains: tuple[Grain, ...] = ("span", "day")
    return any(year_before(Span(now.start, now.end, grain)) == before for grain in grains)


def _not_compared(found: Found, insight: Totals) -> None:
    """Why nothing stands beside the sum, where something was asked to or days are missing there."""
    if insight.gaps_before and not insight.gaps:
        found.voice.say("totals.gap_before", stretches=_stretches(found, insight.gaps_before))
    elif found.slots.against is not None and insight.begins is not None:
        found.voice.say("totals.begins_before", day=found.day(insight.begins))


def _close(found: Found, series: str) -> bool:
    """Whether two sums that differ would read the same to the yuan: then both are told to the cent."""
    return found.value(f"{series}.total_change") != 0 and found.alike(f"{series}.total_before", f"{series}.total")
