"""Chart specs drawn as PNG by matplotlib, with Chinese glyphs from a font that comes as a package."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.pictures import Chart, Line, Role

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FACE = "Noto Sans CJK SC"  # the collection's first face is Japanese, whose forms of some characters differ
OWN, PEERS, UPPER, UP, DOWN, TOTAL, GRID = "#1677ff", "#7a8599", "#b0b8c4", "#12a594", "#e5484d", "#3a4657", "#e6e9ee"
_SIZE, _DPI = (7.2, 4.2), 160
_MOST_TICKS = 7
_WAN = 10_000


@lru_cache(maxsize=1)
def _font() -> str:
    """Make the face known to matplotlib, once; without the package the default font draws what it can."""
    from matplotlib import font_manager

    try:
        import noto_cjk_sans_otc
    except ImportError:
        return "DejaVu Sans"
    font_manager.fontManager.addfont(str(Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc"))
    return FACE


def png(chart: Chart) -> bytes:
    """The chart as a PNG of about 1150 x 670 pixels; the same spec gives the same picture."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"font.family": _font(), "axes.unicode_minus": False, "font.size": 10}):
        figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _DRAW[chart.kind](chart, axes)
        _dress(chart, axes, figure)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": "ccare", "Description": chart.alt})
    return out.getvalue()


