"""The workbook as it was given, with its wrong cells marked and a sheet that lists them."""

import io
import warnings
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from zhijian.spec.workbook.explaining import AUTHOR as NOTE
from zhijian.spec.workbook.guard import checked, damaged
from zhijian.spec.workbook.layout import PROBLEMS
from zhijian.spec.workbook.model import Finding
from zhijian.spec.workbook.writing import as_text

AUTHOR = "智检问题 Zhijian finding"
_BEFORE = "\n———\n"
"""Between our note and the one that was there before."""
_AMBER, _PALE = PatternFill("solid", fgColor="FFFFD666"), PatternFill("solid", fgColor="FFFFF7E6")
_TITLES = (
    "工作表 sheet",
    "单元格 cell",
    "程度 severity",
    "内容 value",
    "问题 what is wrong",
    "怎样改 remedy",
    "英文 English",
)
_WIDTHS = (14, 10, 10, 24, 48, 48, 60)


def annotated(raw: bytes, findings: Sequence[Finding]) -> bytes:
    """`raw`, with marks of an earlier time taken away, each cell of `findings` amber (a warning: pale) with a note, and the
    sheet 问题清单. Formulas, formats and other sheets stay; pictures, charts and links to other files do not.

    The bytes are a stranger's: see `read`. Raises: WorkbookRefused.
    """
    checked(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book: Any = load_workbook(io.BytesIO(raw), keep_links=False)
            _unmark(book)
            for finding in sorted(findings, key=lambda f: f.is_error):
                if finding.sheet in book.sheetnames:
                    _mark(book[finding.sheet], finding)
            _list(book.create_sheet(PROBLEMS, 0), findings)
            book.active = 0
            out = io.BytesIO()
            book.save(out)
    except MemoryError:
        raise
    except Exception:  # as of `cells.contents`
        raise damaged() from None
    return out.getvalue()


def _unmark(book: Any) -> None:
    if PROBLEMS in book.sheetnames:
        del book[PROBLEMS]
    for page in book.worksheets:
        page.sheet_view.tabSelected = False
        for cell in page._cells.values():
            if not isinstance(cell, MergedCell) and cell.comment is not None and cell.comment.author == AUTHOR:
                before = cell.comment.text.partition(_BEFORE)[2]
                cell.comment = _note(before, NOTE) if before else None
                cell.fill = PatternFill()


def _mark(page: Worksheet, finding: Finding) -> None:
    cell = _top(page, finding.cell)
    text = f"{finding.zh}\n{finding.remedy_zh}\n{finding.en}\n{finding.remedy_en}"
    if cell.comment is not None:
        text += ("\n\n" if cell.comment.author == AUTHOR else _BEFORE) + cell.comment.text
    cell.comment = _note(text[:4000], AUTHOR)
    cell.fill = _AMBER if finding.is_error else _PALE


def _note(text: str, author: str) -> Comment:
    made = Comment(text, author)
    made.width, made.height = 360, 160
    return made


def _top(page: Worksheet, name: str) -> Cell:
    """The cell, or the one that is merged over it."""
    cell: Any = page[name]
    if isinstance(cell, MergedCell):
        area = next(a for a in page.merged_cells.ranges if name in a)
        cell = page.cell(area.min_row, area.min_col)
    return cell


def _list(page: Worksheet, findings: Sequence[Finding]) -> None:
    for n, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True), 1):
        page.cell(1, n).value = title
        page.cell(1, n).font = Font(bold=True)
        page.column_dimensions["ABCDEFG"[n - 1]].width = width
    page.freeze_panes = "A2"
    for row, f in enumerate(findings, 2):
        severity = "错误 error" if f.is_error else "提醒 warning"
        values = (f.sheet, f.cell, severity, f.value or "", f.zh, f.remedy_zh, f"{f.en}; {f.remedy_en}")
        for n, text in enumerate(values, 1):
            cell: Any = page.cell(row, n)
            as_text(cell, _printable(text))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        link: Any = page.cell(row, 2)
        quoted = f.sheet.replace("'", "''")
        link.hyperlink = f"#'{quoted}'!{f.cell}"
        link.font = Font(color="FF0958D9", underline="single")


def _printable(text: str) -> str:
    return "".join(ch if ch.isprintable() or ch == " " else "�" for ch in text)
