"""The classifiers of intents and figures: their shipped weights, their exemplars, and how they are fitted."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bot.answering.embedded.classifier import Classifier
from bot.answering.embedded.classifier_exemplars import (
    INTENTS,
    NO_FIGURE,
    WEIGHTS,
    load_exemplars,
    load_figures,
    training_hash,
)
from bot.answering.embedded.classifier_features import Features
from bot.answering.embedded.classifier_fit import cross_validate, fit, softmax
from bot.answering.embedded.classifier_train import build, figure_ids, load_all, report
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_text import plain
from bot.errors import SetupError
from knowledge.embed import E5Embedder
from tools.catalog import load_catalog

CATALOG = load_catalog()
FIGURES = figure_ids(CATALOG)
EXEMPLARS = load_all(CATALOG)


def test_the_shipped_weights_are_trained_on_the_shipped_exemplars() -> None:
    assert Classifier(Features()).trained_on == training_hash(EXEMPLARS), (
        "run `python -m bot.answering.embedded.classifier`"
    )


def test_an_exemplar_more_changes_the_hash() -> None:
    assert training_hash(EXEMPLARS[:-1]) != training_hash(EXEMPLARS)


def test_every_intent_has_at_least_35_exemplars_in_both_languages() -> None:
    asked = load_exemplars()
    assert min(Counter(e.intent for e in asked).values()) >= 35
    assert min(Counter((e.intent, e.language) for e in asked if e.language != "mixed").values()) >= 15


def test_every_figure_of_the_catalog_has_descriptions_in_both_languages() -> None:
    described = load_figures(FIGURES)
    metrics = Counter((e.figure, e.language) for e in described if e.figure in CATALOG.by_id and e.language != "mixed")
    assert {figure for figure, _ in metrics} == set(CATALOG.by_id)
    assert min(metrics.values()) >= 25
    assert {e.figure for e in described} == {*FIGURES, NO_FIGURE}


@pytest.mark.parametrize("metric", CATALOG.metrics, ids=lambda m: m.id)
def test_most_descriptions_of_a_figure_do_not_say_its_name(metric: object) -> None:
    found = CATALOG.by_id[metric.id]  # type: ignore[attr-defined]
    names = (plain(found.name.zh), plain(found.name.en))
    texts = [plain(e.text) for e in load_figures([found.id]) if e.figure == found.id]
    assert sum(1 for t in texts if any(n in t for n in names)) * 2 < len(texts)


def test_the_shipped_weights_know_the_figures_of_the_catalog() -> None:
    assert set(Classifier(Features()).figures) == {*FIGURES, NO_FIGURE}


def test_no_question_is_an_exemplar_twice() -> None:
    twice = [text for text, n in Counter(plain(e.text) for e in EXEMPLARS).items() if n > 1]
    assert twice == []


def test_missing_weights_say_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"bot\.answering\.embedded\.classifier"):
        Classifier(Features(), tmp_path / "classifier.npz")


@pytest.mark.parametrize("head", ["full", "lexical", "figures_full", "figures_lexical"])
def test_weights_of_another_width_are_refused(tmp_path: Path, head: str) -> None:
    with np.load(WEIGHTS) as stored:
        values = {name: stored[name] for name in stored.files}
    np.savez(tmp_path / "old.npz", **(values | {head: values[head][:, :-1]}))
    with pytest.raises(SetupError, match="another version"):
        Classifier(Features(), tmp_path / "old.npz")


def test_a_missing_exemplar_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"overview\.txt"):
        load_exemplars(tmp_path)
    with pytest.raises(SetupError, match=r"followers\.txt"):
        load_figures(["followers"], tmp_path)


def test_a_section_that_is_no_intent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "followers.txt").write_text("[metrics]\nhow many follow us\n")
    with pytest.raises(SetupError, match="`metrics` is no intent"):
        load_figures(["followers"], tmp_path)


def test_the_lines_of_a_section_ask_its_intent_and_a_dash_ends_it(tmp_path: Path) -> None:
    (tmp_path / "followers.txt").write_text("# people\nfans\n[improve]\nmore fans\n[-]\nfan mail\n")
    (tmp_path / "none.txt").write_text("[overview]\nhow are things\n")
    assert [(e.text, e.intent, e.figure) for e in load_figures(["followers"], tmp_path)] == [
        ("fans", None, "followers"),
        ("more fans", "improve", "followers"),
        ("fan mail", None, "followers"),
        ("how are things", "overview", "none"),
    ]


def test_the_same_rows_give_the_same_weights_and_the_right_classes() -> None:
    rng = np.random.default_rng(3)
    centres = np.eye(3, 8) * 4
    labels = np.repeat(np.arange(3), 20)
    rows = (centres[labels] + rng.normal(size=(60, 8))).astype(np.float32)
    first, second = fit(rows, labels, 3), fit(rows, labels, 3)
    assert np.array_equal(first, second)
    assert ((rows @ first.T).argmax(axis=1) == labels).mean() > 0.95


def test_cross_validation_judges_each_row_by_weights_that_have_not_seen_it() -> None:
    """Labels without any pattern are learnt by heart and still not predicted."""
    rows = np.eye(40, dtype=np.float32)
    labels = np.arange(40) % 2
    assert ((rows @ fit(rows, labels, 2).T).argmax(axis=1) == labels).all()
    assert (cross_validate(rows, labels, 2) == labels).mean() < 0.8


def test_probabilities_add_up_to_one_however_large_the_scores() -> None:
    chances = softmax(np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(chances.sum(axis=1), 1)
    assert np.allclose(chances[1], 1 / 3)


def test_a_build_from_few_exemplars_is_usable_and_reported_by_language(tmp_path: Path, lexicon: Lexicon) -> None:
    few = [e for intent in INTENTS for e in [x for x in EXEMPLARS if x.intent == intent and not x.figure][::20]]
    few += [e for figure in (*FIGURES, NO_FIGURE) for e in [x for x in EXEMPLARS if x.figure == figure][::12]]
    tasks = build(E5Embedder(), lexicon, few, tmp_path / "small.npz")
    built = Classifier(Features(), tmp_path / "small.npz")
    assert built.trained_on == training_hash(few)
    assert set(built.figures) == {*FIGURES, NO_FIGURE}
    for task, name in zip(tasks, ("intent", "figure"), strict=True):
        assert task.full.shape[0] == task.lexical.shape[0] == len(task.labels) == len(task.exemplars)
        said = report(task, task.lexical, "clause", wrong=True)
        assert said.startswith(f"{name}, clause: cross-validated 0.")
        assert "zh: " in said
        assert "en: " in said
        assert " -> " in said
