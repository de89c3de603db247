"""A metric split over segments of its users, and its change over them, without residue.

Segments partition users: by the channel of the first visit in the window that the denominator counts (the smallest
name among that day's channels), and by whether the first visit ever lies inside it. Users without a visit in that
window, whose money may still count, are segments of their own: `channel:none`, `users:none`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tools.curves import Floats
from tools.own import History, Ints
from tools.parts import RECIPES, UserDays

KINDS = ("channel", "users")
NONE = "none"
Sums = tuple[float, float]  # numerator and denominator of a segment, as on the card: money in yuan


@dataclass(frozen=True)
class Effect:
    """What one segment did to a ratio, in the ratio's own unit. A rate is None where the segment has no denominator."""

    segment: str
    before: Sums
    after: Sums
    rate_effect: float
    mix_effect: float

    @property
    def rate_before(self) -> float | None:
        return self.before[0] / self.before[1] if self.before[1] else None

    @property
    def rate_after(self) -> float | None:
        return self.after[0] / self.after[1] if self.after[1] else None

    @property
    def total(self) -> float:
        return self.rate_effect + self.mix_effect


def segment_sums(history: History, metric: str, as_of: int) -> dict[str, dict[str, Sums]]:
    """By kind of segment and segment (`channel:search`): numerator and denominator of a metric of parts.RECIPES.

    A count is its numerator, with denominator 0. The segments of a kind add up to the card's figures. Segments without
    anything in them are left out.
    """
    recipe = RECIPES[metric]
    seen = UserDays(history, as_of)
    top = recipe.top(seen)
    bottom = recipe.bottom(seen) if recipe.bottom else np.zeros_like(top)
    yuan = tuple(100 if cents else 1 for cents in recipe.cents)
    found: dict[str, dict[str, Sums]] = {}
    for kind, (codes, names) in _segments(seen, recipe.window).items():
        tops, bottoms = (np.bincount(codes, weights=part, minlength=len(names)) for part in (top, bottom))
        found[kind] = {
            f"{kind}:{name}": (float(tops[at]) / yuan[0], float(bottoms[at]) / yuan[1])
            for at, name in enumerate(names)
            if tops[at] or bottoms[at]
        }
    return found


def _segments(seen: UserDays, window: tuple[int, int]) -> dict[str, tuple[Ints, tuple[str, ...]]]:
    """By kind: the segment of every user as an index into the names."""
    history = seen.history
    came = np.flatnonzero(seen.rows(window) & history.visited)
    user, at = np.unique(history.user[came], return_index=True)  # rows are sorted: the first is the first visit
    first = came[at]
    names = (*history.channels, NONE)
    channel = np.full(seen.users, len(names) - 1, dtype=np.int64)
    channel[user] = history.channel[first]
    ever = np.full(seen.users, 2, dtype=np.int64)
    ever[user] = np.where(history.first_day[first] >= seen.span(window)[0], 0, 1)
    return {"channel": (channel, names), "users": (ever, ("new", "returning", NONE))}


def effects(
    top_before: ArrayLike, bottom_before: ArrayLike, top_after: ArrayLike, bottom_after: ArrayLike
) -> tuple[Floats, Floats]:
    """(rate effect, mix effect) of every segment on a ratio's change, segments along the last axis; they add up to it.

    With r a segment's own ratio and m its share of the denominator: (r1 - r0)(m0 + m1)/2 and (m1 - m0)(r0 + r1)/2. A
    segment that is not there at one date takes the other date's rate. One with a numerator but no denominator (money
    of users who never came) has no rate: all that it adds is its rate effect.
    """
    t0, b0, t1, b1 = (np.asarray(a, dtype=np.float64) for a in (top_before, bottom_before, top_after, bottom_after))
    all0, all1 = b0.sum(axis=-1, keepdims=True), b1.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        r0, r1 = t0 / b0, t1 / b1
    m0, m1 = b0 / all0, b1 / all1
    bare = ((b0 == 0) & (t0 != 0)) | ((b1 == 0) & (t1 != 0))
    r0, r1 = np.where(b0 == 0, r1, r0), np.where(b1 == 0, r0, r1)
    r0, r1 = np.nan_to_num(r0, posinf=0.0, neginf=0.0), np.nan_to_num(r1, posinf=0.0, neginf=0.0)
    rate = np.where(bare, t1 / all1 - t0 / all0, (r1 - r0) * (m0 + m1) / 2)
    mix = np.where(bare, 0.0, (m1 - m0) * (r0 + r1) / 2)
    return np.asarray(rate), np.asarray(mix)


def change_by_segment(
    before: Mapping[str, Sums], after: Mapping[str, Sums], *, counted: bool = False
) -> tuple[Effect, ...]:  # fmt: skip
    """The change of a ratio over the segments of one kind, largest effect first. Both dates have a denominator.

    `counted`: of a count, whose segments simply add up; all of it is the rate effect.
    """
    names = sorted(before.keys() | after.keys())
    old, new = (np.array([side.get(name, (0.0, 0.0)) for name in names]) for side in (before, after))
    if counted:
        rate, mix = new[:, 0] - old[:, 0], np.zeros(len(names))
    else:
        rate, mix = effects(old[:, 0], old[:, 1], new[:, 0], new[:, 1])
    found = [
        Effect(name, before.get(name, (0.0, 0.0)), after.get(name, (0.0, 0.0)), float(rate[at]), float(mix[at]))
        for at, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda effect: (-abs(effect.total), effect.segment)))
