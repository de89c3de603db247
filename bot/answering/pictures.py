"""Chart specs: what a picture shows, in the answer's language. `bot/charting.py` draws them, or a channel does."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["trend", "waterfall", "bars", "fan", "flows"]
Format = Literal["number", "percent", "money", "score"]
Role = Literal["own", "median", "upper", "part", "total", "low", "high", "low80", "high80", "low95", "high95"]


class Frozen(BaseModel):
    """A value that never changes once made and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Frozen):
    """One series of a chart, a value a label; None where there is none."""

    name: str
    role: Role
    values: tuple[float | None, ...]


class Chart(Frozen):
    """A picture as data. `alt` says in a sentence what it shows, for whoever cannot see it.

    trend: lines own, median, upper over days; waterfall: one line of parts between two totals; bars: one line of
    parts, best first; fan: own (past), then median with low/high bands; flows: parts named "from > to".
    """

    kind: Kind
    title: str
    axis: str  # what the values are, with their unit
    format: Format
    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    alt: str
