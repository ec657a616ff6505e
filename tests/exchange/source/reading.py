"""A file's bytes opened as a province's would be, and what was read and said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from zhijian.exchange.source import Opened, Remark, SourceTable, opened, rejects


@dataclass
class Desk:
    folder: Path
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def put(self, content: bytes | str, name: str = "a.csv") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def open(self, *paths: Path) -> Opened:
        return opened(self.con, paths, self.folder / "work")

    def one(self, content: bytes | str, name: str = "a.csv") -> SourceTable:
        (table,) = self.open(self.put(content, name))
        return table

    def rows(self, table: SourceTable) -> list[tuple[Any, ...]]:
        """`_row` and the cells."""
        columns = ", ".join('"' + c.name.replace('"', '""') + '"' for c in table.columns)
        return self.con.execute(f"SELECT _row, {columns} FROM {table.relation} ORDER BY _row").fetchall()

    def rejected(self, table: SourceTable) -> list[tuple[int, str, str]]:
        relation = rejects(table)
        return [] if relation is None else self.con.execute(f"SELECT * FROM {relation} ORDER BY _row").fetchall()


def names(table: SourceTable) -> list[str]:
    return [c.name for c in table.columns]


def said(table: SourceTable | Opened, why: str) -> list[Remark]:
    return [r for r in table.remarks if r.why == why]


def whys(table: SourceTable | Opened) -> set[str]:
    return {r.why for r in table.remarks}


def texts(remarks: Sequence[Remark]) -> str:
    return " ".join(r.said.zh for r in remarks)
