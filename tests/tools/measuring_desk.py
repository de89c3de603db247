"""Small platforms written as Parquet, and the 18 metrics once more in plain Python, straight from the definitions."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tools.catalog import Catalog, load_catalog
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot
from tools.tables import TABLES
from tools.types import Access

NEWEST = date(2026, 11, 21)
Row = dict[str, Any]

ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "money": pa.decimal128(18, 2),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "number": pa.float64(),
}


def ago(days: int, newest: date = NEWEST) -> date:
    return newest - timedelta(days=days)


def visit(user: str, day: date, merchant: str = "M1", channel: str = "store_code", **more: Any) -> Row:
    """One row of activity with one visit; money as yuan."""
    return {"merchant_id": merchant, "user_id": user, "day": day, "channel": channel, "visits": 1, **more}


def shop(merchant: str, industry: str = "catering") -> Row:
    return {"merchant_id": merchant, "name": f"shop {merchant}", "industry": industry}


def _cell(kind: str, value: Any) -> Any:
    return Decimal(str(value)).quantize(Decimal("0.01")) if kind == "money" and value is not None else value


def _default(kind: str, required: bool) -> Any:
    return {"integer": 0, "money": 0, "boolean": False}.get(kind) if required else None


def write_platform(folder: Path, **tables: Sequence[Mapping[str, Any]]) -> Path:
    """Canonical Parquet files from rows; what a row does not say is zero, false or missing."""
    folder.mkdir(parents=True, exist_ok=True)
    if "merchants" not in tables:
        ids = sorted({row["merchant_id"] for row in tables["activity"]})
        tables["merchants"] = [shop(merchant) for merchant in ids]
    for name, rows in tables.items():
        arrays = {
            c.name: pa.array(
                [_cell(c.kind, row.get(c.name, _default(c.kind, c.required))) for row in rows], ARROW[c.kind]
            )
            for c in TABLES[name].columns
        }
        pq.write_table(pa.table(arrays), folder / f"{name}.parquet")
    return folder


def lenient(catalog: Catalog | None = None) -> Catalog:
    """The catalog with every minimum at one: a handful of users is enough to see a formula work."""
    base = catalog or load_catalog()
    metrics = tuple(m.model_copy(update={"minimum_denominator": min(m.minimum_denominator, 1)}) for m in base.metrics)
    return base.model_copy(update={"metrics": metrics})


def measure(
    folder: Path, platform: Path, *, on: Sequence[date] = (NEWEST,), catalog: Catalog | None = None, **more: Any
) -> SnapshotMeter:
    """Build a snapshot of a platform and open it."""
    out = folder / "snapshot"
    out.mkdir()
    chosen = catalog or load_catalog()
    build_snapshot(platform, out, catalog=chosen, calendar=on, **more)
    return SnapshotMeter(out, chosen)


def everybody(meter: SnapshotMeter) -> Access:
    return Access(merchants=frozenset(meter.merchant_ids()))


def _days(rows: Sequence[Row], on: date, days: int, skip: int = 0) -> list[Row]:
    return [r for r in rows if on - timedelta(days=days - 1) <= r["day"] <= on - timedelta(days=skip)]


def _users(rows: Sequence[Row], field: str = "visits") -> set[str]:
    return {r["user_id"] for r in rows if r.get(field, 0)}


def _sum(rows: Sequence[Row], field: str) -> float:
    return float(sum((Decimal(str(r.get(field, 0))) for r in rows), Decimal(0)))


def first_visits(rows: Sequence[Row]) -> dict[str, tuple[date, str]]:
    """Each user's first day, and the smallest channel of that day."""
    found: dict[str, tuple[date, str]] = {}
    for row in rows:
        if row["visits"]:
            found[row["user_id"]] = min(found.get(row["user_id"], (date.max, "")), (row["day"], row["channel"]))
    return found


