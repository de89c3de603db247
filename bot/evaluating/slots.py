"""Whether a slot's value is one that the labels take, with the tolerances of the sets."""

import calendar
from datetime import date, timedelta
from math import isclose
from typing import Any

from bot.answering.types import Intent, Slots, Target
from bot.evaluating.reading import Wanted
from tools.types import Period

LATE = 2  # days before the asking on which a rolling period may end: the newest days may not have arrived
_DAY = timedelta(days=1)


def slot_right(step: Wanted, slot: str, slots: Slots, today: date, own: str | None) -> bool:
    """Whether a labelled slot holds one of its right values. A merchant's own shop may be left unsaid."""
    got = getattr(slots, slot)
    if slot == "merchant_id" and got is None:
        got = own
    return got is not None and any(same(slot, value, got, today, step.intent) for value in step.values(slot))


def same(slot: str, wanted: Any, got: Any, today: date, intent: Intent) -> bool:
    """Whether one value is as wanted; both are of the slot's kind."""
    if slot in ("period", "against"):
        return same_period(wanted, got, today, ahead=intent == "forecast")
    if slot == "document_date":
        return str(got).startswith(str(wanted))
    if slot == "by":
        return str(got) == str(wanted)
    if slot == "target":
        return _same_target(wanted, got)
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return isclose(got, wanted, rel_tol=1e-6)
    return bool(got == wanted)


def same_period(wanted: dict[str, Any], got: Period, today: date, *, ahead: bool = False) -> bool:
    """`{"from", "to"}`: these very days. `{"since"}`: from that day to yesterday at least, and to the end of the month
    (or week) that runs at most. `{"days"}`: so many days that end today or up to LATE days before; `ahead`, so many
    that begin today or as soon after."""
    if "days" in wanted:
        long = bool((got.end - got.start).days + 1 == wanted["days"])
        off = int((got.start - today if ahead else today - got.end).days)
        return long and 0 <= off <= LATE
    if "since" in wanted:
        return got.start == date.fromisoformat(wanted["since"]) and today - _DAY <= got.end <= _running_until(today)
    return got.start == date.fromisoformat(wanted["from"]) and got.end == date.fromisoformat(wanted["to"])


def _running_until(today: date) -> date:
    month = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return max(month, today + (6 - today.weekday()) * _DAY)


def _same_target(wanted: dict[str, Any], got: Target) -> bool:
    return bool(got.kind == wanted["kind"]) and isclose(got.value, wanted["value"], rel_tol=1e-6)
