"""The mapping file as types: which files there are, and which of their columns is which canonical column."""

import re
from datetime import date
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from tools.errors import MappingError
from tools.importing.complain import did_you_mean, sentences
from tools.importing.money import Code, Rate
from tools.importing.source_types import ColumnSource, Source, Zone
from tools.tables import TABLES
from tools.types import Frozen

NAME = r"^[a-z][a-z0-9_]{0,62}$"


class TableMapping(Frozen):
    """One canonical table: rows of a `source`, or of a query (`from`) over the declared sources."""

    source: str | None = None
    query: str | None = Field(default=None, alias="from", min_length=1)
    columns: dict[str, ColumnSource]

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.source is None) == (self.query is None):
            raise ValueError("give either `source` (a declared source) or `from` (a query over them), not both")
        return self


class Mapping(Frozen):
    """A whole mapping. `as_of` is declared for a historical set; without it the newest day counts.

    `timezone` is the zone of business days: times become days there. `rates`: how much of `currency` one unit of
    another currency is.
    """

    name: str = ""
    note: str = ""
    currency: Code = "CNY"
    rates: dict[Code, Rate] = Field(default_factory=dict)
    timezone: Zone | None = None
    as_of: date | None = None
    sources: dict[str, Source] = Field(min_length=1)
    tables: dict[str, TableMapping] = Field(min_length=1)

    @field_validator("sources")
    @classmethod
    def _names(cls, value: dict[str, Source]) -> dict[str, Source]:
        for name in value:
            if not re.match(NAME, name):
                raise ValueError(f"'{name}' cannot name a source; use small letters, digits and _, a letter first")
        return value


class _StrictLoader(yaml.SafeLoader):
    """Two equal keys are a mistake that YAML would settle silently in favour of the second."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int) and key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key '{key}' stands twice", problem_mark=key_node.start_mark)
            if isinstance(key, str | int):
                seen.add(key)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping; MappingError says what is wrong, where, and what was probably meant."""
    raw = _parse(path)
    if not isinstance(raw, dict):
        raise MappingError(f"{path}: a mapping has the keys `sources` and `tables`; this file has no keys at all.")
    try:
        mapping = Mapping.model_validate(raw)
    except ValidationError as error:
        raise MappingError(f"{path}: {sentences(error)}") from error
    _check_tables(path, mapping)
    return mapping if mapping.name else mapping.model_copy(update={"name": path.stem})


def _parse(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)
    except FileNotFoundError as error:
        raise MappingError(f"{path}: there is no mapping here; check the path.") from error
    except OSError as error:
        raise MappingError(f"{path}: the mapping cannot be opened ({error.strerror}); check the path.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path}: the mapping is not UTF-8 text; save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it holds characters that YAML does not allow"
        raise MappingError(f"{path}{where}: this is not valid YAML: {problem}. Correct the line.") from error


def _check_tables(path: Path, mapping: Mapping) -> None:
    for name, table in mapping.tables.items():
        if name not in TABLES:
            raise MappingError(f"{path}: there is no table '{name}'{did_you_mean(name, TABLES)}")
        if table.source is not None and table.source not in mapping.sources:
            raise MappingError(
                f"{path}: table {name} takes the source '{table.source}', which is not declared"
                f"{did_you_mean(table.source, mapping.sources)}"
            )
        _check_columns(path, name, table)
    if "merchants" not in mapping.tables:
        raise MappingError(f"{path}: no table `merchants` is mapped; without it nobody's numbers can be told apart.")
    if not mapping.tables.keys() & {"activity", "daily"}:
        raise MappingError(f"{path}: neither `activity` nor `daily` is mapped; map at least one of them.")


def _check_columns(path: Path, name: str, table: TableMapping) -> None:
    columns = TABLES[name].columns
    known = [c.name for c in columns]
    for column in table.columns:
        if column not in known:
            raise MappingError(f"{path}: table {name} has no column '{column}'{did_you_mean(column, known)}")
    lacking = ", ".join(c.name for c in columns if c.required and c.default is None and c.name not in table.columns)
    if lacking:
        raise MappingError(f"{path}: table {name} needs {lacking}; say under `columns` where each comes from.")
