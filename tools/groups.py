"""Who is compared with whom: size bands by industry, and the first level that is wide enough."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tools.curves import Floats, build_curve, share
from tools.types import GroupLevel

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BANDS = ("small", "medium", "large")
ENOUGH = 30  # below, the group widens
FEWEST = 10  # below, there are no peers at all
LEVELS: tuple[GroupLevel, ...] = ("industry_band", "industry", "all", "own_past", "benchmark")
OWN_PAST = 3
BENCHMARK = 4  # no peers here, but a published curve


def quarter_before(on: date) -> date:
    """The last day of the quarter before the one that `on` lies in."""
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1) - timedelta(days=1)


def bands(industries: Ints, sizes: Floats) -> Ints:
    """0 small, 1 medium, 2 large: terciles of size by industry. `sizes` is NaN where unknown: small."""
    result = np.zeros(sizes.size, dtype=np.int64)
    known = ~np.isnan(sizes)
    for industry in np.unique(industries[known]):
        members = known & (industries == industry)
        standing = share(build_curve(sizes[members]), sizes[members])
        result[members] = np.where(standing < 1 / 3, 0, np.where(standing < 2 / 3, 1, 2))
    return result


@dataclass(frozen=True, eq=False)
class Groups:
    """All merchants' groups at one date: their keys by level, and the names behind the keys."""

    keys: tuple[Ints, Ints, Ints]  # industry x band, industry, all; one number a merchant
    names: tuple[tuple[str, ...], ...]  # by level, by key


def group_all(industries: list[str], sizes: Floats) -> Groups:
    """Groups of merchants with these industries and sizes (visitors at the reference day, NaN where unknown)."""
    names, codes = np.unique(np.asarray(industries, dtype=object).astype(str), return_inverse=True)
    industry = np.asarray(codes, dtype=np.int64)
    band = industry * len(BANDS) + bands(industry, sizes)
    band_names = tuple(f"{name}/{size}" for name in names for size in BANDS)
    return Groups(
        (band, industry, np.zeros(industry.size, dtype=np.int64)), (band_names, tuple(map(str, names)), ("all",))
    )


def levels(groups: Groups, ok: Bools) -> Ints:
    """For each merchant the level (an index into LEVELS) at which it is compared, given who has a value."""
    sizes = [np.bincount(key, weights=ok)[key] for key in groups.keys]
    wide = [sizes[0] >= ENOUGH, sizes[1] >= ENOUGH, sizes[2] >= FEWEST]
    return np.asarray(np.select(wide, [0, 1, 2], default=OWN_PAST), dtype=np.int64)


def used_groups(groups: Groups, ok: Bools, level: Ints) -> list[tuple[int, int, Bools, Bools]]:
    """(level, key, peers, compared) of every group that somebody is compared in.

    `peers` are all of the group with a value; `compared` those of the group whose level this is, with a value of
    their own or without: a shop that has none may still ask what its peers have.
    """
    used = []
    for index, key in enumerate(groups.keys):
        here = level == index
        for number in np.unique(key[here]):
            member = key == number
            used.append((index, int(number), member & ok, member & here))
    return used
