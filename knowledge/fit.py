"""Refit the refusal: `python -m knowledge.fit INDEX ANSWERABLE UNANSWERABLE` prints what to put into calibration.yaml.

Both files are JSON lines with `question`, `locale` and optionally `role` and `held` (true: reported, not fitted on). An
answerable one with `silent` counts as unanswerable: documents speak of it, and say that they do not say. Unanswerable
ones are `near` (of the platform) or far.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Refusal, calibration
from knowledge.confidence import ASKING, TELLING, Features, confidence
from knowledge.embed import E5Embedder, Embedder
from knowledge.library import IndexedLibrary
from knowledge.types import Audience

PENALTY = 0.002
GROUPS = ("answerable", "near", "far")
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(4, 15))
Row = dict[str, Any]


class Labelled(NamedTuple):
    """One question with what the library knows about it."""

    question: str
    group: str
    held: bool
    features: Features


def read_questions(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def features_of(library: IndexedLibrary, embedder: Embedder, row: Row) -> Features:
    """What the library knows about one labelled question."""
    role = "provider" if row.get("role") == "provider" else "merchant"
    return library.features(
        row["question"], vector=embedder.query(row["question"]), audience=Audience(role=role), locale=row["locale"]
    )


def labelled(library: IndexedLibrary, embedder: Embedder, answerable: Path, unanswerable: Path) -> list[Labelled]:
    """Both files, looked up."""
    rows = [(row, "near" if row.get("silent") else "answerable") for row in read_questions(answerable)]
    rows += [(row, "near" if row.get("near") else "far") for row in read_questions(unanswerable)]
    return [
        Labelled(row["question"], group, bool(row.get("held")), features_of(library, embedder, row))
        for row, group in rows
    ]


def fit(x: NDArray[np.float64], y: NDArray[np.float64], penalty: float = PENALTY) -> NDArray[np.float64]:
    """Ridge logistic regression: intercept, then a coefficient a column of `x`."""
    from scipy.optimize import minimize

    wide = np.c_[np.ones(len(x)), x]

    def loss(w: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -(wide @ w) * (2 * y - 1)).mean() + penalty * (w[1:] ** 2).sum() / 2)

    return np.asarray(minimize(loss, np.zeros(wide.shape[1])).x)


def refit(rows: Sequence[Labelled], answerable_at: float) -> Refusal:
    """Both judgements, fitted on the rows that are not held out."""
    judges = {}
    for name, names, asks in (("asking", ASKING, 1.0), ("telling", TELLING, 0.0)):
        part = [row for row in rows if not row.held and row.features.asks == asks]
        x = np.array([[getattr(row.features, n) for n in names] for row in part]).reshape(len(part), len(names))
        w = fit(x, np.array([float(row.group == "answerable") for row in part])) if part else np.zeros(len(names) + 1)
        rounded = [round(float(c), 2) for c in w]
        judges[name] = {"intercept": rounded[0], "coefficients": dict(zip(names, rounded[1:], strict=True))}
    return Refusal.model_validate({**judges, "answerable_at": answerable_at})


def declined(rows: Sequence[Labelled], group: str, refusal: Refusal, threshold: float) -> float:
    """Share of a group that would be declined, 0..1; 0 where it is empty."""
    part = [confidence(row.features, refusal) < threshold for row in rows if row.group == group]
    return sum(part) / len(part) if part else 0.0


def curve(rows: Sequence[Labelled], refusal: Refusal) -> list[tuple[float, ...]]:
    """The trade-off: a threshold with the shares of answerable, near and far questions that it declines."""
    return [(t, *(declined(rows, group, refusal, t) for group in GROUPS)) for t in THRESHOLDS]


def report(rows: Sequence[Labelled], refusal: Refusal) -> str:
    lines = [refusal.model_dump_json(indent=1)]
    for name, held in (("fitted on", False), ("held out", True)):
        part = [row for row in rows if row.held == held]
        lines.append(f"{name} ({len(part)}): threshold, declined of {', '.join(GROUPS)}")
        lines += [f"  {t:.2f}" + "".join(f"  {share:6.1%}" for share in shares) for t, *shares in curve(part, refusal)]
        for row in part:
            sure = confidence(row.features, refusal)
            if (sure >= refusal.answerable_at) != (row.group == "answerable"):
                lines.append(f"  {row.group}: {row.question}: {sure:.2f}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    index, answerable, unanswerable = [Path(a) for a in arguments]
    embedder = E5Embedder()
    library = IndexedLibrary(index, embedder)
    rows = labelled(library, embedder, answerable, unanswerable)
    library.close()
    sys.stdout.write(report(rows, refit(rows, calibration().confidence.answerable_at)))


if __name__ == "__main__":
    main(sys.argv[1:])
