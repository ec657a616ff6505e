"""Sheets of a workbook, streamed into staging: each sheet with something in it is a table."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from zhijian.exchange.source.layout import SAMPLE, Layout, is_foot, laid_out
from zhijian.exchange.source.model import Column, SourceTable
from zhijian.exchange.source.place import Found, Place
from zhijian.exchange.source.remarks import Remarks
from zhijian.exchange.source.sheet_oddities import Oddities
from zhijian.exchange.source.sheet_rows import SheetRow, merged, rows_of
from zhijian.exchange.source.staging import Staging, relation_of
from zhijian.exchange.source.workbook import Book, Sheet, book_of

_FEET = 8
_MERGED = 100_000
"""Merged areas that are looked at."""
Area = tuple[int, int, int, int]


def excel_tables(place: Place, found: Found, remarks: Remarks) -> Iterator[SourceTable]:
    """Raises: SourceUnreadable."""
    with book_of(place, found) as book:
        before: SourceTable | None = None
        for sheet in book.sheets:
            table = _table(place, found, book, sheet, before, remarks)
            if table is not None:
                yield table
                before = table


def _table(place: Place, found: Found, book: Book, sheet: Sheet, before: SourceTable | None, said: Remarks) -> SourceTable | None:  # fmt: skip
    areas = merged(book, sheet)[:_MERGED]
    down = _down(areas)
    rows = _filled_down(rows_of(book, sheet), down)
    head = list(islice(rows, SAMPLE))
    if not any(r.cells for r in head):
        more = next((r for r in rows if r.cells), None)
        if more is None:
            said.say("empty-sheet", value=sheet.name, file=found.name)
            return None
        head = [more]
    remarks = Remarks()
    if sheet.hidden:
        remarks.say("hidden-sheet", value=sheet.name)
    layout = _layout(head, before, remarks)
    name = found.name if len(book.sheets) == 1 else f"{found.name} / {sheet.name}"
    with Staging(place.new(".parquet"), layout.names) as staging:
        _Reading(layout, staging, remarks, areas).go(chain(head, _told(rows, name, place)))
    if layout.header and not staging.size:
        remarks.say("header-only")
    about = {"sheet": sheet.name, "header_rows": str(len(layout.header)), "rows": str(staging.size), **staging.about}
    columns = tuple(Column(n) for n in layout.names)
    return SourceTable(name, found.origin, relation_of(staging.path), columns, "excel", layout.first + 1,
                       remarks.all(), about, found.modified_on)  # fmt: skip


def _told(rows: Iterator[SheetRow], name: str, place: Place) -> Iterator[SheetRow]:
    for row in rows:
        if row.number % 20_000 == 0:
            place.progress(name, row.number, 0)
        yield row


def _down(areas: list[Area]) -> deque[Area]:
    """Areas over rows of one column, in order of their first row."""
    return deque(sorted(a for a in areas if a[1] == a[3] and a[2] > a[0]))


def _filled_down(rows: Iterator[SheetRow], down: deque[Area]) -> Iterator[SheetRow]:
    """A value merged over rows of one column holds for each of them, as people see it. Of the header that is undone again."""
    held: list[tuple[Area, str]] = []
    for row in rows:
        while down and down[0][0] <= row.number:
            area = down.popleft()
            if area[0] == row.number and area[1] in row.cells:
                held.append((area, row.cells[area[1]]))
        if held:
            held = [(a, v) for a, v in held if a[2] >= row.number]
            for area, value in held:
                if row.number > area[0] and area[1] not in row.cells:
                    row.cells[area[1]] = value
                    row.odd.append((area[1], "merged", value))
        yield row


def _layout(head: list[SheetRow], before: SourceTable | None, remarks: Remarks) -> Layout:
    """A sheet that goes on where the one before it ended has that one's header."""
    width = max((max(r.cells, default=-1) + 1 for r in head), default=0)
    offset = head[0].number - 1 if head[0].number > SAMPLE else 0
    rows: list[list[str]] = []
    for row in head:
        while len(rows) < row.number - 1 - offset and len(rows) < 2 * SAMPLE:
            rows.append([])
        own = {c for c, why, _ in row.odd if why == "merged"}
        rows.append(["" if c in own else row.cells.get(c, "") for c in range(width)])
    seen = Remarks()
    layout = laid_out(rows, seen)
    if not layout.header and before is not None and len(before.columns) >= len(layout.names):
        remarks.say("header-taken", value=before.name)
        return Layout((), layout.first + offset, tuple(c.name for c in before.columns))
    remarks.extend(seen.kept)
    return replace(layout, first=layout.first + offset)


def _is_blank(row: SheetRow) -> bool:
    """Nothing in it but what a merged cell above reaches into it."""
    if not row.odd:
        return not any(v.strip() for v in row.cells.values())
    own = set(row.cells) - {column for column, why, _ in row.odd if why == "merged"}
    return not any(row.cells[c].strip() for c in own)


@dataclass(slots=True)
class _Reading:
    layout: Layout
    staging: Staging
    remarks: Remarks
    areas: list[Area]
    waiting: deque[tuple[int, list[str]]] = field(default_factory=deque)
    counts: Counter[str] = field(default_factory=Counter)

    def go(self, rows: Iterator[SheetRow]) -> None:
        odd = Oddities(self.layout.names, self.remarks)
        width, last, blank = len(self.layout.names), self.layout.first, 0
        for row in rows:
            if row.number <= self.layout.first:
                continue
            if _is_blank(row):
                continue
            blank += row.number - last - 1
            last = row.number
            if row.odd:
                odd.take(row)
            if row.hidden:
                odd.hidden(row.number)
            self._outside(row, width)
            self.waiting.append((row.number, [row.cells.get(c, "") for c in range(width)]))
            if len(self.waiting) > _FEET:
                self.staging.add(*self.waiting.popleft())
        self._end()
        odd.say()
        if blank:
            self.remarks.say("blank-lines", count=blank)

    def _outside(self, row: SheetRow, width: int) -> None:
        if max(row.cells) < width:
            return
        beyond = {c: v for c, v in row.cells.items() if c >= width and v.strip()}
        if beyond:
            text = "\t".join(beyond.values())
            self.staging.reject(row.number, "cells-outside", text)
            self.remarks.say("cells-outside", row=row.number, value=text)

    def _end(self) -> None:
        feet: list[tuple[int, list[str]]] = []
        while self.waiting and is_foot(self.waiting[-1][1]):
            feet.insert(0, self.waiting.pop())
        for number, cells in self.waiting:
            self.staging.add(number, cells)
        for number, cells in feet:
            text = "\t".join(cells)
            self.staging.reject(number, "totals-line", text)
            self.remarks.say("totals-line", row=number, value=text.strip())
