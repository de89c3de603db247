"""The metric catalog as types: what each figure is, in both languages, and what can be done about it."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import ConfigDict, Field, ValidationError

from tools.errors import CatalogError
from tools.tables import TABLES
from tools.types import DIMENSIONS, Dimension, Frozen, Unit

CATALOG = Path(__file__).with_name("catalog.yaml")


class Text(Frozen):
    """The same words in both languages."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Phrasings(Frozen):
    """How people say it, besides its name."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Move(Frozen):
    """One thing a merchant can do about a metric: where, how long it takes, what it costs, when to look again."""

    id: str
    product: str
    name: Text
    where: Text  # the place in the back office, e.g. 「商家券 → 修改」
    first_step: Text  # one imperative sentence that can be done tomorrow
    effort_hours: float
    weekly: bool = False  # takes these hours again every week, as long as it goes on
    cost_yuan: float  # 0 = free
    look_again_days: int
    documents: tuple[str, ...] = ()  # passages (document#section) that state the rule behind the move, zh and en


class Metric(Frozen):
    """One of the catalog's metrics."""

    id: str
    dimension: Dimension
    sub_value: str
    unit: Unit
    direction: Literal["higher", "lower"]
    window_days: int  # the days it speaks of, ending on the as-of date
    history_days: int = 0  # days of data it needs before it says anything; 0: its window
    minimum_denominator: int  # below it the figure is too_small
    tables: tuple[tuple[str, ...], ...]  # alternatives, each a set of tables that suffices, best first
    weight: float
    name: Text
    definition: Text
    phrasings: Phrasings
    moves: tuple[Move, ...] = ()

    @property
    def history(self) -> int:
        """Days of data, the as-of date included, that must exist before the figure means what it says."""
        return self.history_days or self.window_days


class DimensionInfo(Frozen):
    """One of the four dimensions, or the overall score."""

    id: Dimension
    name: Text
    phrasings: Phrasings
    about: Text


class Series(Frozen):
    """A plain daily figure of the merchant's (visits, orders, ...) or a state of its users: no score, no peers."""

    id: str
    unit: Unit
    name: Text
    phrasings: Phrasings


class UserAssetRules(Frozen):
    """When a user counts as what; all in days before the as-of date, that day included."""

    new_days: int = Field(default=28, ge=1)
    won_back_gap_days: int = Field(default=90, ge=1)
    at_risk_days: int = Field(default=60, ge=1)
    regular_visit_days: int = Field(default=4, ge=1)
    regular_window_days: int = Field(default=90, ge=1)


class Catalog(Frozen):
    """All metrics and dimensions. Versioned, and marked illustrative: the platform publishes no formula."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    version: str
    status: Literal["illustrative"]
    dimensions: tuple[DimensionInfo, ...]
    metrics: tuple[Metric, ...] = Field(min_length=1)
    user_assets: UserAssetRules = UserAssetRules()
    series: tuple[Series, ...] = ()
    assets: tuple[Series, ...] = ()  # ids are `users.regulars` and so on

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, but looked up anew: the copy of a cached index would speak of the metrics before."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("by_id", "dimension_by_id", "series_by_id"):
            copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def by_id(self) -> dict[str, Metric]:
        return {m.id: m for m in self.metrics}

    @cached_property
    def dimension_by_id(self) -> dict[str, DimensionInfo]:
        return {d.id: d for d in self.dimensions}

    @cached_property
    def series_by_id(self) -> dict[str, Series]:
        """Series and user assets by id."""
        return {s.id: s for s in (*self.series, *self.assets)}

    def of_dimension(self, dimension: str) -> tuple[Metric, ...]:
        """The metrics of one dimension in catalog order; all of them for `overall`."""
        return tuple(m for m in self.metrics if dimension in (m.dimension, "overall"))

    def name(self, base: str, language: str) -> str:
        """What a reader calls a metric, a dimension, a series or a user asset."""
        if base in self.by_id:
            return self.by_id[base].name.of(language)
        if base in self.series_by_id:
            return self.series_by_id[base].name.of(language)
        return self.dimension_by_id[base].name.of(language)


def _check(catalog: Catalog, path: Path) -> Catalog:
    ids = [m.id for m in catalog.metrics]
    if len(set(ids)) != len(ids):
        raise CatalogError(f"{path}: a metric id stands twice; give each metric its own id.")
    for metric in catalog.metrics:
        unknown = {t for group in metric.tables for t in group} - TABLES.keys()
        if unknown:
            raise CatalogError(f"{path}: metric {metric.id} names no table of ours: {', '.join(sorted(unknown))}.")
    for dimension in DIMENSIONS:
        weight = sum(m.weight for m in catalog.of_dimension(dimension))
        if abs(weight - 1.0) > 1e-9:
            raise CatalogError(f"{path}: the weights of {dimension} add up to {weight:g}; make them add up to 1.")
    return catalog


@lru_cache(maxsize=4)
def load_catalog(path: Path = CATALOG) -> Catalog:
    """Read and check a catalog file; CatalogError says what is wrong and where."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return _check(Catalog.model_validate(raw), path)
    except FileNotFoundError as error:
        raise CatalogError(f"{path}: there is no catalog here; restore the file or name another.") from error
    except (yaml.YAMLError, ValidationError) as error:
        raise CatalogError(f"{path}: the catalog cannot be read: {error}") from error
