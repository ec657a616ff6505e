"""A mapping held against a source: each thing that should be looked at is said, with its place, and nothing else is."""

import csv
import json
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
from tests.exchange.tables import written

from zhijian.exchange.mapping import applied, checked, gathering, read_mapping, writing
from zhijian.exchange.mapping.checked import Checked
from zhijian.exchange.mapping.shipping import mapping_of, shipped
from zhijian.exchange.source import opened
from zhijian.spec import specification

SPEC = specification()
SITE = """
mapping: demo
specification: 0.2.0
tables:
  场所: {files: "场所*", unused: {备注: 没有对应字段}}
records:
  - entity: site
    from: 场所
    distinct: [编号, 名]
    fields:
      uscc: 代码
      site_no: 编号
      name: 名
      division: 区划
      address: {value: 不详, because: 源表没有地址}
      used_from: 启用
"""
GOOD = {"代码": "91330100MA0000001X", "编号": "S1", "名": "总部", "区划": "330108", "启用": "2020-01-01", "备注": "x"}


class Held:
    def __init__(self, folder: Path, text: str = SITE, **files: list[dict[str, str]]) -> None:
        self.con = duckdb.connect()
        self.mapping = read_mapping(text, SPEC)
        self.tables = list(opened(self.con, [written(folder, n, rows) for n, rows in files.items()], folder))
        self.found = gathering.gathered(self.mapping, self.tables)

    def made(self) -> Checked:
        return checked(self.con, self.mapping, self.found, SPEC, date(2026, 11, 1))


def test_a_mapping_that_fits_is_clean_and_says_what_it_invents(tmp_path: Path) -> None:
    made = Held(tmp_path, 场所=[GOOD]).made()
    assert made.clean, made
    assert [(i.element, i.value, i.records) for i in made.invented] == [("address", "不详", 1)]
    assert [(s.column, s.why.zh) for s in made.set_aside] == [("备注", "没有对应字段")]


def test_a_column_that_nothing_uses_is_a_warning_unless_it_is_empty(tmp_path: Path) -> None:
    made = Held(tmp_path, 场所=[GOOD | {"电话": "1", "空": "/"}]).made()
    assert [(u.column, u.filled) for u in made.unused] == [("电话", 1), ("空", 0)]
    assert not made.clean
    assert Held(tmp_path, 场所=[GOOD | {"空": "/"}]).made().clean


def test_what_is_required_and_not_mapped_is_absent(tmp_path: Path) -> None:
    made = Held(tmp_path, SITE.replace("      used_from: 启用\n", ""), 场所=[GOOD]).made()
    assert [(a.entity, a.element) for a in made.absent] == [("site", "used_from")]
    assert not made.clean


def test_a_missing_table_is_said_and_a_table_too_many(tmp_path: Path) -> None:
    made = Held(tmp_path, 别的=[{"甲": "1"}]).made()
    assert made.missing == ("场所",)
    assert made.left == ("别的.csv",)
    assert not made.clean


def test_losses_and_codes_without_translation_have_counts_and_rows(tmp_path: Path) -> None:
    text = SITE.replace("name: 名", "name: {from: 名, codes: {总部: 总部}}")
    made = Held(tmp_path, text, 场所=[GOOD, GOOD | {"编号": "S2", "名": "分部", "启用": "早年"}]).made()
    assert {(x.element, x.kind, x.count, x.examples[0].row) for x in made.losses} == {
        ("name", "lost", 1, 3),
        ("used_from", "lost", 1, 3),
    }
    assert [(u.element, u.value, u.count) for u in made.untranslated] == [("name", "分部", 1)]


def test_records_that_do_not_fit_are_said_with_the_sources_row(tmp_path: Path) -> None:
    rows = [GOOD, GOOD | {"编号": "太长" * 10}, GOOD | {"编号": "S3", "名": ""}]
    made = Held(tmp_path, 场所=rows).made()
    found = {(m.element, m.check): [e.row for e in m.examples] for m in made.misfits}
    assert found["name", "required-blank"] == [4]
    assert [rows for (element, _), rows in found.items() if element == "site_no"] == [[3]]


def test_several_files_are_one_table_and_each_row_keeps_its_file(tmp_path: Path) -> None:
    held = Held(tmp_path, 场所甲=[GOOD], 场所乙=[GOOD | {"编号": "S2"}, GOOD, GOOD | {"编号": "S9", "启用": "x"}])
    made = held.made()
    assert made.records == {"场所 → site": 3}
    assert made.left_out == {"场所 → site": {"twin": 1}}
    (loss,) = made.losses
    assert (loss.examples[0].table, loss.examples[0].row) == ("场所乙.csv", 4)


@pytest.mark.parametrize("kind", writing.KINDS)
def test_what_is_written_holds_every_record_and_every_loss(tmp_path: Path, kind: str) -> None:
    held = Held(tmp_path, 场所=[GOOD | {"名": "=1+1"}, GOOD | {"编号": "S2", "启用": "x"}, GOOD | {"名": "=1+1"}])
    mapped = applied(held.con, held.mapping, held.found.tables, SPEC)
    out = tmp_path / "out"
    out.mkdir()
    summary = writing.write_out(held.con, held.mapping, held.found, mapped, out, kind)
    assert json.loads((out / "summary.json").read_text("utf-8")) == summary
    assert summary["rows_by_table"] == {"场所": 3}
    with (out / "loss.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[:7] for row in csv.reader(file)][1:] == [["场所.csv", "3", "", "site", "used_from", "丢失", "x"]]
    with (out / "left_out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[1] for row in csv.reader(file)][1:] == ["4"]
    path = out / f"site.{kind}"
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        assert sheet.max_row == 3
        assert sheet["C2"].data_type == "s"
    else:
        read = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[kind]
        rows = held.con.execute(f"SELECT name FROM {read}('{path}')").fetchall()
        assert rows == [("=1+1",), ("总部",)]


def test_every_shipped_mapping_can_be_read() -> None:
    assert "foodmate" in shipped()
    for name in shipped():
        assert mapping_of(name, SPEC).id == name
