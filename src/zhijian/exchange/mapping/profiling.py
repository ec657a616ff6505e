"""What stands in a column: its commonest values, and what shapes they have. For proposing a mapping and for showing one."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb

from zhijian.exchange.quality import reading
from zhijian.exchange.source.cell import text_sql
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import CHECKS
from zhijian.spec.measure import TRUTH, NotReadable, UnitUnknown, read_day, unit

VALUES = 200
"""Different values looked at, the commonest first."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Profile:
    """Of one column. Shares are of the rows whose values were looked at, 0–1."""

    name: str
    rows: int
    filled: int
    distinct: int
    values: tuple[str, ...]
    counts: tuple[int, ...]
    """Rows of each value."""

    @property
    def unique(self) -> bool:
        return self.filled > 1 and self.distinct == self.filled

    @cached_property
    def shapes(self) -> Mapping[str, float]:
        return {name: self.share(test) for name, test in SHAPES.items()}

    def share(self, test: Callable[[str], bool]) -> float:
        return self.weight(v for v in self.values if test(v))

    def weight(self, values: Iterable[str]) -> float:
        """Share of the rows that hold one of `values`."""
        known, total = self._by_value, sum(self.counts)
        return sum(known.get(v, 0) for v in set(values)) / total if total else 0.0

    @cached_property
    def _by_value(self) -> Mapping[str, int]:
        return dict(zip(self.values, self.counts, strict=True))

    @property
    def longest(self) -> int:
        return max(map(len, self.values), default=0)


def _day(text: str) -> bool:
    # Bare numbers of other lengths are numbers, whatever a spreadsheet makes of them.
    if text.isdigit() and len(text) != 8:
        return False
    return len(text) >= 8 and not isinstance(read_day(text), NotReadable)


def _passes(check: str) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        wrong = CHECKS[check](text)
        return wrong is None or wrong.warning

    return test


SHAPES: dict[str, Callable[[str], bool]] = {
    "day": _day,
    "number": lambda text: bool(_NUMBER.fullmatch(text)),
    "truth": lambda text: text.casefold() in TRUTH,
    "chinese": lambda text: any("一" <= ch <= "鿿" for ch in text),
    "unit": lambda text: not _NUMBER.fullmatch(text) and not isinstance(unit(text), UnitUnknown),
    **{name: _passes(name) for name in CHECKS},
}


def profiles(con: duckdb.DuckDBPyConnection, table: SourceTable, most: int = 50_000) -> dict[str, Profile]:
    """By column; of the first `most` rows."""
    made = {}
    columns = [c for c in table.columns if not c.name.startswith("_")]
    cleaned = ", ".join(f"{reading.bare(text_sql(c))} AS c{i}" for i, c in enumerate(columns))
    con.execute(f"CREATE OR REPLACE TEMP TABLE looked_at AS SELECT {cleaned or '1'} FROM {table.relation} LIMIT {most}")
    for i, name in enumerate(c.name for c in columns):
        rows, filled, distinct = con.execute(
            f"SELECT count(*), count(c{i}), count(DISTINCT c{i}) FROM looked_at"
        ).fetchone() or (0, 0, 0)
        values = con.execute(
            f"SELECT c{i}, count(*) FROM looked_at WHERE c{i} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {VALUES}"
        ).fetchall()
        made[name] = Profile(name, rows, filled, distinct, tuple(v for v, _ in values), tuple(n for _, n in values))
    return made
