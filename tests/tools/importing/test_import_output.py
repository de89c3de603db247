"""What an import leaves behind: the tables, the rejects, the manifest, nothing else; and the same each time."""

import json
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.tools.importing.importing_desk import Operator, same
from tools.errors import DiskError
from tools.importing.load import import_data
from tools.importing.report import describe
from tools.tables import SQL_TYPES, TABLES

BAD = "M1,u9,never,search,1,0,0"


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_only_tables_rejects_and_manifest_are_written(operator: Operator) -> None:
    operator.visits("M1,u1,2026-11-19,search,1,0,0", BAD)
    operator.run()
    written = ["activity.parquet", "manifest.json", "merchants.parquet", "rejects/activity.parquet"]
    assert sorted(_files(operator.out)) == written
    assert sorted(p.name for p in operator.folder.iterdir()) == ["mapping.yaml", "out-1", "shops.csv", "visits.csv"]


def test_without_a_refused_row_there_is_no_rejects_folder(operator: Operator) -> None:
    operator.run()
    assert not (operator.out / "rejects").exists()


def test_the_same_input_gives_the_same_files_byte_for_byte(operator: Operator) -> None:
    lines = [f"M{1 + i % 2},u{i % 37},2026-11-{1 + i % 20:02},search,{i % 5},0,{i}.5" for i in range(3000)]
    operator.visits(*lines, BAD)
    first, first_files = operator.run(), _files(operator.out)
    second = operator.run()
    assert first == second
    assert first_files == _files(operator.out)


def test_accepted_rows_stand_by_merchant_and_day_whatever_the_order_of_the_source(operator: Operator) -> None:
    lines = [f"M{m},u{u},2026-11-{d:02},search,1,0,0" for u in (3, 1, 2) for d in (5, 4) for m in (2, 1)]
    operator.visits(*lines)
    operator.run()
    rows = [(r["merchant_id"], r["day"], r["user_id"]) for r in operator.rows("activity")]
    assert rows == sorted(rows)
    assert len(rows) == 12
    operator.visits(*reversed(lines))
    operator.run()
    assert rows == [(r["merchant_id"], r["day"], r["user_id"]) for r in operator.rows("activity")]


def test_every_column_of_a_table_is_there_with_its_canonical_type(operator: Operator) -> None:
    operator.run()
    for table in ("merchants", "activity"):
        with duckdb.connect() as connection:
            found = connection.execute(f"DESCRIBE SELECT * FROM '{operator.out / table}.parquet'").fetchall()
        expected = [(c.name, SQL_TYPES[c.kind].replace(" ", "")) for c in TABLES[table].columns]
        assert [(row[0], row[1].replace(" ", "")) for row in found] == expected


def test_columns_that_no_source_gives_take_the_schemas_default_and_are_told(operator: Operator) -> None:
    report = operator.run()
    (row,) = operator.rows("activity")
    assert (row["interactions"], row["identified"], row["store_id"]) == (0, False, None)
    assert report.table("activity").absent == ("store_id", "interactions", "discount", "refunds", "identified")
    assert operator.manifest()["absent"]["activity"] == list(report.table("activity").absent)


def test_the_manifest_says_which_day_and_how_many_rows(operator: Operator) -> None:
    operator.declared |= {"name": "spring", "currency": "USD", "note": "a\nnote"}
    operator.visits("M1,u1,2026-11-19,search,1,0,0", BAD)
    operator.run()
    manifest = operator.manifest()
    assert (manifest["as_of"], manifest["as_of_declared"], manifest["source"]) == ("2026-11-20", True, "spring")
    assert manifest["counts"] == {"activity": 1, "merchants": 2}
    assert manifest["rejected"] == {"activity": 1, "merchants": 0}
    assert (manifest["currency"], manifest["note"]) == ("USD", "a note")


def test_totals_alone_are_enough(operator: Operator) -> None:
    operator.write("visits.csv", "merchant_id,day,visits,gmv\nM1,2026-11-19,5,\nM2,2026-11-18,6,7\nM2,2026-11-18,6,7\n")
    operator.declared["tables"]["daily"] = {"source": "visits", "columns": same("merchant_id", "day", "visits", "gmv")}
    del operator.declared["tables"]["activity"], operator.declared["as_of"]
    report = operator.run()
    assert (report.as_of, report.table("daily").accepted, report.table("daily").rejected) == (date(2026, 11, 19), 2, 1)


def test_progress_only_goes_forward_and_ends_at_one(operator: Operator) -> None:
    heard: list[tuple[str, float]] = []
    import_data(operator.mapping, operator.folder / "out", progress=lambda what, share: heard.append((what, share)))
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert any("activity" in what for what, _ in heard)


def test_a_directory_that_holds_something_is_left_alone(operator: Operator) -> None:
    (operator.folder / "out").mkdir()
    kept = operator.write("out/mine.txt", "mine")
    with pytest.raises(DiskError, match="an import writes into an empty directory"):
        import_data(operator.mapping, operator.folder / "out")
    assert [p.name for p in kept.parent.iterdir()] == ["mine.txt"]


def test_a_target_that_cannot_be_a_directory_is_a_sentence(operator: Operator) -> None:
    operator.write("taken", "a file")
    with pytest.raises(DiskError, match=r"it cannot be written .*; nothing was published"):
        import_data(operator.mapping, operator.folder / "taken" / "out")


def test_a_disk_that_takes_no_more_is_a_sentence_and_leaves_no_work_file(operator: Operator) -> None:
    operator.visits(*[f"M1,u{i},2026-11-19,search,1,0,{i}" for i in range(5000)])
    script = f"""
        import resource, signal
        from pathlib import Path
        from tools.errors import DiskError
        from tools.importing.load import import_data
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))     # every file stops at 20 kB
        try:
            import_data(Path({str(operator.mapping)!r}), Path({str(operator.folder / "out")!r}))
        except DiskError as error:
            print(error)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert "nothing was published" in ran.stdout
    assert not (operator.folder / "out" / ".work").exists()


def test_the_report_in_words_names_counts_reasons_and_an_example(operator: Operator) -> None:
    operator.declared["note"] = "A note."
    operator.visits("M1,u1,2026-11-19,search,1,0,0", BAD)
    text = "\n".join(describe(operator.run()))
    assert "activity: 1 rows accepted, 1 rejected" in text
    assert "1 x day is not a date, e.g. visits.csv line 3" in text
    assert "2026-11-20 (declared)" in text
    assert text.endswith("Note: A note.")


def test_a_report_survives_being_written_and_read(operator: Operator) -> None:
    report = operator.run()
    assert type(report).model_validate(json.loads(report.model_dump_json())) == report
