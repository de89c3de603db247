"""Incentive points replayed a day at a time: what was booked, what was spent of the oldest, what lapsed at midnight."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .plain import Row


@dataclass
class Purse:
    """One programme's lots as [last day, points], oldest booking first."""

    lots: list[list[date | int]] = field(default_factory=list)
    spent_without: int = 0


def replay(lines: Sequence[Row], until: date, known: date) -> dict[str, Purse]:
    """programme -> purse on `until`, before anything lapses that ends on it; from lines up to `known`."""
    purses = {r["programme"]: Purse() for r in lines}
    day = min(r["at"] for r in lines)
    while day <= max(until, known):
        for row in (r for r in lines if r["at"] == day and r["at"] <= known and r["delta"] > 0):
            purses[row["programme"]].lots.append([row["expires_on"] or date.max, row["delta"]])
        for row in (r for r in lines if r["at"] == day and r["at"] <= known and r["delta"] < 0):
            _spend(purses[row["programme"]], -row["delta"])
        if day >= until:
            break
        for purse in purses.values():
            purse.lots = [lot for lot in purse.lots if lot[0] > day]
        day += timedelta(days=1)
    return purses


def _spend(purse: Purse, due: int) -> None:
    for lot in purse.lots:
        taken = min(due, int(lot[1]))  # type: ignore[arg-type]
        lot[1] = int(lot[1]) - taken  # type: ignore[arg-type]
        due -= taken
    purse.spent_without += due


def figures(lines: Sequence[Row], on: date, until: date, known: date) -> dict[str, int]:
    """Balance, what lapses up to `until`, the next lot, overspent; keyed as the tool's figures."""
    found: dict[str, int] = {"credits.balance": 0, "credits.expiring": 0}
    ends: dict[date, int] = {}
    for name, purse in replay([r for r in lines if r["at"] <= known], on, known).items():
        left = [(day, int(points)) for day, points in purse.lots if points]  # type: ignore[arg-type]
        found[f"credits.balance@{name}"] = sum(points for _, points in left)
        found[f"credits.expiring@{name}"] = sum(points for day, points in left if day <= until)  # type: ignore[operator]
        found["credits.balance"] += found[f"credits.balance@{name}"]
        found["credits.expiring"] += found[f"credits.expiring@{name}"]
        if purse.spent_without:
            found["credits.overspent"] = found.get("credits.overspent", 0) + purse.spent_without
        for day, points in left:
            ends[day] = ends.get(day, 0) + points  # type: ignore[index]
    first = min((day for day in ends if day != date.max), default=None)
    return {**found, **({"credits.next": ends[first]} if first else {})}


def flows(lines: Sequence[Row], known: date) -> dict[str, int]:
    """Earned and spent in the 28 days up to `known`."""
    month = [r["delta"] for r in lines if 0 <= (known - r["at"]).days < 28]
    return {"credits.earned": sum(d for d in month if d > 0), "credits.spent": -sum(d for d in month if d < 0)}
