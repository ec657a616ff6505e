"""Small sources and mappings carried out, for tests."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from tests.exchange.tables import written

from zhijian.exchange.mapping import Mapped, applied, read_mapping
from zhijian.exchange.quality import reading
from zhijian.exchange.source import opened
from zhijian.spec import specification


class Outcome:
    """Records by entity and losses of a mapping over small tables."""

    def __init__(self, text: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        spec = specification()
        self.con = duckdb.connect()
        self.mapping = read_mapping(text, spec)
        with tempfile.TemporaryDirectory() as folder:
            paths = [written(Path(folder), name, rows) for name, rows in tables.items()]
            sources = {t.name.removesuffix(".csv"): t for t in opened(self.con, paths, Path(folder))}
            self.mapped: Mapped = applied(self.con, self.mapping, sources, spec)

    def records(self, entity: str) -> list[dict[str, str | None]]:
        table = self.mapped.tables[entity]
        names = [c.name for c in table.columns]
        rows = self.con.execute(
            f"SELECT {', '.join(map(reading.name, names))} FROM {table.relation} ORDER BY _part, _row, _n"
        ).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def losses(self) -> list[tuple[str, int, str, str]]:
        """(element, row, kind, value)"""
        return self.con.execute("SELECT element, row, kind, value FROM loss ORDER BY ALL").fetchall()
