"""Merchants and their users behave: metrics spread among peers, people return and leave, the demo shop is itself."""

from typing import Any

import pytest

from tools.demo.generate import DEMO_MERCHANT

# One row a merchant; users as sets of days, independent of how the generator counts.
FIGURES = """
    WITH w AS (SELECT * FROM activity WHERE day > $1::DATE - 28),
    u AS (
        SELECT merchant_id, user_id, count(DISTINCT day) AS days, sum(orders) AS orders,
               bool_or(identified) AS known, sum(interactions) AS touches
        FROM w GROUP BY ALL),
    v AS (
        SELECT merchant_id, count(*) AS visitors, avg(known::INT) AS identified_share,
               avg(days) AS visit_days_per_user, avg((touches > 0)::INT) AS interaction_rate,
               avg((orders > 0)::INT) AS conversion_rate
        FROM u GROUP BY 1),
    b AS (SELECT DISTINCT merchant_id, user_id FROM activity WHERE day > $1::DATE - 56 AND day <= $1::DATE - 28),
    r AS (
        SELECT b.merchant_id, count(u.user_id) / count(*) AS return_rate
        FROM b LEFT JOIN u USING (merchant_id, user_id) GROUP BY 1),
    h AS (
        SELECT merchant_id, count(DISTINCT user_id) AS half_year FROM activity
        WHERE day > $1::DATE - 180 GROUP BY 1),
    m AS (
        SELECT merchant_id, sum(discount) / (sum(gmv) + sum(discount)) AS discount_rate, sum(gmv - refunds) AS net
        FROM w GROUP BY 1),
    o AS (
        SELECT merchant_id, user_id, count(DISTINCT day) AS days FROM activity
        WHERE orders > 0 AND day > $1::DATE - 90 GROUP BY ALL),
    p AS (SELECT merchant_id, avg((days > 1)::INT) AS repurchase_rate FROM o GROUP BY 1),
    c AS (
        SELECT merchant_id, sum(issued) AS issued, sum(redeemed) / sum(issued) AS redemption_rate
        FROM coupons WHERE day > $1::DATE - 28 GROUP BY 1)
    SELECT *, visitors / half_year AS active_rate, net / visitors AS revenue_per_user
    FROM merchants JOIN v USING (merchant_id) JOIN r USING (merchant_id) JOIN h USING (merchant_id)
    JOIN m USING (merchant_id) LEFT JOIN p USING (merchant_id) LEFT JOIN c USING (merchant_id)
"""


def _figures(platform: Any) -> str:
    query = FIGURES.replace("$1", repr(str(platform.anchor)))
    platform.sql.execute(f"CREATE TEMP TABLE IF NOT EXISTS figures AS {query}")
    return "figures"


@pytest.mark.parametrize(("metric", "low", "high"), [
    ("return_rate", 0.12, 0.42), ("redemption_rate", 0.08, 0.22), ("conversion_rate", 0.35, 0.75),
    ("repurchase_rate", 0.12, 0.45), ("discount_rate", 0.04, 0.14), ("identified_share", 0.28, 0.6),
    ("interaction_rate", 0.26, 0.55), ("visitors", 80, 350),
])  # fmt: skip
def test_a_metric_spreads_among_merchants(platform: Any, metric: str, low: float, high: float) -> None:
    tenth, last_tenth = platform.one(
        f"SELECT quantile_cont({metric}::DOUBLE, [0.1, 0.9]) FROM {_figures(platform)}"
        f" WHERE {metric} > 0 AND visitors >= 30"
    )
    assert tenth < low
    assert last_tenth > high


def test_users_return_leave_and_come_back_after_months(platform: Any) -> None:
    once, often, won_back = platform.one("""
        WITH gaps AS (
            SELECT merchant_id, user_id, day - lag(day) OVER (PARTITION BY merchant_id, user_id ORDER BY day) AS gap
            FROM activity),
        users AS (SELECT count(*) AS rows, max(gap) AS gap FROM gaps GROUP BY merchant_id, user_id)
        SELECT avg((rows = 1)::INT), avg((rows >= 5)::INT), avg((gap >= 90)::INT) FROM users""")
    assert 0.5 < once < 0.85
    assert often > 0.05
    assert won_back > 0.005


def test_weekends_and_weekdays_differ_by_industry(platform: Any) -> None:
    share = dict(
        platform.rows("""
        SELECT industry, avg((isodow(day) >= 6)::INT) FROM activity JOIN merchants USING (merchant_id)
        WHERE industry IN ('cafe', 'catering') GROUP BY 1""")
    )
    assert share["cafe"] < 2 / 7 < share["catering"]


def test_the_demo_merchant_is_a_healthy_noodle_shop_of_middle_size_with_two_weak_spots(platform: Any) -> None:
    table = _figures(platform)
    name, industry, visitors, issued = platform.one(
        f"SELECT name, industry, visitors, issued FROM {table} WHERE merchant_id = ?", DEMO_MERCHANT
    )
    assert (name, industry) == ("老陈面馆", "catering")
    assert issued >= 100
    low, high = platform.one(
        f"SELECT quantile_cont(visitors, [0.3333, 0.6667]) FROM {table} WHERE industry = 'catering'"
    )
    assert low < visitors < high
    peers = f"FROM {table} WHERE industry = 'catering' AND visitors BETWEEN {low} AND {high}"
    assert platform.one(f"SELECT count(*) {peers}") >= 30

    def place(metric: str) -> float:
        return float(
            platform.one(
                f"""
            SELECT avg(({metric} < mine)::INT + ({metric} = mine)::INT / 2)
            FROM (SELECT {metric}, (SELECT {metric} FROM {table} WHERE merchant_id = ?) AS mine {peers})
            """,
                DEMO_MERCHANT,
            )
        )

    active = ("active_rate", "visit_days_per_user", "return_rate", "interaction_rate", "redemption_rate")
    assert sum(map(place, active)) / len(active) < 0.45
    assert place("return_rate") < 0.45
    assert place("redemption_rate") < 0.45
    assert place("conversion_rate") > 0.3
    assert place("revenue_per_user") > 0.3
    assert platform.one("SELECT sum(delta) FROM points WHERE merchant_id = ?", DEMO_MERCHANT) > 0
