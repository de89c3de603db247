"""How wide the bands of a forecast are: constants fitted on generated platforms that no judge ever sees.

Made by `python -m tools.forecasting_fit` (seeds 101 and 102), which prints CALIBRATED anew.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.own import Floats

Kind = Literal["count", "once", "money"]  # once: daily numbers of people, whose sum would count some of them twice
Tails = tuple[float, float]  # what the model leaves below the 80 and the 95 % band, and as much above


@dataclass(frozen=True)
class Calibration:
    """`day` and `total` are tails by kind: 0.1 and 0.025 if the model were exact."""

    drift: float  # how far a level goes in a day: standard deviation as a share of it
    belief: float  # how many independent own errors the model's variance is worth
    worst: float  # variances that a single own error counts for at most
    day: dict[Kind, Tails]
    total: dict[Kind, Tails]

    def levels(self, kind: Kind) -> dict[Literal["day", "total"], Floats]:
        """Quantile levels of low95, low80, high80, high95."""
        return {"day": _levels(self.day[kind]), "total": _levels(self.total[kind])}


def _levels(tails: Tails) -> Floats:
    inner, outer = tails
    return np.array([outer, inner, 1 - inner, 1 - outer])


_EXACT: Tails = (0.1, 0.025)
CALIBRATED = Calibration(
    drift=0.015, belief=8.0, worst=9.0,
    day={"count": _EXACT, "once": _EXACT, "money": _EXACT},
    total={"count": _EXACT, "once": _EXACT, "money": _EXACT},
)  # fmt: skip
