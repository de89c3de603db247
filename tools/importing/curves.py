"""Rules that hold for a whole benchmark curve: it is taken entire, or not at all."""

import duckdb

from tools.catalog import load_catalog
from tools.importing.sql import name, text, texts

FEWEST_POINTS = 3


def refuse_broken_curves(connection: duckdb.DuckDBPyConnection, rows: str, typed: str, why: str) -> None:
    """Give every row of a broken curve a reason. `typed` prefixes cast columns, `why` names the column of reasons."""
    metric, value, share = (name(typed + c) for c in ("metric", "value", "share"))
    metrics = load_catalog().metrics
    shares = [m.id for m in metrics if m.unit == "ratio"]
    _refuse(
        connection, rows, why, f"{metric} NOT IN ({texts([m.id for m in metrics])})", "metric is none of the catalog's"
    )
    percent = "value is above 1, and this metric is a share of one, not percent"
    _refuse(connection, rows, why, f"{metric} IN ({texts(shares)}) AND {value} > 1", percent)
    curve = ", ".join(name(typed + c) for c in ("metric", "industry", "valid_from"))
    each = f"SELECT {curve} FROM {rows}"
    same = (f"coalesce(CAST({name(typed + c)} AS VARCHAR), '')" for c in ("n", "source", "valid_until"))
    several = " OR ".join(f"count(DISTINCT {one}) > 1" for one in same)
    stepped = f"SELECT *, lag({share}) OVER (PARTITION BY {curve} ORDER BY {value}) AS before FROM {rows}"
    broken = {
        "another row of its curve was rejected": f"{each} WHERE {why} IS NOT NULL",
        "its curve names more than one n, source or valid_until": f"{each} GROUP BY ALL HAVING {several}",
        "its curve falls: as the value rises, the share below it cannot become less": (
            f"SELECT {curve} FROM ({stepped}) WHERE {share} < before"
        ),
        f"its curve has fewer than {FEWEST_POINTS} points": f"{each} GROUP BY ALL HAVING count(*) < {FEWEST_POINTS}",
    }
    for reason, curves in broken.items():
        _refuse(connection, rows, why, f"({curve}) IN ({curves})", reason)


def _refuse(connection: duckdb.DuckDBPyConnection, rows: str, why: str, condition: str, reason: str) -> None:
    connection.execute(f"UPDATE {rows} SET {why} = {text(reason)} WHERE {why} IS NULL AND {condition}")
