"""Capability tables as institutions make them: a workbook out of rows, with merged areas."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from zhijian.registry.scope_table import Given, Level, Line, ScopeTable, read
from zhijian.spec.workbook import Finding

TITLES = [["检验检测机构资质认定证书附表"], ["证书编号：161705070076"], ["场所编号：S1"], ["批准日期：2025-03-01"]]
HEAD = [
    [
        "序号",
        "类别（产品/项目/参数）",
        None,
        None,
        None,
        None,
        None,
        "依据的标准（方法）\n名称及编号（含年号）",
        "限制范围",
        "说明",
    ],
    [None, "第一级", None, "第二级", None, "第三级"],
    [None, "序号", "名称", "序号", "名称", "序号", "名称"],
]
MERGED = ["A5:A7", "B5:G5", "B6:C6", "D6:E6", "F6:G6", "H5:H7", "I5:I7", "J5:J7"]
FIRST = len(TITLES) + len(HEAD) + 1
"""Row of the first line."""
LEAD = "《食品安全国家标准 食品中铅的测定》GB 5009.12-2023"
CADMIUM = "《食品安全国家标准 食品中镉的测定》GB 5009.15-2023"
GOOD = [
    ["1", "1", "食品", "1.1", "粮食", "1.1.1", "铅", LEAD],
    ["2", "1", "食品", "1.1", "粮食", "1.1.2", "镉", CADMIUM],
]


def workbook(
    rows: Sequence[Sequence[Any]],
    merged: Sequence[str] = (),
    *,
    titles: Sequence[Sequence[Any]] = TITLES,
    head: Sequence[Sequence[Any]] = HEAD,
    head_merged: Sequence[str] = MERGED,
    change: Callable[[Any], None] | None = None,
) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "能力附表"
    for row in (*titles, *head, *rows):
        page.append(list(row))
    for area in (*head_merged, *merged):
        page.merge_cells(area)
    if change:
        change(book)
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(raw: bytes) -> Any:
    return load_workbook(io.BytesIO(raw))


def table(
    rows: Sequence[Sequence[Any]], merged: Sequence[str] = (), given: Given | None = None, **more: Any
) -> ScopeTable:
    return read(workbook(rows, merged, **more), given)


def whys(found: ScopeTable) -> list[tuple[str, str]]:
    """(why, cell) in their order."""
    return [(f.why, f.cell) for f in found.findings]


def only(found: ScopeTable) -> Finding:
    (finding,) = found.findings
    assert finding.zh
    assert finding.en
    assert finding.remedy_zh
    assert finding.remedy_en
    return finding


def line(*path: str, standard: str = "GB 5009.12-2023", sequence: str = "1", **more: Any) -> Line:
    return Line("161705070076", more.pop("site_no", "S1"), sequence, tuple(Level(name) for name in path), standard,
                valid_from=more.pop("valid_from", "2025-03-01"), **more)  # fmt: skip
