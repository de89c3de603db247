"""Whom a change concerns: those who use the product and may read of it, and nobody else."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.noticing import notice_lines
from bot.settings import Settings
from bot.workshop import Workshop
from tools.catalog import load_catalog
from tools.reader import SnapshotMeter

PAGE = """---
id: {id}
title: {id}
kind: policy
product: merchant_coupon
platform: alipay
audience: {audience}
locale: zh
valid_from: 2026-01-01
valid_until: 2026-12-31
version: "1"
supersedes: null
source: test
status: sourced
last_verified: 2026-11-01
recheck_by: 2027-03-01
tenant: {tenant}
---
每人限领一张券。
"""


@pytest.fixture
def concerned(tmp_path: Path, demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str] | None]:
    """The merchants named in a notice about each of four documents that end with the year."""
    monkeypatch.setattr(Workshop, "today", lambda self: date(2026, 11, 22))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    pages = (
        ("all", "all", "null"),
        ("shops", "merchant", "null"),
        ("own", "provider", "null"),
        ("ours", "all", "P001"),
    )
    for id, audience, tenant in pages:
        page = PAGE.format(id=id, audience=audience, tenant=tenant)
        (corpus / f"{id}.md").write_text(page, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    for part in ("platform", "snapshot"):
        (home / part).symlink_to((demo_settings.data / part).resolve())
    workshop = Workshop(Settings(data=home, corpus=corpus))
    workshop.build_knowledge(lambda _what, _done: None)
    rows = [json.loads(line) for line in notice_lines(workshop, None, None, date(2027, 1, 31), as_json=True)]
    return {row["changes"][0]["document"]["id"]: row["merchants"] for row in rows}


def test_a_notice_names_who_uses_the_product_and_may_read_of_it(
    concerned: dict[str, list[str] | None], demo_settings: Settings
) -> None:
    path = Workshop(demo_settings).snapshot.current()
    assert path is not None
    meter = SnapshotMeter(path, load_catalog())
    served = set(meter.authorised("P001", on=date(2026, 11, 22)))
    meter.close()
    users = set(concerned["all"] or ())
    assert users
    assert set(concerned["shops"] or ()) == users
    assert concerned["own"] is None, "merchants may not read what is for providers"
    assert set(concerned["ours"] or ()) == users & served
    assert 0 < len(users & served) < len(users)
