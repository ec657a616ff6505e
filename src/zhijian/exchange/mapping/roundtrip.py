"""The proof by way back: from the records each field's source cells are built again and held against the source, row by row.

`same`: the very text (blanks around and placeholders such as “/” count as nothing). `alike`: another way of writing that reads as
the same value (2026年1月3日 and 2026-01-03). `different`: neither. What has no way back is listed with the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.exchange.mapping.model import Field, Records, SchemaMapping
from zhijian.exchange.mapping.sql import Scope, inputs_sql
from zhijian.exchange.model import Text
from zhijian.exchange.quality import reading
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import Specification

ROWS = 5
Cells = tuple[str | None, ...]
Back = Callable[[str, Mapping[str, str | None]], Cells]
"""(value, the record's other elements) → the source's cells."""
_BY_KIND = {"date": "day", "integer": "number", "decimal": "number", "bool": "truth"}


@dataclass(frozen=True, slots=True)
class Returned:
    label: str
    element: str
    columns: tuple[str, ...]
    same: int
    alike: int
    different: int
    rows: tuple[int, ...]
    """`_row` of the first that differ."""


@dataclass(frozen=True, slots=True)
class NoWayBack:
    label: str
    element: str
    why: Text


@dataclass(frozen=True, slots=True)
class RoundTrip:
    fields: tuple[Returned, ...]
    without: tuple[NoWayBack, ...]

    @property
    def proven(self) -> bool:
        return not any(f.different for f in self.fields)


def round_trip(
    con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, sources: Mapping[str, SourceTable], spec: Specification
) -> RoundTrip:
    """After `applied` over the same connection and sources."""
    fields: list[Returned] = []
    without: list[NoWayBack] = []
    for part, records in enumerate(mapping.records):
        con.execute(f"CREATE OR REPLACE TEMP TABLE back AS {inputs_sql(Scope(records, sources), records.fields)}")
        for i, one in enumerate(records.fields):
            reads = one.reads or ("" if one.codes else _BY_KIND.get(_kind(spec, records, one), ""))
            why = _why_not(records, one, reads)
            if why is not None:
                without.append(NoWayBack(records.label, one.element, why))
            else:
                fields.append(_compared(con, part, records, i, one, reads))
    return RoundTrip(tuple(fields), tuple(without))


def _kind(spec: Specification, records: Records, one: Field) -> str:
    element = next((e for e in spec.entities[records.entity].elements if e.id == one.element), None)
    return "" if element is None or element.many else element.type.kind


def _why_not(records: Records, one: Field, reads: str) -> Text | None:
    if one.sql:
        return Text("由表达式算出", "computed by an expression")
    if one.value is not None:
        return Text("由映射写上，源数据没有", "written by the mapping; the source has it not")
    if any(c.startswith(f"{j.alias}.") for c in one.columns for j in records.joins):
        return Text("取自另一个表", "fetched from another table")
    if records.each and records.each.split in one.columns:
        return Text("一格拆成几条记录", "one cell became several records")
    if len(one.columns) > 1 and not reads and not one.glue:
        return Text("几列拼在一起，中间没有分隔", "several columns put together without a separator")
    if len(set(one.codes.values())) < len(one.codes):
        return Text("几个源代码对应同一个代码", "several codes of the source became one")
    if reads in ("line", "result-unit"):
        return Text("只取了源列的一部分", "only part of the source's text was taken")
    if "from" in one.options:
        return Text("换算了单位，位数可能不同", "converted between units; digits may differ")
    return None


def _compared(con: duckdb.DuckDBPyConnection, part: int, records: Records, i: int, one: Field, reads: str) -> Returned:
    wide = len(one.columns) if reads and not one.glue else 1
    names = [f"b.f{i}_{j}" for j in range(wide)]
    other = 'o."unit"' if reads == "result" and any(f.element == "unit" for f in records.fields) else "NULL"
    groups = con.execute(
        f"SELECT o.{reading.name(one.element)}, {other}, {', '.join(names)}, count(*), min(b._row, {ROWS}) FROM back b "
        f"JOIN out_{records.entity} o ON o._part = {part} AND o._row = b._row AND o._n = b._n GROUP BY {', '.join(map(str, range(1, wide + 3)))}"
    ).fetchall()
    counts, rows = {"same": 0, "alike": 0, "different": 0}, list[int]()
    for value, unit, *cells, count, first in groups:
        found = _judged(one, reads, value, unit, tuple(cells))
        counts[found] += count
        if found == "different":
            rows += first
    return Returned(records.label, one.element, one.columns, **counts, rows=tuple(sorted(rows)[:ROWS]))


def _judged(one: Field, reads: str, value: str | None, unit: str | None, cells: Cells) -> str:
    if value is None:
        return "same" if not any(cells) else "different"
    if not any(cells):
        return "different"
    again = _back(one, reads, value, unit, len(cells))
    if again == cells:
        return "same"
    if reads and _read(reads, again, one) == _read(reads, cells, one) == value:
        return "alike"
    return "different"


def _back(one: Field, reads: str, value: str, unit: str | None, wide: int) -> Cells:
    if one.codes:
        return (next((k for k, v in one.codes.items() if v == value), None),)
    if reads == "result" and wide > 1:
        return (value, unit, *(None for _ in range(wide - 2)))
    return (value, *(None for _ in range(wide - 1)))


def _read(reads: str, cells: Sequence[str | None], one: Field) -> str | None:
    return FUNCTIONS[reads](tuple(cells), one.options).value
