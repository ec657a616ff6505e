"""The cells of a sheet, each with the cell its value comes from: what is merged holds for all the cells it covers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from zhijian.exchange.source import RawSheet
from zhijian.spec.workbook import WorkbookRefused

WIDEST = 60
"""Columns that are looked at; the form has seventeen at most."""
_MAX_COVERED = 2_000_000
_UNSEEN = re.compile("[\ufeff\u200b-\u200f\u2060]")
_BLANKS = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A filled cell; cells merged with it have the same one."""

    text: str
    row: int
    column: int
    """From 0."""
    odd: str = ""
    """error-value or formula-without-value."""

    @property
    def cell(self) -> str:
        return address(self.row, self.column)

    @property
    def line(self) -> str:
        """The text in one line."""
        return " ".join(self.text.split())


Row = Mapping[int, Spot]


def address(row: int, column: int) -> str:
    """
    >>> address(7, 1)
    'B7'
    """
    return f"{get_column_letter(column + 1)}{row}"


@dataclass(frozen=True, slots=True)
class Grid:
    name: str
    rows: Mapping[int, Row]
    """In their order; only those in which a cell of their own is filled."""

    def own(self, number: int) -> list[Spot]:
        """Filled cells that begin in this row, from left to right."""
        return [s for c, s in sorted(self.rows[number].items()) if s.row == number and s.column == c]


def grid(sheet: RawSheet) -> Grid:
    """Raises: WorkbookRefused, for areas that cover too much."""
    rows: dict[int, dict[int, Spot]] = {}
    for row in sheet.rows:
        odd = {column: why for column, why, _ in row.odd if why in ("error-value", "formula-without-value")}
        spots = {
            c: Spot(t, row.number, c, odd.get(c, ""))
            for c, raw in row.cells.items()
            if c < WIDEST and (t := _clean(raw))
        }
        spots |= {c: Spot("", row.number, c, why) for c, why in odd.items() if c < WIDEST and c not in spots}
        if spots:
            rows[row.number] = spots
    _cover(rows, sheet.areas)
    return Grid(sheet.name, rows)


def _clean(raw: str) -> str:
    return _BLANKS.sub(" ", _UNSEEN.sub("", raw).replace("\r\n", "\n").replace("\r", "\n")).strip()


def _cover(rows: dict[int, dict[int, Spot]], areas: Iterable[tuple[int, int, int, int]]) -> None:
    numbers = sorted(rows)
    place = {number: n for n, number in enumerate(numbers)}
    left = _MAX_COVERED
    for top, first, bottom, last in areas:
        spot = rows.get(top, {}).get(first)
        if spot is None:
            continue
        for n in range(place[top], len(numbers)):
            if numbers[n] > bottom:
                break
            for column in range(first, min(last, WIDEST - 1) + 1):
                rows[numbers[n]].setdefault(column, spot)
                left -= 1
            if left < 0:
                raise WorkbookRefused("merged-too-much", "合并的单元格太多太大；请取消整列、整表的合并再保存",
                                      "merged cells cover too much; take the merging of whole columns away")  # fmt: skip
