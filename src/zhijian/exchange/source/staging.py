"""Rows written anew as Parquet, where DuckDB cannot read the source itself. Memory is bounded by `BATCH_CELLS` and `GROUP_BYTES`."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH_CELLS, BATCH_CHARS, GROUP_BYTES, GROUP_ROWS = 150_000, 8 << 20, 32 << 20, 200_000
REJECTS = pa.schema([("_row", pa.int64()), ("why", pa.string()), ("text", pa.large_string())])


def relation_of(path: Path) -> str:
    return "(SELECT * FROM read_parquet('{}'))".format(str(path).replace("'", "''"))


class Staging:
    """A table on its way into `path`; lines that are no rows go into a file beside it."""

    def __init__(self, path: Path, names: Sequence[str], types: Sequence[pa.DataType] | None = None) -> None:
        self.path, self.rejects_path = path, path.with_suffix(".rejects.parquet")
        kinds = types or [pa.string()] * len(names)
        self.schema = pa.schema([("_row", pa.int64()), *zip(names, kinds, strict=True)])
        self.size = 0
        self.rejected = 0
        self._writer = pq.ParquetWriter(path, self.schema, compression="snappy")
        self._numbers: list[int] = []
        self._rows: list[Sequence[Any]] = []
        self._chars = 0
        self._limit = max(1, BATCH_CELLS // max(1, len(names)))
        self._tables: list[pa.Table] = []
        self._bytes = self._waiting = 0
        self._bad: list[tuple[int, str, str]] = []
        self._bad_chars = 0
        self._bad_writer: pq.ParquetWriter | None = None

    def add(self, row: int, cells: Sequence[Any], chars: int = 0) -> None:
        """`cells`, one a column. `chars`: how long they are, if that may be much."""
        self._numbers.append(row)
        self._rows.append(cells)
        self._chars += chars
        self.size += 1
        if len(self._rows) >= self._limit or self._chars > BATCH_CHARS:
            self._batch()

    def reject(self, row: int, why: str, text: str) -> None:
        self.rejected += 1
        self._bad.append((row, why, text))
        self._bad_chars += len(text)
        if len(self._bad) >= 50_000 or self._bad_chars > BATCH_CHARS:
            self._write_rejects()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._batch()
            self._group()
            self._write_rejects()
        self._writer.close()
        if self._bad_writer is not None:
            self._bad_writer.close()

    @property
    def about(self) -> dict[str, str]:
        """`rejects`, when there are some."""
        return {"rejects": str(self.rejects_path)} if self.rejected else {}

    def _batch(self) -> None:
        if not self._rows:
            return
        columns = [pa.array(self._numbers, pa.int64())]
        for field, values in zip(list(self.schema)[1:], zip(*self._rows, strict=True), strict=False):
            columns.append(_column(values, field.type))
        self._numbers, self._rows, self._chars = [], [], 0
        table = pa.Table.from_arrays(columns, schema=self.schema)
        self._tables.append(table)
        self._bytes += table.nbytes
        self._waiting += table.num_rows
        if self._bytes >= GROUP_BYTES or self._waiting >= GROUP_ROWS:
            self._group()

    def _group(self) -> None:
        if self._tables:
            self._writer.write_table(pa.concat_tables(self._tables), row_group_size=GROUP_ROWS)
        self._tables, self._bytes, self._waiting = [], 0, 0

    def _write_rejects(self) -> None:
        if not self._bad:
            return
        if self._bad_writer is None:
            self._bad_writer = pq.ParquetWriter(self.rejects_path, REJECTS)
        columns = list(zip(*self._bad, strict=True))
        self._bad_writer.write_table(pa.Table.from_arrays(
            [pa.array(c, f.type) for c, f in zip(columns, REJECTS, strict=True)], schema=REJECTS))  # fmt: skip
        self._bad, self._bad_chars = [], 0


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Text that is empty is NULL, as in DuckDB's reading of CSV. What Unicode forbids (half a pair) becomes U+FFFD."""
    if kind != pa.string():
        return pa.array(values, kind)
    try:
        texts = pa.array(values, pa.string())
    except UnicodeEncodeError:
        texts = pa.array([None if v is None else _sound(v) for v in values], pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _sound(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
