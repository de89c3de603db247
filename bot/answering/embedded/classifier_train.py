"""Training of the shipped weights, and how good they are on exemplars that they have not seen."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answering.embedded.classifier_exemplars import (
    INTENTS,
    WEIGHTS,
    Exemplar,
    load_exemplars,
    load_figures,
    training_hash,
    vocabulary,
)
from bot.answering.embedded.classifier_features import Features, words_of
from bot.answering.embedded.classifier_figures import FigureFeatures
from bot.answering.embedded.classifier_fit import Floats, cross_validate, fit
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.slots_shop import ShopNames
from bot.answering.embedded.understand_reading import Reading, read
from bot.answering.ports import Embedder
from tools.catalog import Catalog

Labels = NDArray[np.intp]


@dataclass(frozen=True)
class Task:
    """One thing to learn: its exemplars, the name of each label, and a row of features for the two heads."""

    name: str
    exemplars: tuple[Exemplar, ...]
    names: tuple[str, ...]
    labels: Labels
    full: Floats
    lexical: Floats


# Series and user assets that people describe; visitors and newcomers are told from the metrics by name and days.
DESCRIBED = ("visits", "gmv", "orders", "users.regulars", "users.lapsed", "users.at_risk", "users.won_back")


def figure_ids(catalog: Catalog) -> tuple[str, ...]:
    """Everything that the figure heads can name, `none` aside."""
    plain = (id for id in DESCRIBED if id in catalog.series_by_id)
    return (*(m.id for m in catalog.metrics), *(d.id for d in catalog.dimensions), *plain)


def load_all(catalog: Catalog) -> tuple[Exemplar, ...]:
    """The exemplars of the intents and of the figures."""
    return (*load_exemplars(), *load_figures(figure_ids(catalog)))


def _in_scope(exemplar: Exemplar) -> bool:
    return exemplar.intent not in ("out_of_scope", "smalltalk")


def _familiar(
    readings: Sequence[Reading], exemplars: Sequence[Exemplar]
) -> tuple[list[frozenset[int]], frozenset[int]]:
    """The words of the in-scope exemplars: for each exemplar those that others say too, and all of them."""
    said = [words_of(r.masked) if _in_scope(e) else set() for r, e in zip(readings, exemplars, strict=True)]
    count = Counter(word for words in said for word in words)
    everything = frozenset(count)
    # A question must not find itself familiar, or strangeness would never be learnt.
    return [everything - {w for w in words if count[w] == 1} for words in said], everything


def tasks_of(
    embedder: Embedder, lexicon: Lexicon, exemplars: Sequence[Exemplar]
) -> tuple[Task, Task, dict[str, NDArray[Any]]]:
    """The two tasks (intents, figures) and what both heads share at run time."""
    names, today = ShopNames((), lexicon.data.shop_endings), date(2026, 1, 15)  # dates are masked
    readings = [read(e.text, lexicon, names, today) for e in exemplars]
    vectors = np.stack([embedder.query(e.text) for e in exemplars])
    mean = vectors.mean(axis=0)
    familiar, everything = _familiar(readings, exemplars)
    features, figures = Features(), tuple(dict.fromkeys(e.figure for e in exemplars if e.figure))
    named = FigureFeatures(figures)
    asks = [i for i, e in enumerate(exemplars) if e.intent]
    means = [i for i, e in enumerate(exemplars) if e.figure]
    intents = Task(
        name="intent",
        exemplars=tuple(exemplars[i] for i in asks),
        names=INTENTS,
        labels=np.array([INTENTS.index(e.intent) for e in exemplars if e.intent]),
        full=np.stack([features.full(readings[i], familiar[i], vectors[i], mean) for i in asks]),
        lexical=np.stack([features.lexical(readings[i], familiar[i]) for i in asks]),
    )
    meant = Task(
        name="figure",
        exemplars=tuple(exemplars[i] for i in means),
        names=figures,
        labels=np.array([figures.index(e.figure) for e in exemplars if e.figure]),
        full=np.stack([named.full(readings[i], vectors[i], mean) for i in means]),
        lexical=np.stack([named.lexical(readings[i]) for i in means]),
    )
    return intents, meant, {"mean": mean, "familiar": np.array(sorted(everything), dtype=np.uint32)}


def build(
    embedder: Embedder, lexicon: Lexicon, exemplars: Sequence[Exemplar], path: Path = WEIGHTS
) -> tuple[Task, Task]:
    """Train all heads and write them; returns the tasks for a report."""
    intents, figures, shared = tasks_of(embedder, lexicon, exemplars)
    heads = {
        "full": fit(intents.full, intents.labels, len(INTENTS)),
        "lexical": fit(intents.lexical, intents.labels, len(INTENTS)),
        "figures_full": fit(figures.full, figures.labels, len(figures.names)),
        "figures_lexical": fit(figures.lexical, figures.labels, len(figures.names)),
    }
    stored: dict[str, NDArray[Any]] = {name: weights.astype(np.float16) for name, weights in heads.items()}
    stored |= shared | {"figures": np.array(figures.names), "vocabulary": np.array(sorted(vocabulary(exemplars)))}
    stored["hash"] = np.array(training_hash(exemplars))
    np.savez_compressed(path, **stored)  # type: ignore[arg-type]
    return intents, figures


def report(task: Task, rows: Floats, head: str, wrong: bool) -> str:
    """Accuracy of cross-validation by language, and the exemplars that it gets wrong."""
    predicted = cross_validate(rows, task.labels, len(task.names))
    right = predicted == task.labels
    lines = [f"{task.name}, {head}: cross-validated {right.mean():.3f} of {len(right)}"]
    for language in ("zh", "en", "mixed"):
        of = np.array([e.language == language for e in task.exemplars])
        if of.any():
            lines.append(f"  {language}: {right[of].mean():.3f} of {int(of.sum())}")
    if wrong:
        lines += [
            f"  {task.names[y]} -> {task.names[p]}: {e.text}"
            for e, y, p in zip(task.exemplars, task.labels, predicted, strict=True)
            if y != p
        ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot.answering.embedded.classifier", description="Rebuild the weights from the exemplars."
    )
    parser.add_argument("--wrong", action="store_true", help="list the exemplars that cross-validation gets wrong")
    parser.add_argument("--quick", action="store_true", help="write the weights without judging them (minutes less)")
    chosen = parser.parse_args(arguments)
    from knowledge.embed import E5Embedder
    from tools.catalog import load_catalog

    catalog = load_catalog()
    exemplars = load_all(catalog)
    lexicon = Lexicon(catalog, vocabulary=vocabulary(exemplars))
    tasks = build(E5Embedder(), lexicon, exemplars)
    for task in () if chosen.quick else tasks:
        for head, rows in (("whole question", task.full), ("clause", task.lexical)):
            sys.stdout.write(report(task, rows, head, chosen.wrong) + "\n")
    return 0
