"""The generated tables satisfy the canonical schema, and agree with one another."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from tools.tables import SQL_TYPES, TABLES, Table

WRITTEN = sorted(TABLES.keys() - {"daily", "scores", "benchmarks"})


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_has_exactly_the_canonical_columns_and_types(platform: Any, name: str) -> None:
    described = [(r[0], r[1]) for r in platform.rows(f"DESCRIBE {name}")]
    assert described == [(c.name, SQL_TYPES[c.kind].replace(" ", "")) for c in TABLES[name].columns]


def _broken(table: Table) -> str:
    """A condition that holds for rows breaking a column's rule."""
    rules = ["FALSE"]
    for column in table.columns:
        if column.required:
            rules.append(f'"{column.name}" IS NULL')
        if column.minimum is not None:
            rules.append(f'"{column.name}" < {column.minimum}')
        if column.allowed:
            rules.append(f'"{column.name}" NOT IN {column.allowed}')
    return " OR ".join(rules)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_row_obeys_its_columns(platform: Any, name: str) -> None:
    total, broken = platform.one(f"SELECT count(*), count(*) FILTER ({_broken(TABLES[name])}) FROM {name}")
    assert total > 0
    assert broken == 0


@pytest.mark.parametrize("name", [n for n in WRITTEN if TABLES[n].key])
def test_the_key_of_a_table_is_unique(platform: Any, name: str) -> None:
    key = ", ".join(TABLES[name].key)
    twice = platform.one(f"SELECT count(*) FROM (SELECT 1 FROM {name} GROUP BY {key} HAVING count(*) > 1)")
    assert twice == 0


@pytest.mark.parametrize("name", [n for n in WRITTEN if n not in ("merchants", "providers", "managers")])
def test_every_row_belongs_to_a_known_merchant(platform: Any, name: str) -> None:
    assert platform.one(f"SELECT count(*) FROM {name} ANTI JOIN merchants USING (merchant_id)") == 0


def test_activity_is_sorted_for_the_reader(platform: Any) -> None:
    out_of_order = platform.one(
        """
        SELECT count(*) FROM (
            SELECT (merchant_id, day, user_id) AS place, lag(place) OVER (ORDER BY file_row_number) AS before
            FROM read_parquet($1, file_row_number = true)
        ) WHERE before > place""",
        str(platform.directory / "activity.parquet"),
    )
    assert out_of_order == 0


def test_the_data_span_four_hundred_days_and_end_on_the_anchor(platform: Any) -> None:
    first, last = platform.one("SELECT min(day), max(day) FROM activity")
    assert last == platform.anchor
    assert (last - first).days + 1 >= 400
    for name in ("coupons", "promotion", "followers"):
        assert platform.one(f"SELECT max(day) FROM {name}") == platform.anchor


def test_the_platform_has_its_promised_size(platform: Any) -> None:
    industries = dict(platform.rows("SELECT industry, count(*) FROM merchants GROUP BY 1"))
    assert 640 <= sum(industries.values()) <= 720
    assert len(industries) >= 10
    assert sum(n >= 100 for n in industries.values()) >= 3
    assert sorted(industries.values())[0] == 9
    assert platform.one("SELECT count(DISTINCT name) = count(*) FROM merchants")
    assert 3_000_000 <= platform.one("SELECT count(*) FROM activity") <= 5_000_000
    assert platform.one("SELECT count(*) FROM providers") >= 4
    managed = dict(platform.rows("SELECT manager_id, count(*) FROM assignments GROUP BY 1"))
    assert managed == {"A001": 60, "A002": 60, "A003": 60}


def test_a_manager_only_has_merchants_of_the_own_provider(platform: Any) -> None:
    strangers = platform.one("""
        SELECT count(*) FROM assignments JOIN managers USING (manager_id) JOIN merchants USING (merchant_id)
        WHERE merchants.provider_id IS DISTINCT FROM managers.provider_id""")
    assert strangers == 0


