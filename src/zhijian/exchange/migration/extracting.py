"""A source's tables into Parquet, chunk by chunk, so that a crash costs one chunk.

`<work>/extract/<run>/<table>/000001.parquet`, each whole or not there at all (written aside, synced, renamed), its last key in the file; `done.json`
when the table is through. Values are text, as the source wrote them; `_row` is the key where that is one integer, else the number in
the key's order.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from zhijian.exchange.migration.changed import changed
from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.migration.resuming import after, goes_on, kept, key_asked
from zhijian.exchange.source import Column, SourceTable, as_text
from zhijian.kit.clock import SHANGHAI

ROWS = 100_000
"""Of a chunk."""
REJECTS = "rejects.parquet"
"""Lines of a file that are no rows: `file`, `_row`, `why`, `text`."""
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

    @property
    def lasting(self) -> bool:
        """Whether a row has the same `_row` whenever it is extracted."""
        return bool((self.done or {}).get("lasting", True))

    @property
    def rejected(self) -> dict[str, int]:
        """Of a file: lines that are no rows, by why."""
        return dict((self.done or {}).get("rejected", {}))

    @property
    def taken_at(self) -> datetime | None:
        """When the table was through; None before."""
        file = self.folder / "done.json"
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None

    def relation(self, chunks: Sequence[Path] | None = None) -> SourceTable:
        files = ", ".join("'" + str(c).replace("'", "''") + "'" for c in (chunks or self.chunks))
        schema = pq.read_schema(self.chunks[0])
        columns = tuple(Column(name) for name in schema.names if name != "_row")
        return SourceTable(self.table, str(self.folder), f"read_parquet([{files}])", columns, "database", 1)


def extracted(
    source: sa.Engine | sa.Connection, table: str, folder: Path, since: tuple[str, str] | None = None
) -> Iterator[int]:
    """Goes on where it stopped; yields rows so far after every chunk. `since`: (column of the last change, from when).

    Raises: MigrationWrong.
    """
    extract = Extract(table, folder)
    if extract.done is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    if not sa.inspect(source).has_table(table) and table not in sa.inspect(source).get_view_names():
        raise MigrationWrong("no-table", f"源库没有表 {table}", f"the source has no table {table}")
    with source.connect() if isinstance(source, sa.Engine) else nullcontext(source) as db:
        shape = reflected(db, table)
        chunks = (_by_key if goes_on(db, shape) else _at_once)(db, shape, extract, since)
        total = 0
        for total in chunks:
            yield total
        lasting = _single(list(shape.primary_key.columns))
    synced(
        folder / "done.json", json.dumps({"rows": total, "chunks": len(extract.chunks), "lasting": lasting}).encode()
    )


def reflected(db: sa.Connection, table: str) -> sa.Table:
    return sa.Table(table, sa.MetaData(), autoload_with=db, info={"dialect": db.dialect.name})


def _by_key(db: sa.Connection, shape: sa.Table, extract: Extract, since: tuple[str, str] | None) -> Iterator[int]:
    """Chunk after chunk in the key's order, from the last one that is there."""
    key = list(shape.primary_key.columns)
    chunks = extract.chunks
    about: dict[str, Any] = _about(chunks[-1]) if chunks else {"last": None, "total": 0}
    while rows := _next(db, shape, key, about["last"], since):
        about = {"last": kept(rows[-1][: len(key)]), "total": about["total"] + len(rows)}
        single = _single(key)
        before = about["total"] - len(rows)
        numbers = [row[0] for row in rows] if single else range(before + 1, before + 1 + len(rows))
        _write(extract, shape, numbers, [row[len(key) :] for row in rows], about)
        yield int(about["total"])
        if len(rows) < ROWS:
            break
    if not extract.chunks:
        _write(extract, shape, [], [], about)
    yield int(about["total"])


def _single(key: Sequence[Any]) -> bool:
    """Then it is the row's number, for good."""
    return len(key) == 1 and isinstance(key[0].type, sa.Integer)


def _at_once(db: sa.Connection, shape: sa.Table, extract: Extract, since: tuple[str, str] | None) -> Iterator[int]:
    """Without a key that can be gone on from no row can be gone on from: equal rows at a chunk's border would be lost. So the table is read in one pass,
    and read anew when that was broken off; no chunk is carried before the table is through."""
    for chunk in extract.chunks:
        chunk.unlink()
    result = db.execution_options(stream_results=True).execute(_since(sa.select(*asked(shape)), shape, since))
    total = 0
    while rows := result.fetchmany(ROWS):
        _write(
            extract, shape, range(total + 1, total + 1 + len(rows)), rows, {"last": None, "total": total + len(rows)}
        )
        total += len(rows)
        yield total
    if not total:
        _write(extract, shape, [], [], {"last": None, "total": 0})
    yield total


_DAYS = (sa.Date, sa.DateTime, sa.Time, sa.Interval)


def asked(shape: sa.Table) -> list[sa.ColumnElement[Any]]:
    """Every column; days and times as text: a driver refuses those that Python does not know (infinity, 0000-00-00). Moments with a zone
    by China's clocks: the server would write them by its own."""
    return [_text(c, str(shape.info.get("dialect", ""))).label(f"c{n}") for n, c in enumerate(shape.columns)]


def _text(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    if not isinstance(column.type, _DAYS):
        return column
    if dialect == "postgresql" and isinstance(column.type, sa.DateTime) and column.type.timezone:
        return sa.cast(sa.func.timezone(str(SHANGHAI), column), sa.String)
    return sa.cast(column, sa.String)


def _since(query: sa.Select[Any], shape: sa.Table, since: tuple[str, str] | None) -> sa.Select[Any]:
    return query if since is None else query.where(changed(shape, since))


def _next(
    db: sa.Connection, shape: sa.Table, key: list[Any], last: list[Any] | None, since: tuple[str, str] | None
) -> Sequence[Any]:
    """Rows with their key in front."""
    kept_key = (c.label(f"k{n}") for n, c in enumerate(key_asked(db, key)))
    query = sa.select(*kept_key, *asked(shape)).order_by(*key).limit(ROWS)
    if last is not None:
        query = query.where(after(db, key, last))
    return db.execute(_since(query, shape, since)).all()


def _about(chunk: Path) -> dict[str, Any]:
    meta = pq.read_schema(chunk).metadata or {}
    about: dict[str, Any] = json.loads(meta[b"zhijian"])
    return about


def _write(
    extract: Extract, shape: sa.Table, numbers: Sequence[int], rows: Sequence[Any], about: dict[str, Any]
) -> None:
    """The next chunk: `numbers` are its `_row`, `rows` the values in the order of the table's columns."""
    names = [c.name for c in shape.columns]
    arrays = [pa.array(numbers, pa.int64())]
    arrays += [
        pa.array([None if row[n] is None else as_text(row[n]) for row in rows], pa.string()) for n in range(len(names))
    ]
    placed(extract, pa.table(arrays, names=["_row", *names]), about)


def placed(extract: Extract, rows: pa.Table, about: dict[str, Any]) -> None:
    """The next chunk: whole, or not there. `about` goes into the file."""
    file = extract.folder / f"{len(extract.chunks) + 1:06d}.parquet"
    aside = file.with_suffix(".part")
    pq.write_table(rows.replace_schema_metadata({"zhijian": json.dumps(about)}), aside, compression="zstd")
    with aside.open("rb") as made:
        os.fsync(made.fileno())
    aside.rename(file)


def synced(file: Path, raw: bytes) -> None:
    aside = file.with_suffix(".part")
    with aside.open("wb") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(file)
