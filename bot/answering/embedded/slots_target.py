"""What a figure should become: to 70, 提高到七成, +5, by 3 percentage points."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.answering.embedded.slots_numbers import Number
from bot.answering.embedded.slots_relative import relative_target
from bot.answering.embedded.understand_reading import Reading
from bot.answering.types import Target
from tools.catalog import Catalog

_TO = re.compile(
    r"(?:提高到|提升到|涨到|升到|降到|压到|做到|冲到|拉到|变成|变为|变到|达到|上到|能有|有|到了|到|至|达|上"
    r"|成|是|为|在|"
    r"\bto|\bat|\breach(?:es|ed|ing)?|\bhits?|\bbec[ao]mes?|\bwere|\bwas|\bis|\bof|\bhad|\bget|\bgets|\bbe"
    r"|\bequals?|=|>=?|target)(?: ?(?:a|an|about|around|约|大概|差不多|score of))* ?$"
)
_UP = re.compile(
    r"(?:提高|提升|增加|再?涨|上涨|加|多|升|上升|提|高|再|\bby|\bup|\braise[sd]?|\bgain(?:s|ed)?|\badd(?:ed)?"
    r"|\banother|\bextra|\bplus|\bmore|\bwin|\bgives me)(?:了|出|个|上|来|about|an?)* ?$"
)
_DOWN = re.compile(
    r"(?:降低|降|减少|减|少|下降|下调|掉|缩|\bdown(?: by)?|\bdown by|\bless|\bfewer|\bminus|\b(?:drop|fall"
    r"|fell|lower|cut|reduce|shrink|dropped)(?:s|ped|ed)?(?: by)?)(?:了|个)* ?$"
)
_DOWN_BEFORE = re.compile(
    r"\b(?:lower|cut|reduce|drop|fall|fell|bring down|decrease|went down|goes down)\b|降低|减少|下降|下调|压低"
)
_MORE_AFTER = re.compile(r"^ ?(?:more|higher|up|additional|extra)\b|^ ?more")
_NOT_A_TARGET = re.compile(
    r"^ ?(?:家|个人|人来|小时|天|周|个月|次|张|条|步|hours?|days?|weeks?|months?|times|stores?|shops?|people"
    r"|steps|个? ?步|个建议|tips|ways|of my)"
)
# The metric is what is asked for: 复购得做到多少, "what return rate would give me".
_NEEDED_ZH = re.compile(
    r"(?:得|要|需要?|须|必须|应该|该|至少)(?:有|到|做到|达到|提到|提高到|涨到|升到|降到|压到|拉到|是|为)?"
    r"(?:多少|几成|百分之几|几个点|多高|多低|几块|几元|几天|几倍)"
    r"|(?:多少|几成|多高|多大)的?.{1,8}(?:才能|才够|才会|才行|才到|能让|能换|够)"
)
_NEEDED_EN = re.compile(
    r"\b(?:what|which|how (?:high|low|much|many|big))\b.{0,40}\b(?:needed|needs?|required?|necessary|must|has to"
    r"|have to|should|(?:would|will|could|can|do|does) (?:it take|give|get|bring|take|make|put|lift|raise)|gives?"
    r"|brings?|gets? me|takes? me|makes?|do i need)\b|\bneeded (?:for|to)\b"
)
_FROM = re.compile(r"(?:从|由|\bfrom|预算|budget(?: of)?|with) ?$")


COUNTED = 2  # characters between a number and the figure that it counts


@dataclass(frozen=True)
class _Found:
    target: Target
    rank: int


def _subject_unit(reading: Reading, number: Number, metric: str | None, catalog: Catalog) -> str:
    """The unit that a bare number has: that of the figure named nearest before it."""
    if metric is None:
        return "score"
    every = reading.of("metric", "dimension", "score")
    counted = any(m.kind == "metric" and 0 <= m.start - number.end <= COUNTED for m in every)  # 2000 followers
    named = [m for m in every if m.end <= number.start]
    nearest = named[-1] if named and not counted else None
    if nearest is not None and nearest.kind != "metric" and number.unit in ("", "score"):
        return "score"
    return catalog.by_id[metric].unit if metric in catalog.by_id else catalog.series_by_id[metric].unit


def _in_unit(number: Number, unit: str) -> float | None:
    """The number in the subject's unit; None where it cannot be one, such as 10 % of an amount of money."""
    if unit == "ratio":
        if number.unit == "yuan":
            return None
        # Nobody has a rate of 1,500 %: a bare 15 said of a rate means 15 %.
        return number.value if number.unit == "share" or abs(number.value) < 1 else number.value / 100
    if number.unit == "share":
        return number.value * 100 if unit == "score" else None
    if number.unit == "yuan" and unit != "yuan":
        return None
    return number.value


