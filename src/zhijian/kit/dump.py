"""All rows of a database as files, and back: for any tables, any PostgreSQL from 15 on, without its tools.

One gzipped file a table in COPY's text form, all of one moment. What was written is known by its digest; a folder with
a file missing, cut or changed is refused before the first row is loaded.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

CHUNK = 1 << 20
Progress = Callable[[str, int], None]
"""Told the table and its bytes so far, uncompressed."""


class DumpRefused(Exception):
    """A file of the dump is missing, damaged, or of other tables than those wanted; or the database is not empty."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """One table's file."""

    table: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    """Of the file as it lies on disk."""


def dump(engine: sa.Engine, tables: Iterable[sa.Table], folder: Path, progress: Progress) -> list[Dumped]:
    """Write every table's rows of one moment into `folder`, which exists and is empty."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        db.execute(sa.text("SET LOCAL statement_timeout = 0"))
        return [_dump(db, table, folder, progress) for table in tables]


def _dump(db: sa.Connection, table: sa.Table, folder: Path, progress: Progress) -> Dumped:
    columns = tuple(c.name for c in table.columns)
    path, written, rows = _file(folder, table.name), 0, 0
    driver: Any = db.connection.driver_connection
    with (
        path.open("xb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0) as out,
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({_listed(columns)}) TO STDOUT') as copy,
    ):
        for block in copy:
            out.write(block)
            written += len(block)
            rows += bytes(block).count(b"\n")  # a line end inside a value is written as \\n
            progress(table.name, written)
    return Dumped(table.name, columns, rows, digest_of(path))


def check(dumped: Iterable[Dumped], tables: Iterable[sa.Table], folder: Path) -> None:
    """Return when `folder` holds every table's file whole.

    Raises: DumpRefused.
    """
    held = {one.table: one for one in dumped}
    for table in tables:
        one, path = held.get(table.name), _file(folder, table.name)
        if one is None or not path.is_file():
            raise DumpRefused(f"{path.name}: 备份中没有这张表 the backup has no such table")
        if set(one.columns) != {c.name for c in table.columns}:
            raise DumpRefused(f"{path.name}: 备份与程序的表结构版本不同 the backup is of another version of the tables")
        if digest_of(path) != one.sha256:
            raise DumpRefused(f"{path.name}: 文件不完整或被改动 the file is cut or was changed")


def load(
    db: sa.Connection, dumped: Iterable[Dumped], tables: Iterable[sa.Table], folder: Path, progress: Progress
) -> None:
    """Fill the empty tables, in the caller's transaction, and set their counters behind the last row.

    Raises: DumpRefused when a table has rows already or takes another number than were dumped.
    """
    db.execute(sa.text("SET LOCAL statement_timeout = 0"))
    held = {one.table: one for one in dumped}
    for table in tables:
        if db.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise DumpRefused(
                f"{table.name}: 表中已有数据 has rows already; 请恢复到空的节点 restore into an empty node"
            )
        _load(db, held[table.name], table, folder, progress)


def _load(db: sa.Connection, one: Dumped, table: sa.Table, folder: Path, progress: Progress) -> None:
    driver: Any = db.connection.driver_connection
    done = 0
    with driver.cursor() as cursor:
        with (
            gzip.open(_file(folder, table.name)) as file,
            cursor.copy(f'COPY "{table.name}" ({_listed(one.columns)}) FROM STDIN') as copy,
        ):
            while block := file.read(CHUNK):
                copy.write(block)
                done += len(block)
                progress(table.name, done)
        if cursor.rowcount != one.rows:
            raise DumpRefused(f"{table.name}: {cursor.rowcount} rows 行, 应为 should be {one.rows}")
    for column in (c for c in table.columns if c.identity is not None):
        last = db.execute(sa.select(sa.func.max(column))).scalar() or 0
        sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        db.execute(sa.select(sa.func.setval(sequence, last + 1, False)))


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.copy.gz"


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{c}"' for c in columns)
