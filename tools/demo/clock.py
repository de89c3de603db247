"""Days as numbers: 0 is the first business day of the data, the anchor the last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[str, float], None]

HISTORY = 196  # days simulated before the data begin, so that a shop opens its books with regulars
_EPOCH = Date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Clock:
    """The span of the data: `days` business days, the last of them the anchor."""

    anchor: Date
    days: int

    @property
    def last(self) -> int:
        return self.days - 1

    def date(self, day: int) -> Date:
        return self.anchor - timedelta(days=self.last - day)

    def index(self, when: Date) -> int:
        return self.last - (self.anchor - when).days

    def window(self, day: int, length: int) -> tuple[Date, Date]:
        """First and last date of the `length` days up to `day`."""
        return self.date(day - length + 1), self.date(day)

    def epoch_days(self, days: Ints) -> NDArray[np.int32]:
        """Days since 1970, what Arrow calls date32."""
        return (days + (self.anchor.toordinal() - _EPOCH - self.last)).astype(np.int32)

    def all_days(self) -> Ints:
        """Day numbers from the first simulated day (-HISTORY) to the anchor."""
        return np.arange(-HISTORY, self.days, dtype=np.int64)

    def weekdays(self) -> Ints:
        """Monday 0 .. Sunday 6 of every simulated day."""
        return np.asarray((self.all_days() + self.anchor.weekday() - self.last) % 7)

    def days_of_year(self) -> Ints:
        """1 .. 366, counted without leap days: good enough for a yearly wave."""
        return np.asarray((self.all_days() + self.anchor.timetuple().tm_yday - self.last) % 365)

    def quarter_ends(self) -> tuple[Date, Date]:
        """The last days of the two quarters before the anchor's: older first. They fix the size bands."""
        first = Date(self.anchor.year, 3 * ((self.anchor.month - 1) // 3) + 1, 1)
        newer = first - timedelta(days=1)
        older = Date(newer.year, 3 * ((newer.month - 1) // 3) + 1, 1) - timedelta(days=1)
        return older, newer
