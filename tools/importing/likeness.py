"""Merchants that look like one merchant under two ids: whoever is there twice is compared with itself."""

from collections.abc import Iterator

import duckdb

from tools.importing.problems import Problem, many, some

LEAST_DAYS = 14  # with the same totals on every one of them
PLAIN = "regexp_replace(lower(name), '[\\s\\p{P}\\p{S}\u3000]', '', 'g')"
ID = "regexp_replace(lower(merchant_id), '[^0-9a-z]|^0+', '', 'g')"


def alike(connection: duckdb.DuckDBPyConnection, *, with_days: bool) -> Iterator[Problem]:
    """Pairs by id (case, leading zeros), by name in one city and industry, and by day totals (`merchant_days`)."""
    ids = f"SELECT min(merchant_id), max(merchant_id) FROM merchants GROUP BY {ID} HAVING count(*) > 1 AND {ID} <> ''"
    yield from _pairs(connection, ids, "whose ids differ only in case, signs or leading zeros", "correct the ids")
    names = (
        f"SELECT min(merchant_id), max(merchant_id) FROM merchants GROUP BY {PLAIN}, industry, coalesce(city, '')"
        f" HAVING count(*) > 1 AND {PLAIN} <> ''"
    )
    what = "of the same name, industry and city"
    yield from _pairs(connection, names, what, "merge them if they are one shop, or name the branches apart")
    if with_days:
        prints = (
            "SELECT merchant_id, count(*) AS days, bit_xor(hash(day, visits, orders, gmv)) AS print FROM merchant_days"
            " WHERE visits > 0 OR gmv > 0 GROUP BY 1"
        )
        totals = (
            f"SELECT min(merchant_id), max(merchant_id) FROM ({prints})"
            f" WHERE days >= {LEAST_DAYS} GROUP BY days, print HAVING count(*) > 1"
        )
        yield from _pairs(connection, totals, "with the same figures on every day", "drop one of each pair")


def _pairs(connection: duckdb.DuckDBPyConnection, query: str, what: str, remedy: str) -> Iterator[Problem]:
    found = connection.execute(f"{query} ORDER BY 1, 2").fetchall()
    if found:
        listed = some([f"{a} and {b}" for a, b in found])
        sentence = f"merchants: {many(len(found), 'pair')} {what}: {listed}; {remedy}."
        yield Problem(severity="warning", table="merchants", sentence=sentence)
