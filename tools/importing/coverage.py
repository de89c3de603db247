"""Which days each table covers: a bar for the eye, and the holes of single merchants by name and day."""

from collections.abc import Iterator
from datetime import date

import duckdb

from tools.gaps import CHANCE, HOLE
from tools.importing.problems import Problem, TableHealth, many, some
from tools.importing.sql import name
from tools.types import Frozen

CELLS = 60
BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = "·"


class Bar(Frozen):
    """A table's days as blocks. Each stands for `days` days; a full one for `merchants` merchants with rows a day."""

    text: str
    days: int
    merchants: int


def bar(connection: duckdb.DuckDBPyConnection, health: TableHealth) -> Bar | None:
    """How many merchants have rows, day by day; None for a table without days."""
    if health.first_day is None or health.newest_day is None:
        return None
    span = (health.newest_day - health.first_day).days + 1
    width = -(-span // CELLS)
    query = f"SELECT day, count(DISTINCT merchant_id) FROM {name(health.table)} GROUP BY day"
    counts: dict[date, int] = dict(connection.execute(query).fetchall())
    cells = [0.0] * (-(-span // width))
    for day, merchants in counts.items():
        cells[(day - health.first_day).days // width] += merchants
    lengths = [min(width, span - width * at) for at in range(len(cells))]
    full = max(counts.values())
    shares = [cell / length / full for cell, length in zip(cells, lengths, strict=True)]
    return Bar(text="".join(_block(share) for share in shares), days=width, merchants=full)


def _block(share: float) -> str:
    return BLOCKS[min(int(share * len(BLOCKS)), len(BLOCKS) - 1)] if share > 0 else NOTHING


def holes(connection: duckdb.DuckDBPyConnection, health: TableHealth) -> Iterator[Problem]:
    """Days in a row that one merchant lacks and others have, too many for its own way of missing a day now and then."""
    table = name(health.table)
    steps = (
        "SELECT merchant_id, day, lag(day) OVER (PARTITION BY merchant_id ORDER BY day) AS before,"
        " count(*) OVER (PARTITION BY merchant_id) AS days,"
        " max(day) OVER (PARTITION BY merchant_id) - min(day) OVER (PARTITION BY merchant_id) + 1 AS span"
        f" FROM (SELECT DISTINCT merchant_id, day FROM {table})"
    )
    others = f"SELECT count(DISTINCT day) FROM {table} AS o WHERE o.day > before AND o.day < s.day"
    found = connection.execute(
        f"SELECT merchant_id, before + 1, s.day - 1, s.day - before - 1 AS missing FROM ({steps}) AS s"
        f" WHERE missing >= {HOLE} AND missing * ln((span - missing - days + 1) / (span - missing + 2)) + ln(span)"
        f" < ln({CHANCE}) AND ({others}) >= {HOLE} ORDER BY missing DESC, merchant_id, 2"
    ).fetchall()
    if found:
        merchants = len({merchant for merchant, *_ in found})
        listed = [f"{merchant} ({start} to {end})" for merchant, start, end, _ in found]
        sentence = (
            f"{health.table}: {many(merchants, 'merchant')} without rows for {HOLE} days or more in the middle: "
            f"{some(listed)}; ask for these days again unless the shop was closed."
        )
        yield Problem(severity="warning", table=health.table, sentence=sentence)
