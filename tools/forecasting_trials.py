"""Looking back at forecasts: cut a series where it once ended, look ahead from there, and see what came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from tools.forecast import Course, course
from tools.forecasting_backtest import FEWEST_DAYS, FURTHEST, Outlook, few_days, rolling_sum
from tools.own import Floats
from tools.reader import SnapshotMeter
from tools.types import Access

FORESEEN = ("visits", "visitors", "new_users", "orders", "gmv")


@dataclass(frozen=True, eq=False)
class Trial:
    """What was known, and what then came."""

    merchant_id: str
    series: str
    known: Course
    daily: Floats  # (horizon,)
    total: float


def trials(meter: SnapshotMeter, count: int, *, seed: int, horizon: int = FURTHEST) -> Iterator[Trial]:
    """`count` trials of merchants, series and origins drawn with `seed`; such as the tool would refuse are drawn anew.

    Each has all its days behind it, and `horizon` whole days after. Endless where every series would be refused.
    """
    chance = np.random.default_rng(seed)
    ids = sorted(meter.merchant_ids())
    access = Access(merchants=frozenset(ids))
    courses: dict[tuple[str, str], Course | None] = {}
    while count > 0:
        key = ids[int(chance.integers(len(ids)))], FORESEEN[int(chance.integers(len(FORESEEN)))]
        if key not in courses:
            found = course(meter.shop(access, key[0]), key[1], horizon, date.max)
            courses[key] = found if isinstance(found, Course) else None
        whole = courses[key]
        share = float(chance.random())
        if whole is None or len(whole.values) < horizon + FEWEST_DAYS:
            continue
        origin = FEWEST_DAYS + int(share * (len(whole.values) - horizon - FEWEST_DAYS + 1))
        known = whole.until(origin)
        if few_days(known.values):
            continue
        told = rolling_sum(whole.values, horizon) if whole.told is None else whole.told
        daily = whole.values[origin : origin + horizon]
        yield Trial(key[0], key[1], known, daily, float(told[origin + horizon - 1]))
        count -= 1


def hits(outlook: Outlook, trial: Trial) -> tuple[float, float, float, float]:
    """Shares within the 80 and the 95 % band: of the days, and of the total."""
    low95, low80, high80, high95 = outlook.daily_ends.T
    within80 = (trial.daily >= low80) & (trial.daily <= high80)
    within95 = (trial.daily >= low95) & (trial.daily <= high95)
    least95, least80, most80, most95 = outlook.total_ends
    return (
        float(within80.mean()), float(within95.mean()),
        float(least80 <= trial.total <= most80), float(least95 <= trial.total <= most95),
    )  # fmt: skip
