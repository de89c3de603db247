"""The next weeks of a plain series: the sum, how far it may miss, what it is next to the weeks just past, and how."""

from bot.answering.embedded.compose_found import Found
from tools.prospects import Forecast


def forecast(found: Found, insight: Forecast, first: bool, asked: str | None) -> None:
    """`first` of several series; `asked` is the figure that was asked for where it cannot be foreseen itself."""
    series, voice = insight.series, found.voice
    if first:
        found.say_as_of()
        if asked is not None:
            voice.say("forecast.not_itself", subject=found.subject(asked))
    if insight.refused is not None or not found.has(f"{series}.forecast"):
        voice.say("forecast.cannot", name=found.name(series), why=voice.text(f"refused.{insight.refused or 'empty'}"))
        return
    figure = insight.figures[f"{series}.forecast"]
    known = {
        "name": found.name(series), "value": found.ref(f"{series}.forecast", "whole"),
        "low": found.ref(f"{series}.forecast_low80", "whole"), "high": found.ref(f"{series}.forecast_high80", "whole"),
        "from_day": found.day(figure.period.start), "to_day": found.day(figure.period.end),
    }  # fmt: skip
    asked_for = found.slots.period
    if figure.period.start == figure.period.end:
        known.pop("to_day")
        voice.say("forecast.sum_day" if first else "forecast.sum_next_day", **known)
    else:
        voice.say("forecast.sum" if first else "forecast.sum_next", **known)
    if first and asked_for is not None and asked_for.end > figure.period.end:
        voice.say("forecast.no_further", day=found.day(figure.period.end))
    if found.has(f"{series}.last", f"{series}.forecast_change"):
        past = insight.figures[f"{series}.last"].period
        beside = {
            "name": found.name(series), "last": found.ref(f"{series}.last"),
            "change": found.ref(f"{series}.forecast_change", "+"),
        }  # fmt: skip
        if asked_for is None:
            voice.say("forecast.beside", **beside)
        elif past.start == past.end:
            voice.say("forecast.beside_day", day=found.day(past.start), **beside)
        else:
            voice.say("forecast.beside_days", from_day=found.day(past.start), to_day=found.day(past.end), **beside)


def close_forecast(found: Found, insight: Forecast) -> None:
    """How it was made, once, and what next."""
    if insight.days:
        found.voice.say(f"forecast.method_{insight.method}", "note")
    found.voice.ask("forecast.ask_raise")
