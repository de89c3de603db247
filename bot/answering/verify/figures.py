"""Which measurements a stated number can be, by value, precision and unit."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.statistics import CHANGES, is_chance, is_change
from bot.answering.verify.numerals import Numeral
from tools.types import Measurement

_NOUNS: dict[str, frozenset[str]] = {
    "ratio": frozenset({"share"}),
    "score": frozenset({"", "score"}),
    "points": frozenset({"", "score"}),
    "users": frozenset({"", "users", "things"}),
    "merchants": frozenset({"", "merchants"}),
    "yuan": frozenset({"", "yuan"}),
    "count": frozenset({"", "things"}),
    "times": frozenset({"", "times"}),
    "days": frozenset({"", "days"}),
    "hours": frozenset({"hours"}),
    "credits": frozenset({"", "score", "credits"}),
}
_PARTS = frozenset({"", "users", "yuan", "things"})
_EPSILON = 1e-9


@dataclass(frozen=True)
class Match:
    """A measurement, or a part of it, that a number can be."""

    measurement: Measurement
    field: str  # value, numerator, denominator or n


def matches(numeral: Numeral, measurements: list[Measurement]) -> list[Match]:
    return [Match(m, field) for m in measurements for field in _fields(numeral, m)]


def nouns_of(unit: str) -> frozenset[str]:
    """The nouns that a number of this unit can be said with."""
    return _NOUNS[unit]


def _fields(numeral: Numeral, measurement: Measurement) -> Iterator[str]:
    if measurement.value is not None and _says(numeral, measurement):
        yield "value"
    of_shops = numeral.noun == "merchants" and is_chance(measurement)  # 11 of 37 shops
    if (numeral.noun in _PARTS or of_shops) and not numeral.signed:
        for field in ("numerator", "denominator", "n"):
            part = getattr(measurement, field)
            if part is not None and near(numeral, float(part)):
                yield field


def _says(numeral: Numeral, measurement: Measurement) -> bool:
    value = measurement.value
    if value is None:
        return False
    apart = measurement.statistic in CHANGES and measurement.unit == "ratio"
    allowed = frozenset({"share_change"}) if apart else _NOUNS[measurement.unit]
    if numeral.noun not in allowed:
        return False
    # "fell by 4.6": the word carries the sign, and claims are checked apart
    if is_change(measurement) and not numeral.signed:
        value = abs(value)
    return near(numeral, value)


def near(numeral: Numeral, value: float) -> bool:
    """Whether the number, as precisely as it was said, is this value."""
    return abs(numeral.value - value) <= numeral.step / 2 * (1 + _EPSILON) + _EPSILON
