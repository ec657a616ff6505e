"""What came of a mapping in files that people open in Excel: nothing in them is carried out, nothing stops them."""

import csv
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from zhijian.exchange.mapping import applied, read_mapping
from zhijian.exchange.mapping.gathering import gathered
from zhijian.exchange.mapping.writing import write_out
from zhijian.exchange.source import opened
from zhijian.spec import specification

MAPPING = """
mapping: m
specification: 0.2.0
tables: {t: {files: "s.csv"}}
records:
  - {entity: staff, from: t, fields: {staff_no: 编号, name: 名称, employed_from: 入职}}
"""
FORMULA = "=cmd|'/c calc'!A0"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "s.csv").write_text(f"编号,名称,入职\n1,{FORMULA},@SUM(1)\n2,\x1b[31m,2020-01-01\n", encoding="utf-8")
    con, mapping, out = duckdb.connect(), read_mapping(MAPPING, specification()), tmp_path / "out"
    found = gathered(mapping, opened(con, [tmp_path / "s.csv"], tmp_path / "work"))
    out.mkdir()
    write_out(con, mapping, found, applied(con, mapping, found.tables, specification()), out, "xlsx")
    return out


def test_a_text_that_looks_like_a_formula_stays_a_text_and_control_signs_stop_no_workbook(written: Path) -> None:
    sheet = load_workbook(written / "staff.xlsx")["staff"]
    assert [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row[:2]] == ["s"] * 4
    assert [sheet["B2"].value, sheet["B3"].value] == [FORMULA, "�[31m"]


def test_a_lost_value_that_excel_would_carry_out_has_a_mark_before_it(written: Path) -> None:
    with (written / "loss.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[6] for row in csv.reader(file)][1:] == ["'@SUM(1)"]
