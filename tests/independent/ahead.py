"""What a change would bring, how often others managed it, the cheapest plan: by hand, by counting, by trying all."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import permutations, product
from pathlib import Path
from typing import Any

import yaml

from . import changing, peers
from .oracle import CATALOG, DIMENSIONS, Card, compute
from .plain import rows_of
from .rows import load
from .values import DIMENSION_OF, LOWER_IS_BETTER, rounded

Z = 1.959963984540054
NEAR, ENOUGH, FEWEST = 10.0, 30, 10
HAIR = 1e-9
MONTH = timedelta(days=28)


# ---- what if ---------------------------------------------------------------------------------------------------------


def metric_score(platform: Path, day: date, merchant: str, metric: str, value: float) -> float:
    """The score that a value would have in the merchant's group of the day."""
    group = compute(platform, day)[merchant].levels[metric][1]
    found = changing.score(platform, day, metric, group, value)
    assert found is not None
    return rounded(found)


def worth(card: Card, metric: str, base: str) -> float:
    """Points of `base` for one point of the metric's own score."""
    weight = changing.weight_of()
    dimension = DIMENSION_OF[metric]
    held = sum(weight[m] for m, d in DIMENSION_OF.items() if d == dimension and f"{m}.score" in card.figures)
    return weight[metric] / held / (len(DIMENSIONS) if base == "overall" else 1)


def scored(card: Card, base: str) -> list[str]:
    """The metrics that count in a base's score."""
    return [m for m, d in DIMENSION_OF.items() if base in (d, "overall") and f"{m}.score" in card.figures]


def best_score(platform: Path, day: date, merchant: str, metric: str) -> float:
    """The most that any value of the metric brings."""
    knots = changing.curves(platform, day)[metric, compute(platform, day)[merchant].levels[metric][1]]
    return max(peers.score(knots, value, metric in LOWER_IS_BETTER) for value, _ in knots)


# ---- how likely ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    managed: int
    n: int
    low: float
    high: float


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % score interval: the two roots of (p - k/n)^2 = z^2 p (1 - p) / n."""
    z2, share = Fraction(Z) ** 2, Fraction(k, n)
    a, b, c = 1 + z2 / n, -(2 * share + z2 / n), share**2
    root = math.sqrt(b * b - 4 * a * c)
    return (float(-b) - root) / float(2 * a), (float(-b) + root) / float(2 * a)


Trial = tuple[str, float, float, date]  # who, score before, score now, the later day


def pool(platform: Path, metric: str, members: frozenset[str] | None, day: date) -> list[Trial]:
    """Everybody of a group with a score on a day and 28 days before."""
    now, then = compute(platform, day), compute(platform, day - MONTH)
    key = f"{metric}.score"
    return [
        (mid, rounded(then[mid].figures[key]), rounded(now[mid].figures[key]), day)
        for mid in now
        if (members is None or mid in members) and key in now[mid].figures and key in then[mid].figures
    ]


def pools(platform: Path, metric: str, merchant: str, days: Sequence[date]) -> list[list[Trial]]:
    """The merchant's own group, the wider ones, then everybody with the months before; `days` newest first."""
    cards, shops = compute(platform, days[0]), load(platform)
    level = cards[merchant].levels[metric][0]
    band = {mid: card.band for mid, card in cards.items()}
    widening = peers.groups(merchant, shops, band)
    names = [name for name, _, _ in widening]
    found = [pool(platform, metric, ids, days[0]) for _, _, ids in widening[names.index(level) :]]
    found = [trials for trials in found if len(trials) >= FEWEST]
    for months in range(2, len(days) + 1):
        found.append([t for day in days[:months] for t in pool(platform, metric, None, day)])
    return found


def alike(trials: Sequence[Trial], merchant: str, score: float) -> list[Trial]:
    return [t for t in trials if t[0] != merchant and abs(t[1] - score) <= NEAR + HAIR]


def chance(platform: Path, metric: str, merchant: str, gain: float, days: Sequence[date]) -> Counted | None:
    """k of n alike that gained so much: in the first pool with thirty alike, else in the widest if it has ten shops."""
    score = rounded(compute(platform, days[0])[merchant].figures[f"{metric}.score"])
    found = [alike(trials, merchant, score) for trials in pools(platform, metric, merchant, days)]
    enough = [near for near in found if len({t[0] for t in near}) >= FEWEST]
    wide = next((near for near in enough if len(near) >= ENOUGH), found[-1] if found and found[-1] in enough else None)
    if wide is None or gain <= HAIR:
        return None
    managed = sum(now - before >= gain - HAIR for _, before, now, _ in wide)
    return Counted(managed, len(wide), *wilson(managed, len(wide)))


