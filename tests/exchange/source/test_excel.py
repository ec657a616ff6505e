"""Workbooks as people make them."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from tests.exchange.source.reading import Desk, names, said, texts, whys

from zhijian.exchange.source import SourceTable, SourceUnreadable, unpack
from zhijian.exchange.source.sheet_rows import shown

HEAD = ["编号", "名称", "签发日期", "结果"]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(*rows: list[Any]) -> tuple[Workbook, Any]:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    return book, book.active


def table_of(desk: Desk, book: Workbook) -> SourceTable:
    return desk.one(saved(book), "a.xlsx")


def test_cells_are_read_as_people_see_them(desk: Desk) -> None:
    day, at = date(2025, 1, 2), datetime(2025, 1, 2, 3, 4, 5)  # noqa: DTZ001
    book, page = sheet(
        [*HEAD, "是否", "时刻"], ["A1", "大米", day, 1.3, True, time(8, 30)], ["007", "面粉", at, 0.29, False, None]
    )
    page["D2"].number_format = "0.00"
    table = table_of(desk, book)
    assert names(table) == [*HEAD, "是否", "时刻"]
    assert desk.rows(table) == [
        (2, "A1", "大米", "2025-01-02", "1.30", "TRUE", "08:30:00"),
        (3, "007", "面粉", "2025-01-02 03:04:05", "0.29", "FALSE", None),
    ]
    assert table.kind == "excel"


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [("13800138000", "General", "13800138000"), ("1.1010819900307E+17", "General", "110108199003070000"),
     ("7", "000000", "000007"), ("-1.5", "0.00", "-1.50"), ("0.05", "0%", "5%"), ("0.1", "General", "0.1"),
     ("1234.5", "#,##0.00", "1234.50"), ("3.0000000000000004E-5", "General", "0.000030000000000000004"), ("0", "0.0", "0.0")],
)  # fmt: skip
def test_numbers_have_their_digits_and_no_exponent(raw: str, code: str, text: str) -> None:
    assert shown(raw, code) == text


def test_titles_merged_headers_and_merged_cells_become_a_plain_table(desk: Desk) -> None:
    book, page = sheet(["浙江省2025年报告明细表"], ["编号", "检测", None, "日期"], [None, "项目", "结果", None],
                       ["A1", "铅", 1.3, "d"], [None, "镉", 0.2, "d"], ["A2", "铅", 0.4, "d"])  # fmt: skip
    for area in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"):
        page.merge_cells(area)
    table = table_of(desk, book)
    assert (names(table), table.first) == (["编号", "检测/项目", "检测/结果", "日期"], 4)
    assert [r[:3] for r in desk.rows(table)] == [(4, "A1", "铅"), (5, "A1", "镉"), (6, "A2", "铅")]
    assert {"title-lines", "two-header-rows", "merged-cells"} <= whys(table)


def test_formulas_give_their_value_and_are_told(desk: Desk) -> None:
    book, _ = sheet(HEAD, ["A1", "x", "y", "=1+1"], ["A2", "x", "y", "=1+2"])
    raw = saved(book)
    table = desk.one(edited(raw, "xl/worksheets/sheet1.xml", b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"), "a.xlsx")
    assert [r[4] for r in desk.rows(table)] == ["2", None]
    assert "“结果”列有 1 个公式" in texts(said(table, "formula"))
    assert [r.row for r in said(table, "formula-without-value")] == [3]


def edited(raw: bytes, member: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            assert name != member or old in content, content
            after.writestr(name, content.replace(old, new) if name == member else content)
    return out.getvalue()


def test_error_values_are_kept_and_located(desk: Desk) -> None:
    book, page = sheet(HEAD, ["A1", "#N/A", "y", "1"])
    page["B2"].data_type = "e"
    table = table_of(desk, book)
    assert desk.rows(table)[0][2] == "#N/A"
    assert [(r.row, r.value) for r in said(table, "error-value")] == [(2, "#N/A")]


def test_dates_stored_as_numbers_are_told_and_not_converted(desk: Desk) -> None:
    table = table_of(desk, sheet(HEAD, ["A1", "x", 45678, "1"], ["A2", "x", 45679, "1"])[0])
    assert [r[3] for r in desk.rows(table)] == ["45678", "45679"]
    assert "“签发日期”列有 2 个日期存成了数字（如 45678）" in texts(said(table, "date-as-number"))


def test_long_numbers_that_lost_digits_are_told(desk: Desk) -> None:
    table = table_of(desk, sheet(["编号", "信用代码"], ["A1", 110108199003070123], ["A2", 13800138000])[0])
    assert [r.row for r in said(table, "digits-lost")] == [2]
    assert desk.rows(table)[0][2].isdigit()


def test_what_is_hidden_is_read_and_told(desk: Desk) -> None:
    book, page = sheet(HEAD, ["A1", "x", "d", "1"], ["A2", "y", "d", "1"])
    page.row_dimensions[3].hidden = True
    other = book.create_sheet("旧")
    for row in (HEAD, ["B1", "z", "d", "1"]):
        other.append(row)
    other.sheet_state = "hidden"
    first, second = desk.open(desk.put(saved(book), "a.xlsx"))
    assert len(desk.rows(first)) == 2
    assert said(first, "hidden-rows")[0].row == 3
    assert second.name == "a.xlsx / 旧"
    assert said(second, "hidden-sheet")


def test_an_empty_sheet_is_passed_over_with_a_word(desk: Desk) -> None:
    book, _ = sheet(HEAD, ["A1", "x", "d", "1"])
    book.create_sheet("空表")
    found = desk.open(desk.put(saved(book), "a.xlsx"))
    assert len(found) == 1
    assert "空表" in texts(said(found, "empty-sheet"))


def test_a_sheet_that_goes_on_without_a_header_has_that_of_the_one_before(desk: Desk) -> None:
    book, _ = sheet(HEAD, ["A1", "x", "2025-01-02", "1"], ["A2", "x", "2025-01-02", "1"])
    more = book.create_sheet("续表")
    for n in range(3):
        more.append([f"B{n}", "x", "2025-01-02", "1"])
    first, second = desk.open(desk.put(saved(book), "a.xlsx"))
    assert names(second) == names(first) == HEAD
    assert [r[0] for r in desk.rows(second)] == [1, 2, 3]
    assert said(second, "header-taken")


def test_blank_rows_and_totals_are_told_and_rows_keep_their_numbers(desk: Desk) -> None:
    table = table_of(
        desk, sheet(HEAD, ["A1", "x", "d", "1"], [], [], ["A2", "x", "d", "1"], ["合计", None, None, 2])[0]
    )
    assert [r[0] for r in desk.rows(table)] == [2, 5]
    assert "有 2 个空行" in texts(said(table, "blank-lines"))
    assert [(r[0], r[1]) for r in desk.rejected(table)] == [(6, "totals-line")]


def test_what_stands_beyond_the_header_is_kept_aside(desk: Desk) -> None:
    rows = [[f"A{n}", "x", "d", "1"] for n in range(400)]
    table = table_of(desk, sheet(HEAD, *rows, ["A9", "x", "d", "1", "手写备注"])[0])
    assert desk.rejected(table) == [(402, "cells-outside", "手写备注")]
    assert len(desk.rows(table)) == 401


def test_sheets_without_references_and_with_inline_text_are_read(desk: Desk) -> None:
    xml = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
           + "<row><c t='inlineStr'><is><t>编号</t></is></c><c t='str'><v>名称</v></c></row>".encode()
        + b"<row><c><v>1</v></c><c t='d'><v>2025-01-02T00:00:00</v></c></row>"
           + b"</sheetData></worksheet>")  # fmt: skip
    raw = saved(sheet(["x"])[0])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, xml if name.endswith("sheet1.xml") else before.read(name))
    table = desk.one(out.getvalue(), "a.xlsx")
    assert (names(table), desk.rows(table)) == (["编号", "名称"], [(2, "1", "2025-01-02")])


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xd0\xcf\x11\xe0" + b"x" * 600, "old-format"),
     (b"\xd0\xcf\x11\xe0" + b"x" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
     (b"PK\x03\x04 cut off", "damaged"), (b"<html><table></table></html>", "not-a-table")],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_with_the_remedy(desk: Desk, content: bytes, why: str) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        desk.one(content, "a.xls")
    assert refused.value.why == why
    assert "保存" in refused.value.remedy.zh or "另存" in refused.value.remedy.zh


def test_text_under_the_name_of_a_workbook_is_read_as_text(desk: Desk) -> None:
    found = desk.open(desk.put("编号\t名称\n1\t甲\n".encode("gb18030"), "导出.xls"))
    assert desk.rows(found.tables[0]) == [(2, "1", "甲")]
    assert said(found, "wrong-suffix")


def test_a_sheet_that_unpacks_to_an_enormous_size_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "SMALL", 1 << 20)
    raw = saved(sheet(HEAD)[0])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name) + (b" " * (8 << 20) if name.endswith("sheet1.xml") else b""))
    with pytest.raises(SourceUnreadable) as refused:
        desk.one(out.getvalue(), "a.xlsx")
    assert refused.value.why == "zip-bomb"


def put_in(xml: bytes) -> bytes:
    """A workbook with this in the place of its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(sheet(["x"])[0]))) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, xml if name.endswith("sheet1.xml") else before.read(name))
    return out.getvalue()


MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.parametrize("entity", [b'SYSTEM "file:///etc/passwd"', b'"lol"'])
def test_a_sheet_that_declares_entities_is_refused_and_loses_no_row_in_silence(desk: Desk, entity: bytes) -> None:
    xml = (b"<!DOCTYPE w [<!ENTITY a " + entity + b">]>" + MAIN + b"<row><c t='str'><v>no</v></c><c t='str'><v>x</v></c></row>"
           b"<row><c t='str'><v>&a;</v></c><c t='str'><v>y</v></c></row></sheetData></worksheet>")  # fmt: skip
    with pytest.raises(SourceUnreadable) as refused:
        desk.one(put_in(xml), "a.xlsx")
    assert refused.value.why == "damaged"


@pytest.mark.parametrize("place", ["XFE2", "ZZZZZZ2", "a2", "2"])
def test_a_cell_beyond_the_last_column_of_excel_is_refused_before_it_fills_the_memory(desk: Desk, place: str) -> None:
    row = f"<row><c r='A1' t='str'><v>a</v></c></row><row><c r='{place}' t='str'><v>b</v></c></row>"
    with pytest.raises(SourceUnreadable) as refused:
        desk.one(put_in(MAIN + row.encode() + b"</sheetData></worksheet>"), "a.xlsx")
    assert refused.value.why == "damaged"
