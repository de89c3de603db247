"""A few dates are summed from the rows as they stand, many from rows folded further: the same sums, date by date."""

import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.tools.measuring_desk import Row, ago, visit, write_platform
from tools.catalog import UserAssetRules, load_catalog
from tools.engine import open_platform
from tools.fold import FEW
from tools.queries import SUMS, Queries, prepare
from tools.sums import ACTIVITY_SUMS

DATES = [ago(n) for n in (0, 1, 27, 28, 61, 150)]
RULES = [
    UserAssetRules(),
    UserAssetRules(new_days=7, won_back_gap_days=3, at_risk_days=9, regular_visit_days=2, regular_window_days=12),
    UserAssetRules(new_days=60, won_back_gap_days=20, at_risk_days=70, regular_visit_days=1, regular_window_days=5),
]
KINDS = ("users", "totals")


def rows(seed: int) -> list[Row]:
    """Users who come once, often, again after months, only to look, or twice in a day through two channels."""
    chance = random.Random(seed)
    found = []
    for user in range(120):
        merchant = f"M{1 + user % 3}"
        for back in chance.sample(range(230), chance.choice((1, 2, 6, 40))):
            for channel in chance.sample(("promotion", "search", "store_code"), chance.choice((1, 1, 1, 2))):
                gmv = chance.choice((0, 0, 12.5, 80))
                found.append(visit(
                    f"u{user}", ago(back), merchant, channel, visits=chance.choice((0, 1, 1, 1, 2)), gmv=gmv,
                    orders=int(gmv > 0), interactions=chance.randrange(2), identified=chance.random() < 0.5,
                    discount=gmv / 10, refunds=chance.choice((0, gmv)),
                ))  # fmt: skip
    return found


def beside(seed: int) -> dict[str, list[Row]]:
    chance = random.Random(seed)
    days = [{"merchant_id": f"M{1 + n % 3}", "day": ago(n // 3)} for n in range(600) if chance.random() < 0.8]
    return {
        "coupons": [{**day, "coupon_id": "c", "issued": 9, "redeemed": 2, "redeemed_gmv": 30.25} for day in days],
        "promotion": [{**day, "place": "p", "spend": 4.75, "new_users": 1} for day in days],
        "followers": [{**day, "followers": n} for n, day in enumerate(days)],
        "scores": [{**day, "dimension": "scale", "value": n / 7} for n, day in enumerate(days[::20])],
        "daily": [{**day, "visits": n, "new_users": n % 3, "gmv": 2.5 * n} for n, day in enumerate(days)],
    }  # fmt: skip


@pytest.fixture(params=[(kind, seed) for kind in KINDS for seed in (1, 2)], ids=lambda p: f"{p[0]}-{p[1]}")
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    kind, seed = request.param
    tables = {**beside(seed), "merchants": [{"merchant_id": f"M{n}", "industry": "catering"} for n in range(1, 5)]}
    if kind == "users":
        tables = {name: table for name, table in tables.items() if name != "daily"} | {"activity": rows(seed)}
    return write_platform(tmp_path / "platform", **tables)


def sums(queries: Queries, on: date) -> list[Row]:
    """By merchant; nobody and nothing are both zero, for a merchant without a row in a window has no count at all."""
    queries.sum_up(on)
    found = queries.platform.arrow(queries.tables[SUMS].order_by("no")).to_pylist()
    return [{name: row[name] or 0 if name in ACTIVITY_SUMS else row[name] for name in row} for row in found]


def told(queries: Queries, on: date) -> str:
    """All that a date is asked, as text: a value that is not there equals another that is not there."""
    found = sums(queries, on), {name: table.to_pylist() for name, table in queries.values().items()}
    rest = queries.sizes().tolist(), queries.assets().to_pylist(), queries.official().tolist()
    return repr((*found, *rest))


@pytest.mark.parametrize("rules", RULES, ids=["usual", "short", "long"])
def test_few_and_many_dates_are_summed_alike(platform: Path, rules: UserAssetRules) -> None:
    catalog = load_catalog().model_copy(update={"user_assets": rules})
    with open_platform(platform) as one, open_platform(platform) as other:
        few, many = prepare(one, catalog), prepare(other, catalog)
        few.expect(FEW)
        many.expect(FEW + 1)
        assert (few.ready_for_many, many.ready_for_many) == (False, True)
        before = [told(few, on) for on in DATES]
        assert before == [told(many, on) for on in DATES]
        if one.users_known:
            few.rows()  # users have numbers from here on, and dates can still be asked
            assert before == [told(few, on) for on in DATES]


def test_every_metric_tells_all_merchants_by_number_connected_or_not(platform: Path) -> None:
    with open_platform(platform) as opened:
        queries = prepare(opened, load_catalog())
        queries.sum_up(DATES[0])
        found = queries.values()
    assert list(found) == [m.id for m in load_catalog().metrics]
    assert len({table.schema for table in found.values()}) == 1
    for name, table in found.items():
        assert table["no"].to_pylist() == [0, 1, 2, 3]
        assert (set(table["state"].to_pylist()) == {"not_connected"}) == (name not in queries.sources)
        if name not in queries.sources:
            assert [table[part].null_count for part in ("value", "numerator", "denominator", "n")] == [4, 4, 4, 4]


def test_sizes_need_no_other_sums(platform: Path) -> None:
    with open_platform(platform) as opened:
        queries = prepare(opened, load_catalog())
        known = 0
        for on in DATES:
            alone = queries.sizes_at(on)
            queries.sum_up(on)
            np.testing.assert_array_equal(alone, queries.sizes())
            known += int(np.isfinite(alone).sum())
        assert known > len(DATES)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_rows_hold_whatever_is_counted(seed: int, tmp_path: Path) -> None:
    with open_platform(write_platform(tmp_path / "platform", activity=rows(seed))) as opened:
        queries = prepare(opened, load_catalog().model_copy(update={"user_assets": RULES[1]}))
        found = [row for on in DATES for row in sums(queries, on)]
    assert [name for name in ACTIVITY_SUMS if not any(row[name] for row in found)] == []
