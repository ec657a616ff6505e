"""Records from quarantine as a table that people mend and hand back: CSV in UTF-8, or a workbook with one sheet. By the file's suffix."""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from zhijian.cli.say import WRONG_USE, fail
from zhijian.spec import Element

OWN = ("编号", "原因", "怎么改", "源表", "源行")
NUMBER = OWN[0]
MOST = 1_048_575
"""Rows of a sheet below its header."""


def written(out: Path, elements: Sequence[Element], rows: Iterable[Sequence[Any]], count: int) -> None:
    """A header row, then a row a record: the five columns of `OWN`, then the elements. The header of a workbook names them in Chinese
    as well."""
    if out.suffix.lower() != ".xlsx":
        with out.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*OWN, *(e.id for e in elements)])
            writer.writerows(rows)
        return
    if count > MOST:
        fail(WRONG_USE, f"{count:,} 条，一个工作表放不下：--out 改成 .csv", f"a sheet holds {MOST:,} rows: write .csv")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("隔离区")
    sheet.freeze_panes = "B2"
    sheet.append([_cell(sheet, h, bold=True) for h in (*OWN, *(f"{e.zh} {e.id}" for e in elements))])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(out)


def read(file: Path) -> dict[int, dict[str, str]]:
    """By number in quarantine: element → cell, of the columns that are there."""
    try:
        rows = _sheet(file) if file.suffix.lower() == ".xlsx" else _csv(file)
        return {int(row[NUMBER]): row for row in rows if any(row.values())}
    except (UnicodeDecodeError, KeyError, ValueError, TypeError, csv.Error, InvalidFileException, zipfile.BadZipFile):
        fail(WRONG_USE, f"{file}：不是 export 写出的表；保留表头和“编号”列，按 UTF-8 的 CSV 或 .xlsx 保存",
             "it is not a table that export wrote: keep its header and the numbers, saved as CSV in UTF-8 or .xlsx")  # fmt: skip


def same(one: str, other: str) -> bool:
    """Whether two cells hold the same for people: a sheet keeps no control characters, and one kind of line end.

    >>> same("甲\\r\\n乙\\x07", "甲\\n乙\\ufffd"), same("甲", "乙")
    (True, False)
    """
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = _plain(str(value)), "s"  # text, whatever it looks like: no formula, no lost digits
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _csv(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _sheet(file: Path) -> Iterator[dict[str, str]]:
    book = load_workbook(file, read_only=True, data_only=True)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        names = [str(h or "").split(" ")[-1] for h in next(rows, ())]
        for row in rows:
            yield {name: _text(value) for name, value in zip(names, row, strict=False)}
    finally:
        book.close()


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def changed(elements: Sequence[Element], kept: Mapping[str, Any], row: Mapping[str, str], shown: Any) -> dict[str, Any]:
    """The record as `row` has it. A cell that is still masked was not changed: what it hides stays; so does what has no column."""
    made: dict[str, Any] = {}
    for e in elements:
        value = kept.get(e.id)
        cell = row.get(e.id)
        untouched = cell is None or any(same(cell, shown(e, value, masked=masked)) for masked in (True, False))
        made[e.id] = value if untouched else cell
    return {k: v for k, v in made.items() if v not in (None, "")}
