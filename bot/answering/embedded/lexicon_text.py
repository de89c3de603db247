"""The plain form of a text, to look words up in: no full width, traditional characters, capitals or hyphens."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).with_name("data")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_JOINED = re.compile(r"(?<=[a-z])-(?=[a-z])")


def data_lines(name: str) -> list[str]:
    """The lines of a data file without its comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _fold() -> dict[int, str]:
    pairs = [pair for line in data_lines("traditional.txt") for pair in line.split()]
    return {ord(pair[0]): pair[1] for pair in pairs} | {
        ord("’"): "'",
        ord("‘"): "'",
        ord("。"): ".",
        ord("、"): ",",
        ord("·"): " ",
    }


def plain(text: str) -> str:
    """Lower case, half-width, simplified, hyphens between letters opened: `C-CARE 分數？` becomes `c care 分数?`."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_fold())
    return " ".join(_JOINED.sub(" ", folded).split())
