"""What the data allow is told just as the snapshot will decide it; what is missing is told by what it would add."""

from datetime import date
from pathlib import Path

import pytest

from tests.tools.importing.importing_desk import Operator, same
from tools.catalog import load_catalog
from tools.engine import open_platform
from tools.importing.health import Health, check
from tools.importing.health_report import report_lines
from tools.metrics import sources

TODAY = date(2026, 11, 21)
DAILY = ("visits", "visitors", "new_users", "interactions", "orders", "payers", "gmv", "discount", "refunds")


def _told_by_the_snapshot(platform: Path) -> tuple[str, ...]:
    with open_platform(platform) as opened:
        return tuple(sources(opened, load_catalog()))


def _totals(operator: Operator, *columns: str) -> Health:
    head = ",".join(("merchant_id", "day", *columns))
    rows = [f"M{m},2026-11-{d:02},{','.join('7' for _ in columns)}" for m in (1, 2) for d in (19, 20)]
    operator.write("totals.csv", "\n".join([head, *rows]) + "\n")
    operator.declared["sources"]["visits"] = {"file": "totals.csv"}
    columns_of = same("merchant_id", "day", *columns)
    operator.declared["tables"] = {
        "merchants": operator.declared["tables"]["merchants"],
        "daily": {"source": "visits", "columns": columns_of},
    }
    operator.run()
    return check(operator.out, TODAY)


def _add(operator: Operator, table: str, head: str, row: str) -> None:
    operator.write(f"{table}.csv", f"{head}\n{row}\n")
    operator.declared["sources"][table] = {"file": f"{table}.csv"}
    operator.declared["tables"][table] = {"source": table, "columns": same(*head.split(","))}


def test_rows_by_user_without_some_columns_name_what_is_not_told_for_it(operator: Operator) -> None:
    operator.run()
    health = check(operator.out, TODAY)
    assert health.metrics == _told_by_the_snapshot(operator.out)
    activity = next(f for f in health.filled if f.table == "activity")
    assert {"interactions", "identified", "discount", "refunds"} <= set(activity.columns)
    assert {"interaction_rate", "identified_share", "discount_rate", "refund_rate"} <= set(activity.metrics)
    unlocked = {u.table: u.metrics for u in health.unlocks}
    assert unlocked["coupons"] == ("redemption_rate", "coupon_return")
    assert unlocked["followers"] == ("followers",)
    assert "daily" not in unlocked
    assert unlocked["points"] == ()


@pytest.mark.parametrize(
    "columns", [DAILY, ("visits", "orders", "gmv"), ("visits",), ("gmv", "refunds", "orders", "discount")]
)
def test_totals_alone_are_told_as_the_snapshot_will_tell_them(operator: Operator, columns: tuple[str, ...]) -> None:
    health = _totals(operator, *columns)
    assert health.metrics == _told_by_the_snapshot(operator.out)
    assert health.totals_only is not None
    assert health.totals_only.metrics == health.metrics
    for lacking in health.totals_only.columns:
        assert not set(lacking.columns) & set(columns)
        assert not set(lacking.metrics) & set(health.metrics)


def test_sending_what_is_named_adds_what_was_promised(operator: Operator) -> None:
    health = _totals(operator, "visits", "orders", "gmv")
    assert health.totals_only is not None
    assert health.metrics == ()
    by_columns = {f.columns: f.metrics for f in health.totals_only.columns}
    added = by_columns["refunds",]
    assert "average_order_value" in added
    assert set(_totals(operator, "visits", "orders", "gmv", "refunds").metrics) == set(added)


def test_side_tables_count_for_totals_too(operator: Operator) -> None:
    _totals(operator, *DAILY)
    _add(operator, "followers", "merchant_id,day,followers", "M1,2026-11-20,5")
    _add(
        operator,
        "coupons",
        "merchant_id,day,coupon_id,issued,redeemed,discount,redeemed_gmv",
        "M1,2026-11-20,c,9,1,1,1",
    )
    operator.run()
    health = check(operator.out, TODAY)
    assert {"followers", "redemption_rate", "coupon_return"} <= set(health.metrics)
    assert health.metrics == _told_by_the_snapshot(operator.out)


