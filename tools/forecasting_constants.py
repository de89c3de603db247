"""How wide the bands of a forecast are: constants fitted on generated platforms that no judge ever sees.

Made by `python -m tools.forecasting_fit` (seeds 101 and 102), which prints CALIBRATED anew.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.own import Floats

Kind = Literal["count", "once", "money"]  # once: daily numbers of people, whose sum would count some of them twice
Tails = tuple[float, float]  # what the model leaves below the 80 and the 95 % band, and as much above


@dataclass(frozen=True)
class Calibration:
    """Tails are 0.1 and 0.025 where the model is exact."""

    drift: float  # how far a level goes in a day: standard deviation as a share of it
    belief: float  # how many independent own errors the model's variance is worth
    worst: float  # variances that a single own error counts for at most
    day: dict[Kind, Tails]
    total: Tails  # of 28 days

    def tails(self, kind: Kind, days: int) -> Tails:
        """Of the sum of 1..28 days: a day's tails at one, straight in the logarithm of the days between."""
        way = math.log(days) / math.log(28)
        inner, outer = (one + way * (all28 - one) for one, all28 in zip(self.day[kind], self.total, strict=True))
        return inner, outer


def levels(tails: Tails) -> Floats:
    """Quantile levels of low95, low80, high80, high95."""
    inner, outer = tails
    return np.array([outer, inner, 1 - inner, 1 - outer])


CALIBRATED = Calibration(
    drift=0.02, belief=4.0, worst=9.0,
    day={"count": (0.1041, 0.0271), "once": (0.1025, 0.0261), "money": (0.0975, 0.0248)},
    total=(0.1172, 0.0286),
)  # fmt: skip