def write_charts(charts: Sequence[Chart], folder: Path, name: str) -> list[Path]:
    """Draw each chart into `folder` (made if absent) as `<name>-1.png`, `<name>-2.png`, ...; the paths, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for at, chart in enumerate(charts, start=1):
        path = folder / f"{name}-{at}.png"
        half = path.with_suffix(".part")
        half.write_bytes(png(chart))
        half.replace(path)  # whoever looks at the folder never sees half a picture
        paths.append(path)
    return paths


def _dress(chart: Chart, axes: Axes, figure: Figure) -> None:
    axes.set_title(chart.title, loc="left", fontsize=13, pad=12, color=TOTAL)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0, colors=TOTAL)
    figure.set_facecolor("white")


def _values(line: Line) -> list[float]:
    return [float("nan") if v is None else v for v in line.values]


def _line(chart: Chart, role: str) -> list[float] | None:
    return next((_values(line) for line in chart.lines if line.role == role), None)


def shown(value: float, chart: Chart, signed: bool = False) -> str:
    """A value as it stands on the picture."""
    sign = "+" if signed and value > 0 else ""
    if chart.format == "percent":
        return f"{sign}{value * 100:.1f}%"
    if chart.format == "score":
        return f"{sign}{value:.1f}"
    if abs(value) >= _WAN:
        return f"{sign}{value:,.0f}"
    return f"{sign}{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{sign}{value:,.1f}"


def _days(chart: Chart, axes: Axes) -> list[int]:
    """Days as distances, so that weekly and daily points stand where they belong; a handful of labels."""
    days = [date.fromisoformat(label) for label in chart.labels]
    places = [(day - days[0]).days for day in days]
    step = max(1, (len(days) - 1) // (_MOST_TICKS - 1))
    ticks = [len(days) - 1 - at for at in range(0, len(days), step)]
    chosen: list[int] = []
    for at in ticks:  # from the newest back: no label nearer to the next than a seventh of the width
        if not chosen or places[chosen[-1]] - places[at] >= places[-1] / (_MOST_TICKS + 1):
            chosen.append(at)
    axes.set_xticks([places[at] for at in chosen], [f"{days[at].month}-{days[at].day:02d}" for at in chosen])
    return places


def _scale(chart: Chart, axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: shown(v, chart)))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _end_label(axes: Axes, places: Sequence[int], values: Sequence[float], chart: Chart, color: str) -> None:
    known = [(p, v) for p, v in zip(places, values, strict=True) if v == v]
    if known:
        place, value = known[-1]
        axes.annotate(
            shown(value, chart), (place, value), xytext=(6, 0), textcoords="offset points", color=color, va="center"
        )


def _trend(chart: Chart, axes: Axes) -> None:
    places = _days(chart, axes)
    own, median, upper = (_line(chart, role) for role in ("own", "median", "upper"))
    names = {line.role: line.name for line in chart.lines}
    if upper is not None and median is not None:
        low, high = (
            [min(a, b) for a, b in zip(median, upper, strict=True)],
            [max(a, b) for a, b in zip(median, upper, strict=True)],
        )
        axes.fill_between(
            places, low, high, color=UPPER, alpha=0.35, linewidth=0, label=f"{names['median']} – {names['upper']}"
        )
    if median is not None:
        axes.plot(places, median, color=PEERS, linewidth=1.5, linestyle="--", label=names["median"])
        _end_label(axes, places, median, chart, PEERS)
    if own is not None:
        axes.plot(places, own, color=OWN, linewidth=2.4, label=names["own"])
        _end_label(axes, places, own, chart, OWN)
    _scale(chart, axes)
    axes.margins(x=0.02)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.08), ncols=3, frameon=False, fontsize=9)


def _waterfall(chart: Chart, axes: Axes) -> None:
    values = _values(chart.lines[0])
    before, parts, after = values[0], values[1:-1], values[-1]
    level, tops = before, []
    last = len(values) - 1
    axes.bar([0, last], [before, after], color=TOTAL, width=0.62)
    for at, part in enumerate(parts, start=1):
        axes.bar(at, part, bottom=level, color=UP if part >= 0 else DOWN, width=0.62)
        axes.plot([at - 1 + 0.31, at + 0.31], [level, level], color=PEERS, linewidth=0.8)
        tops.append(max(level, level + part))
        level += part
    spread = max([before, after, *tops]) - min([before, after, level])
    floor = max(0.0, min(before, after, *(_levels(before, parts))) - max(2.0, 1.2 * spread))
    for at, (value, top) in enumerate(zip(values, [before, *tops, after], strict=True)):
        axes.annotate(
            shown(value, chart, signed=0 < at < last), (at, top), xytext=(0, 4), textcoords="offset points", ha="center"
        )
    axes.set_ylim(floor, max(before, after, *tops) + max(0.5, 0.25 * spread))
    axes.set_xticks(range(len(values)), [_wrapped(label) for label in chart.labels])
    _scale(chart, axes)


def _levels(before: float, parts: Sequence[float]) -> list[float]:
    levels = [before]
    for part in parts:
        levels.append(levels[-1] + part)
    return levels


def _bars(chart: Chart, axes: Axes) -> None:
    values = _values(chart.lines[0])
    places = list(range(len(values)))[::-1]
    axes.barh(
        places, values, color=[UP if v >= 0 else DOWN for v in values] if chart.kind == "bars" else OWN, height=0.6
    )
    for place, value in zip(places, values, strict=True):
        axes.annotate(
            shown(value, chart, signed=chart.kind == "bars"), (value, place), xytext=(5, 0),
            textcoords="offset points", va="center",
        )  # fmt: skip
    axes.set_yticks(places, [_wrapped(label, 14) for label in chart.labels])
    axes.set_xticks([])
    axes.margins(x=0.12)
    axes.set_xlabel(chart.axis, loc="left", color=PEERS)


def _fan(chart: Chart, axes: Axes) -> None:
    places = _days(chart, axes)
    names = {line.role: line.name for line in chart.lines}
    bands: tuple[tuple[Role, Role, float], ...] = (("low95", "high95", 0.16), ("low80", "high80", 0.3))
    for low, high, alpha in bands:
        below, above = _line(chart, low), _line(chart, high)
        if below is not None and above is not None:
            axes.fill_between(places, below, above, color=OWN, alpha=alpha, linewidth=0, label=names[low])
    own, middle = _line(chart, "own"), _line(chart, "median")
    if own is not None:
        axes.plot(places, own, color=TOTAL, linewidth=1.6, label=names["own"])
    if middle is not None:
        axes.plot(places, middle, color=OWN, linewidth=2.0, linestyle="--")
    _scale(chart, axes)
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.08), ncols=3, frameon=False, fontsize=9)


def _wrapped(label: str, width: int = 10) -> str:
    """A label in short lines: English at spaces, Chinese at any character."""
    if label.isascii():
        words, lines = label.split(), [""]
        for word in words:
            if lines[-1] and len(lines[-1]) + len(word) + 1 > width + 3:
                lines.append(word)
            else:
                lines[-1] = f"{lines[-1]} {word}".strip()
        return "\n".join(lines)
    half = max(1, width // 2 + 1)
    return "\n".join(label[at : at + half] for at in range(0, len(label), half))


_DRAW: dict[str, Callable[[Chart, Axes], None]] = {
    "trend": _trend, "waterfall": _waterfall, "bars": _bars, "fan": _fan, "flows": _bars,
}  # fmt: skip
