"""Files in place of a database: tables of a folder, brought into the same chunks, so that all that comes after is the same way.

Lines that are no rows stay beside the chunks (`rejects.parquet`) and are counted: the books name them.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from zhijian.exchange.mapping import SchemaMapping
from zhijian.exchange.mapping.gathering import Gathered, gathered
from zhijian.exchange.migration import extracting
from zhijian.exchange.migration.carrying import connected
from zhijian.exchange.migration.collected import quoted
from zhijian.exchange.migration.extracting import REJECTS, Extract, placed, synced
from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.model import Severity
from zhijian.exchange.source import SourceTable, opened, rejects


@dataclass(frozen=True, slots=True)
class Files:
    """Files and folders with the tables of a source: CSV, Excel, Parquet, JSON lines."""

    paths: tuple[Path, ...]

    @property
    def shown(self) -> str:
        return "、".join(str(p.resolve()) for p in self.paths)

    def sizes(self) -> list[tuple[Path, int]]:
        """Each file and its bytes."""
        inner = (f for p in self.paths for f in (p.rglob("*") if p.is_dir() else [p]))
        return [(f, f.stat().st_size) for f in inner if f.is_file()]

    @contextmanager
    def tables(self, mapping: SchemaMapping, work: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Gathered]]:
        """By the mapping's names. What must be written anew lies in `work` meanwhile.

        Raises: MigrationWrong where a file cannot be opened or a table of the mapping is in none; SourceUnreadable where all cannot.
        """
        folder = work / "opened"
        shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
        try:
            with connected() as con:
                found = opened(con, self.paths, folder)
                if broken := [r for r in found.remarks if r.severity is Severity.ERROR]:
                    raise MigrationWrong(
                        "file-unreadable", "；".join(f"{r.said.zh}（{r.remedy.zh}）" for r in broken) + "。修好，或移出文件夹",
                        "; ".join(r.said.en for r in broken) + ": mend it, or take it out of the folder",
                    )  # fmt: skip
                yield con, _complete(mapping, gathered(mapping, found), [t.name for t in found])
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _complete(mapping: SchemaMapping, found: Gathered, there: Sequence[str]) -> Gathered:
    if absent := [f"{s.name}（{s.pattern}）" if s.pattern != s.name else s.name for s in mapping.sources if s.name not in found.tables]:  # fmt: skip
        raise MigrationWrong("no-table", f"文件里没有表 {'、'.join(absent)}；有的是：{'、'.join(there)}。给文件改名，或改映射的 tables",
                             f"no file holds {', '.join(absent)}; there are: {', '.join(there)}. Rename the file, or mend the mapping's tables")  # fmt: skip
    return found


def brought(con: duckdb.DuckDBPyConnection, found: Gathered, name: str, folder: Path) -> Iterator[int]:
    """The table's chunks on disk; yields rows so far. One that was broken off is begun anew."""
    extract, table = Extract(name, folder), found.tables[name]
    if extract.done is not None:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    columns = ", ".join(f"CAST({quoted(c.name)} AS VARCHAR) AS {quoted(c.name)}" for c in table.columns)
    batches = con.cursor().execute(f"SELECT CAST(_row AS BIGINT) AS _row, {columns} FROM {table.relation}")
    total = 0
    for batch in batches.to_arrow_reader(extracting.ROWS):
        if batch.num_rows:
            total += batch.num_rows
            placed(extract, pa.Table.from_batches([batch]), {"last": None, "total": total})
            yield total
    if not total:
        empty = pa.schema([("_row", pa.int64()), *((c.name, pa.string()) for c in table.columns)]).empty_table()
        placed(extract, empty, {"last": None, "total": 0})
    rejected = _rejected(con, found.parts[name], folder)
    done = {"rows": total, "chunks": len(extract.chunks), "lasting": False, "rejected": rejected}
    synced(folder / "done.json", json.dumps(done).encode())
    yield total


def _rejected(con: duckdb.DuckDBPyConnection, parts: Sequence[SourceTable], folder: Path) -> dict[str, int]:
    """Why → how many; the lines themselves into `rejects.parquet`."""
    kept = [(t.name.replace("'", "''"), r) for t in parts if (r := rejects(t)) is not None]
    if not kept:
        return {}
    union = " UNION ALL ".join(f"SELECT '{name}' AS file, _row, why, text FROM {r}" for name, r in kept)
    file = str(folder / REJECTS).replace("'", "''")
    con.execute(f"COPY ({union}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    return dict(con.execute(f"SELECT why, count(*) FROM '{file}' GROUP BY 1 ORDER BY 1").fetchall())