def plain_metrics(tables: Mapping[str, Sequence[Row]], merchant: str, on: date) -> dict[str, float | None]:
    """Every metric of one merchant at one date, None where nothing divides it; history and minimums not looked at."""
    mine = {name: [r for r in rows if r["merchant_id"] == merchant] for name, rows in tables.items()}
    rows = [r for r in mine["activity"] if r["day"] <= on]
    month, quarter = _days(rows, on, 28), _days(rows, on, 90)
    visitors, earlier = _users(month), _users(_days(rows, on, 56, skip=28))
    first = first_visits(rows)
    new = {u for u, (day, _) in first.items() if day >= on - timedelta(days=27)}
    brought = {u for u in new if first[u][1] == "promotion"}
    order_days: dict[str, set[date]] = defaultdict(set)
    for row in quarter:
        if row.get("orders", 0):
            order_days[row["user_id"]].add(row["day"])
    coupons, promotion = _days(mine["coupons"], on, 28), _days(mine["promotion"], on, 28)
    fans = sorted(_days(mine["followers"], on, 28), key=lambda r: r["day"])
    gmv, discount, refunds = (_sum(month, f) for f in ("gmv", "discount", "refunds"))
    orders, spend = _sum(month, "orders"), _sum(promotion, "spend")
    parts: dict[str, tuple[float, float]] = {
        "identified_share": (len(_users([r for r in month if r["visits"]], "identified")), len(visitors)),
        "active_rate": (len(visitors), len(_users(_days(rows, on, 180)))),
        "visit_days_per_user": (len({(r["user_id"], r["day"]) for r in month if r["visits"]}), len(visitors)),
        "return_rate_28d": (len(earlier & visitors), len(earlier)),
        "interaction_rate": (len(_users(month, "interactions") & visitors), len(visitors)),
        "redemption_rate": (_sum(coupons, "redeemed"), _sum(coupons, "issued")),
        "conversion_rate": (len(_users(month, "orders")), len(visitors)),
        "repurchase_rate_90d": (sum(len(d) > 1 for d in order_days.values()), len(order_days)),
        "average_order_value": (gmv - refunds, orders),
        "revenue_per_active_user": (gmv - refunds, len(visitors)),
        "new_user_cost": (spend, _sum(promotion, "new_users")),
        "discount_rate": (discount, gmv + discount),
        "coupon_return": (_sum(coupons, "redeemed_gmv"), _sum(coupons, "discount")),
        "promotion_return": (_sum([r for r in month if r["user_id"] in brought], "gmv"), spend),
        "refund_rate": (refunds, gmv),
    }
    result: dict[str, float | None] = {k: top / bottom if bottom else None for k, (top, bottom) in parts.items()}
    counts = {"visitors_28d": len(visitors), "new_users_28d": len(new)}
    return {**result, **counts, "followers": fans[-1]["followers"] if fans else None}


def random_tables(seed: int, merchants: int = 12, days: int = 230, rows: int = 5000) -> dict[str, list[Row]]:
    """A platform of chance: nothing about it is likely, everything is legal."""
    rng = random.Random(seed)
    ids = [f"M{i}" for i in range(1, merchants + 1)]
    channels = ("mini_program", "promotion", "search", "store_code")
    activity = {}
    for _ in range(rows):
        key = (rng.choice(ids), f"u{rng.randrange(60)}", ago(int(days * rng.random() ** 1.3)), rng.choice(channels))
        orders = rng.choice((0, 0, 0, 1, 2))
        activity[key] = {
            **dict(zip(("merchant_id", "user_id", "day", "channel"), key, strict=True)),
            "visits": rng.choice((0, 1, 1, 1, 2)),
            "interactions": rng.choice((0, 0, 3)),
            "orders": orders,
            "gmv": orders * rng.randrange(1, 9000) / 100,
            "discount": orders * rng.randrange(0, 900) / 100,
            "refunds": rng.choice((0, 0, 0, 1.23)),
            "identified": rng.random() < 0.4,
        }
    start = [{"merchant_id": m, "user_id": "u0", "day": ago(days), "channel": "search", "visits": 1} for m in ids]
    tables: dict[str, list[Row]] = {
        "merchants": [shop(m) for m in ids], "activity": [*activity.values(), *start],
        "coupons": [], "promotion": [], "followers": [],
    }  # fmt: skip
    for merchant in ids[:-1]:  # the last one has none of these
        for back in range(0, 40, 2):
            at = {"merchant_id": merchant, "day": ago(back)}
            issued = rng.randrange(0, 20)
            tables["coupons"].append(
                {
                    **at,
                    "coupon_id": "c",
                    "issued": issued,
                    "redeemed": issued // 3,
                    "discount": issued,
                    "redeemed_gmv": issued * 2.5,
                }
            )
            tables["promotion"].append(
                {**at, "place": "p", "spend": rng.randrange(0, 900) / 100, "new_users": rng.randrange(0, 3)}
            )
            tables["followers"].append({**at, "followers": rng.randrange(1000)})
    return tables
