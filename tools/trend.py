"""How a metric or a score ran over the as-of dates, with the peers beside it: what a picture is drawn of."""

from datetime import date

from tools.groups import FEWEST
from tools.insights import Arguments, Insight
from tools.shop import Shop
from tools.types import Frozen

_QUERY = """SELECT as_of, value, score, median, upper_quarter, peers, official FROM figures
            WHERE no = ? AND metric = ? AND as_of <= ? ORDER BY as_of"""


class TrendArguments(Arguments):
    """A catalog metric, a dimension or `overall`."""

    base: str


class TrendPoint(Frozen):
    """One as-of date. Peer figures are None where they would rest on fewer than ten merchants."""

    day: date
    value: float
    median: float | None = None
    upper: float | None = None


class Trend(Insight):
    """The value (a metric's own, a dimension's score) at every as-of date that the snapshot holds, oldest first."""

    base: str
    points: tuple[TrendPoint, ...] = ()


def trend(shop: Shop, arguments: TrendArguments) -> Trend:
    """One short read; `empty` where fewer than two dates have a value."""
    rows = shop.meter.cursor().execute(_QUERY, [shop.no, arguments.base, arguments.on]).fetchall()
    metric = arguments.base in shop.meter.catalog.by_id
    points = []
    for day, value, score, median, upper, peers, _official in rows:
        own = value if metric else score
        if own is None:
            continue
        shown = (peers or 0) >= FEWEST
        points.append(
            TrendPoint(day=day, value=own, median=median if shown else None, upper=upper if shown and metric else None)
        )
    return Trend(
        merchant_id=shop.merchant_id, as_of=points[-1].day if points else arguments.on, base=arguments.base,
        points=tuple(points), refused=None if len(points) > 1 else "empty",
    )  # fmt: skip
