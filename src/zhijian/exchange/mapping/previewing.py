"""One field of a mapping tried on a few real rows: what stood there, what it becomes, what is lost."""

from dataclasses import dataclass, replace

import duckdb

from zhijian.exchange.mapping.apply import applied
from zhijian.exchange.mapping.gathering import Gathered
from zhijian.exchange.mapping.model import SchemaMapping
from zhijian.exchange.mapping.sql import Scope, inputs_sql
from zhijian.exchange.mapping.uses import columns_of
from zhijian.exchange.model import Text
from zhijian.exchange.quality import reading
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import Specification

ROWS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    table: str
    row: int
    before: tuple[str | None, ...]
    after: str | None
    kind: str
    """`lost`, `as-text`, `inferred`, or empty."""
    why: Text | None


def previewed(
    con: duckdb.DuckDBPyConnection,
    mapping: SchemaMapping,
    found: Gathered,
    spec: Specification,
    part: int,
    element: str,
) -> list[Sample]:
    """Ten rows that differ, where the field reads columns of its own table. Raises: MappingWrong, duckdb.Error."""
    records = mapping.records[part]
    field = next((f for f in records.fields if f.element == element), None)
    if field is None or records.table not in found.tables:
        return []
    own = [c for t, c in columns_of(records, field) if t == records.table]
    tables = {**found.tables, records.table: _few(found.tables[records.table], own)}
    alone = replace(records, fields=(field,), distinct=())
    applied(con, replace(mapping, records=(alone,)), tables, spec)
    wide = len(field.columns) if field.columns and not field.glue and (field.reads or len(field.columns) == 1) else 1
    names = ", ".join(f"i.f0_{j}" for j in range(wide))
    rows = con.execute(
        f"SELECT o._row, o.{reading.name(element)}, any_value(l.kind), any_value(l.zh), any_value(l.en), {names} "
        f"FROM out_{records.entity} o JOIN ({inputs_sql(Scope(alone, tables), alone.fields)}) i USING (_row, _n) "
        f"LEFT JOIN loss l ON l.row = o._row AND l.n = o._n GROUP BY o._row, o._n, o.{reading.name(element)}, {names} "
        f"ORDER BY o._row, o._n LIMIT {ROWS}"
    ).fetchall()
    return [_sample(found, records.table, row) for row in rows]


def _few(table: SourceTable, columns: list[str]) -> SourceTable:
    known = [c for c in columns if c in {one.name for one in table.columns}]
    if not known:
        return replace(table, relation=f"(SELECT * FROM {table.relation} ORDER BY _row LIMIT {ROWS})")
    bare = [reading.bare(f"CAST({reading.name(c)} AS VARCHAR)") for c in known]
    some = " OR ".join(f"({b}) IS NOT NULL" for b in bare)
    return replace(
        table,
        relation=f"(SELECT * FROM {table.relation} WHERE {some} "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(bare)} ORDER BY _row) = 1 ORDER BY _row LIMIT {4 * ROWS})",
    )


def _sample(found: Gathered, table: str, row: tuple[object, ...]) -> Sample:
    number, after, kind, zh, en, *before = row
    name, line = found.place(table, int(str(number)))
    why = Text(str(zh), str(en)) if kind else None
    return Sample(
        name,
        line,
        tuple(None if b is None else str(b) for b in before),
        None if after is None else str(after),
        str(kind or ""),
        why,
    )
