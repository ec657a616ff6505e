"""A source's column that is named as one of the platform's own is kept under another name, and nothing of it is mixed up."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.exchange.source.reading import Desk, names, said

from zhijian.exchange.mapping import applied, read_mapping
from zhijian.exchange.mapping.gathering import gathered
from zhijian.exchange.source import SourceTable, opened_database
from zhijian.spec import specification

OURS = ("_n", "_of", "_FILE", "_line", "_piece")
CALLED = ["姓名", "列2", "列3", "列4", "列5", "列6"]
ROW = ("王一", "1", "2", "3", "4", "5")
MAPPING = """
mapping: demo
specification: 0.2.0
tables: {人员: {files: "*"}}
records:
  - {entity: staff, from: 人员, distinct: [姓名], fields: {name: 姓名, staff_no: 列2}}
  - {entity: staff, from: 人员, each: {split: 列3, by: ";"}, fields: {name: 姓名, staff_no: 列6}}
  - {entity: staff, from: 人员, fields: {name: _line, staff_no: 列5}}
"""


def table(desk: Desk, kind: str) -> SourceTable:
    head = ("姓名", *OURS)
    if kind == "csv":
        return desk.one("\n".join(",".join(line) for line in (head, ROW)))
    if kind == "json":
        return desk.one(json.dumps(dict(zip(head, ROW, strict=True))), "a.jsonl")
    if kind == "parquet":
        picked = ", ".join(f"'{v}' AS \"{n}\"" for n, v in zip(head, ROW, strict=True))
        desk.con.execute(f"COPY (SELECT {picked}) TO '{desk.folder}/a.parquet'")
        return desk.open(desk.folder / "a.parquet").tables[0]
    url = f"sqlite:///{desk.folder}/a.db"
    with sa.create_engine(url).begin() as db:
        db.execute(sa.text(f"CREATE TABLE a ({', '.join(head)})"))
        db.execute(sa.text(f"INSERT INTO a VALUES {ROW}"))
    return opened_database(desk.con, url, desk.folder / "work").tables[0]


@pytest.mark.parametrize("kind", ["csv", "json", "parquet", "database"])
def test_it_is_kept_under_another_name_and_mapped_as_it_is(desk: Desk, kind: str) -> None:
    found = table(desk, kind)
    assert names(found) == CALLED
    assert [row[1:] for row in desk.rows(found)] == [ROW]
    assert [r.value for r in said(found, "reserved-column")] == list(OURS)
    mapping = read_mapping(MAPPING, specification())
    sources = gathered(mapping, [replace(found, name="人员")]).tables
    made = applied(desk.con, mapping, sources, specification())
    rows = desk.con.execute(f"SELECT name, staff_no, _n FROM {made.tables['staff'].relation} ORDER BY _part").fetchall()
    assert rows == [("王一", "1", 0), ("王一", "5", 1), (str(found.first), "4", 0)]


def test_in_records_that_lie_in_a_record_too(desk: Desk) -> None:
    desk.con.execute(
        f"COPY (SELECT 'B1' AS 报告编号, [{{'项目': '铅', '_row': 7, '_n': 8}}] AS items) TO '{desk.folder}/b.parquet'"
    )
    part = desk.open(desk.folder / "b.parquet").tables[1]
    assert [row[-3:] for row in desk.rows(part)] == [("铅", 7, 8)]
