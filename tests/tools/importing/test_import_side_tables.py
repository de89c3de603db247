"""Every canonical table can be brought in by a mapping, under an operator's own column names."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.tools.importing.importing_desk import Operator
from tools.tables import TABLES

# for each table: the operator's columns by canonical name, two good rows, a bad one and why it is bad
CASES: dict[str, tuple[dict[str, str], list[str], str, str, dict[str, Any]]] = {
    "daily": (
        {"merchant_id": "门店", "day": "日期", "visits": "访问", "orders": "订单", "gmv": "金额", "refunds": "退款"},
        ["M1,2026/11/19,12,3,¥120.50,", 'M2,20261118,7,,"1,200.00",3'],
        "M1,2026-11-18,-4,1,1,0",
        "visits is below 0",
        {"merchant_id": "M1", "day": date(2026, 11, 19), "orders": 3, "gmv": Decimal("120.50"), "refunds": None},
    ),
    "coupons": (
        {
            "merchant_id": "m", "day": "d", "coupon_id": "c", "issued": "i", "redeemed": "r", "discount": "x",
            "redeemed_gmv": "g",
        },
        ["M1,2026-11-19,满30减5,100,12,60,480", "M1,2026-11-19,满50减8,40,2,16,120"],
        "M1,2026-11-19,满30减5,1,1,1,1",
        "another row has the same merchant_id, day, coupon_id",
        {"coupon_id": "满30减5", "issued": 100, "redeemed": 12, "redeemed_gmv": Decimal("480.00")},
    ),
    "promotion": (
        {
            "merchant_id": "m", "day": "d", "place": "p", "impressions": "i", "clicks": "c", "spend": "s",
            "new_users": "n",
        },
        ["M1,2026-11-19,payment_result,1000,50,30.5,4", "M2,2026-11-19,prime_position,10,1,0,0"],
        "M1,2026-11-20,payment_result,1000,50,free,4",
        "spend is not an amount of money",
        {"place": "payment_result", "impressions": 1000, "spend": Decimal("30.50"), "new_users": 4},
    ),
    "followers": (
        {"merchant_id": "m", "day": "d", "followers": "f"},
        ["M1,2026-11-19,530", "M2,2026-11-19,12"],
        "M1,2026-11-21,530",
        "day lies after 2026-11-20",
        {"followers": 530, "new_followers": 0},
    ),
    "points": (
        {"merchant_id": "m", "at": "t", "programme": "p", "delta": "d", "reason": "r", "expires_on": "e"},
        ["M1,2026-11-01,star_plan,100,earned,2027-01-31", "M1,2026-11-02,star_plan,-30,exchange,"],
        "M1,2026-11-03,,5,x,",
        "programme is empty",
        {"at": date(2026, 11, 1), "delta": 100, "expires_on": date(2027, 1, 31)},
    ),
    "actions": (
        {"merchant_id": "m", "kind": "k", "product": "p", "started_on": "s", "ended_on": "e", "note": "n"},
        ["M1,broadcast,life_account,2026-11-01,2026-12-31,", "M2,campaign,,2026-10-01,,双十一"],
        "M1,broadcast,,2026-12-01,,",
        "started_on lies after 2026-11-20",
        {"kind": "broadcast", "ended_on": date(2026, 12, 31), "note": None},
    ),
    "scores": (
        {"merchant_id": "m", "day": "d", "dimension": "x", "value": "v", "source": "s"},
        ["M1,2026-11-15,overall,71.5,the platform", "M1,2026-11-15,scale,60,the platform"],
        "M1,2026-11-15,size,60,the platform",
        "dimension is none of scale, active, worth, efficiency, overall",
        {"dimension": "overall", "value": 71.5, "source": "the platform"},
    ),
    "feeds": (
        {"merchant_id": "m", "newest_day": "d", "complete": "c"},
        ["M1,2026-11-20,否", "M2,2026-11-19,yes"],
        "M2,2026-11-19,maybe",
        "complete is not true or false",
        {"newest_day": date(2026, 11, 20), "complete": False},
    ),
    "providers": (
        {"provider_id": "p", "name": "n"},
        ["P1,一号服务商", "P2,Second"],
        "P1,again",
        "another row has the same provider_id",
        {"provider_id": "P1", "name": "一号服务商"},
    ),
    "managers": (
        {"manager_id": "m", "name": "n", "provider_id": "p"},
        ["A1,小王,P1", "A2,小李,P1"],
        "A3,,P1",
        "name is empty",
        {"manager_id": "A1", "name": "小王", "provider_id": "P1"},
    ),
    "assignments": (
        {"manager_id": "a", "merchant_id": "m", "since": "s", "until": "u"},
        ["A1,M1,2026-01-01,", "A1,M2,2026-01-01,2027-01-01"],
        "A1,M9,2026-01-01,",
        "its merchant is not among the accepted merchants",
        {"manager_id": "A1", "since": date(2026, 1, 1), "until": None},
    ),
    "authorisations": (
        {"provider_id": "p", "merchant_id": "m", "scope": "s", "valid_from": "f", "valid_until": "u"},
        ["P1,M1,SHOP_MANAGE,2026-01-01,2027-01-01", "P1,M1,OPERATION_POINTS,2026-01-01,"],
        "P1,M1,EVERYTHING,2026-01-01,",
        "scope is none of SHOP_MANAGE, MINI_APP_OPER, PROMOTION_MANAGE, OPERATION_POINTS, INCENTIVE_POINT_MANAGE",
        {"scope": "OPERATION_POINTS", "valid_until": None},
    ),
    "rebates": (
        {"provider_id": "p", "merchant_id": "m", "policy": "y", "month": "t", "amount": "a", "state": "s"},
        ["P1,M1,新商户扶持,2026-10-01,120,pending", "P1,M2,新商户扶持,2026-10-01,80.5,paid"],
        "P1,M1,b,2026-13-01,1,paid",
        "month is not a date",
        {"policy": "新商户扶持", "amount": Decimal("120.00"), "state": "pending"},
    ),
}  # fmt: skip


def test_no_table_is_left_out() -> None:
    assert set(CASES) | {"merchants", "activity", "benchmarks"} == set(TABLES)


@pytest.mark.parametrize("table", CASES)
def test_a_table_comes_in_by_its_mapping_and_its_bad_row_is_put_aside(operator: Operator, table: str) -> None:
    columns, good, bad, reason, expected = CASES[table]
    operator.write("more.csv", ",".join(columns.values()) + "\n" + "".join(f"{line}\n" for line in [*good, bad]))
    operator.declared["sources"]["more"] = {"file": "more.csv", "encoding": "utf-8"}
    operator.declared["tables"][table] = {"source": "more", "columns": columns}
    report = operator.run().table(table)
    assert (report.accepted, [(r.reason, r.samples[0].line) for r in report.reasons]) == (2, [(reason, 4)])
    first = operator.rows(table)[0]
    assert {key: first[key] for key in expected} == expected
    assert set(report.absent) == {c.name for c in TABLES[table].columns} - set(columns)
