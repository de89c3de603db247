"""How the values of each mapped column are to be read: in which zone, unit and currency. Decided before any row is."""

from dataclasses import dataclass
from decimal import Decimal

from tools.errors import MappingError
from tools.importing.files import is_workbook
from tools.importing.mapping import Mapping
from tools.importing.money import signs
from tools.importing.source_types import MINOR, ColumnSource, Said, Source
from tools.tables import TABLES, Column


@dataclass(frozen=True)
class Reading:
    """One column. Amounts are multiplied by `factor`, or by the one that each row's currency has in `factors`."""

    business: str | None = None  # zone of business days
    zone: str | None = None  # zone of times without offset; None: they are business time already
    serials: bool = False  # plain numbers in a day's column are Excel's days
    currency: str = "CNY"
    factor: Decimal = Decimal(1)
    factors: tuple[tuple[str, Decimal], ...] = ()

    @property
    def signs(self) -> tuple[str, ...]:
        """What may stand beside an amount: the currency's own signs."""
        return signs(self.currency) if not self.factors else tuple(code for code, _ in self.factors)


def readings(mapping: Mapping, table: str) -> dict[str, Reading]:
    """A Reading for every canonical column of a table. MappingError where a currency has no stated rate."""
    declared = mapping.tables[table]
    source = mapping.sources[declared.source] if declared.source else None
    found = {}
    for column in TABLES[table].columns:
        where, given = f"table {table}, column {column.name}", declared.columns.get(column.name)
        found[column.name] = _reading(mapping, where, column, given, source)
    return found


def _said(column: ColumnSource | None, source: Said | None) -> Said:
    """A column's own word, else its source's; an expression answers for itself, as it may have converted already."""
    if column is None:
        return Said()
    fallback = source if source is not None and column.column is not None else Said()
    return Said(
        timezone=column.timezone or fallback.timezone,
        unit=column.unit or fallback.unit,
        currency=column.currency or fallback.currency,
    )


def _reading(
    mapping: Mapping, where: str, column: Column, given: ColumnSource | None, source: Source | None
) -> Reading:
    said = _said(given, source)
    if column.kind == "money":
        return _amounts(mapping, where, said, rows=source is not None and source.currency_column is not None)
    if column.kind not in ("date", "timestamp"):
        return Reading()
    if said.timezone and mapping.timezone is None:
        raise MappingError(
            f"{where}: its times are in {said.timezone}, but the mapping does not say in which zone the business days "
            "are; add `timezone: Asia/Shanghai`, or the zone that the platform keeps, at the top."
        )
    return Reading(business=mapping.timezone, zone=said.timezone, serials=source is not None and is_workbook(source))


def _amounts(mapping: Mapping, where: str, said: Said, *, rows: bool) -> Reading:
    unit = Decimal("0.01") if said.unit in MINOR else Decimal(1)
    own = said.currency or mapping.currency
    if own != mapping.currency and own not in mapping.rates:
        raise MappingError(
            f"{where}: its amounts are in {own} and the platform's in {mapping.currency}; state the rate at the top, "
            f"`rates: {{{own}: ...}}` ({mapping.currency} for one {own}), or import a platform of its own in {own}."
        )
    if rows and said.currency is None:
        known = {**mapping.rates, mapping.currency: Decimal(1)}
        return Reading(currency=own, factors=tuple(sorted((code, unit * rate) for code, rate in known.items())))
    return Reading(currency=own, factor=unit * mapping.rates[own] if own != mapping.currency else unit)
