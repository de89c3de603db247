"""Columns to Arrow tables of the canonical schema, and to Parquet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tools.demo.clock import Clock, Ints
from tools.demo.industries import CHANNELS
from tools.demo.rows import Rows
from tools.tables import TABLES, Kind

_TYPES: dict[Kind, Any] = {
    "text": pa.string(), "integer": pa.int64(), "money": pa.decimal128(18, 2), "date": pa.date32(),
    "timestamp": pa.timestamp("us"), "boolean": pa.bool_(), "number": pa.float64(),
}  # fmt: skip
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
ROW_GROUP = 131_072


def schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a canonical table."""
    return pa.schema([pa.field(c.name, _TYPES[c.kind], nullable=not c.required) for c in TABLES[table].columns])


def money(fen: Ints) -> pa.Array:
    """DECIMAL(18, 2) from 1/100 yuan, without a detour through floats."""
    wide = np.empty((len(fen), 2), dtype=np.int64)
    wide[:, 0], wide[:, 1] = fen, fen >> 63
    return pa.Array.from_buffers(_TYPES["money"], len(fen), [None, pa.py_buffer(wide)])


def texts(words: Sequence[str | None], index: NDArray[Any]) -> pa.Array:
    """A text column: `words` picked by `index`."""
    return pa.array(words, pa.string()).take(pa.array(index))


def user_texts(hashes: NDArray[np.uint64]) -> pa.Array:
    """Sixteen hexadecimal digits a user."""
    octets = hashes.astype(">u8").view(np.uint8).reshape(-1, 8)
    digits = np.empty((len(hashes), 16), dtype=np.uint8)
    digits[:, 0::2], digits[:, 1::2] = _HEX[octets >> 4], _HEX[octets & 15]
    ends = np.arange(0, 16 * (len(hashes) + 1), 16, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(hashes), [None, pa.py_buffer(ends), pa.py_buffer(digits)])


def constant(word: str | None, length: int) -> pa.Array:
    """The same text in every row."""
    return pa.repeat(pa.scalar(word, pa.string()), length)


def dates(clock: Clock, days: Ints) -> pa.Array:
    """Day numbers as dates."""
    return pa.array(clock.epoch_days(days), pa.int32()).cast(pa.date32())


def table_of(table: str, columns: Mapping[str, Any]) -> pa.Table:
    """An Arrow table in the canonical column order; plain sequences are converted."""
    schema = schema_of(table)
    return pa.Table.from_arrays([_array(columns[f.name], f.type) for f in schema], schema=schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, kind)


def records(table: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A small table from dictionaries; dates are `datetime.date`, absent columns are empty."""
    return pa.Table.from_pylist([dict(r) for r in rows], schema=schema_of(table))


def activity_table(merchant_id: str, rows: Rows, clock: Clock) -> pa.Table:
    """One merchant's activity; the rows must be in file order."""
    n = len(rows)
    return table_of("activity", {
        "merchant_id": constant(merchant_id, n),
        "user_id": user_texts(rows.hashes).take(pa.array(rows.user)),
        "day": dates(clock, rows.day),
        "channel": texts(CHANNELS, rows.channel),
        "store_id": constant(None, n),
        "visits": rows.visits, "interactions": rows.interactions, "orders": rows.orders,
        "gmv": money(rows.gmv), "discount": money(rows.discount), "refunds": money(rows.refunds),
        "identified": rows.identified,
    })  # fmt: skip


class TableWriter:
    """Writes one canonical table piece by piece, in row groups of about ROW_GROUP rows."""

    def __init__(self, out: Path, table: str) -> None:
        self._pending: list[pa.Table] = []
        self._rows = 0
        # Without the Arrow schema in the file every reader sees plain Parquet types.
        self._writer = pq.ParquetWriter(
            out / f"{table}.parquet", schema_of(table), compression="zstd",
            store_schema=False, store_decimal_as_integer=True,
        )  # fmt: skip

    def add(self, piece: pa.Table) -> None:
        self._pending.append(piece)
        self._rows += piece.num_rows
        if self._rows >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.concat_tables(self._pending).combine_chunks())
        self._pending, self._rows = [], 0

    def close(self) -> None:
        if self._pending:
            self._flush()
        self._writer.close()
