"""Every metric equals the same metric worked out in plain Python, and the rules that are easy to get wrong hold."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tools.measuring_desk import (
    NEWEST,
    Row,
    ago,
    everybody,
    first_visits,
    lenient,
    measure,
    plain_metrics,
    random_tables,
    shop,
    visit,
    write_platform,
)
from tools.catalog import load_catalog
from tools.types import Measurement

OLD = visit("old", ago(200))  # gives a shop the history that every metric asks for


def figures(folder: Path, *rows: Row, **tables: list[Row]) -> dict[str, Measurement]:
    """The newest card of M1 with these rows and enough history."""
    platform = write_platform(folder / "platform", activity=[OLD, *rows], **tables)
    meter = measure(folder, platform, catalog=lenient())
    return meter.card(everybody(meter), "M1", on=NEWEST, today=ago(-1)).figures


@pytest.mark.parametrize("seed", [1, 2])
def test_all_metrics_of_all_merchants_equal_plain_python_at_three_dates(tmp_path: Path, seed: int) -> None:
    tables = random_tables(seed)
    dates = [ago(0), ago(3), ago(40)]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", **tables), on=dates, catalog=lenient())
    compared = 0
    for on in dates:
        for merchant in meter.merchant_ids():
            card = meter.card(everybody(meter), merchant, on=on, today=on)
            for name, expected in plain_metrics(tables, merchant, on).items():
                found = card.figures[name]
                # the platform begins 230 days before: only half a year of active_rate and the like is asked for
                assert found.state == ("ok" if expected is not None else "empty"), (merchant, name, on)
                assert found.value == (expected if expected is None else pytest.approx(expected, rel=1e-11))
                compared += expected is not None
    assert compared > 3 * 12 * 12


def test_a_ratio_carries_what_was_divided_by_what(tmp_path: Path) -> None:
    tables = random_tables(3)
    meter = measure(tmp_path, write_platform(tmp_path / "platform", **tables), catalog=lenient())
    card = meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST)
    divided = 0
    for metric in load_catalog().metrics:
        found = card.figures[metric.id]
        if found.denominator is not None:
            assert found.value == pytest.approx(found.numerator / found.denominator, rel=1e-11)
            divided += 1
    assert divided == 15  # all but visitors, new users and followers


def test_a_visit_on_the_first_day_of_the_window_counts_and_the_day_before_does_not(tmp_path: Path) -> None:
    found = figures(tmp_path, visit("a", ago(27)), visit("b", ago(28)))
    assert found["visitors_28d"].value == 1
    assert (found["return_rate_28d"].numerator, found["return_rate_28d"].denominator) == (0, 1)


def test_a_row_without_a_visit_makes_nobody_a_visitor(tmp_path: Path) -> None:
    found = figures(tmp_path, visit("a", ago(1)), visit("b", ago(1), visits=0, orders=1, gmv=10))
    assert found["visitors_28d"].value == 1
    assert found["conversion_rate"].value == 1
    assert found["new_users_28d"].value == 1


def test_two_channels_on_one_day_are_one_visit_day(tmp_path: Path) -> None:
    found = figures(tmp_path, visit("a", ago(1)), visit("a", ago(1), channel="search"), visit("a", ago(2)))
    assert found["visit_days_per_user"].value == 2


def test_two_orders_on_one_day_are_no_repurchase(tmp_path: Path) -> None:
    one = visit("a", ago(1), orders=2, gmv=9), visit("a", ago(1), channel="search", orders=1, gmv=9)
    two = visit("b", ago(1), orders=1, gmv=9), visit("b", ago(80), orders=1, gmv=9)
    found = figures(tmp_path, *one, *two, visit("c", ago(90), orders=1, gmv=9), visit("c", ago(1), orders=1, gmv=9))
    assert (found["repurchase_rate_90d"].numerator, found["repurchase_rate_90d"].denominator) == (1, 3)


def test_promotion_brought_a_user_only_if_it_is_the_smallest_channel_of_the_first_day(tmp_path: Path) -> None:
    rows = (
        visit("a", ago(5), channel="promotion", gmv=100, orders=1), visit("a", ago(5), channel="store_code"),
        visit("b", ago(5), channel="promotion", gmv=10, orders=1), visit("b", ago(5), channel="mini_program"),
        visit("c", ago(6), channel="search"), visit("c", ago(5), channel="promotion", gmv=1, orders=1),
    )  # fmt: skip
    assert first_visits(rows)["b"] == (ago(5), "mini_program")
    found = figures(tmp_path, *rows, promotion=[{"merchant_id": "M1", "day": ago(3), "place": "p", "spend": 50}])
    assert found["promotion_return"].value == 2


def test_money_is_summed_to_the_cent(tmp_path: Path) -> None:
    rows = [visit(f"u{i}", ago(1), orders=1, gmv=Decimal("0.10"), discount=Decimal("0.20")) for i in range(30)]
    found = figures(tmp_path, *rows)
    assert found["discount_rate"].numerator == 6.0
    assert found["average_order_value"].value == 0.1
    assert found["average_order_value"].numerator == 3.0


def test_followers_are_those_of_the_newest_day_within_the_window(tmp_path: Path) -> None:
    fans = [{"merchant_id": "M1", "day": ago(d), "followers": f} for d, f in ((2, 70), (9, 90), (30, 100))]
    assert figures(tmp_path, followers=fans)["followers"].value == 70


def test_the_same_user_id_at_two_shops_is_two_users(tmp_path: Path) -> None:
    rows = [OLD, visit("a", ago(1)), visit("a", ago(150), merchant="M2"), visit("b", ago(1), merchant="M2")]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows), catalog=lenient())
    card = meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST)
    assert card.figures["new_users_28d"].value == 1


def test_rows_after_the_as_of_date_change_nothing(tmp_path: Path) -> None:
    rows = [OLD, visit("a", ago(30)), visit("a", ago(1)), visit("b", ago(1))]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows), on=[ago(20)], catalog=lenient())
    found = meter.card(everybody(meter), "M1", on=ago(20), today=NEWEST).figures
    assert found["visitors_28d"].value == 1
    assert found["new_users_28d"].value == 1
    assert found["users.at_risk"].value == 0


def test_users_are_sorted_into_assets_by_when_they_came(tmp_path: Path) -> None:
    rows = [
        visit("new", ago(0)), visit("new", ago(27)),
        visit("back", ago(27)), visit("back", ago(117)),                    # 90 days between
        visit("active", ago(26)), visit("active", ago(115)),                # 89 days between
        visit("long gone and back", ago(3)), visit("long gone and back", ago(190)),
        visit("risk", ago(28)), visit("risk too", ago(59)),
        visit("lapsed", ago(60)),
        *(visit("regular", ago(d)) for d in (0, 30, 60, 89)),
        *(visit("nearly", ago(d)) for d in (0, 30, 60, 90)),
    ]  # fmt: skip
    found = figures(tmp_path, *rows)
    counted = {k.removeprefix("users."): v.value for k, v in found.items() if k.startswith("users.")}
    assert counted == {"new": 1, "won_back": 2, "active": 3, "at_risk": 2, "lapsed": 2, "regulars": 1}


def test_every_user_who_ever_came_is_in_exactly_one_asset(tmp_path: Path) -> None:
    tables = random_tables(4)
    meter = measure(tmp_path, write_platform(tmp_path / "platform", **tables))
    for merchant in meter.merchant_ids():
        found = meter.card(everybody(meter), merchant, on=NEWEST, today=NEWEST).figures
        parts = sum(found[f"users.{name}"].value for name in ("new", "active", "at_risk", "lapsed", "won_back"))
        assert parts == len(first_visits([r for r in tables["activity"] if r["merchant_id"] == merchant]))


def test_the_order_of_rows_is_irrelevant(tmp_path: Path) -> None:
    tables = random_tables(5, merchants=4, rows=800)
    turned = {name: rows[::-1] for name, rows in tables.items()}
    cards = []
    for name, chosen in (("one", tables), ("two", turned)):
        meter = measure(tmp_path / name, write_platform(tmp_path / name / "platform", **chosen), catalog=lenient())
        cards.append([meter.card(everybody(meter), m, on=NEWEST, today=NEWEST) for m in meter.merchant_ids()])
    assert cards[0] == cards[1]


def test_an_operator_with_daily_totals_gets_what_totals_allow_and_nothing_else(tmp_path: Path) -> None:
    daily = [
        {"merchant_id": "M1", "day": ago(d), "visits": 9, "new_users": 2, "orders": 3, "gmv": 30, "discount": 10}
        for d in range(60)
    ]
    platform = write_platform(tmp_path / "platform", merchants=[shop("M1")], daily=daily)
    meter = measure(tmp_path, platform)
    found = meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST).figures
    assert found["new_users_28d"].value == 56
    assert found["discount_rate"].value == 0.25
    assert found["discount_rate"].source == "daily"
    # no refunds were ever sent: nothing that needs them is known
    assert {found[m].state for m in ("refund_rate", "average_order_value")} == {"not_connected"}
    assert found["visitors_28d"].state == "not_connected"
    assert not any(key.startswith("users.") for key in found)


def test_refunds_of_an_order_outside_the_window_may_exceed_its_sales(tmp_path: Path) -> None:
    rows = [visit("a", ago(3), orders=1, gmv=10), visit("b", ago(2), refunds=25)]
    found = figures(tmp_path, *rows)
    assert found["average_order_value"].value == -15
    assert found["refund_rate"].value == 2.5
    assert found["refund_rate"].period.start == NEWEST - timedelta(days=27)
