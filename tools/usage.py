"""Which merchants use a product: for whoever sends notices, never for an asker."""

from datetime import date

from tools.reader import SnapshotMeter

_ACTIONS = """
SELECT DISTINCT no FROM actions WHERE product = ? AND (ended_on IS NULL OR ended_on >= ?) AND started_on <= ?
"""
_CREDITS = 'SELECT DISTINCT no FROM credits WHERE programme = ? AND "at" BETWEEN ? AND ?'


def merchants_using(meter: SnapshotMeter, product: str, *, since: date, until: date) -> tuple[str, ...]:
    """Ids of merchants who did something with `product`, or earned or spent points of it, in those days; by id."""
    numbers: set[int] = set()
    if meter.keeps("actions"):
        numbers |= {row[0] for row in meter.cursor().execute(_ACTIONS, [product, since, until]).fetchall()}
    if meter.keeps("credits"):
        numbers |= {row[0] for row in meter.cursor().execute(_CREDITS, [product, since, until]).fetchall()}
    query = "SELECT merchant_id FROM merchants WHERE no IN (SELECT unnest(?)) ORDER BY merchant_id"
    return tuple(row[0] for row in meter.cursor().execute(query, [sorted(numbers)]).fetchall())
