"""Multinomial logistic regression by L-BFGS from zero: the same rows give the same weights."""

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
PENALTY = 0.0004  # on the squared weights, against the mean log-likelihood; chosen by cross-validation
STEPS = 200
FOLDS = 5


def softmax(scores: Floats) -> Floats:
    """Rows of scores to rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def _rotated(x: Floats) -> tuple[Floats, Floats]:
    """(rows in as many dimensions as there are rows, the way back): the best weights lie in the rows' span."""
    values, vectors = np.linalg.eigh(x @ x.T)
    kept = values > values[-1] * 1e-10
    scale = np.sqrt(values[kept])
    return vectors[:, kept] * scale, (vectors[:, kept] / scale).T @ x


def fit(rows: Floats, labels: NDArray[np.intp], classes: int) -> Floats:
    """Weights (classes, features). Every class weighs the same, however many exemplars it has."""
    from scipy.optimize import minimize

    x, back = _rotated(rows.astype(np.float64))
    wanted = np.eye(classes)[labels]
    weight = (1 / np.maximum(wanted.sum(axis=0), 1))[labels]
    weight /= weight.sum()

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(classes, -1)
        p = softmax(x @ w.T)
        likelihood = np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-300))
        gradient = ((p - wanted) * weight[:, None]).T @ x + PENALTY * w
        return float(-(weight @ likelihood) + PENALTY / 2 * (flat @ flat)), gradient.ravel()

    found = minimize(
        loss, np.zeros(classes * x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "ftol": 1e-8}
    )
    return found.x.reshape(classes, -1) @ back  # type: ignore[no-any-return]


def cross_validate(rows: Floats, labels: NDArray[np.intp], classes: int) -> NDArray[np.intp]:
    """The label predicted for each row by a model that has not seen it; folds take every fifth of a class."""
    seen: Counter[int] = Counter()
    folds = np.empty(len(labels), dtype=int)
    for i, label in enumerate(labels.tolist()):
        folds[i] = seen[label] % FOLDS
        seen[label] += 1
    predicted = np.empty_like(labels)
    for fold in range(FOLDS):
        held = folds == fold
        predicted[held] = (rows[held] @ fit(rows[~held], labels[~held], classes).T).argmax(axis=1)
    return predicted
