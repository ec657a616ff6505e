"""Rows that cannot be accepted: all of them, as they came, to be mended and checked again."""

import csv
from dataclasses import replace
from pathlib import Path

from openpyxl import load_workbook
from tests.exchange.quality.planted import CHECKS, ON, SITES, STAFF, judged, put

from zhijian.exchange.model import Severity, Text
from zhijian.exchange.quality import SelfCheck, marked, rejected
from zhijian.exchange.quality.marked import PROBLEMS
from zhijian.exchange.quality.selfcheck import ADDED
from zhijian.exchange.source import Remark


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def written(folder: Path, name: str = "out") -> Path:
    (folder / name).mkdir()
    return folder / name


def test_rejected_rows_are_mended_and_checked_again(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES)) as (check, _):
        (path,) = rejected(check, written(tmp_path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel sees UTF-8 by it"
    head, *body = rows(path)
    assert head[-3:] == list(ADDED)
    assert [(r[1], r[-3]) for r in body] == [("S2", "3"), ("S4", "5")]
    assert body[0][4] == "/", "as it came"
    assert "场所名称未填" in body[0][-2]
    assert "行政区划代码未填" in body[1][-2]
    for row in body:
        row[2], row[3], row[5] = "分部", "330100", "2020-01-01"
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        csv.writer(out).writerows([head, *body])
    with judged(tmp_path, [path]) as (check, result):
        assert result.tables[0].entity == "site"
        assert result.tables[0].rejected == 0
        assert not set(ADDED) & {c.name for c in result.tables[0].columns}
        assert rejected(check, written(tmp_path, "again")) == []


def test_without_an_error_no_file_is_written_and_one_a_table_otherwise(tmp_path: Path) -> None:
    clean = "\n".join(SITES.splitlines()[:2]) + "\n"
    with judged(tmp_path, put(tmp_path, clean=clean, sites=SITES, staff=STAFF)) as (check, _):
        names = [p.name for p in rejected(check, written(tmp_path))]
    assert names == ["sites.csv.rejected-2.csv", "staff.csv.rejected-3.csv"]


def test_a_row_with_a_warning_alone_is_accepted(tmp_path: Path) -> None:
    with SelfCheck(tmp_path) as check:
        check.open(put(tmp_path, sites=SITES))
        result = check.judge(ON, {}, [replace(c, severity=Severity.WARNING) for c in CHECKS])
        assert sum(r.failing for r in result.rules) == 4
        assert (result.tables[0].rejected, rejected(check, written(tmp_path))) == (0, [])


def test_broken_lines_are_kept_as_they_came(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES)) as (check, _):
        said = Text("列数不对", "wrong number of columns")
        broken = Remark("broken-line", said, said, Severity.ERROR, 7, 'x,"半行\n,=2')
        check.bounds[0] = replace(check.bounds[0], table=replace(check.bounds[0].table, remarks=(broken,)))
        _, path = rejected(check, written(tmp_path))
    assert rows(path)[1] == ["7", "列数不对", "列数不对", 'x,"半行\n,=2']


def test_a_sheet_is_rejected_as_a_sheet(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES)) as (check, _):
        check.bounds[0] = replace(check.bounds[0], table=replace(check.bounds[0].table, kind="excel"))
        (path,) = rejected(check, written(tmp_path))
    (page,) = load_workbook(path)
    assert [[c.value for c in row][1] for row in page.iter_rows()] == ["场所编号", "S2", "S4"]
    assert [c.value for c in page[2]][-3] == 3


def test_every_bad_cell_is_marked_noted_and_led_to(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES, staff=STAFF)) as (check, result):
        book = load_workbook(marked(check, tmp_path / "findings.xlsx"))
        assert sum(r.failing for r in result.rules) == 5
    listed = list(book[PROBLEMS].iter_rows(min_row=2))
    assert len(listed) == 5
    noted = {(s.title, c.coordinate) for s in book for row in s.iter_rows() for c in row if c.comment}
    assert noted == {
        ("1 sites.csv", "C3"),
        ("1 sites.csv", "C5"),
        ("1 sites.csv", "D5"),
        ("1 sites.csv", "F5"),
        ("2 staff.csv", "D3"),
    }
    links = {row[3].value for row in listed}
    assert links == {f'=HYPERLINK("#\'{sheet}\'!{cell}","{cell}")' for sheet, cell in noted}
    assert book["1 sites.csv"]["C3"].fill.fgColor.rgb == "FFFFD666"
    assert book["1 sites.csv"]["A2"].fill.fgColor.rgb != "FFFFD666"
    note = book["1 sites.csv"]["C3"].comment
    assert note is not None
    assert "补填" in note.text


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=SITES)) as (check, _):
        book = load_workbook(marked(check, tmp_path / "findings.xlsx"))
    cell = book["1 sites.csv"]["G2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


FORMULA = "=cmd|'/c calc'!A0"


def test_rows_that_excel_would_carry_out_are_rejected_as_a_sheet_and_come_back_unchanged(tmp_path: Path) -> None:
    rows = f"{SITES.splitlines()[0]}\n91330100MA00000001,S1,{FORMULA},,某路,2020-01-01,\n"
    with judged(tmp_path, put(tmp_path, sites=rows)) as (check, _):
        (path,) = rejected(check, tmp_path)
    assert path.suffix == ".xlsx"
    cell = load_workbook(path)["rejected"]["C2"]
    assert (cell.value, cell.data_type) == (FORMULA, "s")
    with judged(tmp_path, [path]) as (check, result):
        assert result.tables[0].rows == 1
        relation = check.tables[0].relation
        assert FORMULA in str(check.con.execute(f"SELECT * FROM {relation}").fetchall())


def test_a_broken_line_that_excel_would_carry_out_is_kept_in_a_sheet(tmp_path: Path) -> None:
    with judged(tmp_path, put(tmp_path, sites=f"{SITES}{FORMULA},1\n")) as (check, _):
        (path,) = [p for p in rejected(check, tmp_path) if "broken-lines" in p.name]
    assert path.suffix == ".xlsx"
    assert load_workbook(path)["broken-lines"]["D2"].value == f"{FORMULA},1"


def test_what_xml_cannot_hold_stops_no_workbook(tmp_path: Path) -> None:
    evil = "\x1b[31m\uffff"
    rows = f"{SITES.splitlines()[0]},{evil}\n91330100MA00000001,{evil},,nowhere,{evil},2020-13-45,{evil},{evil}\n"
    path = tmp_path / "\x1b[31m名.csv"
    path.write_text(rows, encoding="utf-8")
    with judged(tmp_path, [path]) as (check, _):
        book = load_workbook(marked(check, tmp_path / "findings.xlsx"))
        assert rejected(check, tmp_path)
    assert len(book.sheetnames) == 2
