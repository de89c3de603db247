"""The catalog is complete, consistent and usable in sentences of both languages."""

import re
from pathlib import Path

import pytest
import yaml

from tools.catalog import CATALOG, Catalog, load_catalog
from tools.errors import CatalogError
from tools.metrics import FORMULAS
from tools.types import DIMENSIONS

RAW = CATALOG.read_text(encoding="utf-8")
HAN = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_every_metric_has_a_formula_and_every_formula_a_metric(catalog: Catalog) -> None:
    assert {m.id for m in catalog.metrics} == FORMULAS.keys()
    assert len(catalog.metrics) == 18


def test_the_dimensions_are_the_four_and_overall(catalog: Catalog) -> None:
    assert [d.id for d in catalog.dimensions] == [*DIMENSIONS, "overall"]
    assert catalog.of_dimension("overall") == catalog.metrics
    assert sum(len(catalog.of_dimension(d)) for d in DIMENSIONS) == 18


def test_weights_add_up_in_each_dimension(catalog: Catalog) -> None:
    for dimension in DIMENSIONS:
        assert sum(m.weight for m in catalog.of_dimension(dimension)) == pytest.approx(1)


def test_words_are_in_their_own_language(catalog: Catalog) -> None:
    for text in (
        *(m.name for m in catalog.metrics), *(m.definition for m in catalog.metrics),
        *(d.about for d in catalog.dimensions),
        *(t for m in catalog.metrics for v in m.moves for t in (v.name, v.where, v.first_step)),
    ):  # fmt: skip
        assert HAN.search(text.zh), text
        assert not HAN.search(text.en), text


def test_no_name_or_phrasing_means_two_things(catalog: Catalog) -> None:
    owner: dict[str, str] = {}
    for thing in (*catalog.metrics, *catalog.dimensions):
        for phrase in (thing.name.zh, thing.name.en, *thing.phrasings.zh, *thing.phrasings.en):
            assert owner.setdefault(phrase.casefold(), thing.id) == thing.id, phrase


def test_names_carry_no_figures_that_a_reader_could_take_for_a_measurement(catalog: Catalog) -> None:
    assert not [m.id for m in catalog.metrics if re.search(r"\d", m.name.zh + m.name.en)]


def test_every_metric_can_be_acted_on(catalog: Catalog) -> None:
    for metric in catalog.metrics:
        assert 1 <= len(metric.moves) <= 3
        for move in metric.moves:
            assert 0 < move.effort_hours <= 8
            assert move.cost_yuan >= 0
            assert 7 <= move.look_again_days <= 28
            assert not move.first_step.zh.endswith("。")
            assert not move.first_step.en.endswith(".")


def test_a_window_never_outlasts_the_history_that_it_asks_for(catalog: Catalog) -> None:
    for metric in catalog.metrics:
        assert metric.history >= metric.window_days
    assert catalog.by_id["return_rate_28d"].history == 56
    assert catalog.by_id["visitors_28d"].history == 28


def test_a_name_is_found_for_metrics_and_dimensions(catalog: Catalog) -> None:
    assert catalog.name("redemption_rate", "zh") == "核销率"
    assert catalog.name("active", "en") == "Active"


def broken(tmp_path: Path, content: str) -> str:
    path = tmp_path / "catalog.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogError) as refused:
        load_catalog(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_a_missing_catalog_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="there is no catalog here"):
        load_catalog(tmp_path / "none.yaml")


def test_weights_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    assert "weights of scale add up to" in broken(tmp_path, RAW.replace("weight: 0.35", "weight: 0.30"))


def test_a_metric_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert "stands twice" in broken(tmp_path, RAW.replace("id: refund_rate", "id: discount_rate"))


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    assert "sales" in broken(tmp_path, RAW.replace("tables: [[coupons]]", "tables: [[sales]]"))


@pytest.mark.parametrize("content", ["{", "- 1", "version: 1", RAW.replace("sub_value", "subvalue")])
def test_what_is_no_catalog_is_refused(tmp_path: Path, content: str) -> None:
    assert "cannot be read" in broken(tmp_path, content)


def test_the_file_says_that_it_is_illustrative() -> None:
    assert yaml.safe_load(RAW)["status"] == "illustrative"


def test_a_copy_with_other_metrics_finds_them_by_id() -> None:
    catalog = load_catalog()
    first = catalog.by_id["active_rate"]
    changed = [m.model_copy(update={"history_days": 56}) if m.id == first.id else m for m in catalog.metrics]
    copied = catalog.model_copy(update={"metrics": tuple(changed)})
    assert copied.by_id["active_rate"].history_days == 56
    assert catalog.by_id["active_rate"] is first
