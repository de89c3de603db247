"""Choosing moves: which few of the catalog bring most, or bring enough for least. Integer programming, nothing read.

A choice is a metric brought to a level by a move. A move that serves two metrics is made and paid once; where they ask
different things of it, at the dearest of what they ask. All is linear in yes and no: `made` of each choice, and of each
way to pay a move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from tools.chances import Level

Limit = Literal["", "hours", "yuan", "credits", "time", "moves"]
Floats = NDArray[np.float64]

YUAN_AN_HOUR = 100.0  # what an hour of the merchant's is taken to be worth where hours and money are added up
WEEKLY_HOURS = 4.0  # work that a shop is asked for in a week
UNKNOWN_CHANCE = 0.05  # where nobody can tell: as little as the least likely level that is planned at all
CLOSE = 1e-6  # points, hours; what the solver itself takes for equal


class Price(NamedTuple):
    """What a move asks for, and after how many days one looks again."""

    hours: float
    yuan: float
    credits: int
    look_again_days: int

    @property
    def cost(self) -> float:
        """In hours."""
        return self.hours + self.yuan / YUAN_AN_HOUR


class Choice(NamedTuple):
    """A metric brought to a level by a move: `points` of base if it works, `chance` that others had of as much."""

    metric: str
    level: Level
    move: str
    points: float
    chance: float | None
    price: Price

    @property
    def expected(self) -> float:
        return self.points * (UNKNOWN_CHANCE if self.chance is None else self.chance)


@dataclass(frozen=True)
class Limits:
    """At most so many hours, yuan, credits in all; `days` from the first possible start to the day of the target;
    `pace`: hours of work a week."""

    hours: float | None = None
    yuan: float | None = None
    credits: int | None = None
    days: int | None = None
    pace: float = WEEKLY_HOURS


def dearest(prices: Iterable[Price]) -> Price:
    """What a move asks for that has to do what each of these prices stands for."""
    hours, yuan, credits, days = zip(*prices, strict=True)
    return Price(max(hours), max(yuan), max(credits), max(days))


def bill(chosen: Iterable[Choice]) -> dict[str, Price]:
    """What each move of a plan asks for, every move once."""
    asked: dict[str, list[Price]] = {}
    for choice in chosen:
        asked.setdefault(choice.move, []).append(choice.price)
    return {move: dearest(prices) for move, prices in asked.items()}


def weeks(days: int, look_again_days: int) -> int:
    """In how many weeks, from the first on, a move can begin that is to be looked at again within so many days."""
    return 0 if look_again_days > days else (days - look_again_days) // 7 + 1


def fits(chosen: Sequence[Choice], limits: Limits) -> bool:
    """Whether a set of choices keeps every limit. The work to be begun by a week fits into the weeks up to it."""
    prices = list(bill(chosen).values())
    sums = (
        (sum(p.hours for p in prices), limits.hours),
        (sum(p.yuan for p in prices), limits.yuan),
        (sum(p.credits for p in prices), limits.credits),
    )
    if any(limit is not None and total > limit + CLOSE for total, limit in sums):
        return False
    if limits.days is None:
        return True
    return all(
        p.look_again_days <= limits.days
        and sum(q.hours for q in prices if q.look_again_days >= p.look_again_days)
        <= limits.pace * weeks(limits.days, p.look_again_days) + CLOSE
        for p in prices
    )


def cheapest(choices: Sequence[Choice], points: float, limits: Limits) -> tuple[Choice, ...] | None:
    """The choices that bring `points` for the least cost; of equal cost those that promise most. None: no way."""
    programme = _Programme(choices, limits)
    enough = (programme.points, points)
    least = programme.least(programme.cost, enough)
    if least is None:
        return None
    return programme.settle([enough, (-programme.cost, -least)], [-programme.expected])


def most(choices: Sequence[Choice], limits: Limits, worth: Callable[[Choice], float]) -> tuple[Choice, ...]:
    """The choices of the greatest `worth` within the limits; of equal worth the cheapest, then what promises most."""
    programme = _Programme(choices, limits)
    value = programme.of(worth)
    best = programme.least(-value)
    if best is None:
        return ()
    return programme.settle([(value, -best)], [programme.cost, -programme.expected])


def binding(choices: Sequence[Choice], limits: Limits, worth: Callable[[Choice], float]) -> Limit:
    """Which limit, taken away alone, would let most more be done; `moves`: it is not the limits.

    Where no single one would: the one that by itself leaves least room.
    """
    given = [name for name in ("hours", "yuan", "credits", "days") if getattr(limits, name) is not None]
    here = _best(choices, limits, worth)
    if not given or _best(choices, Limits(), worth) <= here + CLOSE:
        return "moves"
    freed = {name: _best(choices, replace(limits, **dict[str, Any]({name: None})), worth) for name in given}
    found = max(given, key=lambda name: freed[name])
    if freed[found] <= here + CLOSE:
        held = {name: _best(choices, replace(Limits(), **{name: getattr(limits, name)}), worth) for name in given}
        found = min(given, key=lambda name: held[name])
    return _LIMITS[found]


_LIMITS: dict[str, Limit] = {"hours": "hours", "yuan": "yuan", "credits": "credits", "days": "time"}


def _best(choices: Sequence[Choice], limits: Limits, worth: Callable[[Choice], float]) -> float:
    programme = _Programme(choices, limits)
    return -(programme.least(-programme.of(worth)) or 0.0)


class _Programme:
    """The integer programme of a set of choices: the columns are first the choices, then the ways to pay each move."""

    def __init__(self, choices: Sequence[Choice], limits: Limits) -> None:
        self.choices = [c for c in choices if limits.days is None or c.price.look_again_days <= limits.days]
        self.ways = [(move, price) for move in self._moves() for price in self._prices(move)]
        self.cost = np.array([0.0] * len(self.choices) + [price.cost for _, price in self.ways])
        self.points, self.expected = self.of(lambda c: c.points), self.of(lambda c: c.expected)
        self._rows = [*self._once(), *self._paid(), *self._within(limits)]

    def of(self, worth: Callable[[Choice], float]) -> Floats:
        return np.array([worth(c) for c in self.choices] + [0.0] * len(self.ways))

    def least(self, cost: Floats, *at_least: tuple[Floats, float]) -> float | None:
        """The least of a linear cost over all allowed sets; None where there is none."""
        found = self._solve(cost, at_least)
        return None if found is None else float(cost @ found)

    def settle(self, at_least: list[tuple[Floats, float]], then: Sequence[Floats]) -> tuple[Choice, ...]:
        """Among the sets that keep `at_least`, the least of each cost in turn; last, the first in the given order."""
        made = np.zeros(self.cost.size)
        for cost in (*then, self._order()):
            found = self._solve(cost, at_least)
            if found is None:  # never but for rounding: what was settled before stands
                break
            made = found
            at_least = [*at_least, (-cost, -float(cost @ found))]
        return tuple(c for c, yes in zip(self.choices, made, strict=False) if yes)

    def _solve(self, cost: Floats, at_least: Iterable[tuple[Floats, float]]) -> Floats | None:
        if not self.choices:
            return None if any(bound > CLOSE for _, bound in at_least) else np.zeros(0)
        rows = [*self._rows, *((row, bound - CLOSE / 10, np.inf) for row, bound in at_least)]
        matrix, low, high = (np.array(column) for column in zip(*rows, strict=True))
        found = milp(
            cost, constraints=LinearConstraint(matrix, low, high), integrality=np.ones(cost.size),
            bounds=Bounds(0, 1), options={"mip_rel_gap": 0.0},
        )  # fmt: skip
        return None if found.x is None else np.asarray(np.rint(found.x), dtype=np.float64)

    def _moves(self) -> list[str]:
        return list(dict.fromkeys(c.move for c in self.choices))

    def _prices(self, move: str) -> list[Price]:
        """Every price that some set of the move's choices could ask."""
        asked = sorted({c.price for c in self.choices if c.move == move})
        joined = {dearest(some) for size in range(1, len(asked) + 1) for some in combinations(asked, size)}
        return sorted(joined)

    def _order(self) -> Floats:
        return np.array([float(at + 1) for at in range(len(self.choices))] + [0.0] * len(self.ways))

    def _once(self) -> list[tuple[Floats, float, float]]:
        """At most one level of a metric, by one move; a move paid at most one way."""
        size = len(self.choices)
        rows = []
        for metric in dict.fromkeys(c.metric for c in self.choices):
            rows.append(self.of(lambda c, metric=metric: float(c.metric == metric)))  # type: ignore[misc]
        for move in self._moves():
            rows.append(np.array([0.0] * size + [float(name == move) for name, _ in self.ways]))
        return [(row, 0.0, 1.0) for row in rows]

    def _paid(self) -> list[tuple[Floats, float, float]]:
        """A choice is made only if its move is paid at a price that covers what it asks."""
        rows = []
        for at, choice in enumerate(self.choices):
            row = np.zeros(self.cost.size)
            row[at] = -1.0
            for column, (move, price) in enumerate(self.ways, start=len(self.choices)):
                row[column] = float(move == choice.move and dearest([price, choice.price]) == price)
            rows.append((row, 0.0, np.inf))
        return rows

    def _within(self, limits: Limits) -> list[tuple[Floats, float, float]]:
        sums = (
            (limits.hours, lambda p: p.hours), (limits.yuan, lambda p: p.yuan), (limits.credits, lambda p: p.credits)
        )  # fmt: skip
        rows = [(self._over_ways(of), -np.inf, float(limit)) for limit, of in sums if limit is not None]
        if limits.days is not None:
            for late in sorted({price.look_again_days for _, price in self.ways}):
                row = self._over_ways(lambda p, late=late: p.hours if p.look_again_days >= late else 0.0)  # type: ignore[misc]
                rows.append((row, -np.inf, limits.pace * weeks(limits.days, late)))
        return rows

    def _over_ways(self, of: Callable[[Price], float]) -> Floats:
        return np.array([0.0] * len(self.choices) + [of(price) for _, price in self.ways])
