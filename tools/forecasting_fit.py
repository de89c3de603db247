"""`python -m tools.forecasting_fit`: fit the constants of forecast bands on generated platforms, and print them.

Seeds 101 and 102 are used here and nowhere else; no imported data set is looked at. A few minutes.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np

from tools.catalog import load_catalog
from tools.demo.generate import generate
from tools.forecasting_backtest import Outlook, look_ahead
from tools.forecasting_constants import CALIBRATED, Calibration, Kind, Tails
from tools.forecasting_trials import Trial, hits, trials
from tools.own import Floats
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot

SEEDS, TRIALS = (101, 102), 2500
EVERY = 5  # of so many trials, one chooses drift and belief
ANCHOR = date(2026, 11, 21)
KINDS: tuple[Kind, ...] = ("count", "once", "money")
DRIFTS, BELIEFS = (0.01, 0.015, 0.02, 0.025), (4.0, 8.0, 16.0)
NEAR = 1.01
INNER, OUTER = np.linspace(0.07, 0.13, 5), np.linspace(0.013, 0.037, 5)


def main() -> int:
    made = [trial for seed in SEEDS for trial in _platform_trials(seed)]
    exact: dict[Kind, Tails] = dict.fromkeys(KINDS, (0.1, 0.025))
    start = replace(CALIBRATED, day=exact, total=exact["count"])
    found = fit_spread(made[::EVERY], start)
    sys.stdout.write(f"{fit_tails(made, found)}\n")
    return 0


def fit_spread(made: Sequence[Trial], start: Calibration) -> Calibration:
    """Drift and belief by the interval score of the totals, 80 and 95 % together, relative to the forecast.

    Not the least score, which generated shops would decide by a hair, but the least belief that comes near it: what
    leans on a series' own errors serves series of another kind too.
    """
    options = [replace(start, drift=drift, belief=belief) for belief, drift in product(BELIEFS, DRIFTS)]
    scores = [float(np.mean([_score(_outlook(t, by), t.total) for t in made])) for by in options]
    return next(by for by, score in zip(options, scores, strict=True) if score <= NEAR * min(scores))


def fit_tails(made: Sequence[Trial], start: Calibration) -> Calibration:
    """The tails at which bands of days hold 80 and 95 %, kind by kind, and those of totals."""
    pairs = list(zip(INNER.tolist(), OUTER.tolist(), strict=True))
    held = np.zeros((len(pairs), len(made), 4))
    for row, tails in enumerate(pairs):
        by = replace(start, day=dict.fromkeys(KINDS, tails), total=tails)
        held[row] = [hits(_outlook(trial, by), trial) for trial in made]
    kinds = np.array([trial.known.kind for trial in made])
    day: dict[Kind, Tails] = {kind: _tails(held[:, kinds == kind, :2].mean(axis=1)) for kind in KINDS}
    return replace(start, day=day, total=_tails(held[:, :, 2:].mean(axis=1)))


def _outlook(trial: Trial, by: Calibration) -> Outlook:
    known = trial.known
    return look_ahead(known.values, len(trial.daily), known.kind, known.told, by)


def _score(outlook: Outlook, came: float) -> float:
    low95, low80, high80, high95 = outlook.total_ends
    score = 0.0
    for low, high, left in ((low80, high80, 0.2), (low95, high95, 0.05)):
        score += high - low + 2 / left * (max(low - came, 0.0) + max(came - high, 0.0))
    return float(score / max(outlook.total, 1.0))


def _tails(shares: Floats) -> Tails:
    """The tails at which the shares held, (tails tried, 2), are the wanted ones; shares fall as tails grow."""
    inner = np.interp(-0.8, -shares[:, 0], INNER)
    outer = np.interp(-0.95, -shares[:, 1], OUTER)
    return round(float(inner), 4), round(float(outer), 4)


def _platform_trials(seed: int) -> list[Trial]:
    with tempfile.TemporaryDirectory() as folder:
        platform, snapshot = Path(folder) / "platform", Path(folder) / "snapshot"
        generate(platform, seed=seed, anchor=ANCHOR)
        snapshot.mkdir()
        catalog = load_catalog()
        build_snapshot(platform, snapshot, catalog=catalog, calendar=[ANCHOR])
        meter = SnapshotMeter(snapshot, catalog)
        made = list(trials(meter, TRIALS, seed=seed))
        meter.close()
        return made


if __name__ == "__main__":
    sys.exit(main())
