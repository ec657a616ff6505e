"""Find the sheets and columns of a filled workbook: by identifier or by name, wherever people moved them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from zhijian.spec.workbook.cells import Grid, address
from zhijian.spec.workbook.layout import OURS, Column, Sheet, label
from zhijian.spec.workbook.model import Finding, WorkbookRefused
from zhijian.spec.workbook.text import cleaned

_SEARCHED = 20
"""Rows at the top among which the heading lies; people put titles above it."""


@dataclass(slots=True)
class Heading:
    """Columns of one sheet. `first` is its first row of data, `row` the row of its heading that people read."""

    sheet: Sheet
    grid: Grid
    row: int
    first: int
    columns: Mapping[int, Column]
    letters: dict[str, str] = field(default_factory=dict)
    """Field → column letter."""
    links: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letters = {c.id: address(n, 1)[:-1] for n, c in self.columns.items()}
        self.links = self.sheet.links

    @property
    def missing(self) -> tuple[Column, ...]:
        there = {c.id for c in self.columns.values()}
        return tuple(c for c in self.sheet.columns if c.id not in there)


def headings(sheets: Sequence[Sheet], grids: Sequence[Grid]) -> list[Heading]:
    """One for each of `sheets`, whether its name is right or only its columns are.

    Raises: WorkbookRefused when a sheet is not there.
    """
    free = [g for g in grids if g.name.strip() not in OURS]
    found = []
    for sheet in sheets:
        ours = {sheet.name, sheet.entity.zh, sheet.entity.id}
        ranked = sorted(free, key=lambda g: (label(g.name) in {label(n) for n in ours}, _score(sheet, g)), reverse=True)
        best = next((g for g in ranked if _score(sheet, g) >= 2), None)
        if best is None:
            raise _no_sheet(sheet, free)
        free.remove(best)
        found.append(_heading(sheet, best))
    return found


def _no_sheet(sheet: Sheet, grids: Sequence[Grid]) -> WorkbookRefused:
    there = "、".join(g.name for g in grids[:10]) or "无"
    wanted = "、".join(c.element.zh for c in sheet.columns[:4])
    return WorkbookRefused("sheet-missing", f"没有工作表“{sheet.name}”，或它的表头不对（应有 {wanted} 等列）；文件里有：{there}。请从模板填写，不要删表头",
                           f"no sheet {sheet.name}, or its heading is not the template's; fill in the template and keep its heading")  # fmt: skip


def _names(sheet: Sheet) -> dict[str, Column]:
    """Every spelling of a heading → its column; a shortened one only where it is one column's."""
    made: dict[str, Column] = {}
    short: dict[str, list[Column]] = {}
    for column in sheet.columns:
        for spelling in (column.element.zh, column.element.en):
            made.setdefault(label(spelling), column)
            short.setdefault(label(spelling).split("(")[0], []).append(column)
    made |= {name: of[0] for name, of in short.items() if len(of) == 1 and name not in made}
    return made | {column.id: column for column in sheet.columns}


def _matches(names: Mapping[str, Column], text: object) -> Column | None:
    if not isinstance(text, str):
        return None
    for spelling in (text, *text.splitlines()):
        if found := names.get(label(cleaned(spelling)[0])):
            return found
    return None


def _rows(sheet: Sheet, grid: Grid) -> dict[int, dict[int, Column]]:
    """Row → its cells that are headings of `sheet`, for the rows at the top."""
    names = _names(sheet)
    top = sorted(grid.rows)[:_SEARCHED]
    return {
        row: {n: c for n, given in grid.rows[row].items() if (c := _matches(names, given.value)) is not None}
        for row in top
    }


def _score(sheet: Sheet, grid: Grid) -> int:
    return max((len({c.id for c in row.values()}) for row in _rows(sheet, grid).values()), default=0)


def _heading(sheet: Sheet, grid: Grid) -> Heading:
    rows = _rows(sheet, grid)
    most = max(rows, key=lambda r: len(rows[r]))
    block = [most]
    while (below := block[-1] + 1) in rows and len(rows[below]) * 2 > len(rows[most]):
        block.append(below)
    while (above := block[0] - 1) in rows and len(rows[above]) * 2 > len(rows[most]):
        block.insert(0, above)
    columns: dict[int, Column] = {}
    # Identifiers, which people do not rename, say more than names.
    for by_identifier in (True, False):
        for row in reversed(block):
            for n, column in rows[row].items():
                written = str(grid.rows[row][n].value).splitlines()[0].strip() == column.id
                if written == by_identifier:
                    columns.setdefault(n, column)
    kept, twice = _each_once(grid.name, block[0], columns)
    made = Heading(sheet, grid, block[0], block[-1] + 1, kept, findings=twice)
    made.findings += _unknown(made, block, columns)
    made.findings += [_missing(made, c) for c in made.missing if c.id in sheet.required]
    return made


def _each_once(name: str, row: int, columns: Mapping[int, Column]) -> tuple[dict[int, Column], list[Finding]]:
    kept: dict[str, int] = {}
    findings = []
    for n in sorted(columns):
        column = columns[n]
        if (first := kept.setdefault(column.id, n)) != n:
            findings.append(Finding(name, address(n, row), column.id, "error", "column-twice",
                                    f"{column.element.zh}：这一列重复（{address(first, row)} 也是）",
                                    f"{column.element.en}: this column is there twice, see {address(first, row)}",
                                    "删去多余的一列", "delete one of them"))  # fmt: skip
    return {n: columns[n] for n in sorted(kept.values())}, findings


def _unknown(heading: Heading, block: Sequence[int], columns: Mapping[int, Column]) -> list[Finding]:
    names, made = _names(heading.sheet), []
    row = heading.grid.rows[block[0]]
    for n, given in row.items():
        if n not in columns and isinstance(given.value, str) and (written := cleaned(given.value)[0]):
            close = get_close_matches(label(written), [label(c.element.zh) for c in heading.missing], n=1, cutoff=0.5)
            hint_zh = f"；若是“{names[close[0]].element.zh}”，请改表头" if close else ""
            hint_en = f"; if it is {names[close[0]].id}, correct the heading" if close else ""
            made.append(Finding(heading.grid.name, address(n, block[0]), "", "warning", "column-unknown",
                                f"不认识的列“{written[:40]}”，没有读取", f"unknown column {written[:40]!r}, not read",
                                f"不需要时不必处理{hint_zh}", f"leave it if it is your own{hint_en}", written[:100]))  # fmt: skip
    return made


def _missing(heading: Heading, column: Column) -> Finding:
    first = address(min(heading.columns, default=1), heading.row)
    return Finding(heading.grid.name, first, column.id, "error", "column-missing",
                   f"缺少列“{column.element.zh}”", f"the column {column.element.en} ({column.id}) is missing",
                   f"从模板把表头“{column.element.zh}”复制回来并填写", "copy its heading back from the template and fill it in")  # fmt: skip