def did(
    platform: Path, metric: str, merchant: str, gain: float, days: Sequence[date]
) -> dict[str, tuple[int, int, int, int]]:
    """kind -> (started it among the improved, the improved, started it among the rest, the rest)."""
    score = rounded(compute(platform, days[0])[merchant].figures[f"{metric}.score"])
    for trials in pools(platform, metric, merchant, days):
        near = alike(trials, merchant, score)
        sides = [[t for t in near if (t[2] - t[1] >= gain - HAIR) == up] for up in (True, False)]
        if min(len({t[0] for t in side}) for side in sides) < FEWEST:
            continue
        kinds = [[_started(platform, t[0], t[3]) for t in side] for side in sides]
        every = set().union(*kinds[0], *kinds[1])
        return {
            kind: (sum(kind in k for k in kinds[0]), len(kinds[0]), sum(kind in k for k in kinds[1]), len(kinds[1]))
            for kind in every
        }
    return {}


@lru_cache(maxsize=2048)
def _started(platform: Path, merchant: str, day: date) -> frozenset[str]:
    rows = rows_of(platform, "actions", merchant)
    return frozenset(r["kind"] for r in rows if day - MONTH < r["started_on"] <= day)


# ---- plans -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """A metric brought to a level by a move."""

    metric: str
    level: str
    move: str
    points: float
    chance: float | None
    hours: float
    yuan: float
    look_again: int


@lru_cache(maxsize=1)
def moves() -> dict[str, list[dict[str, Any]]]:
    listed = yaml.safe_load(CATALOG.read_text(encoding="utf-8"))["metrics"]
    return {m["id"]: m.get("moves", []) for m in listed}


def ways(platform: Path, merchant: str, base: str, days: Sequence[date]) -> list[Way]:
    """Every way to raise a base that at least one in twenty of those alike managed, or of which nobody can tell."""
    card = compute(platform, days[0])[merchant]
    found = []
    for metric in scored(card, base):
        for level in ("median", "upper_quarter"):
            there = metric_score(platform, days[0], merchant, metric, rounded(card.figures[f"{metric}.peer_{level}"]))
            gain = there - rounded(card.figures[f"{metric}.score"])
            known = chance(platform, metric, merchant, gain, days)
            if gain <= HAIR or (known is not None and 20 * known.managed < known.n):
                continue
            share = None if known is None else known.managed / known.n
            for move in moves()[metric]:
                cost = (float(move["effort_hours"]), float(move["cost_yuan"]), int(move["look_again_days"]))
                found.append(Way(metric, level, move["id"], gain * worth(card, metric, base), share, *cost))
    return found


@dataclass(frozen=True)
class Bundle:
    points: float
    expected: float
    hours: float
    yuan: float
    chosen: tuple[Way, ...]

    @property
    def cost(self) -> float:
        return self.hours + self.yuan / 100


def bundles(choices: Sequence[Way]) -> Iterator[Bundle]:
    """Every set of ways with at most one a metric; a move is paid once, at the dearest that it is asked for."""
    by_metric: dict[str, list[Way | None]] = {}
    for way in choices:
        by_metric.setdefault(way.metric, [None]).append(way)
    for picked in product(*by_metric.values()):
        chosen = tuple(way for way in picked if way is not None)
        price: dict[str, tuple[float, float]] = {}
        for way in chosen:
            hours, yuan = price.get(way.move, (0.0, 0.0))
            price[way.move] = (max(hours, way.hours), max(yuan, way.yuan))
        expected = sum(w.points * (0.05 if w.chance is None else w.chance) for w in chosen)
        yield Bundle(
            sum(w.points for w in chosen), expected, sum(h for h, _ in price.values()),
            sum(y for _, y in price.values()), chosen,
        )  # fmt: skip


def in_time(bundle: Bundle, days: int, weekly: float = 4.0) -> bool:
    """Whether some order of its moves, done one after the other at so many hours a week, shows all of them in time."""
    hours, again = dict[str, float](), dict[str, int]()
    for way in bundle.chosen:
        hours[way.move] = max(hours.get(way.move, 0.0), way.hours)
        again[way.move] = max(again.get(way.move, 0), way.look_again)
    return any(_shown(order, hours, again, weekly) <= days for order in permutations(hours))


def _shown(order: Sequence[str], hours: Mapping[str, float], again: Mapping[str, int], weekly: float) -> int:
    last, done = 0, 0.0
    for move in order:
        last = max(last, 7 * int((done + HAIR) // weekly) + again[move])
        done += hours[move]
    return last
