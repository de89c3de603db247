"""The numbers that Word counts by itself: 第一条, （二）, 3. stand in no text, yet people refer to them."""

import re
from typing import Any, NamedTuple

import cn2an

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = (
    "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographTraditional", "japaneseCounting",
    "taiwaneseCounting", "taiwaneseCountingThousand",
)  # fmt: skip


class Level(NamedTuple):
    format: str
    text: str  # such as "第%1条"
    start: int


class Numbering:
    """Counts on from paragraph to paragraph, as Word does."""

    def __init__(self, root: Any | None) -> None:
        self._levels: dict[str, dict[int, Level]] = {}  # by number id
        self._abstract: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        if root is None:
            return
        kinds = {a.get(f"{_W}abstractNumId"): _levels(a) for a in root.iterfind(f"{_W}abstractNum")}
        for number in root.iterfind(f"{_W}num"):
            target = number.find(f"{_W}abstractNumId")
            name = target.get(f"{_W}val") if target is not None else ""
            self._levels[number.get(f"{_W}numId")] = kinds.get(name, {})
            self._abstract[number.get(f"{_W}numId")] = name

    def label(self, id: str, depth: int) -> str:
        """The next number of a list at a level; "" for a bullet and for what has no number."""
        level = self._levels.get(id, {}).get(depth)
        if level is None or level.format in ("bullet", "none"):
            return ""
        list_ = self._abstract[id]
        self._counts[list_, depth] = self._counts.get((list_, depth), level.start - 1) + 1
        for deeper in [key for key in self._counts if key[0] == list_ and key[1] > depth]:
            del self._counts[deeper]
        return re.sub(r"%(\d)", lambda found: self._shown(id, int(found[1]) - 1), level.text).strip()

    def _shown(self, id: str, depth: int) -> str:
        level = self._levels[id].get(depth)
        if level is None:
            return ""
        return _formatted(self._counts.get((self._abstract[id], depth), level.start), level.format)


def _levels(abstract: Any) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in abstract.iterfind(f"{_W}lvl"):
        value = {key: _value(level, key) for key in ("numFmt", "lvlText", "start")}
        start = value["start"] or "1"
        depth = int(level.get(f"{_W}ilvl", "0"))
        found[depth] = Level(value["numFmt"] or "decimal", value["lvlText"] or "", int(start) if start.isdigit() else 1)
    return found


def _value(level: Any, key: str) -> str | None:
    element = level.find(f"{_W}{key}")
    return None if element is None else element.get(f"{_W}val")


def _formatted(count: int, style: str) -> str:
    if style in _CHINESE:
        return str(cn2an.an2cn(count)).removeprefix("一") if 10 <= count < 20 else str(cn2an.an2cn(count))
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman if style == "upperRoman" else roman.lower()
    if style == "decimalEnclosedCircle" and 1 <= count <= 20:
        return chr(0x245F + count)
    return str(count)


def _roman(count: int) -> str:
    text = ""
    for value, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += letters * (count // value)
        count %= value
    return text
