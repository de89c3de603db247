"""From a snapshot's rows to the Measurements of one card."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tools.asof import WINDOW, YEAR
from tools.catalog import Catalog
from tools.types import Measurement, Period, Unit

COLUMNS = (
    "metric", "value", "numerator", "denominator", "n", "state", "group_id", "group_level", "peers", "median",
    "upper_quarter", "score", "gain_at_median", "gain_at_upper_quarter", "coverage", "rank_share", "official",
)  # fmt: skip
PAST = {"past_4w": WINDOW, "past_52w": YEAR}
SNAPSHOT = "snapshot"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """What all figures of one card share."""

    catalog: Catalog
    merchant_id: str
    as_of: date
    sources: Mapping[str, str]
    currency: str = "CNY"

    @cached_property
    def blank(self) -> Measurement:
        """A valid figure to copy: a card has some 150, and checking each would cost more than reading them all."""
        return Measurement(
            metric="",
            merchant_id=self.merchant_id,
            value=None,
            unit="count",
            period=self.period(),
            as_of=self.as_of,
            source=SNAPSHOT,
            currency=self.currency,
        )

    def period(self, days: int = WINDOW, back: int = 0) -> Period:
        end = self.as_of - timedelta(days=back)
        return Period(start=end - timedelta(days=days - 1), end=end)


def card_figures(sheet: Sheet, rows: Iterable[Row]) -> dict[str, Measurement]:
    """All figures of a card by their metric, from rows of COLUMNS. Without a value only raw figures stay."""
    figures: dict[str, Measurement] = {}
    for row in rows:
        name = row["metric"]
        if name in sheet.catalog.by_id:
            _metric(sheet, figures, name, row)
        elif name in sheet.catalog.dimension_by_id:
            _dimension(sheet, figures, name, row)
        else:
            _put(
                figures,
                sheet,
                name,
                row["value"],
                "users",
                n=int(row["value"]),
                source=sheet.sources.get("visitors_28d", ""),
            )
    return figures


def past_figures(sheet: Sheet, figures: Mapping[str, Measurement], rows: Iterable[Row]) -> dict[str, Measurement]:
    """`<metric>.past_4w` and `.past_52w` where there are no peers, from rows of COLUMNS and `back` (days before)."""
    found: dict[str, Measurement] = {}
    statistics = {days: statistic for statistic, days in PAST.items()}
    for row in rows:
        own = figures.get(row["metric"])
        if own is None or own.group_level != "own_past" or row["state"] != "ok":
            continue
        metric = sheet.catalog.by_id[row["metric"]]
        _put(
            found, sheet, f"{metric.id}.{statistics[row['back']]}", row["value"], metric.unit,
            period=sheet.period(metric.window_days, row["back"]), group_level="own_past", source=own.source,
            **{key: row[key] for key in ("numerator", "denominator", "n")},
        )  # fmt: skip
    return found


def _metric(sheet: Sheet, figures: dict[str, Measurement], name: str, row: Row) -> None:
    metric = sheet.catalog.by_id[name]
    shared: dict[str, Any] = {
        "period": sheet.period(metric.window_days),
        "group": row["group_id"],
        "group_level": row["group_level"],
    }
    figures[name] = sheet.blank.model_copy(
        update={
            **shared,
            **{key: row[key] for key in ("metric", "value", "numerator", "denominator", "n", "state")},
            "unit": metric.unit,
            "source": sheet.sources.get(name, ""),
        }
    )
    if row["peers"] is None:
        return
    shared["n"] = row["peers"]
    _put(figures, sheet, f"{name}.score", row["score"], "score", **shared)
    for gain in ("gain_at_median", "gain_at_upper_quarter"):
        _put(figures, sheet, f"{name}.{gain}", row[gain], "points", **shared)
    shared["merchant_id"] = None  # what peers share belongs to nobody
    _put(figures, sheet, f"{name}.peer_median", row["median"], metric.unit, **shared)
    _put(figures, sheet, f"{name}.peer_upper_quarter", row["upper_quarter"], metric.unit, **shared)
    _put(figures, sheet, f"{name}.peers", row["peers"], "merchants", **shared)


def _dimension(sheet: Sheet, figures: dict[str, Measurement], name: str, row: Row) -> None:
    _put(figures, sheet, f"{name}.coverage", row["coverage"], "ratio")
    shared: dict[str, Any] = {
        "group": row["group_id"],
        "group_level": row["group_level"],
        "n": row["peers"],
        "source": "scores" if row["official"] else SNAPSHOT,
    }
    _put(figures, sheet, f"{name}.score", row["score"], "score", **shared)
    _put(figures, sheet, f"{name}.rank_share", row["rank_share"], "ratio", **shared)
    shared["merchant_id"] = None
    _put(figures, sheet, f"{name}.peer_median", row["median"], "score", **shared)
    _put(figures, sheet, f"{name}.peers", row["peers"], "merchants", **shared)


def _put(
    figures: dict[str, Measurement], sheet: Sheet, name: str, value: float | None, unit: Unit, **rest: Any
) -> None:
    if value is not None:
        figures[name] = sheet.blank.model_copy(update={"metric": name, "value": float(value), "unit": unit, **rest})
