"""An .xlsx written row by row: memory does not grow with the rows, and no text becomes a formula."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

AUTHOR = "智检问题 Zhijian finding"
AMBER, PALE = PatternFill("solid", fgColor="FFFFD666"), PatternFill("solid", fgColor="FFFFF7E6")
FORMULA = r"(?s)\s*([=＝@＠].|[+＋\-－].*[A-Za-z(（])"
LONGEST = 32_767
"""Characters that a cell of Excel holds."""


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def writable(text: str) -> str:
    """Without what XML cannot hold, which a broken file's names and values may have.

    >>> writable("a\x1b[31m\uffffb")
    'a�[31m�b'
    """
    return _NOT_XML.sub("�", text)


def is_formula(text: str) -> bool:
    """Whether Excel would carry out a cell of a CSV that says this; full-width signs count, a number with a sign does not.

    >>> [is_formula(t) for t in ("=1+1", "@SUM(A1)", "+1+cmd|'x'!A0", "＝1", "-3.5", "+86 571", "-", "本科")]
    [True, True, True, True, False, False, False, False]
    """
    return re.match(FORMULA, text) is not None


class Sheet:
    def __init__(self, page: Any, headers: Iterable[str], widths: Iterable[int]) -> None:
        self._page = page
        page.freeze_panes = "A2"
        for n, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(n)].width = width
        page.append([self._text(header, font=Font(bold=True)) for header in headers])

    def row(self, values: Iterable[Any], marks: Mapping[int, tuple[PatternFill, str]] | None = None) -> None:
        """`values`: texts, numbers and links; `marks`: column from 0 → colour and note (none if empty)."""
        as_is = int | float | Cell
        cells: list[Any] = [
            value if value is None or isinstance(value, as_is) else self._text(str(value)) for value in values
        ]
        for at, (fill, note) in (marks or {}).items():
            cell: Any = cells[at] if isinstance(cells[at], Cell) else WriteOnlyCell(self._page, cells[at])
            cell.fill = fill
            if note:
                cell.comment = Comment(writable(note[:4000]), AUTHOR, width=360, height=160)
            cells[at] = cell
        self._page.append(cells)

    def link(self, sheet: str, cell: str) -> Any:
        """A cell that leads to `cell`. As a formula: Excel opens no file with more than 65,530 links of the other kind."""
        target = f"#'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}".replace('"', '""')
        made = WriteOnlyCell(self._page, f'=HYPERLINK("{target}","{cell}")')
        made.font = Font(color="FF0958D9", underline="single")
        return made

    def _text(self, text: str, font: Font | None = None) -> Any:
        cell = WriteOnlyCell(self._page)
        # Told that it is a text, openpyxl takes “=1+1” for no formula; it writes texts into the cells, no table of them is held.
        cell._value, cell.data_type = writable(text)[:LONGEST], "s"
        if font:
            cell.font = font
        return cell


class Sheets:
    """A context; the file is written when it ends well."""

    def __init__(self, path: Path) -> None:
        self._path, self._book = path, Workbook(write_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._book.save(self._path)
        else:
            for page in self._book.worksheets:
                page.close()

    def sheet(self, title: str, headers: Iterable[str], widths: Iterable[int] = ()) -> Sheet:
        return Sheet(self._book.create_sheet(title), headers, widths)
