"""What a platform's own manifest says of it reaches the figures."""

import json
from datetime import date
from pathlib import Path

from tests.tools.measuring_desk import NEWEST, ago, everybody, visit, write_platform
from tools.catalog import load_catalog
from tools.reader import SnapshotMeter
from tools.snapshot import build_snapshot


def test_what_a_manifest_says_of_an_imported_set_is_honoured(tmp_path: Path) -> None:
    """Columns that the source never had are no zeros; a historical set is not late; money has its currency."""
    rows = [visit(f"u{i}", ago(d), orders=1, gmv=10) for d in range(0, 90, 3) for i in range(40)]
    platform = write_platform(tmp_path / "platform", activity=rows)
    said = {"as_of": NEWEST.isoformat(), "currency": "USD", "absent": {"activity": ["interactions", "refunds"]}}
    (platform / "manifest.json").write_text(json.dumps(said))
    out = tmp_path / "out"
    out.mkdir()
    build_snapshot(platform, out, catalog=load_catalog(), calendar=[NEWEST])
    meter = SnapshotMeter(out, load_catalog())
    card = meter.card(everybody(meter), "M1", on=date(2030, 1, 1), today=date(2030, 1, 2))
    assert (card.as_of, card.state) == (NEWEST, "ok")
    for metric in ("interaction_rate", "refund_rate", "average_order_value"):  # sales less refunds nobody sent
        assert (card.figures[metric].state, card.figures[metric].value) == ("not_connected", None)
    assert card.figures["conversion_rate"].value == 1
    assert card.figures["conversion_rate"].currency == "USD"
