"""Planted stories: what was put into the data, with the truth that a right answer must find."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

FILE = "stories.json"


class Story(BaseModel):
    """One planted story. Every further field is a truth of that kind of story: dates, counts, before and after."""

    model_config = ConfigDict(frozen=True, extra="allow")

    story: str
    merchant_id: str

    @property
    def truth(self) -> dict[str, Any]:
        """The fields that belong to this kind of story, a copy."""
        return deepcopy(self.model_extra or {})


class Stories(BaseModel):
    """All stories of one generated platform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    anchor: date
    stories: tuple[Story, ...]

    def of(self, kind: str) -> tuple[Story, ...]:
        """The stories of one kind, in order of merchant."""
        return tuple(s for s in self.stories if s.story == kind)


def write_stories(stories: Stories, out: Path) -> None:
    """Put `stories.json` beside the tables."""
    (out / FILE).write_text(stories.model_dump_json(indent=1), encoding="utf-8")


def read_stories(directory: Path) -> Stories:
    """The stories of a generated platform; dates inside truths stay ISO text."""
    return Stories.model_validate_json((directory / FILE).read_text(encoding="utf-8"))
