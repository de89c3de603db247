"""What a snapshot is made by, besides the rows: catalog and code; and whether one that is there is still the right one.

Light to import: asked at every start of a conversation.
"""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tools.catalog import Catalog
from tools.store import FILE, FORMAT, MANIFEST

MEASURING = (
    "asof", "assets", "base", "benchmarks", "catalog", "curves", "engine", "engines/duck", "engines/files",
    "engines/postgres", "engines/spark", "errors", "fold", "groups", "lending", "metrics", "own", "queries", "scores",
    "scoring", "snapshot_day", "snapshot_roll", "standing", "sums", "tables", "types", "user_sums",
)  # fmt: skip
WRITING = (
    "chances_table", "differences", "effect_reading", "effect_table", "matching", "snapshot", "snapshot_assembly",
    "snapshot_marks", "snapshot_recipe", "snapshot_store", "snapshot_tables", "store",
)  # fmt: skip
WORDS = {"name", "definition", "phrasings", "moves", "sub_value", "unit"}  # of a metric; they move no figure


class Report(NamedTuple):
    """What a job did: as-of dates measured now and taken from earlier jobs, and how long it took in all."""

    computed: int
    reused: int
    seconds: float


def recipe(catalog: Catalog) -> str:
    """Changes with the catalog, the file's format and the code that measures and writes."""
    told = [FORMAT, catalog.model_dump_json(), code_mark(MEASURING + WRITING)]
    return sha256(json.dumps(told).encode()).hexdigest()


def measuring_rules(catalog: Catalog) -> str:
    """What of the catalog decides figures: minimums, windows, weights, and the rules of user assets."""
    metrics = [m.model_dump(mode="json", exclude=WORDS) for m in catalog.metrics]
    return json.dumps([metrics, catalog.user_assets.model_dump(mode="json")], sort_keys=True)


@cache
def code_mark(modules: tuple[str, ...] = MEASURING) -> str:
    """Changes with that code: nobody has to remember that what was measured by the old is out of date."""
    digest = sha256()
    for path in (Path(__file__).parent / f"{name}.py" for name in modules):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp(platform: Path) -> str:
    """Changes with any file of a platform's directory, without reading it."""
    files = sorted(p for p in platform.iterdir() if p.suffix in (".parquet", ".json"))
    told = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    return sha256(json.dumps(told).encode()).hexdigest()


def unchanged(snapshot: Path, platform: Path) -> Report | None:
    """The report of a job that has nothing to do; None where the rows changed or the file is not whole.

    Catalog and code are not looked at: they stand in the generation's name.
    """
    import duckdb

    manifest = _manifest(snapshot)
    if not manifest or manifest.get("made_of") != stamp(platform):
        return None
    try:
        with duckdb.connect(str(snapshot / FILE), read_only=True) as con:
            for table, count in manifest["counts"].items():
                if con.execute(f"SELECT count(*) FROM {table}").fetchone() != (count,):
                    return None
    except duckdb.Error:
        return None
    return Report(0, len(manifest["as_of"]), 0.0)


def keys_of(snapshots: Iterable[Path]) -> set[str]:
    """The measured days that these snapshots were made of."""
    return {key for snapshot in snapshots for key in _manifest(snapshot).get("days", {}).values()}


def _manifest(snapshot: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((snapshot / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
