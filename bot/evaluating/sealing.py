"""The log of scoring runs, and how often the sealed half may be scored."""

from pathlib import Path

from bot.errors import InputError
from bot.evaluating.reading import SEALED
from bot.evaluating.running import Run

MOST = 5  # runs over a sealed set, ever: more, and the code would be fitted to it
LOG = "runs.log"
_LOGGED = ("ending", "refusing", "step", "slot", "follow_up", "fact", "true", "right")


def log_beside(paths: list[Path]) -> Path:
    """The log that lies beside the sealed set, whatever other log is named."""
    return next(p for p in paths if SEALED in p.name).parent / LOG


def sealed_runs(log: Path) -> int:
    """How many runs over a sealed set a log holds; a log that is not there holds none."""
    if not log.exists():
        return 0
    lines = log.read_text(encoding="utf-8").splitlines()
    return sum(SEALED in line.split() for line in lines if not line.startswith("#"))


def require_turn(logs: list[Path]) -> None:
    """InputError when any of the logs is full or cannot be written: a run that is not logged must not be."""
    for log in logs:
        if sealed_runs(log) >= MOST:
            raise InputError(
                f"{log}: the sealed set was scored {MOST} times, and that is all there is. Use the open set."
            )
        if not log.parent.is_dir():
            raise InputError(f"{log.parent} is no directory; name a log that can be written with --log.")
        with log.open("a", encoding="utf-8"):
            pass


def log_line(run: Run) -> str:
    """Date, half, commit, brain, how many turns, and the shares in percent: of all, then of each language."""
    shares = {(t.kind, t.group, t.measure): t for t in run.totals}
    of_all = [f"{m} {_percent(shares['all', 'all', m].share)}" for m in _LOGGED if ("all", "all", m) in shares]
    tongues = sorted(t.group for t in run.totals if t.kind == "language" and t.measure == "right")
    of_each = [f"{name}/step {_percent(t.share)}" for name in tongues if (t := shares.get(("language", name, "step")))]
    half = SEALED if run.sealed else "open" if any("open" in name for name in run.files) else "other"
    return " ".join([run.date.date().isoformat(), half, run.commit, run.brain, f"n {run.n}", *of_all, *of_each])


def write_log(log: Path, run: Run) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(log_line(run) + "\n")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
