"""One generated platform for the whole folder, in two editions: another seed and another season must hold as well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tools.demo.generate import generate
from tools.demo.stories import Stories, Story

RETURNED = """
    WITH firsts AS (
        SELECT user_id, min(day) AS first_day FROM activity
        WHERE merchant_id = $1 AND day BETWEEN $2::DATE - 55 AND $2::DATE - 28 GROUP BY 1),
    base AS (
        SELECT user_id, arg_min(channel, list_position(
            ['mini_program', 'store_code', 'life_account', 'search', 'promotion'], channel)) AS channel
        FROM activity JOIN firsts USING (user_id) WHERE merchant_id = $1 AND day = first_day GROUP BY 1),
    again AS (SELECT DISTINCT user_id FROM activity WHERE merchant_id = $1 AND day BETWEEN $2::DATE - 27 AND $2)
    SELECT count(*), count(again.user_id) FROM base LEFT JOIN again USING (user_id) WHERE $3 IN (channel, 'any')
"""
EDITIONS = ((7, date(2026, 11, 21)), (23, date(2027, 2, 14)))


@dataclass(frozen=True)
class Platform:
    directory: Path
    seed: int
    anchor: date
    stories: Stories
    sql: duckdb.DuckDBPyConnection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.sql.execute(query, list(values)).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        """The first row; its only value when it has just one."""
        row = self.rows(query, *values)[0]
        return row[0] if len(row) == 1 else row

    def ago(self, days: int) -> date:
        return self.anchor - timedelta(days=days)

    def told(self, kind: str, instances: int) -> list[Story]:
        """The stories of a kind, of which there are so many."""
        found = list(self.stories.of(kind))
        assert len(found) == instances
        return found

    def returned(self, merchant: str, as_of: date, channel: str = "any") -> tuple[int, float]:
        """Visitors of the 28 days before the last 28, and the share that came again. Users by first channel."""
        base, back = self.one(RETURNED, merchant, as_of, channel)
        return base, back / base

    def redemption(self, merchant: str, as_of: date) -> float:
        """Coupons redeemed / issued in the 28 days up to a date."""
        return float(
            self.one(
                """
            SELECT sum(redeemed) / sum(issued) FROM coupons
            WHERE merchant_id = $1 AND day BETWEEN $2::DATE - 27 AND $2""",
                merchant,
                as_of,
            )
        )


@pytest.fixture(scope="session")
def first_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    yield from _open(tmp_path_factory.mktemp("platform"), *EDITIONS[0])


@pytest.fixture(scope="session", params=range(len(EDITIONS)), ids=lambda i: f"seed{EDITIONS[i][0]}")
def platform(
    request: pytest.FixtureRequest, first_platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:  # fmt: skip
    if request.param == 0:
        yield first_platform
    else:
        yield from _open(tmp_path_factory.mktemp("platform"), *EDITIONS[request.param])


def _open(directory: Path, seed: int, anchor: date) -> Iterator[Platform]:
    stories = generate(directory, seed=seed, anchor=anchor)
    with duckdb.connect() as sql:
        for file in directory.glob("*.parquet"):
            sql.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        yield Platform(directory, seed, anchor, stories, sql)
