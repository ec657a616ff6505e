"""A workbook's sheets as a person sees them, for readers of forms: rows of text, and which cells are merged."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhijian.exchange.model import Text
from zhijian.exchange.source.model import SourceUnreadable
from zhijian.exchange.source.place import Found, Place
from zhijian.exchange.source.sheet_rows import SheetRow, merged, rows_of
from zhijian.exchange.source.workbook import Book, Sheet, book_of

MAX_CELLS = 2_000_000
MAX_MERGED = 200_000


@dataclass(frozen=True, slots=True)
class RawSheet:
    name: str
    rows: tuple[SheetRow, ...]
    """Those with something in them, in their order."""
    areas: tuple[tuple[int, int, int, int], ...]
    """Merged: (first row, first column from 0, last row, last column). What they claim is not held against the rows."""


def raw_sheets(raw: bytes) -> tuple[RawSheet, ...]:
    """The bytes are a stranger's: check them and call it in a process of its own. Raises: SourceUnreadable."""
    with tempfile.TemporaryDirectory(prefix="zhijian-sheets-") as folder:
        path = Path(folder, "given.xlsx")
        path.write_bytes(raw)
        with duckdb.connect() as con:
            place = Place(con, Path(folder, "work"), lambda what, done, of: None)
            with book_of(place, Found(path, path.name, path.name)) as book:
                left = MAX_CELLS
                found = []
                for sheet in book.sheets:
                    one, left = _sheet(book, sheet, left)
                    found.append(one)
                return tuple(found)


def _sheet(book: Book, sheet: Sheet, left: int) -> tuple[RawSheet, int]:
    rows = []
    for row in rows_of(book, sheet):
        if row.cells:
            rows.append(row)
            left -= len(row.cells)
        if left < 0:
            raise SourceUnreadable("too-many-cells", Text(f"填写的单元格超过 {MAX_CELLS:,} 个", f"more than {MAX_CELLS:,} filled cells"),
                                   Text("请分成几个文件", "split the file"))  # fmt: skip
    return RawSheet(sheet.name, tuple(rows), tuple(merged(book, sheet)[:MAX_MERGED])), left
