"""The intent classifier: its shipped weights, its exemplars, and how it is fitted."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bot.answering.embedded.classifier import (
    INTENTS,
    WEIGHTS,
    Classifier,
    build,
    cross_validate,
    load_exemplars,
    report,
    training_hash,
)
from bot.answering.embedded.classifier_features import Features
from bot.answering.embedded.classifier_fit import fit, softmax
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_text import plain
from bot.errors import SetupError
from knowledge.embed import E5Embedder

EXEMPLARS = load_exemplars()


def test_the_shipped_weights_are_trained_on_the_shipped_exemplars() -> None:
    assert Classifier(Features()).trained_on == training_hash(EXEMPLARS), (
        "run `python -m bot.answering.embedded.classifier`"
    )


def test_an_exemplar_more_changes_the_hash() -> None:
    assert training_hash(EXEMPLARS[:-1]) != training_hash(EXEMPLARS)


def test_every_intent_has_at_least_35_exemplars_in_both_languages() -> None:
    counts = Counter(e.intent for e in EXEMPLARS)
    assert min(counts.values()) >= 35
    assert min(Counter((e.intent, e.language) for e in EXEMPLARS if e.language != "mixed").values()) >= 15


def test_no_question_is_an_exemplar_twice() -> None:
    twice = [text for text, n in Counter(plain(e.text) for e in EXEMPLARS).items() if n > 1]
    assert twice == []


def test_missing_weights_say_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"bot\.answering\.embedded\.classifier"):
        Classifier(Features(), tmp_path / "classifier.npz")


def test_weights_of_another_width_are_refused(tmp_path: Path) -> None:
    with np.load(WEIGHTS) as stored:
        values = {name: stored[name] for name in stored.files}
    np.savez(tmp_path / "old.npz", **(values | {"full": values["full"][:, :-1]}))
    with pytest.raises(SetupError, match="another version"):
        Classifier(Features(), tmp_path / "old.npz")


def test_a_missing_exemplar_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"overview\.txt"):
        load_exemplars(tmp_path)


def test_the_same_rows_give_the_same_weights_and_the_right_classes() -> None:
    rng = np.random.default_rng(3)
    centres = np.eye(3, 8) * 4
    labels = np.repeat(np.arange(3), 20)
    rows = (centres[labels] + rng.normal(size=(60, 8))).astype(np.float32)
    first, second = fit(rows, labels, 3), fit(rows, labels, 3)
    assert np.array_equal(first, second)
    assert ((rows @ first.T).argmax(axis=1) == labels).mean() > 0.95


def test_probabilities_add_up_to_one_however_large_the_scores() -> None:
    chances = softmax(np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(chances.sum(axis=1), 1)
    assert np.allclose(chances[1], 1 / 3)


def test_a_build_from_few_exemplars_is_usable_and_reported_by_language(tmp_path: Path, lexicon: Lexicon) -> None:
    few = [e for intent in INTENTS for e in [x for x in EXEMPLARS if x.intent == intent][::20]]
    full, lexical, labels = build(E5Embedder(), lexicon, few, tmp_path / "small.npz")
    built = Classifier(Features(), tmp_path / "small.npz")
    assert built.trained_on == training_hash(few)
    assert full.shape[0] == lexical.shape[0] == len(labels) == len(few)
    said = report("question", few, labels, cross_validate(full, labels), wrong=True)
    assert said.startswith("question: cross-validated 0.")
    assert "zh: " in said
    assert "en: " in said