def _one(reading: Reading, number: Number, metric: str | None, catalog: Catalog) -> _Found | None:
    before, after = reading.text[: number.start], reading.text[number.end :]
    if _FROM.search(before) or (not number.unit and _NOT_A_TARGET.match(after)):
        return None
    value = _in_unit(number, _subject_unit(reading, number, metric, catalog))
    if value is None:
        return None
    value = round(value, 9)
    if _DOWN.search(before) and not number.signed:
        return _Found(Target(value=-value, kind="by"), 2)
    if number.signed or number.gap or _UP.search(before) or _MORE_AFTER.match(after):
        falls = number.value > 0 and not number.signed and _DOWN_BEFORE.search(before)
        return _Found(Target(value=-value if falls else value, kind="by"), 2)
    return _Found(Target(value=value, kind="to"), 3 if _TO.search(before) else 1)


def _is_limit(reading: Reading, number: Number, unit: str) -> bool:
    """Whether the number is what a plan may cost; of a figure of money an amount is more likely its target."""
    return any(
        limit.sure and limit.start < number.end and number.start < limit.end
        for limit in reading.limits
        if limit.kind != "yuan" or unit != "yuan"
    )


def find_target(reading: Reading, metric: str | None, catalog: Catalog) -> Target | None:
    """The clearest target that a clause names, in the unit of `metric` (score points without one), or a multiple."""
    relative = relative_target(reading.text)
    if relative is not None:
        return relative
    said = [n for n in reading.numbers if not _is_limit(reading, n, _subject_unit(reading, n, metric, catalog))]
    found = [f for n in said if (f := _one(reading, n, metric, catalog)) is not None]
    return max(found, key=lambda f: f.rank).target if found else None


def through_which(
    reading: Reading, figures: Mapping[str, str], target: Target | None, catalog: Catalog
) -> dict[str, str | Target | None]:
    """The inverse of a what-if: "what redemption rate gives me +5?" asks for a metric, and the target is a score's.

    Gives the slots that it changes: the metric moves to `through`, so that a target belongs to the figure that is left.
    """
    metric = catalog.by_id.get(figures.get("metric", ""))
    points = tuple(n for n in reading.numbers if n.unit in ("", "score"))
    if metric is None or target is None or not points:
        return {}
    asked = _NEEDED_EN.search(reading.text) or _NEEDED_ZH.search(reading.text)
    if not asked and not is_of_score(reading, metric.id, catalog):
        return {}
    score = find_target(replace(reading, numbers=points), None, catalog)
    dimension = figures.get("dimension", metric.dimension)
    return {"metric": None, "through": metric.id, "dimension": dimension, "target": score} if score else {}


def is_of_score(reading: Reading, metric: str, catalog: Catalog) -> bool:
    """Whether every number is said of a score although a metric is named: "redemption must be what for Active 68"."""
    if metric not in catalog.by_id or not reading.numbers:
        return False
    return all(_subject_unit(reading, n, metric, catalog) == "score" for n in reading.numbers)
