"""The filled cells of each sheet, as they are: values, formats, formulas, and cells merged over rows. No dimension that a
file claims is believed; memory goes with the cells that are there."""

import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from zhijian.spec.workbook.guard import damaged
from zhijian.spec.workbook.model import MAX_CELLS, WorkbookRefused
from zhijian.spec.workbook.text import unescaped

VERSION = "zhijian-specification"
"""Property of the document that says by which version of the specification its template was made."""

MAX_MERGED = 20_000
"""Merged areas that are looked at, and rows of one of them."""


@dataclass(frozen=True, slots=True)
class Given:
    """A filled cell. `value` is text, number, bool, date or time, as the file has it; None for a formula without a value."""

    value: Any
    number_format: str = "General"
    is_formula: bool = False
    is_error: bool = False


@dataclass(slots=True)
class Grid:
    """Rows by number, each its cells by column (1 is A)."""

    name: str
    rows: dict[int, dict[int, Given]] = field(default_factory=dict)
    epoch_1904: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    grids: tuple[Grid, ...]
    version: str | None
    """Of the specification by which the template was made; None where the file does not say."""


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """openpyxl's, which shows either a formula or its value; this shows both."""

    def parse_cell(self, element: Any) -> Any:
        cell = super().parse_cell(element)
        cell["formula"] = element.find(FORMULA_TAG) is not None
        return cell


def contents(archive: zipfile.ZipFile) -> Contents:
    """Raises: WorkbookRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _contents(archive)
    except (WorkbookRefused, MemoryError):
        raise
    except Exception:  # openpyxl raises whatever a broken part leads to: KeyError, TypeError, ParseError …
        raise damaged() from None


def _contents(archive: zipfile.ZipFile) -> Contents:
    book = load_workbook(archive.fp, read_only=True, data_only=True, keep_links=False)
    left = [MAX_CELLS]
    grids = tuple(_grid(book, sheet, left) for sheet in book.worksheets)
    if not grids:
        raise WorkbookRefused("no-sheets", "文件里没有工作表；请另存为“Excel 工作簿（*.xlsx）”，不要选 Strict",
                              "it holds no sheets; save it as an Excel workbook (*.xlsx), not as Strict Open XML")  # fmt: skip
    said = {p.name: p.value for p in book.custom_doc_props.props}.get(VERSION)
    return Contents(grids, None if said is None else str(said))


def _grid(book: Any, sheet: Any, left: list[int]) -> Grid:
    grid = Grid(sheet.title, epoch_1904=book.epoch.year == 1904)
    formats = [_format(book, style) for style in book._cell_styles]
    with sheet._get_source() as source:
        parser = _Parser(source, sheet._shared_strings, True, book.epoch, book._date_formats, book._timedelta_formats)
        for number, cells in parser.parse():
            kept = {c["column"]: _given(c, formats) for c in cells if c["value"] is not None or c["formula"]}
            if kept:
                grid.rows[number] = kept
                left[0] -= len(kept)
            if left[0] < 0:
                raise WorkbookRefused("too-many-cells", f"填写的单元格超过 {MAX_CELLS:,} 个；请分成几个文件",
                                      f"more than {MAX_CELLS:,} filled cells; split the file")  # fmt: skip
        for area in _merged(parser):
            _fill_down(grid, *area)
    return grid


def _format(book: Any, style: Any) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    found = style.numFmtId
    return str(BUILTIN_FORMATS.get(found) or (book._number_formats[found - 164] if found >= 164 else "General"))


def _given(cell: dict[str, Any], formats: list[str]) -> Given:
    style, value = int(cell["style_id"] or 0), cell["value"]
    number_format = formats[style] if style < len(formats) else "General"
    return Given(
        unescaped(value) if isinstance(value, str) else value, number_format, cell["formula"], cell["data_type"] == "e"
    )


def _merged(parser: Any) -> Iterator[tuple[int, int, int, int]]:
    for area in islice(parser.merged_cells.mergeCell if parser.merged_cells else (), MAX_MERGED):
        yield area.min_col, area.min_row, area.max_col, area.max_row


def _fill_down(grid: Grid, min_col: int, min_row: int, max_col: int, max_row: int) -> None:
    """A value merged over rows of one column holds for each of them, as people see it."""
    top = grid.rows.get(min_row, {}).get(min_col)
    if top is None or min_col != max_col or max_row - min_row > MAX_MERGED:
        return
    for number in range(min_row + 1, max_row + 1):
        if number in grid.rows:
            grid.rows[number].setdefault(min_col, top)


def address(column: int, row: int) -> str:
    """
    >>> address(28, 7)
    'AB7'
    """
    return f"{get_column_letter(column)}{row}"
