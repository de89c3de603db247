"""An operator's own rows, from a CSV file to an answer; and what is current is not built again."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.workshop import Workshop
from tests.command import run_ccare
from tests.platforms import write_tables
from tools.demo.generate import slice_industry

NEWEST = date(2026, 11, 21)
MAPPING = """
name: corner-shops
as_of: 2026-11-21
currency: CNY
sources:
  rows: {file: rows.csv}
  shops: {file: shops.csv}
tables:
  merchants:
    source: shops
    columns: {merchant_id: shop, name: name, industry: trade}
  activity:
    source: rows
    columns: {merchant_id: shop, user_id: who, day: day, channel: channel, visits: visits, orders: orders, gmv: paid}
"""


def _write(folder: Path) -> Path:
    """Twelve shops, sixty days; one row without a day and one of a shop that does not exist."""
    chance = random.Random(5)
    shops = [f"S{i:02d}" for i in range(12)]
    (folder / "shops.csv").write_text(
        "shop,name,trade\n" + "".join(f"{s},Shop {s},cafe\n" for s in shops), encoding="utf-8"
    )
    lines = ["shop,who,day,channel,visits,orders,paid"]
    for shop in shops:
        for back in range(60):
            for user in chance.sample(range(60), 12):
                day = NEWEST - timedelta(days=back)
                lines.append(
                    f"{shop},u{user},{day},store_code,1,{int(chance.random() < 0.6)},{chance.randint(5, 60)}.50"
                )
    lines += ["S01,u1,,store_code,1,0,0", "S99,u1,2026-11-20,store_code,1,0,0"]
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    mapping = folder / "shops.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return mapping


def test_rows_from_a_file_are_imported_counted_and_answered_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CCARE_DATA", str(tmp_path / "home"))
    mapping = _write(tmp_path)
    assert run_ccare(monkeypatch, "data", "import", "--mapping", str(mapping)) == 0
    assert "8,640 rows accepted, 2 rejected" in capsys.readouterr().out
    assert run_ccare(monkeypatch, "knowledge", "build") == 0
    assert run_ccare(monkeypatch, "data", "check") == 0
    capsys.readouterr()
    assert run_ccare(monkeypatch, "ask", "how many visitors do I have?", "--as", "merchant:S03") == 0
    said = capsys.readouterr().out
    assert "12 shops" in said
    assert "21 November" in said


def test_a_broken_mapping_leaves_what_was_loaded_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCARE_DATA", str(tmp_path / "home"))
    mapping = _write(tmp_path)
    assert run_ccare(monkeypatch, "data", "import", "--mapping", str(mapping)) == 0
    workshop = Workshop(Settings(data=tmp_path / "home"))
    before = workshop.platform.current()
    mapping.write_text(MAPPING.replace("visits: visits", "visits: vists"), encoding="utf-8")
    assert run_ccare(monkeypatch, "data", "import", "--mapping", str(mapping)) == 1
    assert workshop.platform.current() == before
    assert [p for p in (tmp_path / "home" / "platform").iterdir() if p.name.startswith(".")] == []


def test_what_is_current_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def small(out: Path, *, seed: int, anchor: date, progress: object) -> None:
        built.append("platform")
        write_tables(out, slice_industry(seed=seed, anchor=anchor, merchants=12, days=60))

    monkeypatch.setattr("tools.demo.generate.generate", small)
    workshop = Workshop(Settings(data=tmp_path))
    told: list[str] = []
    workshop.ready(lambda what, done: told.append(what))
    assert built == ["platform"]
    assert told
    names = [g.current() for g in (workshop.platform, workshop.snapshot, workshop.knowledge)]
    told.clear()
    workshop.ready(lambda what, done: told.append(what))
    assert told == []
    assert [g.current() for g in (workshop.platform, workshop.snapshot, workshop.knowledge)] == names
    monkeypatch.setattr(Workshop, "today", lambda self: NEWEST + timedelta(days=400))
    workshop.ready(lambda what, done: None)
    assert built == ["platform", "platform"], "a demo that no longer ends yesterday is made anew"
