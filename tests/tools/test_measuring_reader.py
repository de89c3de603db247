"""Reading: never beyond the access, unknown and not yours read alike, many threads, only whole snapshots."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, random_tables, visit, write_platform
from tools.catalog import load_catalog
from tools.errors import DataMissingError, NotFoundError
from tools.reader import SnapshotMeter
from tools.types import Access, Measurement, ScoreCard


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    folder = tmp_path_factory.mktemp("reader")
    tables = random_tables(11, merchants=12)
    tables["managers"] = [
        {"manager_id": "A1", "name": "周敏", "provider_id": "P1"},
        {"manager_id": "A2", "name": "Idle", "provider_id": "P1"},
    ]
    tables["assignments"] = [
        {"manager_id": "A1", "merchant_id": "M2", "since": ago(90)},
        {"manager_id": "A1", "merchant_id": "M1", "since": ago(90), "until": ago(-30)},
        {"manager_id": "A1", "merchant_id": "M3", "since": ago(90), "until": ago(1)},
        {"manager_id": "A1", "merchant_id": "M4", "since": ago(-30)},
        {"manager_id": "A1", "merchant_id": "gone", "since": ago(90)},
    ]
    tables["authorisations"] = [
        {"provider_id": "P1", "merchant_id": "M1", "scope": "SHOP_MANAGE", "valid_from": ago(90)},
        {"provider_id": "P1", "merchant_id": "M1", "scope": "PROMOTION_MANAGE", "valid_from": ago(0)},
        {"provider_id": "P1", "merchant_id": "M1", "scope": "MINI_APP_OPER", "valid_from": ago(-20)},
        {
            "provider_id": "P1",
            "merchant_id": "M2",
            "scope": "SHOP_MANAGE",
            "valid_from": ago(90),
            "valid_until": ago(-10),
        },
        {
            "provider_id": "P1",
            "merchant_id": "M3",
            "scope": "SHOP_MANAGE",
            "valid_from": ago(90),
            "valid_until": ago(1),
        },
    ]
    return measure(
        folder, write_platform(folder / "platform", **tables), on=[ago(35), ago(7), ago(0)], catalog=lenient()
    )


def card(meter: SnapshotMeter, merchant: str = "M1", on: date = NEWEST) -> ScoreCard:
    return meter.card(everybody(meter), merchant, on=on, today=NEWEST)


def test_a_merchant_beyond_the_access_reads_like_one_that_does_not_exist(meter: SnapshotMeter) -> None:
    said = []
    for access, merchant in (
        (Access(merchants=frozenset({"M1"})), "M2"),
        (Access(merchants=frozenset({"M1", "M999"})), "M999"),
        (Access(merchants=frozenset()), "M2"),
    ):
        with pytest.raises(NotFoundError) as refused:
            meter.card(access, merchant, on=NEWEST, today=NEWEST)
        said.append(str(refused.value).replace(merchant, "X"))
    assert len(set(said)) == 1


def test_an_id_is_never_read_as_a_query(meter: SnapshotMeter) -> None:
    for odd in ("' OR 1=1 --", "M1'; DROP TABLE figures; --", "", "%", "M_"):
        with pytest.raises(NotFoundError):
            meter.card(Access(merchants=frozenset({odd})), odd, on=NEWEST, today=NEWEST)
    assert card(meter).figures


def test_only_merchants_within_reach_are_listed_by_id(meter: SnapshotMeter) -> None:
    found = meter.merchants(Access(merchants=frozenset({"M2", "M1", "M999"})))
    assert [m.merchant_id for m in found] == ["M1", "M2"]
    assert found[0].industry == "catering"
    assert meter.merchants(Access(merchants=frozenset())) == ()
    assert len(meter.merchant_ids()) == 12


def test_a_card_is_the_newest_not_after_the_day_asked_about(meter: SnapshotMeter) -> None:
    assert [card(meter, on=ago(n)).as_of for n in (0, 1, 7, 8)] == [ago(0), ago(7), ago(7), ago(35)]
    assert meter.dates == (ago(35), ago(7), ago(0))


def test_a_day_before_everything_is_refused_with_the_earliest_date(meter: SnapshotMeter) -> None:
    with pytest.raises(DataMissingError, match=ago(35).isoformat()):
        card(meter, on=ago(36))


def test_every_figure_is_a_valid_measurement_under_its_own_name(meter: SnapshotMeter) -> None:
    units = {m.id: m.unit for m in load_catalog().metrics}
    statistics = {
        "score": "score",
        "peers": "merchants",
        "gain_at_median": "points",
        "coverage": "ratio",
        "rank_share": "ratio",
    }
    for merchant in meter.merchant_ids():
        for key, found in card(meter, merchant).figures.items():
            # figures are copied from a blank, unchecked, for speed: check here that nothing unlawful came of it
            assert Measurement.model_validate(found.model_dump()) == found
            assert found.metric == key
            assert found.as_of == found.period.end == NEWEST
            if found.base in units and found.statistic in ("value", "peer_median", "peer_upper_quarter"):
                assert found.unit == units[found.base]
            elif found.statistic in statistics:
                assert found.unit == statistics[found.statistic]
            assert (found.value is None) == (found.state in ("empty", "too_small", "not_connected", "forbidden"))


def test_what_peers_share_belongs_to_nobody(meter: SnapshotMeter) -> None:
    figures = card(meter).figures
    for key, found in figures.items():
        assert (found.merchant_id is None) == key.endswith((".peer_median", ".peer_upper_quarter", ".peers")), key
    assert figures["conversion_rate.peer_median"].n == figures["conversion_rate.peers"].value


def test_a_figure_without_a_value_is_absent_or_says_why(meter: SnapshotMeter) -> None:
    found = card(meter, "M12")  # has neither coupons nor promotion nor followers
    assert found.get("redemption_rate") is None
    assert found.figures["redemption_rate"].state == "empty"
    assert "redemption_rate.score" not in found.figures
    assert all(f.value is not None for f in found.figures.values() if f.statistic != "value")


def test_the_period_of_a_figure_is_its_window(meter: SnapshotMeter) -> None:
    figures = card(meter).figures
    assert figures["repurchase_rate_90d"].period.start == ago(89)
    assert figures["return_rate_28d"].period.start == ago(27)
    assert figures["active.score"].period.start == ago(27)


def test_many_threads_read_the_same_cards(meter: SnapshotMeter) -> None:
    ids = list(meter.merchant_ids()) * 8
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda merchant: card(meter, merchant), ids))
    assert together == [card(meter, merchant) for merchant in ids]


def test_a_manager_has_the_shops_assigned_on_the_day(meter: SnapshotMeter) -> None:
    assert meter.manager("A1") == ("周敏", "P1", ("M1", "M2"))
    assert meter.manager("A1", on=ago(5)) == ("周敏", "P1", ("M1", "M2", "M3"))
    assert meter.manager("A1", on=ago(-40)) == ("周敏", "P1", ("M2", "M4"))
    assert meter.manager("A2") == ("Idle", "P1", ())
    assert meter.manager("A9") is None


def test_a_provider_holds_the_scopes_granted_on_the_day(meter: SnapshotMeter) -> None:
    assert meter.authorised("P1", on=NEWEST) == {
        "M1": frozenset({"SHOP_MANAGE", "PROMOTION_MANAGE"}), "M2": frozenset({"SHOP_MANAGE"})
    }  # fmt: skip
    assert meter.authorised("P1", on=ago(-11)) == {"M1": frozenset({"SHOP_MANAGE", "PROMOTION_MANAGE"})}
    assert meter.authorised("P2", on=NEWEST) == {}


def test_a_platform_without_managers_has_none(tmp_path: Path) -> None:
    alone = measure(tmp_path, write_platform(tmp_path / "p", activity=[visit("a", NEWEST)]))
    assert alone.manager("A1") is None
    assert len(alone.authorised("P1", on=NEWEST)["M1"]) == 5


def test_a_snapshot_is_named_by_its_directory(meter: SnapshotMeter) -> None:
    assert meter.generation == "snapshot"
    assert meter.newest == NEWEST


@pytest.mark.parametrize("content", [None, "", "{"])
def test_a_directory_without_a_finished_snapshot_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataMissingError, match="no finished snapshot"):
        SnapshotMeter(tmp_path, load_catalog())


@pytest.mark.parametrize("damage", ["cut", "gone", "noise"])
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path: Path, damage: str) -> None:
    built = measure(tmp_path, write_platform(tmp_path / "platform", activity=[visit("a", NEWEST)]))
    built.close()
    file = tmp_path / "snapshot" / "snapshot.duckdb"
    content = file.read_bytes()
    file.unlink()
    if damage != "gone":
        file.write_bytes(content[:2000] if damage == "cut" else b"noise" * 4000)
    with pytest.raises(DataMissingError, match="build it again"):
        SnapshotMeter(tmp_path / "snapshot", load_catalog())
