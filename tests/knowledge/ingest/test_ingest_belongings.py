"""What belongs to whom over several batches: sources that went, references, ids, tenants."""

from pathlib import Path
from typing import Any

from knowledge.load import load_document, load_documents
from tests.knowledge.ingest.conftest import Desk

RULES = "商家券规则\n\n本规则自2026年3月1日起施行。\n\n每位用户限领一张。\n"
GUIDE = "# How to stock coupons\n\nStock only grows.\n"


def test_a_vanished_source_is_reported_and_its_document_removed_only_on_demand(desk: Desk) -> None:
    gone, _ = desk.put("a.txt", RULES), desk.put("b.md", GUIDE)
    desk.run()
    gone.unlink()
    kept = desk.run()
    assert [(v.id, v.removed) for v in kept.vanished] == [("a-zh", False)]
    assert desk.document("a-zh").exists()
    assert [(v.id, v.removed) for v in desk.run(prune=True, dry_run=True).vanished] == [("a-zh", False)]
    assert [(v.id, v.removed) for v in desk.run(prune=True).vanished] == [("a-zh", True)]
    assert [path.name for path in desk.out.glob("*.md")] == ["b-en.md"]


def test_an_empty_folder_is_not_taken_for_a_wish_to_remove_everything(desk: Desk) -> None:
    desk.put("a.txt", RULES).touch()
    desk.run()
    (desk.source / "a.txt").unlink()
    told = desk.run(prune=True).vanished[0]
    assert not told.removed
    assert "not mounted" in told.reason


def test_pruning_spares_corrected_documents_and_those_that_others_name(desk: Desk) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        desk.put(name, RULES.replace("一张", name))
    desk.put("c.meta.yaml", "supersedes: b-zh\n")
    desk.run()
    desk.correct("a-zh", "限领", "每天限领")
    for name in ("a.txt", "b.txt"):
        (desk.source / name).unlink()
    reasons = {v.id: v.reason for v in desk.run(prune=True).vanished}
    assert "corrected by hand" in reasons["a-zh"]
    assert "'c-zh' refers to it" in reasons["b-zh"]
    assert len(load_documents(desk.out)) == 3


def test_a_source_that_moved_keeps_its_document_and_its_corrections(desk: Desk) -> None:
    path = desk.put("a.txt", RULES)
    desk.run()
    desk.correct("a-zh", "限领一张", "限领两张")
    path.rename(desk.source / "renamed.txt")
    assert desk.files()["renamed.txt"].id == "a-zh"
    report = desk.run(prune=True)
    assert report.vanished == ()
    assert "限领两张" in desk.document("a-zh").read_text(encoding="utf-8")


def test_references_may_name_the_corpus_the_batch_and_nothing_else(desk: Desk, write_document: Any) -> None:
    write_document(desk.corpus, "# Old\n\nOld text.", id="old-zh")
    desk.put("new.txt", RULES)
    desk.put("new.meta.yaml", "supersedes: old-zh\ncounterpart: guide-en\n")
    desk.put("guide.md", f"---\ncounterpart: new-zh\n---\n{GUIDE}")
    desk.put("x.txt", RULES)
    desk.put("x.meta.yaml", "supersedes: y-zh\n")
    desk.put("y.txt", RULES)
    desk.put("y.meta.yaml", "supersedes: x-zh\n")
    told = desk.files()
    assert {name: file.outcome for name, file in told.items()} == {
        "new.txt": "accepted", "guide.md": "accepted", "x.txt": "rejected", "y.txt": "rejected",
    }  # fmt: skip
    assert "leads back" in told["x.txt"].reason
    assert [d.id for d, _ in load_documents([desk.corpus, desk.out])] == ["guide-en", "new-zh", "old-zh"]


def test_an_id_belongs_to_one_document(desk: Desk, write_document: Any) -> None:
    write_document(desk.corpus, "# Old\n\nOld text.", id="rules-zh")
    desk.put("rules.txt", RULES)
    desk.put("other/rules.txt", RULES + "另一份。\n")
    desk.put("thief.txt", RULES)
    desk.put("thief.meta.yaml", "id: rules-zh\n")
    desk.put("odd.txt", RULES)
    desk.put("odd.meta.yaml", "id: ../../odd\n")
    report = desk.run()
    taken = [file.id for file in report.files if file.outcome == "accepted"]
    assert len(set(taken)) == 2
    assert all(id and id.startswith("rules-") and id != "rules-zh" for id in taken)
    told = {Path(file.path).name: file.reason for file in report.files if file.outcome == "rejected"}
    assert "supersedes: rules-zh" in told["thief.txt"]
    assert "is not one" in told["odd.txt"]
    assert len(load_documents([desk.corpus, desk.out])) == 3
    assert desk.run().count("skipped") == 2


def test_a_tenants_document_stays_the_tenants_when_nobody_says_so_again(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.run(tenant="T1", audience="merchant")
    assert desk.files()["a.txt"].outcome == "skipped"
    desk.put("a.txt", RULES + "再加一条。\n")
    assert desk.files()["a.txt"].outcome == "accepted"
    document, body = load_document(desk.document("a-zh"))
    assert (document.tenant, document.audience) == ("T1", "merchant")
    assert "再加一条" in body


def test_a_file_that_breaks_later_leaves_the_document_of_before(desk: Desk) -> None:
    desk.put("a.txt", RULES)
    desk.run()
    desk.put("a.txt", b"\x7fELF")
    told = desk.files()["a.txt"]
    assert told.outcome == "rejected"
    assert "a-zh.md" in told.reason
    assert "限领一张" in desk.document("a-zh").read_text(encoding="utf-8")


def test_the_same_text_of_another_tenant_is_another_document(desk: Desk) -> None:
    first = desk.put("a.txt", RULES)
    assert desk.files(tenant="T1")["a.txt"].readers == "everybody of T1"
    first.rename(desk.source / "b.txt")
    desk.run(tenant="T2")
    tenants = {d.id: d.tenant for d, _ in load_documents(desk.out)}
    assert tenants == {"a-zh": "T1", "b-zh": "T2"}


def test_a_file_that_names_another_tenant_is_refused(desk: Desk) -> None:
    desk.put("a.md", f"---\ntenant: T2\n---\n{GUIDE}")
    assert "tenant 'T2'" in desk.files(tenant="T1")["a.md"].reason


def test_words_of_confidence_keep_a_document_from_merchants(desk: Desk) -> None:
    desk.put("a.txt", "服务商手册\n\n内部资料，请勿外传。\n\n每周回访一次。\n")
    desk.run()
    assert load_document(desk.document("a-zh"))[0].audience == "provider"
