"""Refit the refusal: `python -m knowledge.fit INDEX QUESTIONS.jsonl ... [--write] [--bare]`.

Prints what to put into calibration.yaml, and the trade-off; `--write` puts the two directions into beyond.npz, with
`--bare`, for an index of the same documents without `asked` and `unsaid`, into beyond_bare.npz. Each
line of a file has `question`, `locale`, optionally `role`, and what it is: `group` (answerable, near: of the platform
but not answered, far), or as older files say it: `near` true or false for unanswerable ones, `silent` for those of
which documents speak only to say that they do not say; all others are answerable. `subject` or the first of `documents`
is the document that it is about, `family` its wording; both keep questions alike out of each other's folds.
"""

import json
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.beyond import BARE, PATH, Directions, write_directions
from knowledge.calibration import Judge, Refusal, calibration
from knowledge.confidence import AGAINST, FOR, NAMED, Features, confidence
from knowledge.embed import DIMENSIONS, E5Embedder, Embedder
from knowledge.facts import facts
from knowledge.lexicon import simplify
from knowledge.library import IndexedLibrary
from knowledge.types import Audience

PENALTIES = {"platform": 0.03, "answering": 0.06}  # ridge, on columns of mean 0 and deviation 1
ALONG = 0.5  # deviation of a direction's columns instead: penalised four times as much, for there are many
NEAR_WEIGHT = 0.3  # of a near question in the first judgement: most are plainly of the platform
FOLDS = 5
GROUPS = ("answerable", "near", "far")
THRESHOLDS = tuple(round(0.04 * step, 2) for step in range(1, 18))
Row = dict[str, Any]
Matrix = NDArray[np.float64]


class Labelled(NamedTuple):
    """One question with what the library knows about it."""

    question: str
    group: str
    subject: str
    family: str
    features: Features
    left: NDArray[np.float32]  # float32[384], what it says beyond its passages


class Fitted(NamedTuple):
    """One judgement in the units of the features: its judge, and its direction, float64[384]."""

    judge: Judge
    direction: Matrix


class Both(NamedTuple):
    platform: Fitted
    answering: Fitted


