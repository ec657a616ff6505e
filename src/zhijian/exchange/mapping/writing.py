"""What came of a mapping, as files: one an entity, `loss.csv` and `left_out.csv` row by row, `summary.json`."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from zhijian.exchange.mapping.apply import Mapped
from zhijian.exchange.mapping.gathering import Gathered
from zhijian.exchange.mapping.model import SchemaMapping
from zhijian.exchange.quality import reading
from zhijian.exchange.quality.sheets import Sheets, is_formula

KINDS = ("parquet", "csv", "jsonl", "xlsx")
SHEET_ROWS = 1_048_575
_COPY = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json"}
_SHOWN = {
    "lost": "丢失",
    "as-text": "按原文保留",
    "inferred": "推断",
    "where": "映射的条件排除",
    "twin": "与前面的行相同",
}


class TooManyRows(Exception):
    """More than a sheet holds; names the entity."""


def write_out(
    con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, found: Gathered, mapped: Mapped, out: Path, kind: str
) -> dict[str, Any]:
    """Into the folder `out`, which is there. The summary, as written. Raises: TooManyRows, OSError."""
    files = {}
    for entity, table in mapped.tables.items():
        path = out / f"{entity}.{kind}"
        _entity(con, entity, [c.name for c in table.columns], path, kind)
        files[entity] = path.name
    _listed(out / "loss.csv", _losses(con, mapping, found),
            ("文件", "行", "行内序号", "实体", "字段", "类别", "原值", "说明", "note"))  # fmt: skip
    _listed(out / "left_out.csv", _left_out(con, mapping, found), ("文件", "行", "行内序号", "实体", "原因"))
    summary = {
        "mapping": mapping.id, "specification": mapping.specification, "files": files,
        "rows_by_table": _rows(con, found), "records": dict(mapped.records), "left_out": dict(mapped.left_out),
        "invented": dict(mapped.invented), "losses": _counts(con),
    }  # fmt: skip
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return summary


def _entity(con: duckdb.DuckDBPyConnection, entity: str, names: Sequence[str], path: Path, kind: str) -> None:
    picked = ", ".join(map(reading.name, names))
    query = f"SELECT {picked} FROM out_{entity} ORDER BY _part, _row, _n"
    if kind != "xlsx":
        con.execute(f"COPY ({query}) TO '{str(path).replace(chr(39), chr(39) * 2)}' ({_COPY[kind]})")
        return
    (count,) = con.execute(f"SELECT count(*) FROM out_{entity}").fetchone() or (0,)
    if count > SHEET_ROWS:
        raise TooManyRows(entity)
    with Sheets(path) as book:
        sheet = book.sheet(entity, names)
        for row in _fetched(con.cursor().execute(query)):
            sheet.row(row)


def _fetched(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := con.fetchmany(10_000):
        yield from rows


def _losses(con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, found: Gathered) -> Iterator[tuple[Any, ...]]:
    query = "SELECT part, row, n, entity, element, kind, value, zh, en FROM loss ORDER BY part, row, n, element, kind"
    for part, row, n, entity, element, kind, value, zh, en in _fetched(con.cursor().execute(query)):
        file, line = found.place(mapping.records[part].table, row)
        yield file, line, n or "", entity, element, _SHOWN[kind], value, zh, en


def _left_out(con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, found: Gathered) -> Iterator[tuple[Any, ...]]:
    query = "SELECT part, row, n, entity, why FROM left_out ORDER BY part, row, n"
    for part, row, n, entity, why in _fetched(con.cursor().execute(query)):
        file, line = found.place(mapping.records[part].table, row)
        yield file, line, n or "", entity, _SHOWN[why]


def _listed(path: Path, rows: Iterator[tuple[Any, ...]], head: Sequence[str]) -> None:
    """For people, who open it in Excel: what it would take for a formula has a `'` before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([f"'{c}" if isinstance(c, str) and is_formula(c) else c for c in row] for row in rows)


def _rows(con: duckdb.DuckDBPyConnection, found: Gathered) -> dict[str, int]:
    counts = {}
    for name, table in found.tables.items():
        (counts[name],) = con.execute(f"SELECT count(*) FROM {table.relation}").fetchone() or (0,)
    return counts


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    query = "SELECT entity || '.' || element, kind, count(*) FROM loss GROUP BY ALL ORDER BY ALL"
    for place, kind, count in con.execute(query).fetchall():
        counts.setdefault(place, {})[kind] = count
    return counts
