"""The development questions for document search name documents that exist and words that stand in them."""

import json
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"id", "kind", "question", "locale", "role", "documents", "says"}
LEAST = {
    ("paraphrase", "zh"): 40,
    ("paraphrase", "en"): 40,
    ("cross_zh_en", "zh"): 40,
    ("cross_en_zh", "en"): 40,
}
ONE_LANGUAGE = {"cross_zh_en": "-en", "cross_en_zh": "-zh"}
LEAST_OF_KIND = {"mixed": 30, "typo": 20, "pinyin": 15, "traditional": 15, "rambling": 20}

Row = dict[str, object]


def rows() -> list[Row]:
    text = (Path(__file__).parent / "data" / "found.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def corpus() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "knowledge" / "corpus").glob("*/*.md")}


def words(row: Row, field: str) -> list[str]:
    value = row[field]
    assert isinstance(value, list)
    assert value
    return [str(item) for item in value]


def test_every_row_has_the_fields_and_known_values() -> None:
    for row in rows():
        assert set(row) == FIELDS, row
        assert row["locale"] in {"zh", "en"}, row
        assert row["role"] in {"merchant", "provider"}, row


def test_no_id_and_no_question_stands_twice() -> None:
    for field in ("id", "question"):
        assert [value for value, times in Counter(row[field] for row in rows()).items() if times > 1] == []


def test_each_labelled_document_exists_and_says_one_of_the_strings() -> None:
    texts = corpus()
    for row in rows():
        for document in words(row, "documents"):
            body = texts[document].split("\n---\n", 1)[1]
            assert any(said in body for said in words(row, "says")), (row["id"], document)


def test_each_string_stands_in_a_labelled_document() -> None:
    texts = corpus()
    for row in rows():
        for said in words(row, "says"):
            assert any(said in texts[document] for document in words(row, "documents")), (row["id"], said)


def test_a_merchant_is_not_sent_to_documents_for_providers() -> None:
    texts = corpus()
    for row in rows():
        if row["role"] == "merchant":
            assert not [name for name in words(row, "documents") if "\naudience: provider\n" in texts[name]], row["id"]


def test_cross_language_rows_are_answered_in_the_other_language_only() -> None:
    for row in rows():
        ending = ONE_LANGUAGE.get(str(row["kind"]))
        if ending:
            assert all(name.endswith(ending) for name in words(row, "documents")), row["id"]


def test_there_are_enough_rows_of_each_kind() -> None:
    by_locale = Counter((str(row["kind"]), str(row["locale"])) for row in rows())
    by_kind = Counter(str(row["kind"]) for row in rows())
    assert {key: by_locale[key] for key, least in LEAST.items() if by_locale[key] < least} == {}
    assert {kind: by_kind[kind] for kind, least in LEAST_OF_KIND.items() if by_kind[kind] < least} == {}
