"""Refit the refusal: `python -m knowledge.fit INDEX ANSWERABLE UNANSWERABLE` prints what to put into calibration.yaml.

Both files are JSON lines with `question`, `locale` and optionally `role` and `held` (true: reported, not fitted on).
"""

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import calibration
from knowledge.confidence import Features
from knowledge.embed import E5Embedder, Embedder
from knowledge.library import IndexedLibrary
from knowledge.types import Audience

PENALTY = 0.005


def read_questions(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def features_of(library: IndexedLibrary, embedder: Embedder, row: dict[str, str]) -> Features:
    """What the library knows about one labelled question."""
    role = "provider" if row.get("role") == "provider" else "merchant"
    return library.features(
        row["question"], vector=embedder.query(row["question"]), audience=Audience(role=role), locale=row["locale"]
    )


def fit(x: NDArray[np.float64], y: NDArray[np.float64], penalty: float = PENALTY) -> NDArray[np.float64]:
    """Ridge logistic regression: intercept, then a coefficient a column of `x`."""
    from scipy.optimize import minimize

    wide = np.c_[np.ones(len(x)), x]

    def loss(w: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -(wide @ w) * (2 * y - 1)).mean() + penalty * (w[1:] ** 2).sum() / 2)

    return np.asarray(minimize(loss, np.zeros(wide.shape[1])).x)


def main(arguments: list[str]) -> None:
    index, *files = [Path(a) for a in arguments]
    embedder = E5Embedder()
    library = IndexedLibrary(index, embedder)
    rows = [(r, label) for file, label in zip(files, (1.0, 0.0), strict=True) for r in read_questions(file)]
    x = np.array([list(features_of(library, embedder, r).model_dump().values()) for r, _ in rows])
    y = np.array([label for _, label in rows])
    held = np.array([bool(r.get("held")) for r, _ in rows])
    w = fit(x[~held], y[~held])
    names = list(Features.model_fields)
    lines = [f"intercept: {w[0]:.2f}", *(f"{n}: {c:.2f}" for n, c in zip(names, w[1:], strict=True))]
    threshold = calibration().confidence.answerable_at
    for name, part in (("fitted on", ~held), ("held out", held)):
        p = 1 / (1 + np.exp(-(np.c_[np.ones(int(part.sum())), x[part]] @ w)))
        refused, accepted = (
            int(((p < threshold) & (y[part] == 1)).sum()),
            int(((p >= threshold) & (y[part] == 0)).sum()),
        )
        lines.append(
            f"{name}: {refused} of {int(y[part].sum())} refused wrongly, "
            f"{accepted} of {int((1 - y[part]).sum())} accepted wrongly"
        )
        lines.extend(
            f"  {r['question']}: {v:.2f}"
            for (r, label), v in zip([q for q, k in zip(rows, part, strict=True) if k], p, strict=True)
            if (v >= threshold) != bool(label)
        )
    sys.stdout.write("\n".join(lines) + "\n")
    library.close()


if __name__ == "__main__":
    main(sys.argv[1:])
