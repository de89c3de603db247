"""The snapshot file: what stands in it, and how it is written so that one merchant's card is one short read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # readers of the file need neither engine nor Arrow
    import pyarrow as pa

    from tools.catalog import Catalog

FILE = "snapshot.duckdb"
MANIFEST = "manifest.json"
FORMAT = 4
ROW_GROUP = 122_880  # many more groups, and looking through their bounds takes as long as a card
BLOCK = 16384  # bytes, the least there is: whoever nobody near has asked for costs one block a column
SCHEMA = "snapshot"
NO_BAR = "SET enable_progress_bar = false"  # DuckDB draws one on standard output once a statement takes two seconds


class Writer:
    """Writes the one file with a DuckDB of its own; whichever engine computed hands over Arrow."""

    def __init__(self, path: Path, *, spill: Path) -> None:
        import duckdb

        self.con = duckdb.connect(config={"temp_directory": str(spill)})
        self.con.execute(NO_BAR)
        quoted = str(path).replace("'", "''")
        self.con.execute(f"ATTACH '{quoted}' AS {SCHEMA} (ROW_GROUP_SIZE {ROW_GROUP}, BLOCK_SIZE {BLOCK})")

    def table(self, name: str, schema: pa.Schema, rows: Iterable[pa.RecordBatch], order: str | None = None) -> None:
        """Make a table of all rows, in their order or in `order` (column names)."""
        import duckdb
        import pyarrow as pa

        failed: list[BaseException] = []

        def passing() -> Iterator[pa.RecordBatch]:
            try:
                yield from rows
            except BaseException as error:
                failed.append(error)
                raise

        self.con.register("arriving", pa.RecordBatchReader.from_batches(schema, passing()))
        try:
            self.con.execute(
                f"CREATE TABLE {SCHEMA}.{name} AS SELECT * FROM arriving" + (f" ORDER BY {order}" if order else "")
            )
        except duckdb.Error:
            if failed:
                raise failed[0] from None  # what the engine said, not that its stream broke off
            raise
        finally:
            self.con.unregister("arriving")

    def finish(self, catalog: Catalog) -> dict[str, int]:
        """Add what is made of the tables themselves; row counts by table."""
        from tools.chances_table import add_pairs
        from tools.effect_table import add_effects

        self.con.execute(f"CREATE UNIQUE INDEX merchant_by_id ON {SCHEMA}.merchants (merchant_id)")
        add_pairs(self.con, SCHEMA)
        add_effects(self.con, SCHEMA, catalog)
        names = self.con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [SCHEMA]).fetchall()
        counts = {name: self._count(name) for (name,) in sorted(names)}
        self.con.execute(f"DETACH {SCHEMA}")
        return counts

    def close(self) -> None:
        self.con.close()

    def _count(self, table: str) -> int:
        row = self.con.execute(f"SELECT count(*) FROM {SCHEMA}.{table}").fetchone()
        return int(row[0]) if row else 0
