"""How much disk a migration wants, and whether it is there: said before anything is written, because a disk that is full at three in
the morning costs the night."""

import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from zhijian.exchange.migration.changed import changed
from zhijian.exchange.migration.extracting import asked, reflected
from zhijian.exchange.migration.files import Files
from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.source import as_text

SAMPLE = 2000
"""Rows of each table that are looked at."""
MARGIN = 1.5
"""What may be wrong with an estimate: less than that is worth a warning."""
PACKED = {".zip": 8, ".gz": 8, ".xlsx": 5, ".xlsm": 5, ".parquet": 4}
"""How much longer a file's text is than the file, roughly."""
BESIDE = 1.4
"""Beside the extract lie what is derived of it, the lists of losses, and the chunk on its way."""
AT_REST = 3.0
"""A row in the target with its key's index and its write-ahead log, as a multiple of its text."""


@dataclass(frozen=True, slots=True)
class Size:
    """Estimated bytes."""

    extract: int
    """Of what will lie in the work folder."""
    text: int
    """Of the rows' text, uncompressed."""

    @property
    def at_rest(self) -> int:
        return int(self.text * AT_REST)


@dataclass(frozen=True, slots=True)
class Room:
    """Of one disk."""

    folder: Path
    wanted: int
    free: int

    @property
    def short(self) -> bool:
        return self.free < self.wanted * MARGIN

    @property
    def not_enough(self) -> bool:
        return self.free < self.wanted

    @property
    def zh(self) -> str:
        return f"{self.folder} 所在磁盘预计需要 {_shown(self.wanted)}，剩余 {_shown(self.free)}"

    @property
    def en(self) -> str:
        return f"the disk of {self.folder} will want about {_shown(self.wanted)}, {_shown(self.free)} are free"


def size_of(
    source: sa.Engine | Files, tables: Mapping[str, str], rows: Mapping[str, int], since: Mapping[str, tuple[str, str]]
) -> Size:
    """`tables`: the mapping's name → the source's; `rows` by the mapping's name. Files are not opened for it. Raises: MigrationWrong
    where a column of `since` is not there."""
    if isinstance(source, Files):
        text = sum(size * PACKED.get(file.suffix.lower(), 1) for file, size in source.sizes())
        return Size(int(text * BESIDE), text)
    extract = text = 0
    with source.connect() as db:
        for name, table in tables.items():
            shape = reflected(db, table)
            packed, plain, count = _sampled(db, shape)
            wanted = _changed(db, shape, since[name]) if name in since else rows[name]
            share = wanted / count if count else 0
            extract, text = extract + int(packed * share), text + int(plain * share)
    return Size(int(extract * BESIDE), text)


def rooms(size: Size, work: Path, target: Path | None, free: Callable[[Path], int] | None = None) -> list[Room]:
    """Of the disk of `work` and of that of `target`, the folder of the target's database where it is on this machine; one, where both
    are on the same. Raises: MigrationWrong where it is clearly not enough."""
    look = free or (lambda folder: shutil.disk_usage(folder).free)
    wanted = {_there(work): size.extract}
    if target is not None:
        beside = next((f for f in wanted if f.stat().st_dev == _there(target).stat().st_dev), _there(target))
        wanted[beside] = wanted.get(beside, 0) + size.at_rest
    found = [Room(folder, want, look(folder)) for folder, want in wanted.items()]
    if few := [r for r in found if r.not_enough]:
        raise MigrationWrong("no-room", "磁盘空间不够，什么都没有写：" + "；".join(r.zh for r in few) + "。腾出空间，或用另一块盘上的 --work",
                             "; ".join(r.en for r in few) + ": nothing was written. Free some, or put --work on another disk")  # fmt: skip
    return found


def _changed(db: sa.Connection, shape: sa.Table, since: tuple[str, str]) -> int:
    return int(db.execute(sa.select(sa.func.count()).select_from(shape).where(changed(shape, since))).scalar_one())


def _sampled(db: sa.Connection, shape: sa.Table) -> tuple[int, int, int]:
    """(bytes as a chunk, bytes as text, rows) of a table's first rows."""
    found = db.execute(sa.select(*asked(shape)).limit(SAMPLE)).all()
    columns = [[None if v is None else as_text(v) for v in column] for column in zip(*found, strict=True)]
    out = io.BytesIO()
    named = {f"c{n}": pa.array(column, pa.string()) for n, column in enumerate(columns)}
    pq.write_table(pa.table(named), out, compression="zstd")
    text = sum(len(v.encode()) + 1 for column in columns for v in column if v is not None) + 30 * len(found)
    return out.getbuffer().nbytes if found else 0, text, len(found)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    found = folder.resolve()
    while not found.exists():
        found = found.parent
    return found


def _shown(count: float) -> str:
    """
    >>> _shown(1536), _shown(12 << 30)
    ('1.5 KB', '12.0 GB')
    """
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1024
    return f"{count:.1f} TB"
