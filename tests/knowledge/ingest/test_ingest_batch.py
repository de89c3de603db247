"""A batch takes what is good, says what is wrong with the rest, and can be run again."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from knowledge.errors import IngestBusyError
from knowledge.ingest.report import lines_of, to_json
from knowledge.ingest.written import alone
from knowledge.load import load_document, load_documents
from tests.knowledge.ingest.conftest import Desk
from tests.knowledge.ingest.files import bad_files, simple_docx

RULES = "商家券规则\n\n本规则自2026年3月1日起施行。\n\n每位用户限领一张。\n"
GUIDE = "# How to stock coupons\n\nStock only grows.\n"


def test_every_bad_kind_is_refused_with_its_reason_and_the_good_ones_are_taken(desk: Desk) -> None:
    bad = bad_files()
    for name, (content, _) in bad.items():
        desk.put(name, content)
    desk.put("rules.txt", RULES)
    desk.put("guide.md", GUIDE)
    desk.put("word.docx", simple_docx("Coupons", "A coupon can be changed."))
    told = desk.files()
    for name, (_, words) in bad.items():
        assert told[name].outcome == "rejected", name
        assert words in told[name].reason
        assert told[name].reason.endswith(".")
    assert [name for name, file in told.items() if file.outcome == "accepted"] == ["guide.md", "rules.txt", "word.docx"]
    assert [d.id for d, _ in load_documents(desk.out)] == ["guide-en", "rules-zh", "word-en"]


def test_guesses_are_reported_and_marked_and_the_status_is_never_sourced(desk: Desk) -> None:
    desk.put("商家券 rules v2.1.txt", RULES)
    file = next(iter(desk.files().values()))
    guessed = {guess.field: guess.value for guess in file.inferred}
    assert guessed == {
        "id": file.id, "title": "商家券规则", "kind": "policy", "product": "merchant_coupon", "platform": "alipay",
        "audience": "all", "locale": "zh", "valid_from": "2026-03-01", "valid_until": None, "version": "2.1",
        "source": "商家券 rules v2.1.txt", "status": "illustrative", "last_verified": "2026-11-22",
        "recheck_by": "2027-05-21",
    }  # fmt: skip
    text = desk.document(file.id or "").read_text(encoding="utf-8")
    marked = {line.split(":")[0] for line in text.splitlines() if "# inferred: " in line}
    assert marked == set(guessed)


def test_what_a_sidecar_or_front_matter_states_is_not_guessed(desk: Desk) -> None:
    desk.put("rules.txt", RULES)
    desk.put("rules.meta.yaml", "id: coupon-rules\nstatus: sourced\nvalid_from: 2026-04-01\naudience: provider\n")
    desk.put("guide.md", f"---\ntitle: Mine\nkind: faq\n---\n{GUIDE}")
    told = desk.files()
    rules, _ = load_document(desk.document("coupon-rules"))
    assert (rules.status, str(rules.valid_from), rules.audience) == ("sourced", "2026-04-01", "provider")
    assert {"id", "status", "valid_from", "audience"}.isdisjoint(g.field for g in told["rules.txt"].inferred)
    guide, body = load_document(desk.document("guide-en"))
    assert (guide.title, guide.kind, body.strip()) == ("Mine", "faq", GUIDE.strip())


def test_a_whole_front_matter_comes_through_as_it_is(desk: Desk, write_document: Any) -> None:
    path = write_document(desk.source, GUIDE, id="own-zh", aliases=["券"], metrics=["redemption_rate"])
    assert desk.files()["own-zh.md"].inferred == ()
    assert load_document(desk.document("own-zh"))[0] == load_document(path)[0]


def test_unchanged_files_are_not_converted_again(desk: Desk, count_conversions: Callable[[], list[str]]) -> None:
    desk.put("a.txt", RULES)
    desk.put("b.md", GUIDE)
    desk.run()
    assert sorted(count_conversions()) == ["a.txt", "b.md"]
    before = {path: path.read_bytes() for path in desk.out.iterdir()}
    told = desk.files()
    assert {file.outcome for file in told.values()} == {"skipped"}
    assert "Unchanged" in told["a.txt"].reason
    assert len(count_conversions()) == 2
    assert {path: path.read_bytes() for path in desk.out.iterdir()} == before
    desk.put("a.txt", RULES + "再加一条。\n")
    desk.put("b.meta.yaml", "kind: faq\n")
    assert {name: file.outcome for name, file in desk.files().items()} == {"a.txt": "accepted", "b.md": "accepted"}
    assert "再加一条" in desk.document("a-zh").read_text(encoding="utf-8")
    assert load_document(desk.document("b-en"))[0].kind == "faq"


def test_a_new_converter_takes_every_file_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("a.txt", RULES)
    desk.run()
    monkeypatch.setattr("knowledge.ingest.batch.CONVERTER", 99)
    assert desk.files()["a.txt"].outcome == "accepted"


def test_a_correction_by_hand_survives_whatever_becomes_of_the_source(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.run()
    desk.correct("a-zh", "限领一张", "限领两张")
    kept = desk.document("a-zh").read_bytes()
    assert "corrected by hand" in desk.files()["a.txt"].reason
    desk.put("a.txt", RULES + "再加一条。\n")
    told = desk.files()["a.txt"]
    assert told.outcome == "skipped"
    assert "the correction is kept" in told.reason
    assert desk.document("a-zh").read_bytes() == kept
    assert "再加一条" in (desk.out / "a-zh.md.new").read_text(encoding="utf-8")
    assert [d.id for d, _ in load_documents(desk.out)] == ["a-zh"]


def test_the_new_text_can_be_taken_over_in_place_of_the_corrected_one(
    desk: Desk, count_conversions: Callable[[], list[str]]
) -> None:
    desk.put("a.txt", RULES)
    desk.run()
    desk.correct("a-zh", "限领一张", "限领两张")
    desk.put("a.txt", RULES + "再加一条。\n")
    desk.run()
    desk.run()
    assert len(count_conversions()) == 2
    (desk.out / "a-zh.md.new").replace(desk.document("a-zh"))
    assert desk.files()["a.txt"].reason == "Unchanged since it was taken."


def test_a_document_deleted_by_hand_is_made_again(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.run()
    desk.document("a-zh").unlink()
    assert desk.files()["a.txt"].outcome == "accepted"


def test_a_document_that_lost_its_mark_is_not_doubled(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.run()
    text = desk.document("a-zh").read_text(encoding="utf-8")
    desk.document("a-zh").write_text(
        "\n".join(line for line in text.split("\n") if "ccare-ingest" not in line), "utf-8"
    )
    told = desk.files()["a.txt"]
    assert told.outcome == "rejected"
    assert "does not say that it came from here" in told.reason


def test_a_dry_run_says_the_same_and_writes_nothing(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.put("b.txt", b"")
    dry = desk.run(dry_run=True)
    assert not desk.out.exists()
    real = desk.run()
    assert dry.files == real.files
    assert "dry run" in lines_of(dry)[-2]


def test_folders_give_up_only_what_is_meant(desk: Desk) -> None:
    desk.put("page.html", "<html><body><h1>T</h1><p>text</p></body></html>")
    for name in (
        "page_files/frame.html",
        ".hidden/a.txt",
        "README.md",
        "~$word.docx",
        "photo.png",
        "old.doc",
        "noending",
    ):
        desk.put(name, "words")
    (desk.source / "link.txt").symlink_to(desk.source / "page.html")
    told = desk.files()
    assert {name: file.outcome for name, file in told.items()} == {
        "page.html": "accepted", "README.md": "skipped", "~$word.docx": "skipped", "photo.png": "skipped",
        "old.doc": "skipped", "noending": "skipped", "link.txt": "skipped",
    }  # fmt: skip
    assert "Save it as .docx." in told["old.doc"].reason
    asked = desk.run(desk.source / "photo.png", desk.source / "nowhere.txt")
    assert [file.outcome for file in asked.files] == ["rejected", "rejected"]
    assert desk.run(desk.source.parent).count("accepted") == 0


def test_a_name_that_is_no_text_is_told_and_the_batch_goes_on(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    for name in ("规则.txt".encode("gbk"), b"esc\x1b[31m.txt"):
        with open(os.path.join(os.fsencode(desk.source), name), "wb") as file:
            file.write(b"text")
    report = desk.run()
    assert (report.count("accepted"), report.count("rejected")) == (1, 2)
    assert all("Rename it." in file.reason for file in report.files if file.outcome == "rejected")
    assert "\x1b" not in "\n".join(lines_of(report))


def test_a_second_ingest_at_the_same_time_is_refused(desk: Desk) -> None:
    with alone(desk.out), pytest.raises(IngestBusyError, match="Another ingest"):
        desk.run()


def test_progress_ends_at_one_and_the_report_is_one_line_of_json(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.put("b.txt", b"")
    told: list[float] = []
    report = desk.run(progress=lambda what, share: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
    line = to_json(report)
    assert "\n" not in line
    assert json.loads(line)["counts"] == {"accepted": 1, "skipped": 0, "rejected": 1}
    lines = lines_of(report)
    assert any(line.startswith("+ ") and "accepted as a-zh" in line for line in lines)
    assert any(line.startswith("! ") and "is empty" in line for line in lines)
