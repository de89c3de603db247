"""Plain sums of any days: what came in yesterday, last week, over the holiday; beside the stretch before."""

from bot.answering.embedded.compose_found import Found
from tools.insights import Totals

_BESIDE = {"gmv": ("orders", "visitors"), "orders": ("gmv",), "visitors": ("orders",), "visits": ("orders",)}


def totals(found: Found, insight: Totals) -> None:
    series = found.slots.metric or "visits"
    total = f"{series}.total"
    if insight.refused is not None or not found.has(total):
        found.voice.say(f"refused.{insight.refused or 'unmeasured'}")
        found.voice.ask("explain.ask_overview")
        return
    voice, figure = found.voice, insight.figures[total]
    start, end = figure.period.start, figure.period.end
    days = {"from_day": found.day(start), "to_day": found.day(end)}
    asked = found.slots.period
    if asked is not None and asked.start > end:
        voice.say("totals.not_yet", day=days["to_day"])
    if start == end:
        voice.say("totals.day", shop=found.shop(), name=found.name(series), day=days["to_day"], total=found.ref(total))
    else:
        voice.say("totals.days", shop=found.shop(), name=found.name(series), total=found.ref(total), **days)
    if insight.period.end > end:
        voice.say("totals.cut", day=days["to_day"])
    _against(found, series)
    for other in _BESIDE.get(series, ()):
        if found.has(f"{other}.total"):
            key, named = (
                ("totals.beside_day", {"day": days["to_day"]}) if start == end else ("totals.beside_days", days)
            )
            voice.say(key, name=found.name(other), total=found.ref(f"{other}.total"), **named)
            break
    voice.ask("explain.ask_overview")


def _against(found: Found, series: str) -> None:
    before, change = f"{series}.total_before", f"{series}.total_change"
    if not found.has(before):
        return
    period = found.insight.figures[before].period
    if found.alike(before, f"{series}.total"):
        span = {"from_day": found.day(period.start), "to_day": found.day(period.end)}
        found.voice.say("totals.against_same", before=found.ref(before), **span)
        return
    same = period.start == period.end
    key = "totals.against_day" if same else "totals.against_days"
    days = {"day": found.day(period.end)} if same else {
        "from_day": found.day(period.start), "to_day": found.day(period.end)
    }  # fmt: skip
    if found.has(change):
        found.voice.say(key, before=found.ref(before), change=found.ref(change, "+"), **days)
