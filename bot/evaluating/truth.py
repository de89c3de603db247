"""What the published snapshot says, read again beside the answer: the figures are never taken from the answer."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tools.errors import DataMissingError, NotFoundError
from tools.prospects import ForecastArguments
from tools.toolbox import run
from tools.types import Access, Measurement, ScoreCard

if TYPE_CHECKING:
    from tools.reader import SnapshotMeter

FURTHEST = 28  # days that a forecast looks ahead


class Truth:
    """The figures of any shop at any kept day, for judging only: no asker's reach applies."""

    def __init__(self, meter: "SnapshotMeter") -> None:
        self._meter = meter

    def newest(self, shop: str, today: date) -> date | None:
        """The day that a shop's figures stand on when it is asked how things are; None where there is nothing."""
        card = self._card(shop, today - timedelta(days=1), today)
        return None if card is None else card.as_of

    def last_day(self, shop: str) -> date | None:
        """The last whole day of a shop's feed."""
        return self._meter.shop(_only(shop), shop).last_whole_day

    def value(self, shown: Measurement, today: date) -> float | None:
        """What the snapshot says of the shop, days and metric of a shown figure; None where it says nothing."""
        shop = shown.merchant_id
        if shop is None:
            return None
        if shown.statistic == "total":
            return self._sum(shop, shown)
        if shown.statistic == "forecast":
            return self._forecast(shop, shown, today)
        card = self._card(shop, shown.as_of, today)
        found = None if card is None or card.as_of != shown.as_of else card.get(shown.metric)
        return None if found is None else found.value

    def _card(self, shop: str, on: date, today: date) -> ScoreCard | None:
        try:
            return self._meter.card(_only(shop), shop, on=on, today=today)
        except (NotFoundError, DataMissingError):
            return None

    def _sum(self, shop: str, shown: Measurement) -> float | None:
        """The sum over the days that the figure names; people of several days are counted once."""
        door = self._meter.shop(_only(shop), shop)
        first, last = shown.period.start.toordinal(), shown.period.end.toordinal()
        if shown.base == "visitors" and last > first:
            history = door.history
            if history is None:
                return None
            came = history.visited & (history.day >= first) & (history.day <= last)
            return float(len(np.unique(history.user[came])))
        values, begin = door.days.values.get(shown.base), door.days.start.toordinal()
        if values is None or first < begin or last >= begin + len(values):
            return None
        return round(float(values[first - begin : last - begin + 1].sum()), 2)

    def _forecast(self, shop: str, shown: Measurement, today: date) -> float | None:
        """The forecast made anew: the snapshot keeps the past only, so this says that the figure can be had again."""
        asked = ForecastArguments(
            merchant_id=shop, on=shown.as_of, today=today, series=shown.base, horizon=FURTHEST,
            first=shown.period.start, last=shown.period.end,
        )  # fmt: skip
        found = run(self._meter, _only(shop), asked).get(shown.metric)
        return None if found is None else found.value


def _only(shop: str) -> Access:
    return Access(merchants=frozenset({shop}))
