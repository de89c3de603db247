"""The batch job: which dates, which groups, what is written, and what happens when it cannot be."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tools.measuring_desk import (
    NEWEST,
    Row,
    ago,
    everybody,
    lenient,
    measure,
    random_tables,
    shop,
    visit,
    write_platform,
)
from tools.asof import as_of_dates
from tools.catalog import load_catalog
from tools.errors import CatalogError, DataMissingError, DiskError
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot
from tools.types import DIMENSIONS


def stored(meter: SnapshotMeter) -> duckdb.DuckDBPyConnection:
    """The file that the reader reads, opened a second time."""
    return duckdb.connect(str(meter._snapshot / "snapshot.duckdb"), read_only=True)


@pytest.fixture(scope="module")
def random_meter(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    folder = tmp_path_factory.mktemp("random")
    platform = write_platform(folder / "platform", **random_tables(8, merchants=12))
    return measure(folder, platform, on=[ago(30), ago(0)], catalog=lenient(), generation="g7")


def test_the_manifest_says_what_was_measured_from_what(random_meter: SnapshotMeter, tmp_path: Path) -> None:
    manifest = json.loads((random_meter._snapshot / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["platform"] == "g7"
    assert manifest["newest"] == NEWEST.isoformat()
    assert manifest["as_of"] == [ago(30).isoformat(), NEWEST.isoformat()]
    assert manifest["catalog"] == load_catalog().version
    assert manifest["sources"]["promotion_return"] == "activity+promotion"
    assert manifest["counts"]["merchants"] == 12
    assert manifest["counts"]["figures"] == 2 * 12 * (18 + 5 + 6)
    assert {p.name for p in random_meter._snapshot.iterdir()} == {"manifest.json", "snapshot.duckdb"}


def test_scores_follow_from_the_values_and_the_weights(random_meter: SnapshotMeter) -> None:
    catalog = load_catalog()
    checked = 0
    for merchant in random_meter.merchant_ids():
        figures = random_meter.card(everybody(random_meter), merchant, on=NEWEST, today=NEWEST).figures
        for dimension in DIMENSIONS:
            there = [m for m in catalog.of_dimension(dimension) if f"{m.id}.score" in figures]
            held = sum(m.weight for m in there)
            assert figures[f"{dimension}.coverage"].value == pytest.approx(held)
            if held >= 0.5:
                mean = sum(m.weight * figures[f"{m.id}.score"].value for m in there) / held
                assert figures[f"{dimension}.score"].value == pytest.approx(mean, abs=1e-9)
                checked += 1
            else:
                assert f"{dimension}.score" not in figures
    assert checked > 30


def test_a_gain_is_stated_only_where_the_median_is_better(random_meter: SnapshotMeter) -> None:
    seen = {True: 0, False: 0}
    for merchant in random_meter.merchant_ids():
        figures = random_meter.card(everybody(random_meter), merchant, on=NEWEST, today=NEWEST).figures
        for metric in load_catalog().metrics:
            if f"{metric.id}.score" not in figures or f"{metric.dimension}.score" not in figures:
                assert f"{metric.id}.gain_at_median" not in figures
                continue
            own, median = figures[metric.id].value, figures[f"{metric.id}.peer_median"].value
            behind = own < median if metric.direction == "higher" else own > median
            assert (f"{metric.id}.gain_at_median" in figures) == behind
            seen[behind] += 1
    assert min(seen.values()) > 20


def test_curves_are_stored_for_every_group_of_ten_whether_used_or_not(tmp_path: Path) -> None:
    """A change of group is explained by the curve of the old group at the new date, where perhaps nobody uses it."""
    industries = ["catering"] * 31 + ["retail"] * 10 + ["beauty"] * 9
    people = [shop(f"M{n:02}", industry) for n, industry in enumerate(industries)]
    rows = [visit(f"u{i}", ago(d), f"M{n:02}") for n in range(50) for d in (40, 1) for i in range(n + 1)]
    platform = write_platform(tmp_path / "platform", merchants=people, activity=rows)
    con = stored(measure(tmp_path, platform, catalog=lenient()))
    curves = con.execute("SELECT group_id, n FROM curves WHERE metric = 'visitors_28d' ORDER BY 1").fetchall()
    used = con.execute("SELECT DISTINCT group_id, peers FROM figures WHERE metric = 'visitors_28d'").fetchall()
    orphans = con.execute(
        "SELECT count(*) FROM figures f ANTI JOIN curves c USING (as_of, metric, group_id) WHERE f.peers IS NOT NULL"
    ).fetchone()
    least = con.execute("SELECT min(n), min(len(knots)), bool_and(len(knots) = len(shares)) FROM curves").fetchone()
    con.close()
    bands = [("catering/large", 10), ("catering/medium", 11), ("catering/small", 10)]
    assert curves == sorted([("all", 50), ("catering", 31), ("retail", 10), *bands])  # beauty has nine
    assert sorted(used) == [("all", 50), ("catering", 31)]
    assert orphans == (0,)
    assert least is not None
    assert (least[0], least[2]) == (10, True)
    assert least[1] >= 1


def test_bands_are_kept_for_the_whole_quarter_however_a_shop_grows(tmp_path: Path) -> None:
    # 9 shops with 10..90 visitors at the end of September; in November the smallest has the most
    rows = [visit(f"u{i}", date(2026, 9, 20), f"M{n}") for n in range(1, 10) for i in range(n * 10)]
    rows += [visit("first", date(2026, 5, 1), f"M{n}") for n in range(1, 10)]
    rows += [visit(f"v{i}", ago(1), "M1") for i in range(300)]
    rows += [visit(f"v{i}", ago(1), f"M{n}") for n in range(2, 10) for i in range(5)]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows), on=[date(2026, 9, 30), NEWEST])
    con = stored(meter)
    bands = dict(con.execute("SELECT no, group_id FROM bands WHERE as_of = ?", [NEWEST]).fetchall())
    con.close()
    assert [bands[n] for n in range(9)] == [f"catering/{b}" for b in ("small", "medium", "large") for _ in range(3)]


def test_a_young_platform_takes_its_bands_from_the_first_day_that_says_anything(tmp_path: Path) -> None:
    rows = [visit("first", ago(d), f"M{n}") for n in range(1, 4) for d in (40, 1)]
    rows += [visit(f"u{i}", ago(20), f"M{n}") for n in range(1, 4) for i in range(n * 10)]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows))
    con = stored(meter)
    found = con.execute("SELECT group_id FROM bands ORDER BY no").fetchall()
    con.close()
    assert found == [("catering/small",), ("catering/medium",), ("catering/large",)]


def test_a_shop_without_peers_is_compared_with_its_own_past(tmp_path: Path) -> None:
    rows = [visit(f"u{i}", ago(d)) for d, size in ((1, 50), (30, 40), (365, 35)) for i in range(size)]
    rows.append(visit("first", ago(600)))
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=rows), on=[ago(364), ago(28), ago(0)])
    figures = meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST).figures
    assert figures["visitors_28d"].group_level == "own_past"
    assert figures["visitors_28d.past_4w"].value == 40
    assert figures["visitors_28d.past_52w"].value == 35
    assert figures["visitors_28d.past_4w"].period.end == ago(28)
    assert figures["return_rate_28d"].value == 1
    assert not any(key.endswith((".score", ".peer_median", ".peers")) for key in figures)


def test_the_usual_calendar_is_measured_with_progress_and_holds_a_lone_shops_past(tmp_path: Path) -> None:
    rows = [visit(f"u{i}", ago(d)) for d in range(0, 60, 5) for i in range(3)]
    platform = write_platform(tmp_path / "platform", activity=rows)
    out = tmp_path / "out"
    out.mkdir()
    told: list[tuple[str, float]] = []
    build_snapshot(platform, out, catalog=load_catalog(), progress=lambda m, s: told.append((m, s)))
    meter = SnapshotMeter(out, load_catalog())
    assert meter.dates == tuple(as_of_dates(NEWEST, ago(55), lone=True))
    figures = meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST).figures
    assert "visitors_28d.past_4w" in figures
    for what in dict.fromkeys(what for what, _ in told):
        shares = [share for told_of, share in told if told_of == what]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0, 1)


def official(value: float, merchant: str, dimension: str = "active", day: date = NEWEST) -> Row:
    return {"merchant_id": merchant, "day": day, "dimension": dimension, "value": value, "source": "operator"}


def test_official_scores_are_the_score_and_are_compared_among_themselves(tmp_path: Path) -> None:
    tables = random_tables(9, merchants=24)
    tables["scores"] = [official(n, f"M{n}") for n in range(1, 13)] + [official(99, "M1", day=ago(9))]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", **tables), catalog=lenient())
    theirs = meter.card(everybody(meter), "M4", on=NEWEST, today=NEWEST)
    ours = meter.card(everybody(meter), "M20", on=NEWEST, today=NEWEST)
    assert (theirs.official, ours.official) == (True, False)
    assert theirs.figures["active.score"].value == 4
    assert theirs.figures["active.score"].source == "scores"
    assert theirs.figures["active.peers"].value == 12
    assert theirs.figures["active.peer_median"].value == 6.5
    assert "scale.score" not in theirs.figures  # nobody issued one, and ours would not be comparable
    assert not any(".gain_at" in key for key in theirs.figures)
    assert ours.figures["active.peers"].value == 12
    assert meter.card(everybody(meter), "M1", on=NEWEST, today=NEWEST).figures["active.score"].value == 1


def test_an_official_score_of_long_ago_no_longer_speaks(tmp_path: Path) -> None:
    tables = random_tables(9, merchants=12)
    tables["scores"] = [official(5, "M1", day=ago(31)), official(5, "M2", day=ago(30))]
    meter = measure(tmp_path, write_platform(tmp_path / "platform", **tables), catalog=lenient())
    cards = [meter.card(everybody(meter), m, on=NEWEST, today=NEWEST) for m in ("M1", "M2")]
    assert [card.official for card in cards] == [False, True]


def test_an_imported_set_speaks_of_its_declared_date(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", activity=[visit("a", ago(d)) for d in range(33)])
    (platform / "manifest.json").write_text(json.dumps({"as_of": ago(3).isoformat()}), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    build_snapshot(platform, out, catalog=load_catalog())
    assert SnapshotMeter(out, load_catalog()).newest == ago(3)


@pytest.mark.parametrize("kept", [(), ("merchants",), ("activity",)])
def test_a_directory_that_is_no_platform_is_refused_with_what_to_do(tmp_path: Path, kept: tuple[str, ...]) -> None:
    platform = write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)])
    for name in {"merchants", "activity"} - set(kept):
        (platform / f"{name}.parquet").unlink()
    with pytest.raises(DataMissingError, match="Build the demo platform or import"):
        build_snapshot(platform, tmp_path, catalog=load_catalog())


def test_a_platform_without_a_single_row_is_refused(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", merchants=[shop("M1")], activity=[])
    with pytest.raises(DataMissingError, match="no merchant has a row of activity"):
        build_snapshot(platform, tmp_path, catalog=load_catalog())


def test_a_file_that_lacks_a_column_is_named(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)])
    pq.write_table(pa.table({"merchant_id": ["M1"], "name": ["x"]}), platform / "merchants.parquet")
    with pytest.raises(DataMissingError, match="merchants lacks industry"):
        build_snapshot(platform, tmp_path, catalog=load_catalog())


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)])
    (platform / "coupons.parquet").write_bytes(b"nothing of the kind")
    with pytest.raises(DataMissingError, match=r"coupons\.parquet: this is no readable Parquet file"):
        build_snapshot(platform, tmp_path, catalog=load_catalog())


def test_a_catalog_with_a_metric_that_nobody_can_compute_is_refused(tmp_path: Path) -> None:
    catalog = load_catalog()
    odd = catalog.metrics[0].model_copy(update={"id": "happiness"})
    platform = write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)])
    with pytest.raises(CatalogError, match="without a formula: happiness"):
        build_snapshot(platform, tmp_path, catalog=catalog.model_copy(update={"metrics": (*catalog.metrics, odd)}))


def test_a_place_that_cannot_be_written_is_a_clear_sentence_and_leaves_no_manifest(tmp_path: Path) -> None:
    platform = write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)])
    with pytest.raises(DiskError, match="no snapshot was written"):
        build_snapshot(platform, tmp_path / "missing", catalog=load_catalog())
    assert not (tmp_path / "missing").exists()


def test_a_path_with_a_quote_is_only_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    platform = write_platform(folder / "platform", activity=[visit("a", NEWEST)])
    assert measure(folder, platform).merchant_ids() == ("M1",)


def test_another_catalog_version_asks_for_a_new_snapshot(tmp_path: Path) -> None:
    meter = measure(tmp_path, write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)]))
    newer = load_catalog().model_copy(update={"version": "2099.1"})
    with pytest.raises(DataMissingError, match="another version of ccare or of the catalog"):
        SnapshotMeter(meter._snapshot, newer)
