"""Forecasts against what then came: the share that the bands hold, and the error beside both simple forecasts."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import tools
from bot.settings import Settings
from bot.workshop import Workshop
from tests.soak.outcome import Outcome
from tools.catalog import load_catalog
from tools.forecasting_backtest import METHODS, look_ahead
from tools.forecasting_constants import CALIBRATED
from tools.forecasting_level import WEEK, windows
from tools.forecasting_trials import Trial, hits, trials
from tools.importing.load import import_data
from tools.own import Floats
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot

BACKTESTS = 2000  # on each of the two data sets
SEED = 17
LINES = {"80": (0.77, 0.83), "95": (0.93, 0.97)}
_NAMES = ("80 % of days", "95 % of days", "80 % of totals", "95 % of totals")
_MAPPING = Path(tools.__file__).parent / "mappings" / "completejourney.yaml"


def run(settings: Settings) -> tuple[Outcome, ...]:
    """The demo of `settings` and a year of grocery baskets, each alone and both together."""
    snapshot = Workshop(settings).snapshot.current()
    if snapshot is None:
        raise RuntimeError(f"{settings.data}: no snapshot is here; build one first (ccare data snapshot).")
    meter = SnapshotMeter(snapshot, load_catalog())
    demo = judge(meter, BACKTESTS, seed=SEED)
    meter.close()
    with completejourney() as bought:
        baskets = judge(bought, BACKTESTS, seed=SEED)
    both = np.concatenate([demo, baskets])
    return (
        *outcomes("forecasts on the demo", demo),
        *outcomes("forecasts on completejourney", baskets),
        *outcomes("forecasts on both", both),
    )


@contextmanager
def completejourney() -> Iterator[SnapshotMeter]:
    """The public baskets through the ordinary import, measured at their last day."""
    with tempfile.TemporaryDirectory() as folder:
        platform, snapshot = Path(folder) / "platform", Path(folder) / "snapshot"
        report = import_data(_MAPPING, platform)
        snapshot.mkdir()
        catalog = load_catalog()
        build_snapshot(platform, snapshot, catalog=catalog, calendar=[report.as_of])
        meter = SnapshotMeter(snapshot, catalog)
        yield meter
        meter.close()


def judge(meter: SnapshotMeter, count: int, *, seed: int) -> Floats:
    """(count, 7): shares held as `hits` has them; scaled errors of what was told, of the last week, of the weekdays."""
    return np.array([_one(trial) for trial in trials(meter, count, seed=seed)])


def outcomes(what: str, judged: Floats) -> tuple[Outcome, Outcome]:
    held = judged[:, :4].mean(axis=0)
    missed = [not LINES[n[:2]][0] <= share <= LINES[n[:2]][1] for n, share in zip(_NAMES, held, strict=True)]
    shares = ", ".join(f"{name}: {100 * share:.1f} %" for name, share in zip(_NAMES, held, strict=True))
    means, medians = judged[:, 4:].mean(axis=0), np.median(judged[:, 4:], axis=0)
    named = zip(("told", "last week", "weekday mean"), means, medians, strict=True)
    errors = ", ".join(f"{name} {mean:.3f} ({median:.3f})" for name, mean, median in named)
    return (
        Outcome(what, len(judged), "80 % band holds 77-83 %, 95 % band 93-97 %", shares, any(missed)),
        Outcome(f"{what}: scaled error, mean (median)", len(judged), "below both", errors, means[0] >= means[1:].min()),
    )


def _one(trial: Trial) -> tuple[float, ...]:
    known = trial.known
    outlook = look_ahead(known.values, len(trial.daily), known.kind, known.told)
    window = windows(known.values, np.array([len(known.values)]))
    scale = float(np.nanmean(np.abs(known.values[WEEK:] - known.values[:-WEEK])))
    simple = [METHODS[m](window, len(trial.daily), CALIBRATED.drift).daily[0] for m in ("last_week", "weekday_mean")]
    errors = [float(np.abs(made - trial.daily).mean()) / scale for made in (outlook.daily, *simple)]
    return (*hits(outlook, trial), *errors)
