"""The official form as a workbook: empty with its lists, or with an institution's lines, a sheet for each certificate and site."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from zhijian.registry.scope_table.model import LEVELS, Line
from zhijian.registry.scope_table.standards import standards
from zhijian.spec import specification
from zhijian.spec.workbook import as_text

HEAD, FIRST = 5, 8
"""Rows of the heading's beginning and of the first line; titles stand above."""
SHEET = "能力附表"
CHOICES = "下拉列表"
ROWS = 5000
"""Of the empty form that have lists."""
_LEVEL_NAMES = "一二三四五"
_THIN = Side("thin", color="FF8C8C8C")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FILL = PatternFill("solid", fgColor="FFE6F4FF")
_WRAPPED = Alignment(wrap_text=True, vertical="center")
_CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
_HELP = (
    "每一级填序号和名称，从左到右：类别 → 项目 → … → 参数，最多五级；同一级相同的纵向合并。",
    "序号列都是文本格式：1.10 不会变成 1.1。Numbers are text, so that 1.10 stays 1.10.",
    "标准写《名称》编号-年号，可带方法或条款，如 《食品安全国家标准 食品中铅的测定》GB 5009.12-2023 第一法；几个标准用分号隔开。",
    "Levels from left to right, five at most; equal cells merged downwards; a standard with its year, several separated by ；.",
)


def template(number: str = "", site_no: str = "S1") -> bytes:
    """The empty form."""
    book = _book()
    page = book.create_sheet(SHEET)
    columns = _Columns(LEVELS, split=False, more=())
    _head(page, columns, number, site_no, "")
    _lists(book, page, columns)
    helping = book.create_sheet("填表说明")
    helping.column_dimensions["A"].width = 120
    for row, text in enumerate(_HELP, 1):
        helping.cell(row, 1).value = text
    return _saved(book)


def render(lines: Sequence[Line]) -> bytes:
    """Read again it gives the same lines, where their standards are written as the form has them (`standards`).

    Lines of one table come together, in their order. Raises: ValueError, for control characters, no lines, or more levels
    than the form has.
    """
    if not lines or any(len(line.levels) > LEVELS for line in lines):
        raise ValueError(f"the form holds lines of at most {LEVELS} levels; template() is the empty one")
    book = _book()
    tables: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        tables[line.number or "", line.site_no].append(line)
    for (number, site_no), own in tables.items():
        _sheet(book, number, site_no, own)
    return _saved(book)


def _book() -> Any:
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "智检 Zhijian"
    return book


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Columns:
    """Columns of a sheet, from 1: the official ones, and those that only some tables need."""

    def __init__(self, levels: int, *, split: bool, more: Sequence[str]) -> None:
        self.levels = levels
        after = 2 + 2 * levels
        named = (
            ["依据的标准（方法）编号（含年号）", "依据的标准（方法）名称"]
            if split
            else ["依据的标准（方法）名称及编号（含年号）"]
        )
        self.titles = {after + n: title for n, title in enumerate([*named, "限制范围", "说明", *more])}
        self.standard, self.is_split = after, split
        self.restriction = after + len(named)
        self.more = {title: self.restriction + 2 + n for n, title in enumerate(more)}
        self.last = after + len(self.titles) - 1


def _sheet(book: Any, number: str, site_no: str, lines: Sequence[Line]) -> None:
    cells = [one_cell(line) for line in lines]
    first_days = {line.valid_from for line in lines}
    more = ["批次"] if any(line.batch for line in lines) else []
    more += ["生效日期"] if len(first_days) > 1 else []
    more += ["失效日期"] if any(line.valid_to for line in lines) else []
    columns = _Columns(LEVELS, split=None in cells, more=more)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\']", "", f"场所{site_no}") or SHEET)
    _head(page, columns, number, site_no, "" if len(first_days) > 1 else lines[0].valid_from or "")
    for row, (line, cell) in enumerate(zip(lines, cells, strict=True), FIRST):
        _line(page, columns, row, line, cell)
    _merge(page, lines)


def one_cell(line: Line) -> str | None:
    """Name and number as they stand together; None where they could not be told apart again."""
    wanted = line.standard, line.standard_name
    named = (
        [f"《{line.standard_name}》{line.standard}", f"{line.standard} {line.standard_name}"]
        if line.standard_name
        else []
    )
    for text in [*named, line.standard]:
        if [(s.code, s.full_name) for s in standards(text)] == [wanted]:
            return text
    return None


