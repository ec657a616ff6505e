"""Templates: an .xlsx derived from the specification, empty or filled with records."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from zhijian.spec.load import specification
from zhijian.spec.workbook.cells import VERSION
from zhijian.spec.workbook.choosing import Choices, validation
from zhijian.spec.workbook.explaining import help_lines, note
from zhijian.spec.workbook.layout import CODES, HELP, Column, Sheet, families
from zhijian.spec.workbook.model import MAX_RECORDS, Record
from zhijian.spec.workbook.writing import FORMATS, write

NAMES_ROW, IDS_ROW, FIRST_ROW = 1, 2, 3
ROWS = MAX_RECORDS
ITEM_ROWS = 50 * MAX_RECORDS
"""Rows that are prepared: of records, of records nested in them."""
_BLUE, _RED, _GREY = "FF0958D9", "FFCF1322", "FF8C8C8C"
_FILL, _LINK = PatternFill("solid", fgColor="FFE6F4FF"), PatternFill("solid", fgColor="FFF5F5F5")
_LINE = Border(bottom=Side("thin", color="FFD9D9D9"))


def template(entities: Sequence[str], filled: Mapping[str, Sequence[Record]] | None = None) -> bytes:
    """A workbook for these entities; `filled` has records to put in, by entity.

    Raises: KeyError for an unknown entity; ValueError for a value that a cell cannot hold, see `writing`.
    """
    book = Workbook()
    book.remove(book.active)
    wanted = families(entities)
    helping = book.create_sheet(HELP)
    sheets = [(sheet, book.create_sheet(sheet.name)) for family in wanted for sheet in family.sheets]
    choices = Choices(book.create_sheet(CODES))
    for sheet, page in sheets:
        _head(sheet, page)
        _prepare(sheet, page, choices)
    for family in wanted:
        pages = {sheet.part: page for sheet, page in sheets if sheet in family.sheets}
        _fill(family.sheets, pages, (filled or {}).get(family.sheet.entity.id, ()))
    _explain(helping, [sheet for sheet, _ in sheets])
    book[CODES].sheet_state = "hidden"
    book.active = 1
    book.custom_doc_props.append(StringProperty(name=VERSION, value=specification().version))
    book.properties.title = "、".join(sheet.name for sheet, _ in sheets)
    book.properties.creator = "智检 Zhijian"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Sheet, page: Worksheet) -> None:
    for n, column in enumerate(sheet.columns, 1):
        e, required = column.element, column.id in sheet.required
        name, identifier = page.cell(NAMES_ROW, n), page.cell(IDS_ROW, n)
        name.value = f"{e.zh} *" if required else e.zh
        name.font = Font(bold=True, color=_RED if required else _BLUE)
        name.alignment = Alignment(wrap_text=True, vertical="center")
        name.comment = note(sheet, column, required=required)
        identifier.value = f"{e.id}\n{e.en}"
        identifier.font = Font(size=8, color=_GREY)
        identifier.alignment = Alignment(wrap_text=True, vertical="top")
        name.fill = identifier.fill = _LINK if column.is_link else _FILL
        identifier.border = _LINE
    page.row_dimensions[NAMES_ROW].height, page.row_dimensions[IDS_ROW].height = 32, 26
    page.freeze_panes = page.cell(FIRST_ROW, 2)
    page.sheet_view.zoomScale = 100


def _prepare(sheet: Sheet, page: Worksheet, choices: Choices) -> None:
    """Formats by whole columns, so that every row has them and none takes room; lists and limits by range."""
    last = FIRST_ROW - 1 + (ITEM_ROWS if sheet.part else ROWS)
    for n, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(n)
        dimension = page.column_dimensions[letter]
        dimension.number_format = FORMATS[_kind(column)]
        dimension.width = _width(column)
        rule = validation(column, choices)
        if rule is not None:
            rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")
            page.add_data_validation(rule)


def _kind(column: Column) -> str:
    e = column.element
    return "text" if e.many or e.codes else e.type.kind


def _width(column: Column) -> float:
    e = column.element
    least = max(2.1 * len(e.zh) + 4, len(e.id) * 0.9)
    by_kind = {"date": 13, "datetime": 18, "integer": 9, "decimal": 11, "bool": 9}
    return min(max(least, by_kind.get(e.type.kind, min(e.type.length * 0.6, 30))), 44)


def _fill(sheets: Sequence[Sheet], pages: Mapping[str, Worksheet], records: Sequence[Record]) -> None:
    top, *nested = sheets
    rows = dict.fromkeys(pages, FIRST_ROW)
    for record in records:
        rows[""] = _row(top, pages[""], rows[""], record, {})
        for sheet in nested:
            key = {name: record[name] for name in sheet.links}
            for one in record.get(sheet.part) or ():
                rows[sheet.part] = _row(sheet, pages[sheet.part], rows[sheet.part], one, key)


def _row(sheet: Sheet, page: Worksheet, row: int, record: Record, link: Record) -> int:
    for n, column in enumerate(sheet.columns, 1):
        value: Any = (link if column.is_link else record).get(column.id)
        if value is not None and value != []:
            write(page.cell(row, n), column.element, value)
    return row + 1


def _explain(page: Worksheet, sheets: Sequence[Sheet]) -> None:
    page.column_dimensions["A"].width = 110
    for row, (text, is_title) in enumerate(help_lines(sheets), 1):
        cell = page.cell(row, 1)
        cell.value = text
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=is_title, size=14 if row == 1 else 11, color=_BLUE if is_title else None)
