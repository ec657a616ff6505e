"""Tables as opened, given to the names under which a mapping knows them: several files of one pattern become one table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from zhijian.exchange.mapping.model import SchemaMapping
from zhijian.exchange.quality import reading
from zhijian.exchange.source.cell import is_plain, text_sql
from zhijian.exchange.source.model import Column, SourceTable

FILE_BITS = 40
"""`_row` of the n-th file of a pattern is n × 2^40 + its own, so that one number leads back to file and row."""
FILE, LINE = "_file", "_line"
"""Columns that a mapping may use beside the source's: which file, and which row of it."""


@dataclass(frozen=True, slots=True)
class Gathered:
    tables: Mapping[str, SourceTable]
    """By the mapping's names; those not found are not in it."""
    parts: Mapping[str, tuple[SourceTable, ...]]
    """Of each name, the tables that it was made of."""
    left: tuple[SourceTable, ...]
    """Tables that the mapping does not know."""

    def place(self, name: str, row: int) -> tuple[str, int]:
        """(table as opened, row as its people see it)"""
        return self.parts[name][row >> FILE_BITS].name, row & ((1 << FILE_BITS) - 1)


def gathered(mapping: SchemaMapping, tables: Iterable[SourceTable]) -> Gathered:
    opened = list(tables)
    parts = {s.name: tuple(t for t in opened if _named(t.name, s.pattern)) for s in mapping.sources}
    made = {name: _united(name, found) for name, found in parts.items() if found}
    known = {id(t) for found in parts.values() for t in found}
    return Gathered(made, parts, tuple(t for t in opened if id(t) not in known))


def _named(name: str, pattern: str) -> bool:
    """`机构*.csv`, `机构` and, of a workbook, `名册.xlsx / 机构` all name a table."""
    stem = name.rsplit(".", 1)[0]
    return any(fnmatchcase(n.casefold(), pattern.casefold()) for n in {name, stem, name.rsplit(" / ", maxsplit=1)[-1]})


def _united(name: str, parts: tuple[SourceTable, ...]) -> SourceTable:
    names = list(dict.fromkeys(c.name for t in parts for c in t.columns))
    types = {n: {_type(c) for t in parts for c in t.columns if c.name == n} for n in names}
    columns = tuple(Column(n, types[n].pop() if len(types[n]) == 1 else "VARCHAR") for n in names)
    union = " UNION ALL BY NAME ".join(_part(t, n, columns) for n, t in enumerate(parts))
    extra = (Column(FILE), Column(LINE, "BIGINT"))
    return SourceTable(name, parts[0].origin, f"({union})", (*columns, *extra), parts[0].kind, parts[0].first)


def _type(column: Column) -> str:
    """What only the source's reader can put into text is text from here on."""
    return column.type if is_plain(column) else "VARCHAR"


def _part(table: SourceTable, n: int, columns: tuple[Column, ...]) -> str:
    own = {c.name: c for c in table.columns}
    picked = "".join(
        f", {reading.name(c.name)}" if own[c.name].type == c.type else f", {text_sql(own[c.name])} AS {reading.name(c.name)}"
        for c in columns if c.name in own
    )  # fmt: skip
    file = table.name.rsplit(".", 1)[0].replace("'", "''")
    return f"SELECT {n << FILE_BITS} + _row AS _row, '{file}' AS {FILE}, _row AS {LINE}{picked} FROM {table.relation}"
