"""Making the figures of a tool's result: every one a Measurement of one merchant, seen at one date."""

from datetime import date, timedelta

from tools.asof import WINDOW
from tools.types import GroupLevel, Measurement, Period, Unit


def days_up_to(end: date, days: int = WINDOW) -> Period:
    """So many business days that end on a day."""
    return Period(start=end - timedelta(days=days - 1), end=end)


class Maker:
    """Collects figures by their metric. What has no value is left out: absent, never zero."""

    def __init__(self, merchant_id: str, as_of: date, *, currency: str = "CNY", source: str = "snapshot") -> None:
        self.merchant_id, self.as_of, self.currency, self.source = merchant_id, as_of, currency, source
        self.figures: dict[str, Measurement] = {}

    def put(
        self, metric: str, value: float | None, unit: Unit, *, period: Period | None = None, as_of: date | None = None,
        numerator: float | None = None, denominator: float | None = None, n: int | None = None,
        of_peers: bool = False, group: str | None = None, group_level: GroupLevel | None = None,
        source: str | None = None,
    ) -> None:  # fmt: skip
        """Add a figure. `period` defaults to the 28 days up to the as-of date; `of_peers`: it belongs to nobody."""
        if value is None or value != value:
            return
        on = as_of or self.as_of
        self.figures[metric] = Measurement(
            metric=metric, merchant_id=None if of_peers else self.merchant_id, value=float(value), unit=unit,
            period=period or days_up_to(on), as_of=on, numerator=numerator, denominator=denominator, n=n,
            group=group, group_level=group_level, source=source or self.source, currency=self.currency,
        )  # fmt: skip
