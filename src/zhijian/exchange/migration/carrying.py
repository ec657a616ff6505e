"""One chunk of one table: mapped, judged, written as COPY reads it. Knows no database: only files and a DuckDB of its own.

The same chunk gives the same bytes, however often it is carried.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from zhijian.exchange.mapping import SchemaMapping, applied
from zhijian.exchange.migration.collected import copied, digest, elements_of, quoted, typed
from zhijian.exchange.migration.judging import NO_KEY, TWICE, Judge, judged
from zhijian.exchange.migration.model import Refused
from zhijian.exchange.source import Column, SourceTable
from zhijian.spec import Specification

MEMORY = "1GB"
LOST = "('lost')"
"""Kind of `loss` in which something did not come over; the others say what was inferred."""


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
    lasting: bool = True
    """Whether a record of an earlier run stays its source row's, because this run sees only what changed; else it is known by its key."""


def connected() -> duckdb.DuckDBPyConnection:
    """One for a whole run: what it compiled stays."""
    con = duckdb.connect()
    con.execute(f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=true; SET TimeZone='Asia/Shanghai'")
    return con


def carried(
    con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, part: int, sources: Mapping[str, SourceTable], chunk: SourceTable,
    spec: Specification, on: date, file: Path, losses: Path | None = None,
) -> Carried:  # fmt: skip
    """`sources`: whole tables by the mapping's names, those derived among them; `chunk`: the rows of the records' own to be carried.
    `losses`: where to list what did not come over, as Parquet. Raises: MappingWrong."""
    records = mapping.records[part]
    mapped = applied(
        con, replace(mapping, records=(records,), derived=()), sources, spec, keep=True, chunk=chunk.relation
    )
    con.execute(f"UPDATE loss SET part = {part}")
    judge = judged(con, mapped.tables[records.entity], spec, part, on)
    (rows,) = con.execute(f"SELECT count(*) FROM {chunk.relation}").fetchone() or (0,)
    (lost,) = con.execute(f"SELECT count(*) FROM loss WHERE kind IN {LOST}").fetchone() or (0,)
    _written(con, records.entity, spec, file)
    if losses is not None:
        _listed(con, losses)
    return Carried(
        records.entity, file, rows, mapped.left_out[records.label], mapped.records[records.label], lost,
        tuple(_refused(con, judge)),
    )  # fmt: skip


def judged_again(
    con: duckdb.DuckDBPyConnection, entity: str, part: int, records: Mapping[tuple[int, int], Mapping[str, Any]],
    spec: Specification, on: date, file: Path,
) -> Carried:  # fmt: skip
    """Records by (source row, n) as somebody has mended them, judged like a chunk."""
    names = [e.id for e in elements_of(spec, entity)]
    con.execute("CREATE TABLE loss (part INTEGER, entity VARCHAR, element VARCHAR, row BIGINT, n INTEGER, kind VARCHAR, "
                "value VARCHAR, zh VARCHAR, en VARCHAR)")  # fmt: skip
    columns = {
        "_row": pa.array([row for row, _ in records], pa.int64()),
        "_n": pa.array([n for _, n in records], pa.int32()),
    }
    columns |= {name: pa.array([_cell(r.get(name)) for r in records.values()], pa.string()) for name in names}
    con.register("again", pa.table(columns))
    judge = judged(con, SourceTable(entity, "", "again", tuple(map(Column, names)), "database", 1), spec, part, on)
    _written(con, entity, spec, file)
    return Carried(entity, file, 0, 0, len(records), 0, tuple(_refused(con, judge)))


def _cell(value: object) -> str | None:
    """A value of a kept record as the mapping would have written it."""
    match value:
        case None | "":
            return None
        case list():
            return "；".join(map(str, value))
        case bool():
            return str(value).lower()
        case _:
            text = str(value)
            return re.sub(r"^(\d{4}-\d\d-\d\d)T([\d:]{8})(\.\d+)?\+08:00$", r"\1 \2", text)


def _listed(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".part")
    con.execute(f"COPY (SELECT * FROM loss ORDER BY ALL) TO {_text(aside)} (FORMAT parquet)")
    aside.rename(file)


def _written(con: duckdb.DuckDBPyConnection, entity: str, spec: Specification, file: Path) -> None:
    elements = elements_of(spec, entity)
    have = {row[0] for row in con.execute("DESCRIBE one").fetchall()}
    absent = "".join(f", CAST(NULL AS VARCHAR) AS {quoted(e.id)}" for e in elements if e.id not in have)
    values = ", ".join(f"{typed(e)} AS {quoted(e.id)}" for e in elements)
    columns = ", ".join(copied(e) for e in elements)
    con.execute(
        f"COPY (SELECT _row, _n, {digest(spec, entity, postgres=False)}, {columns} FROM (SELECT _row, _n, {values} FROM "
        f"(SELECT *{absent} FROM one) WHERE _at NOT IN (SELECT _at FROM bad) ORDER BY _at)) "
        f"TO {_text(file)} (FORMAT csv, HEADER false, NULLSTR '')"
    )


def _refused(con: duckdb.DuckDBPyConnection, judge: Judge) -> list[Refused]:
    """With all that was lost of each: what is missing may be what could not be read."""
    names = [row[0] for row in con.execute("DESCRIBE one").fetchall() if not row[0].startswith("_")]
    record = "to_json({" + ", ".join(f"'{n}': {quoted(n)}" for n in names) + "})"
    found = con.execute(
        f"SELECT _row, _n, {record}, b.why, l.gone FROM one JOIN (SELECT _at, list({{'rule': rule, 'value': value}} ORDER BY rule, value) "
        "AS why FROM bad GROUP BY _at) b USING (_at) LEFT JOIN (SELECT row, n, list({'element': element, 'value': value, 'zh': zh, "
        f"'en': en}} ORDER BY element, value) AS gone FROM loss WHERE kind IN {LOST} GROUP BY row, n) l ON l.row = _row AND l.n = _n ORDER BY _at"
    ).fetchall()
    return [
        Refused(judge.entity, row, n, {k: v for k, v in json.loads(raw).items() if v is not None},
                (*(_reason(judge, one) for one in why), *(_gone(one) for one in gone or ())))
        for row, n, raw, why, gone in found
    ]  # fmt: skip


def _reason(judge: Judge, one: Mapping[str, Any]) -> dict[str, str]:
    if one["rule"] == NO_KEY:
        return {"check": "key-missing", "element": one["value"], "value": "", "zh": f"主键 {one['value']} 为空",
                "en": f"its key {one['value']} is empty", "remedy_zh": "补填", "remedy_en": "fill it in"}  # fmt: skip
    if one["rule"] == TWICE:
        return duplicate("同一批里", "in this batch")
    check, rule = judge.rules[one["rule"]]
    return {"check": check.id, "element": rule.on[0], "value": one["value"] or "", "zh": rule.why.zh, "en": rule.why.en,
            "remedy_zh": rule.remedy.zh, "remedy_en": rule.remedy.en}  # fmt: skip


def _gone(one: Mapping[str, Any]) -> dict[str, str]:
    return {"check": "lost", "element": one["element"], "value": one["value"] or "", "zh": f"源值未能转换：{one['zh']}",
            "en": f"the source's value did not come over: {one['en']}", "remedy_zh": "按源值改正后填入",
            "remedy_en": "put the right value in its place"}  # fmt: skip


def duplicate(zh: str, en: str) -> dict[str, str]:
    return {"check": "key-duplicate", "element": "", "value": "", "zh": f"{zh}已有同一主键的另一行", "en": f"{en} another row has this key",
            "remedy_zh": "在源库确认哪一行有效，删去或改正另一行", "remedy_en": "decide at the source which one is right"}  # fmt: skip


def _text(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"
