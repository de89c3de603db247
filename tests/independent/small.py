"""Platforms small enough to read: rows by hand, and forty shops that differ a little in everything."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .rows import Platform, load

NOW = date(2026, 7, 1)
SHOPS = 40
ME = "S07"
AS_OF = date(2026, 6, 30)
ACTIVITY = {
    "merchant_id": pa.string(), "user_id": pa.string(), "day": pa.date32(), "channel": pa.string(),
    "visits": pa.int64(), "interactions": pa.int64(), "orders": pa.int64(), "gmv": pa.decimal128(18, 2),
    "discount": pa.decimal128(18, 2), "refunds": pa.decimal128(18, 2), "identified": pa.bool_(),
}  # fmt: skip


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def row(
    merchant: str, user: str, days_ago: int, channel: str = "search", visits: int = 1, **more: Any
) -> dict[str, Any]:
    blank = {
        "interactions": 0,
        "orders": 0,
        "gmv": Decimal(0),
        "discount": Decimal(0),
        "refunds": Decimal(0),
        "identified": False,
    }
    return {
        "merchant_id": merchant,
        "user_id": user,
        "day": ago(days_ago),
        "channel": channel,
        "visits": visits,
        **blank,
        **more,
    }


def write(folder: Path, activity: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Platform:
    ids = sorted({r["merchant_id"] for r in activity})
    merchants = tables.pop("merchants", [{"merchant_id": m, "name": m, "industry": "catering"} for m in ids])
    pq.write_table(pa.Table.from_pylist(merchants), folder / "merchants.parquet")
    pq.write_table(
        pa.Table.from_pylist(activity, schema=pa.schema(list(ACTIVITY.items()))), folder / "activity.parquet"
    )
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return load(folder)


def shop_rows(i: int) -> list[dict[str, Any]]:
    """Shop i: 60 + i visitors before and now; 20 + i of them return, and every fourth of 40 + i buyers buys again."""
    rows = [row(f"S{i:02}", "u0", 0)]
    for user in range(60 + i):
        rows.append(row(f"S{i:02}", f"u{user}", 190))
        rows.append(row(f"S{i:02}", f"u{user}", 40, identified=True))
        if user < 20 + i:
            rows.append(row(f"S{i:02}", f"u{user}", 2, interactions=int(user < 10 + i // 2)))
        if user < 40 + i:
            money: dict[str, Any] = {
                "orders": 1,
                "gmv": Decimal(20 + i),
                "discount": Decimal(2),
                "refunds": Decimal(i % 5),
            }
            rows.append(row(f"S{i:02}", f"u{user}", 5, "store_code", **money))
        if user % 4 == 0:
            rows.append(row(f"S{i:02}", f"u{user}", 6, "store_code", visits=0, orders=1, gmv=Decimal(10)))
    return [*rows, *(row(f"S{i:02}", f"n{user}", 3, "promotion") for user in range(30 - i // 2))]


def forty_shops(folder: Path) -> None:
    promotion = [
        {"merchant_id": f"S{i:02}", "day": AS_OF, "place": "p", "spend": Decimal(100 + 3 * i), "new_users": 30 - i // 2}
        for i in range(SHOPS)
    ]  # fmt: skip
    coupons = [
        {
            "merchant_id": f"S{i:02}", "day": AS_OF, "coupon_id": "c", "issued": 200, "redeemed": 20 + i,
            "discount": Decimal(40), "redeemed_gmv": Decimal(90 + i),
        }
        for i in range(SHOPS)
    ]  # fmt: skip
    write(folder, [r for i in range(SHOPS) for r in shop_rows(i)], promotion=promotion, coupons=coupons)


class Printed(dict[str, float]):
    """Lets `{a.b:.1f}` in a text stand for the figure with the key `a.b`."""

    def fill(self, text: str) -> str:
        for key in sorted(self, key=len, reverse=True):
            text = text.replace("{" + key + ":", "{" + key.replace(".", "__") + ":")
        return text.format(**{k.replace(".", "__"): v for k, v in self.items()})