def _line(page: Worksheet, columns: _Columns, row: int, line: Line, cell: str | None) -> None:
    values: dict[int, str | None] = {1: line.sequence}
    for n, level in enumerate(line.levels):
        values |= {2 + 2 * n: level.no, 3 + 2 * n: level.name}
    if columns.is_split:
        values |= {columns.standard: line.standard, columns.standard + 1: line.standard_name}
    else:
        values[columns.standard] = cell
    values |= {columns.restriction: line.restriction, columns.restriction + 1: line.note}
    said = {"批次": line.batch, "生效日期": line.valid_from, "失效日期": line.valid_to}
    values |= {column: said[title] for title, column in columns.more.items()}
    for column, value in values.items():
        if value is not None:
            made = page.cell(row, column)
            as_text(made, value)
            made.alignment = _WRAPPED


def _merge(page: Worksheet, lines: Sequence[Line]) -> None:
    """Equal levels under equal parents, downwards."""
    for depth in range(1, LEVELS + 1):
        row = FIRST
        for path, run in groupby([line.levels[:depth] for line in lines]):
            count = len(list(run))
            if count > 1 and len(path) == depth:
                for column in (2 * depth, 2 * depth + 1):
                    _merged(page, row, column, row + count - 1, column)
            row += count


def _merged(page: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    """The area is noted and the cells under it emptied, without the borders that openpyxl works out for each."""
    from openpyxl.worksheet.cell_range import CellRange

    page.merged_cells.ranges.add(CellRange(min_col=left, min_row=top, max_col=right, max_row=bottom))
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                page._cells.pop((row, column), None)


def _head(page: Worksheet, columns: _Columns, number: str, site_no: str, valid_from: str) -> None:
    titles = ["检验检测机构资质认定证书附表", f"证书编号：{number}", f"场所编号：{site_no}", f"批准日期：{valid_from}"]
    for row, text in enumerate(titles, 1):
        as_text(page.cell(row, 1), text)
        page.cell(row, 1).font = Font(bold=row == 1, size=14 if row == 1 else 11)
    heads = {(HEAD, 1, HEAD + 2, 1): "序号", (HEAD, 2, HEAD, 1 + 2 * columns.levels): "类别（产品/项目/参数）"}
    for n in range(columns.levels):
        heads[HEAD + 1, 2 + 2 * n, HEAD + 1, 3 + 2 * n] = f"第{_LEVEL_NAMES[n]}级"
        heads[HEAD + 2, 2 + 2 * n, HEAD + 2, 2 + 2 * n] = "序号"
        heads[HEAD + 2, 3 + 2 * n, HEAD + 2, 3 + 2 * n] = "名称"
    heads |= {(HEAD, column, HEAD + 2, column): title for column, title in columns.titles.items()}
    for (top, left, bottom, right), title in heads.items():
        cell = page.cell(top, left)
        cell.value, cell.font, cell.fill, cell.border, cell.alignment = title, Font(bold=True), _FILL, _BOX, _CENTRED
        if (top, left) != (bottom, right):
            page.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    wide = {1: 8.0, columns.standard: 44.0} | ({columns.standard + 1: 36.0} if columns.is_split else {})
    for column in range(1, columns.last + 1):
        letter = get_column_letter(column)
        is_no = column <= 1 + 2 * columns.levels and column % 2 == 0
        page.column_dimensions[letter].width = wide.get(column, 8.0 if is_no else 18.0)
        page.column_dimensions[letter].number_format = "@"
    page.freeze_panes = page.cell(FIRST, 1)
    page.print_title_rows = f"{HEAD}:{HEAD + 2}"


def _lists(book: Any, page: Worksheet, columns: _Columns) -> None:
    """Fields to choose a category from, batches for the notes; both only offered, anything may be typed."""
    lists = specification().codelists
    offered: Iterable[tuple[int, list[str]]] = (
        (3, [one.zh for one in lists["field"].values()]),
        (columns.restriction + 1, [one.code for one in lists["capability_batch"].values()]),
    )
    listed = book.create_sheet(CHOICES)
    listed.sheet_state = "hidden"
    for n, (column, texts) in enumerate(offered, 1):
        for row, text in enumerate(texts, 1):
            as_text(listed.cell(row, n), text)
        letter = get_column_letter(n)
        rule = DataValidation(
            type="list",
            formula1=f"'{CHOICES}'!${letter}$1:${letter}${len(texts)}",
            allow_blank=True,
            showErrorMessage=False,
        )
        rule.add(f"{get_column_letter(column)}{FIRST}:{get_column_letter(column)}{FIRST + ROWS - 1}")
        page.add_data_validation(rule)