def test_what_only_users_can_tell_is_named_for_totals(operator: Operator) -> None:
    health = _totals(operator, *DAILY)
    assert health.totals_only is not None
    assert {"visitors_28d", "return_rate_28d", "conversion_rate"} <= set(health.totals_only.with_users)
    text = "\n".join(report_lines(health))
    assert "These are totals a day, without users" in text
    assert "Rows by user (activity) would add visitors, " in text
    assert text.count("would add visitors") == 1


def test_merchants_that_only_the_unread_totals_have_are_named(operator: Operator) -> None:
    _add(operator, "daily", "merchant_id,day,visits", "M2,2026-11-20,5")
    operator.run()
    (sentence,) = [p.sentence for p in check(operator.out, TODAY).problems if p.table == "daily"]
    assert sentence.startswith("daily: 1 merchant with totals but no activity: M2;")


def test_a_total_that_only_some_merchants_send_is_named(operator: Operator) -> None:
    _totals(operator, "visits", "refunds")
    lines = ["M1,2026-11-19,5,", "M1,2026-11-20,5,0", "M2,2026-11-20,5,1"]
    operator.write("totals.csv", "merchant_id,day,visits,refunds\n" + "\n".join(lines) + "\n")
    operator.run()
    (sentence,) = [p.sentence for p in check(operator.out, TODAY).problems]
    assert sentence.startswith("daily: refunds is empty on some days or all for 1 merchant, and not for others: M1;")


def test_the_report_shows_days_as_blocks_and_the_worst_reasons_with_an_example(operator: Operator) -> None:
    days = [f"2026-11-{d:02}" for d in (1, 2, 3, 6, 7)]
    lines = [f"M1,u{i},{d},search,1,0,0" for i, d in enumerate(days)] + ["M2,u,2026-11-07,search,1,0,0"]
    operator.visits(*lines, *["M1,x,never,search,1,0,0"] * 3, "M1,x,2026-11-01,search,-1,0,0")
    operator.run()
    health = check(operator.out, TODAY)
    assert health.bars["activity"].text == "▅▅▅··▅█"
    assert [(r.reason, r.count) for r in health.rejects["activity"]] == [
        ("day is not a date", 3),
        ("visits is below 0", 1),
    ]
    text = "\n".join(report_lines(health))
    assert "2026-11-01 ▅▅▅··▅█ 2026-11-07  (a block is a day, a full one 2 merchants)" in text
    assert "3 x day is not a date, e.g. visits.csv line 8: " in text
    assert "; 4 rejected (40.00%)" in text


def test_a_long_span_is_shown_in_at_most_sixty_blocks(operator: Operator) -> None:
    operator.visits("M1,u,2024-01-01,search,1,0,0", "M2,u,2026-11-20,search,1,0,0")
    operator.run()
    bar = check(operator.out, TODAY).bars["activity"]
    assert (bar.days, len(bar.text)) == (18, 59)
    assert bar.text.strip("·") == bar.text
    assert bar.text.count("·") == 57


def test_a_file_without_a_required_column_is_an_error_and_without_an_optional_one_is_not(operator: Operator) -> None:
    import duckdb

    operator.run()
    folder = operator.out
    with duckdb.connect() as connection:
        for name, columns in (("activity", "merchant_id, user_id"), ("merchants", "merchant_id, name, industry")):
            connection.execute(f"COPY (SELECT {columns} FROM '{folder}/{name}.parquet') TO '{folder}/{name}-2.parquet'")
            (folder / f"{name}-2.parquet").rename(folder / f"{name}.parquet")
    health = check(folder, TODAY)
    assert health.broken
    text = "\n".join(p.sentence for p in health.problems)
    assert "activity.parquet cannot be read (it lacks day, channel," in text
    assert "merchants.parquet" not in text
