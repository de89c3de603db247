"""An operator with a folder: files, a mapping, and an import of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from tools.importing.load import import_data
from tools.importing.report import ImportReport

MERCHANTS = "merchant_id,name,industry\nM1,老陈面馆,catering\nM2,Blue Cup,catering\n"
ACTIVITY_HEAD = "merchant_id,user_id,day,channel,visits,orders,gmv\n"


class Operator:
    """`files` are written beside `mapping.yaml`; `run` imports into a fresh directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.runs = 0
        self.declared: dict[str, Any] = {
            "as_of": "2026-11-20",
            "sources": {"shops": {"file": "shops.csv"}, "visits": {"file": "visits.csv"}},
            "tables": {
                "merchants": {"source": "shops", "columns": same("merchant_id", "name", "industry")},
                "activity": {
                    "source": "visits",
                    "columns": same("merchant_id", "user_id", "day", "channel", "visits", "orders", "gmv"),
                },
            },
        }
        self.write("shops.csv", MERCHANTS)
        self.visits("M1,u1,2026-11-19,mini_program,1,1,12.50")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def visits(self, *lines: str) -> None:
        self.write("visits.csv", ACTIVITY_HEAD + "".join(f"{line}\n" for line in lines))

    @property
    def mapping(self) -> Path:
        return self.write("mapping.yaml", yaml.safe_dump(self.declared, allow_unicode=True))

    def run(self) -> ImportReport:
        self.runs += 1
        self.out = self.folder / f"out-{self.runs}"
        return import_data(self.mapping, self.out)

    def rows(self, table: str) -> list[dict[str, Any]]:
        return pq.read_table(self.out / f"{table}.parquet").to_pylist()

    def rejects(self, table: str) -> list[dict[str, Any]]:
        return pq.read_table(self.out / "rejects" / f"{table}.parquet").to_pylist()

    def manifest(self) -> Mapping[str, Any]:
        return json.loads((self.out / "manifest.json").read_text(encoding="utf-8"))


def same(*columns: str) -> dict[str, Any]:
    return {c: c for c in columns}