def read_questions(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def group_of(row: Row) -> str:
    """What a line says that its question is: answerable, near or far."""
    if "group" in row:
        return str(row["group"])
    if "near" in row:
        return "near" if row["near"] else "far"
    return "near" if row.get("silent") else "answerable"


def labelled(library: IndexedLibrary, embedder: Embedder, rows: Sequence[Row]) -> list[Labelled]:
    """The questions, looked up."""
    found = []
    for row in rows:
        text, locale = row["question"], row["locale"]
        audience = Audience(role="provider" if row.get("role") == "provider" else "merchant")
        vector = embedder.query(library.reading(text, audience=audience))
        features = library.features(text, vector=vector, audience=audience, locale=locale)
        left = library.left(text, vector=vector, audience=audience, locale=locale)
        kinds = "+".join(sorted(facts().asked(simplify(text)))) or "tell"
        family = f"{locale} {row.get('family', kinds)}"
        subject = row.get("subject") or next(iter(row.get("documents", ())), None)
        if subject is None and group_of(row) == "near":
            near = library.candidates(text, vector=vector, audience=audience, locale=locale).documents
            subject = near[0].rpartition("-")[0] if near else ""
        found.append(Labelled(text, group_of(row), subject or f"far {family}", family, features, left))
    return found


def fit(
    x: Matrix, y: Matrix, weights: Matrix, penalty: float, bounds: Sequence[tuple[float | None, float | None]]
) -> tuple[float, Matrix]:
    """Weighed ridge logistic regression within bounds: intercept, and a coefficient a column, in the units of `x`.

    The columns without bounds at the end are those of a direction.
    """
    from scipy.optimize import minimize

    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    spread[len(bounds) :] /= ALONG
    bounds = [*bounds, *[(None, None)] * (x.shape[1] - len(bounds))]
    wide, sign, total = np.c_[np.ones(len(x)), (x - mean) / spread], 2 * y - 1, weights.sum()

    def loss(w: Matrix) -> tuple[float, Matrix]:
        margin = (wide @ w) * sign
        slope = weights * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        value = (weights * np.logaddexp(0, -margin)).sum() / total + penalty * (w[1:] ** 2).sum() / 2
        return float(value), -(wide.T @ slope) / total + penalty * np.r_[0.0, w[1:]]

    found = minimize(loss, np.zeros(wide.shape[1]), jac=True, method="L-BFGS-B", bounds=[(None, None), *bounds]).x
    coefficients = found[1:] / spread
    return float(found[0] - coefficients @ mean), np.asarray(coefficients)


def _bound(name: str) -> tuple[float | None, float | None]:
    return (0.0 if name in FOR else None, 0.0 if name in AGAINST else None)


def _fitted(rows: Sequence[Labelled], what: str) -> Fitted:
    """The platform judgement on all rows, the answering one on those of the platform."""
    part = [row for row in rows if what == "platform" or row.group != "far"]
    wanted = [row.group != "far" if what == "platform" else row.group == "answerable" for row in part]
    near = NEAR_WEIGHT if what == "platform" else 1.0
    if len(set(wanted)) < 2:
        return Fitted(Judge(intercept=0.0, coefficients=dict.fromkeys(NAMED, 0.0)), np.zeros(DIMENSIONS))
    x = np.array([[*(getattr(row.features, name) for name in NAMED), *row.left] for row in part], dtype=np.float64)
    bounds = [_bound(name) for name in NAMED]
    weights = np.array([near if row.group == "near" else 1.0 for row in part])
    intercept, found = fit(x, np.array(wanted, dtype=np.float64), weights, PENALTIES[what], bounds)
    named = {name: round(float(c), 3) + 0.0 for name, c in zip(NAMED, found, strict=False)}
    return Fitted(Judge(intercept=round(intercept, 3), coefficients=named), found[len(NAMED) :])


def refit(rows: Sequence[Labelled]) -> Both:
    return Both(_fitted(rows, "platform"), _fitted(rows, "answering"))


def sure(row: Labelled, found: Both, answerable_at: float) -> float:
    """The confidence of a question by freshly fitted judgements."""
    features = row.features.model_copy(
        update={
            "outside": float(row.left @ found.platform.direction),
            "beyond": float(row.left @ found.answering.direction),
        }
    )
    return confidence(features, refusal(found, answerable_at))


def refusal(found: Both, answerable_at: float) -> Refusal:
    return Refusal(platform=found.platform.judge, answering=found.answering.judge, answerable_at=answerable_at)


def across(rows: Sequence[Labelled]) -> list[float]:
    """Each question's confidence by judgements fitted on questions of other documents and other wordings."""
    subjects, families = ([zlib.crc32(name.encode()) % FOLDS for name in names] for names in _names(rows))
    found = [0.0] * len(rows)
    for subject in range(FOLDS):
        for family in range(FOLDS):
            places = list(zip(range(len(rows)), subjects, families, strict=True))
            asked = [i for i, s, f in places if (s, f) == (subject, family)]
            other = [rows[i] for i, s, f in places if s != subject and f != family]
            if asked and other:
                both = refit(other)
                for i in asked:
                    found[i] = sure(rows[i], both, 0.5)
    return found


def _names(rows: Sequence[Labelled]) -> tuple[list[str], list[str]]:
    return [row.subject for row in rows], [row.family for row in rows]


def declined(groups: Sequence[str], sures: Sequence[float], group: str, threshold: float) -> float:
    """Share of a group that would be declined, 0..1; 0 where it is empty."""
    part = [s < threshold for g, s in zip(groups, sures, strict=True) if g == group]
    return sum(part) / len(part) if part else 0.0


def curve(groups: Sequence[str], sures: Sequence[float], answerable_at: float) -> list[tuple[float, ...]]:
    """The trade-off: a threshold with the shares of answerable, near and far questions that it declines."""
    thresholds = sorted({*THRESHOLDS, answerable_at})
    return [(t, *(declined(groups, sures, group, t) for group in GROUPS)) for t in thresholds]


def report(rows: Sequence[Labelled], found: Both, answerable_at: float) -> str:
    lines = [refusal(found, answerable_at).model_dump_json(indent=1)]
    groups = [row.group for row in rows]
    own = [sure(row, found, answerable_at) for row in rows]
    apart = across(rows)
    for name, sures in (("questions of other documents and wordings", apart), ("fitted on", own)):
        lines.append(f"{name} ({len(rows)}): threshold, declined of {', '.join(GROUPS)}")
        shown = curve(groups, sures, answerable_at)
        lines += [f"  {t:.2f}" + "".join(f"  {share:6.1%}" for share in shares) for t, *shares in shown]
    for row, one in zip(rows, apart, strict=True):
        if (one >= answerable_at) != (row.group == "answerable"):
            lines.append(f"  {row.group}: {row.question}: {one:.2f}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    index, *files = [Path(a) for a in arguments if not a.startswith("--")]
    embedder = E5Embedder()
    library = IndexedLibrary(index, embedder)
    rows = labelled(library, embedder, [row for path in files for row in read_questions(path)])
    library.close()
    found = refit(rows)
    sys.stdout.write(report(rows, found, calibration().confidence.answerable_at))
    if "--write" in arguments:
        parts = (part.direction.astype(np.float32) for part in found)
        write_directions(embedder.model, Directions(*parts), BARE if "--bare" in arguments else PATH)


if __name__ == "__main__":
    main(sys.argv[1:])
