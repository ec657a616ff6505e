"""A source's tables into Parquet, chunk by chunk, so that a crash costs one chunk.

`<work>/extract/<run>/<table>/000001.parquet`, each whole or not there at all (written aside, synced, renamed), its last key in the file; `done.json`
when the table is through. Values are text, as the source wrote them; `_row` is the key where that is one integer, else the number in
the key's order.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.source import Column, SourceTable

ROWS = 50_000
"""Of a chunk."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Extract:
    """A table's chunks on disk."""

    table: str
    folder: Path

    @property
    def chunks(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.parquet"))

    @property
    def done(self) -> dict[str, Any] | None:
        file = self.folder / "done.json"
        found: dict[str, Any] | None = json.loads(file.read_text("utf-8")) if file.exists() else None
        return found

    def relation(self, chunks: Sequence[Path] | None = None) -> SourceTable:
        files = ", ".join("'" + str(c).replace("'", "''") + "'" for c in (chunks or self.chunks))
        schema = pq.read_schema(self.chunks[0])
        columns = tuple(Column(name) for name in schema.names if name != "_row")
        return SourceTable(self.table, str(self.folder), f"read_parquet([{files}])", columns, "database", 1)


def extracted(engine: sa.Engine, table: str, folder: Path, since: tuple[str, str] | None = None) -> Iterator[int]:
    """Goes on where it stopped; yields rows so far after every chunk. `since`: (column of the last change, from when).

    Raises: MigrationWrong.
    """
    extract = Extract(table, folder)
    if extract.done is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    if not sa.inspect(engine).has_table(table) and table not in sa.inspect(engine).get_view_names():
        raise MigrationWrong("no-table", f"源库没有表 {table}", f"the source has no table {table}")
    chunks = extract.chunks
    about: dict[str, Any] = _about(chunks[-1]) if chunks else {"last": None, "total": 0}
    with engine.connect() as db:
        shape = sa.Table(table, sa.MetaData(), autoload_with=db)
        key = list(shape.primary_key.columns) or [c for c in shape.columns if not isinstance(c.type, sa.types.NullType)]
        while rows := _next(db, shape, key, about["last"], since):
            last = [_plain(rows[-1][c.name]) for c in key]
            about = {"last": last, "total": about["total"] + len(rows)}
            _write(folder / f"{len(extract.chunks) + 1:06d}.parquet", shape, rows, key, about)
            yield int(about["total"])
            if len(rows) < ROWS:
                break
    if not extract.chunks:
        _write(folder / "000001.parquet", shape, [], key, {"last": None, "total": 0})
    _synced(folder / "done.json", json.dumps({"rows": about["total"], "chunks": len(extract.chunks)}).encode())


def _next(
    db: sa.Connection, shape: sa.Table, key: list[Any], last: list[Any] | None, since: tuple[str, str] | None
) -> Sequence[Any]:
    query = sa.select(shape).order_by(*key).limit(ROWS)
    if last is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*last) if len(key) > 1 else key[0] > last[0])
    if since is not None:
        query = query.where(shape.c[since[0]] >= since[1])
    return db.execute(query).mappings().all()


def _about(chunk: Path) -> dict[str, Any]:
    meta = pq.read_schema(chunk).metadata or {}
    about: dict[str, Any] = json.loads(meta[b"zhijian"])
    return about


def _write(file: Path, shape: sa.Table, rows: Sequence[Any], key: list[Any], about: dict[str, Any]) -> None:
    names = [c.name for c in shape.columns]
    single = len(key) == 1 and isinstance(key[0].type, sa.Integer)
    before = about["total"] - len(rows)
    numbers = [row[key[0].name] for row in rows] if single else range(before + 1, before + 1 + len(rows))
    arrays = [pa.array(numbers, pa.int64()), *(pa.array([text(row[n]) for row in rows], pa.string()) for n in names)]
    schema = pa.schema([("_row", pa.int64()), *((n, pa.string()) for n in names)], {"zhijian": json.dumps(about)})
    aside = file.with_suffix(".part")
    pq.write_table(pa.table(arrays, schema=schema), aside, compression="zstd")
    with aside.open("rb") as made:
        os.fsync(made.fileno())
    aside.rename(file)


def _synced(file: Path, raw: bytes) -> None:
    aside = file.with_suffix(".part")
    with aside.open("wb") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(file)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | None) else text(value)


def text(value: Any) -> str | None:
    """A value of a database as text, the same for every kind of database.

    >>> text(Decimal("1.50")), text(date(2026, 1, 3)), text(True), text(b"ab")
    ('1.50', '2026-01-03', '1', 'ab')
    """
    match value:
        case None | str():
            return value
        case bool():
            return str(int(value))
        case bytes():
            return value.decode("utf-8", "replace")
        case datetime():
            return value.isoformat(" ", "seconds") if not value.microsecond else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