def test_promotion_counts_the_users_whose_first_visit_ever_it_brought(platform: Any) -> None:
    differing = platform.one("""
        WITH firsts AS (SELECT merchant_id, user_id, min(day) AS day FROM activity GROUP BY ALL),
        brought AS (
            SELECT merchant_id, day, count(DISTINCT user_id) AS users
            FROM activity JOIN firsts USING (merchant_id, user_id, day)
            WHERE channel = 'promotion' GROUP BY ALL),
        told AS (SELECT merchant_id, day, sum(new_users) AS users FROM promotion GROUP BY ALL HAVING users > 0)
        SELECT count(*) FROM brought FULL JOIN told USING (merchant_id, day)
        WHERE brought.users IS DISTINCT FROM told.users""")
    assert differing == 0
    assert platform.one("SELECT sum(new_users) FROM promotion") > 10_000


def test_coupons_never_give_more_than_activity_shows(platform: Any) -> None:
    too_much = platform.one("""
        WITH daily AS (SELECT merchant_id, day, sum(orders) AS orders, sum(gmv) AS gmv, sum(discount) AS discount
                       FROM activity GROUP BY ALL),
        used AS (SELECT merchant_id, day, sum(redeemed) AS redeemed, sum(discount) AS discount, sum(redeemed_gmv) AS gmv
                 FROM coupons GROUP BY ALL HAVING sum(redeemed) > 0)
        SELECT count(*) FROM used LEFT JOIN daily USING (merchant_id, day)
        WHERE daily.orders IS NULL OR used.redeemed > daily.orders OR used.discount > daily.discount
           OR used.gmv > daily.gmv""")
    assert too_much == 0
    share = platform.one("SELECT (SELECT sum(discount) FROM coupons) / (SELECT sum(discount) FROM activity)")
    assert 0.7 < share < 1
    assert platform.one("SELECT count(*) FROM coupons WHERE redeemed > issued") == 0


def test_money_only_comes_from_orders(platform: Any) -> None:
    without = "orders = 0 AND (gmv > 0 OR discount > 0 OR refunds > 0)"
    assert platform.one(f"SELECT count(*) FROM activity WHERE {without} OR refunds > gmv OR visits = 0") == 0


def test_nobody_spends_points_that_are_not_there(platform: Any) -> None:
    lots: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    entries = platform.rows("""
        SELECT merchant_id, programme, "at", delta, expires_on FROM points ORDER BY "at", delta DESC""")
    for merchant, programme, at, delta, expires in entries:
        mine = lots[merchant, programme]
        if delta > 0:
            mine.append([expires, delta])
            continue
        alive = [lot for lot in mine if lot[0] >= at]
        assert sum(lot[1] for lot in alive) >= -delta
        for lot in alive:
            used = min(lot[1], -delta)
            lot[1] -= used
            delta += used
    assert len(lots) > 500


def test_earned_points_expire_and_spent_ones_do_not(platform: Any) -> None:
    assert platform.one("SELECT count(*) FROM points WHERE (delta > 0) <> (expires_on IS NOT NULL)") == 0
    assert platform.one('SELECT max("at") FROM points') <= platform.anchor
    assert {r[0] for r in platform.rows("SELECT DISTINCT programme FROM points")} == {"star_plan", "luoma_plan"}


def test_a_search_direct_activity_runs_ninety_days_at_most(platform: Any) -> None:
    assert platform.one("SELECT max(ended_on - started_on) FROM actions WHERE kind = 'search_direct'") == 89


def test_rebates_are_booked_on_the_first_of_a_month(platform: Any) -> None:
    assert platform.one("SELECT count(*) FROM rebates WHERE extract(day FROM month) <> 1") == 0
    assert platform.one("SELECT max(month) FROM rebates") == date(platform.anchor.year, platform.anchor.month, 1)
