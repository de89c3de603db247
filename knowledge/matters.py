"""The matters that questions turn on (review, price, validity, transfer ...), found in questions and in sentences."""

import re
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.errors import KnowledgeError
from knowledge.types import Frozen

PATH = Path(__file__).with_name("matters.yaml")


class MattersFile(Frozen):
    matters: dict[str, str]
    companies: str


class Matters:
    """matters.yaml, ready to match on simplified text."""

    def __init__(self, content: MattersFile) -> None:
        self._matters = {name: re.compile(pattern) for name, pattern in content.matters.items()}
        self._companies = re.compile(content.companies)

    def places(self, text: str) -> dict[str, int]:
        """The matters of a text, each with where it is first named."""
        found = ((name, pattern.search(text)) for name, pattern in self._matters.items())
        return {name: place.start() for name, place in found if place is not None}

    def of(self, text: str) -> frozenset[str]:
        """The matters that a text speaks of."""
        return frozenset(self.places(text))

    def companies(self, text: str) -> list[str]:
        """Other companies that a text names, as it names them."""
        return self._companies.findall(text)


@lru_cache(maxsize=1)
def matters() -> Matters:
    """The shipped matters, read once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return Matters(MattersFile.model_validate(yaml.load(PATH.read_text(encoding="utf-8"), Loader=loader)))
    except (OSError, yaml.YAMLError, ValueError, re.error) as error:
        raise KnowledgeError(f"{PATH.name} cannot be read: {error}. Restore the file from the project.") from error
