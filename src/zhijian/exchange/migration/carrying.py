"""One chunk of one table: mapped, judged, written as COPY reads it. Knows no database: only files and a DuckDB of its own.

The same chunk gives the same bytes, however often it is carried.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from zhijian.exchange.bound import bind
from zhijian.exchange.checks import Cells, Context, catalog
from zhijian.exchange.mapping import Mapped, SchemaMapping, applied
from zhijian.exchange.migration.collected import copied, digest, elements_of, key_of, quoted, typed
from zhijian.exchange.migration.model import Refused
from zhijian.exchange.model import Severity
from zhijian.exchange.quality import Run
from zhijian.exchange.source import SourceTable
from zhijian.spec import Specification

MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class Carried:
    """A chunk ready to be loaded."""

    entity: str
    file: Path
    """CSV without a header: `_source_row`, `_n`, `_digest`, then the elements in their order."""
    rows: int
    left_out: int
    made: int
    lost: int
    refused: tuple[Refused, ...]


def carried(
    mapping: SchemaMapping, part: int, sources: Mapping[str, SourceTable], spec: Specification, on: date, file: Path
) -> Carried:
    """`sources`: by the mapping's names, the records' own table cut down to the chunk. Raises: MappingWrong."""
    records = mapping.records[part]
    with duckdb.connect() as con:
        con.execute(f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=true")
        mapped = applied(con, replace(mapping, records=(records,)), sources, spec)
        refused = _judged(con, mapped, records.entity, spec, on)
        made = mapped.records[records.label]
        (rows,) = con.execute(f"SELECT count(*) FROM {sources[records.table].relation}").fetchone() or (0,)
        _written(con, records.entity, spec, file)
        return Carried(
            records.entity, file, rows, mapped.left_out[records.label], made, mapped.losses,
            tuple(_refused(con, records.entity, spec, refused)),
        )  # fmt: skip


def _judged(
    con: duckdb.DuckDBPyConnection, mapped: Mapped, entity: str, spec: Specification, on: date
) -> dict[int, Any]:
    """Rules over single records whose breach is an error; makes `bad` (row, n) and returns the rules by number.

    A table of this chunk alone cannot be held against others: that is the store's work.
    """
    table = mapped.tables[entity]
    con.execute(f"CREATE TABLE one AS SELECT *, row_number() OVER (ORDER BY _row, _n) AS _at FROM {table.relation}")
    numbered = replace(table, relation="(SELECT * EXCLUDE (_row, _n, _part, _at), _at AS _row FROM one)")
    bounds = bind(spec, [numbered], {numbered.name: entity})
    run = Run(con, Context(spec, bounds, on), [c for c in catalog() if c.severity is Severity.ERROR])
    rules = {o.number: o for o in run.go() if o.failing and o.severity is Severity.ERROR and isinstance(o.rule, Cells)}
    numbers = ", ".join(map(str, rules)) or "-1"
    con.execute(
        f"CREATE TABLE bad AS SELECT row AS _at, rule, value FROM finding WHERE rule IN ({numbers}) AND row IS NOT NULL"
    )
    _unkeyed(con, table, entity, spec)
    return rules


_NO_KEY = -1


def _unkeyed(con: duckdb.DuckDBPyConnection, table: SourceTable, entity: str, spec: Specification) -> None:
    """A record without its key has no place to go."""
    have = {c.name for c in table.columns}
    for name in key_of(spec, entity):
        absent = f"{quoted(name)} IS NULL" if name in have else "TRUE"
        con.execute(f"INSERT INTO bad SELECT _at, {_NO_KEY}, '{name}' FROM one WHERE {absent}")


def _written(con: duckdb.DuckDBPyConnection, entity: str, spec: Specification, file: Path) -> None:
    elements = elements_of(spec, entity)
    have = {row[0] for row in con.execute("DESCRIBE one").fetchall()}
    absent = "".join(f", CAST(NULL AS VARCHAR) AS {quoted(e.id)}" for e in elements if e.id not in have)
    values = ", ".join(f"{typed(e)} AS {quoted(e.id)}" for e in elements)
    columns = ", ".join(copied(e) for e in elements)
    con.execute(
        f"COPY (SELECT _row, _n, {digest(spec, entity, postgres=False)}, {columns} FROM (SELECT _row, _n, {values} FROM "
        f"(SELECT *{absent} FROM one) WHERE _at NOT IN (SELECT _at FROM bad) ORDER BY _at)) "
        f"TO '{str(file).replace(chr(39), chr(39) * 2)}' (FORMAT csv, HEADER false, NULLSTR '')"
    )


def _refused(
    con: duckdb.DuckDBPyConnection, entity: str, spec: Specification, rules: Mapping[int, Any]
) -> list[Refused]:
    names = [row[0] for row in con.execute("DESCRIBE one").fetchall() if not row[0].startswith("_")]
    record = "to_json({" + ", ".join(f"'{n}': {quoted(n)}" for n in names) + "})"
    found = con.execute(
        f"SELECT _row, _n, {record}, b.why FROM one JOIN (SELECT _at, list({{'rule': rule, 'value': value}} ORDER BY rule) AS why "
        "FROM bad GROUP BY _at) b USING (_at) ORDER BY _at"
    ).fetchall()
    return [
        Refused(entity, row, n, {k: v for k, v in json.loads(raw).items() if v is not None},
                tuple(_reason(spec, entity, rules, one) for one in why))
        for row, n, raw, why in found
    ]  # fmt: skip


def _reason(spec: Specification, entity: str, rules: Mapping[int, Any], one: Mapping[str, Any]) -> dict[str, str]:
    if one["rule"] == _NO_KEY:
        return {"check": "key-missing", "element": one["value"], "value": "", "zh": f"主键 {one['value']} 为空",
                "en": f"its key {one['value']} is empty", "remedy_zh": "补填", "remedy_en": "fill it in"}  # fmt: skip
    outcome = rules[one["rule"]]
    rule = outcome.rule
    return {"check": outcome.check.id, "element": rule.on[0], "value": one["value"] or "", "zh": rule.why.zh, "en": rule.why.en,
            "remedy_zh": rule.remedy.zh, "remedy_en": rule.remedy.en}  # fmt: skip
