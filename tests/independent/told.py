"""A planted story and the answer to a question about it: what is wrong with the telling, in words. No project code."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from .reading import dates, numbers

QUESTIONS = Path(__file__).with_name("told_stories.yaml")
MORNING = datetime(2026, 11, 22, 10)  # noqa: DTZ001  # of the day after the newest


@dataclass(frozen=True)
class Asked:
    """One question about one story. `asker` is `merchant:ID` or `manager:ID`."""

    kind: str
    merchant: str
    truth: dict[str, Any]
    asker: str
    text: str
    now: datetime

    def __str__(self) -> str:
        return f"{self.kind} {self.merchant} ({self.asker.split(':')[0]}): {self.text}"


@dataclass(frozen=True)
class Told:
    """An answer as JSON, read for what it says."""

    asked: Asked
    answer: dict[str, Any]
    platform: Path
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.answer["text"])

    def says(self, zh: str, en: str) -> bool:
        return re.search(zh if self.answer["language"] == "zh" else en, self.text) is not None

    @property
    def sentences(self) -> list[str]:
        return [part.strip() for part in re.split(r"[。\n]|(?<=[a-z\])])\. ", self.text) if part.strip()]

    def value(self, metric: str) -> float | None:
        found = self.figures.get(metric)
        return None if found is None else found["value"]

    def day(self, metric: str) -> date:
        return date.fromisoformat(self.figures[metric]["as_of"])

    def prints(self, value: float, *, percent: bool = False) -> bool:
        """Whether some number of the text is this one, as it rounds."""
        wanted = value * 100 if percent else value
        return any(
            abs(abs(n.value) - abs(wanted)) <= n.step / 2 + 1e-9
            for n in numbers(self.text)
            if not percent or n.unit == "percent"
        )

    def names_day(self, day: date) -> bool:
        return any(when.first == when.last == day for when in dates(self.text, self.asked.now.date()))


def read(asked: Asked, answer: dict[str, Any], platform: Path) -> Told:
    """The later of two figures of one name stands: an answer of two steps may hold both."""
    return Told(asked, answer, platform, {m["metric"]: m for m in answer["measurements"]})


@lru_cache(maxsize=1)
def questions() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return found


def stories(platform: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((platform / "stories.json").read_text(encoding="utf-8"))["stories"]
    return [story for story in found if story["story"] in questions()]


def asked_about(platform: Path, story: dict[str, Any]) -> Iterator[Asked]:
    """Every question about a story: its merchant's in both languages, and its manager's."""
    kind, merchant = story["story"], story["merchant_id"]
    listed = questions()[kind]
    now = datetime.fromisoformat(listed["now"]) if "now" in listed else MORNING
    for text in (*listed.get("zh", ()), *listed.get("en", ())):
        yield Asked(kind, merchant, story, f"merchant:{merchant}", text, now)
    manager = _managers(platform).get(merchant)
    by_scope = listed.get("by_scope", {}).get(story.get("scope"), ())
    for text in (*listed.get("manager", ()), *by_scope) if manager else ():
        yield Asked(kind, merchant, story, f"manager:{manager}", text.format(id=merchant), now)


@lru_cache(maxsize=2)
def _managers(platform: Path) -> dict[str, str]:
    rows = pq.read_table(platform / "assignments.parquet").to_pylist()
    return {r["merchant_id"]: r["manager_id"] for r in rows if r["until"] is None}
