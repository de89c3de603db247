"""How sure an answer is: band and backtest, interval and matches, odds, and on how many a count rests."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_voice import Voice
from bot.answering.types import Evidence
from tools.catalog import Catalog
from tools.insights import Effect, Explanation, Insight, Totals, WhatIf
from tools.prospects import Forecast

_MOST = 3
_ORDER = ("orders", "visits", "gmv")


def certain(found: list[Found]) -> bool:
    """Say how sure the answer is that these insights gave; False where nothing can be said beyond the answer itself."""
    said = [_say(one, one.insight) for one in found]
    if not any(said):
        return False
    found[0].voice.ask("certainty.ask")
    return True


def certain_value(base: str, evidence: Evidence, catalog: Catalog, voice: Voice) -> bool:
    """How sure a metric's own value is: what it was counted from, up to which day."""
    figure = evidence.cards[0].figures.get(base) if evidence.cards else None
    if figure is None or figure.value is None:
        return False
    voice.say("certainty.counted", day=voice.day(figure.as_of))
    if figure.unit == "ratio" and figure.numerator is not None and figure.denominator:
        line = voice.text(
            "certainty.base", metric=catalog.name(base, voice.language), value=f"{{{figure.id}}}",
            numerator=f"{{{figure.id}.numerator}}", denominator=f"{{{figure.id}.denominator}}",
        )  # fmt: skip
        voice.speak(line, "item")
    voice.ask("certainty.ask")
    return True


def _say(found: Found, insight: Insight) -> bool:
    if insight.refused is not None:
        return False
    match insight:
        case Forecast():
            return _forecast(found, insight)
        case Effect():
            return _effect(found, insight)
        case WhatIf():
            return _what_if(found, insight)
        case Explanation():
            return _explanation(found, insight)
        case Totals():
            return _totals(found, insight)
    return False


def _forecast(found: Found, insight: Forecast) -> bool:
    series = insight.series
    if not found.has(f"{series}.forecast", f"{series}.forecast_low95", f"{series}.forecast_high95"):
        return False
    known = {end: found.ref(f"{series}.forecast_{end}", "whole") for end in ("low80", "high80", "low95", "high95")}
    period = insight.figures[f"{series}.forecast"].period
    found.voice.say(
        "certainty.forecast", name=found.name(series), from_day=found.day(period.start), to_day=found.day(period.end),
        **known,
    )  # fmt: skip
    if found.has(f"{series}.backtests"):
        found.voice.say("certainty.backtests", backtests=found.ref(f"{series}.backtests"))
    return True


def _effect(found: Found, insight: Effect) -> bool:
    series = [s for s in _ORDER if found.has(f"{s}.effect", f"{s}.effect_low", f"{s}.effect_high")]
    if not series:
        return False
    found.voice.say("certainty.effect_clear" if insight.claimed else "certainty.effect_unclear")
    for s in series:
        line = found.voice.text(
            "certainty.effect_line", name=found.name(s), low=found.ref(f"{s}.effect_low", "+"),
            high=found.ref(f"{s}.effect_high", "+"),
        )  # fmt: skip
        found.voice.speak(line, "item")
    if found.has(f"{series[0]}.matches"):
        found.voice.say("certainty.matches", matches=found.ref(f"{series[0]}.matches"))
    return True


def _what_if(found: Found, insight: WhatIf) -> bool:
    names = insight.alone[:_MOST] or (insight.base,)
    keys = {n: next((k for k in (f"{n}.chance_if", f"{n}.chance_needed") if found.has(k)), None) for n in names}
    found.voice.say("certainty.arithmetic")
    for name, key in keys.items():
        if key is None:
            found.voice.say("chance.unknown")
            continue
        found.voice.say(
            "certainty.odds", metric=found.name(name), managed=found.part_of(key, "numerator"),
            of=found.part_of(key, "denominator"), low=found.ref(f"{key}_low", "whole"),
            high=found.ref(f"{key}_high", "whole"),
        )  # fmt: skip
    return True


def _explanation(found: Found, insight: Explanation) -> bool:
    """Counted, not estimated; on how many, and what to mind."""
    found.voice.say("certainty.counted", day=found.day(insight.as_of))
    names = insight.own_first or ((insight.base,) if insight.base in found.catalog.by_id else ())
    for name in names[:_MOST]:
        figure = found.get(f"{name}.after")
        if figure is not None and figure.numerator is not None and figure.denominator and figure.unit == "ratio":
            line = found.voice.text(
                "certainty.base", metric=found.name(name), value=found.ref(f"{name}.after"),
                numerator=found.part_of(f"{name}.after", "numerator"),
                denominator=found.part_of(f"{name}.after", "denominator"),
            )  # fmt: skip
            found.voice.speak(line, "item")
    small = "small_base" in insight.cautions
    found.voice.say("explain.small_base" if small else "certainty.why", "note")
    return True


def _totals(found: Found, insight: Totals) -> bool:
    found.voice.say("certainty.counted", day=found.day(insight.as_of))
    return True
