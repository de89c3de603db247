"""Charts as they are drawn: real pictures with real glyphs, the same for the same spec."""

import struct
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.answering.pictures import Chart, Line
from bot.charting import FACE, _font, png, shown, write_charts

DAYS = tuple((date(2026, 9, 27) + timedelta(days=n)).isoformat() for n in range(60))


def line(role: str, values: tuple[float | None, ...], name: str = "本店") -> Line:
    return Line.model_validate({"name": name, "role": role, "values": values})


RISING = tuple(0.2 + n / 1000 for n in range(60))
GONE: tuple[float | None, ...] = (None,) * 32
AHEAD = tuple(float(n) for n in range(28))
CHARTS = {
    "trend": Chart(
        kind="trend", title="回访率走势", axis="回访率", format="percent", labels=DAYS, alt="折线图",
        lines=(line("own", RISING), line("median", (0.22,) * 60, "同行中位"), line("upper", (0.3,) * 60, "前四分之一")),
    ),
    "waterfall": Chart(
        kind="waterfall", title="活跃分怎么变的", axis="活跃分", format="score", alt="瀑布图",
        labels=("10-24", "回访率", "同行变化", "11-21"), lines=(line("part", (66.0, -2.3, -2.3, 61.4)),),
    ),
    "bars": Chart(
        kind="bars", title="Where the Active score could gain", axis="points", format="score", alt="bars",
        labels=("return rate", "redemption rate"), lines=(line("part", (4.1, 2.6)),),
    ),
    "fan": Chart(
        kind="fan", title="营业额：过去和预计", axis="营业额", format="money", labels=DAYS, alt="扇形图",
        lines=(
            line("own", (*(100.0 for _ in range(32)), *([None] * 28))), line("low95", (*GONE, *AHEAD)),
            line("high95", (*GONE, *(v + 40 for v in AHEAD))), line("low80", (*GONE, *(v + 5 for v in AHEAD))),
            line("high80", (*GONE, *(v + 30 for v in AHEAD))), line("median", (*GONE, *(v + 15 for v in AHEAD))),
        ),
    ),
    "flows": Chart(
        kind="flows", title="用户去了哪里", axis="人数", format="number", labels=("活跃 → 有风险", "新客 → 活跃"),
        lines=(line("part", (46.0, 20.0)),), alt="条形图",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(CHARTS))
def test_each_kind_is_a_picture_without_missing_glyphs(kind: str) -> None:
    drawn = png(CHARTS[kind])  # matplotlib warns of a glyph that the font lacks, and warnings are errors here
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", drawn[16:24])
    assert width > 1000
    assert height > 500


def test_the_same_spec_gives_the_same_picture_and_another_a_different_one() -> None:
    assert png(CHARTS["bars"]) == png(CHARTS["bars"])
    other = CHARTS["bars"].model_copy(update={"lines": (line("part", (4.1, 2.7)),)})
    assert png(other) != png(CHARTS["bars"])


def test_chinese_is_drawn_with_chinese_forms() -> None:
    assert _font() == FACE == "Noto Sans CJK SC"


@pytest.mark.parametrize(
    ("value", "chart", "text"),
    [(0.1824, "trend", "18.2%"), (-2.34, "waterfall", "-2.3"), (12345.6, "fan", "12,346"), (46.0, "flows", "46")],
)
def test_values_read_as_in_the_answer(value: float, chart: str, text: str) -> None:
    assert shown(value, CHARTS[chart]) == text


def test_written_pictures_lie_where_they_are_said_to(tmp_path: Path) -> None:
    paths = write_charts([CHARTS["bars"], CHARTS["flows"]], tmp_path / "new" / "folder", "chart")
    assert [p.name for p in paths] == ["chart-1.png", "chart-2.png"]
    assert sorted(p.name for p in paths[0].parent.iterdir()) == ["chart-1.png", "chart-2.png"]
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in paths)
