"""Workbooks as people make them: a filled template, changed by hand, and what reading says of a cell."""

import io
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

from zhijian.spec.workbook import Finding, Read, read, template

REPORT: dict[str, Any] = {
    "own_number": "B2026-00123", "cma_marked": True, "certificate_number": "161705070076", "site_no": "S1",
    "title": "检测报告", "form": "检测", "kind": "委托送检", "client_name": "某某食品有限公司", "sample_name": "大米",
    "sample_no": "00123", "sample_count": 2, "received_on": "2026-11-01", "tested_from": "2026-11-01",
    "tested_to": "2026-11-03", "signatory": "P001", "issued_on": "2026-11-03", "verdict": "合格",
    "file_digest": "0f" * 32, "file_digest_algorithm": "sm3", "file_pages": 3,
}  # fmt: skip
ITEM: dict[str, Any] = {
    "parameter": "铅", "standard": "GB 5009.12-2023", "result": "0.050", "unit": "mg/kg", "verdict": "合格",
    "instruments": ["YQ-1", "YQ-2"], "tested_on": "2026-11-02",
}  # fmt: skip


def reports(count: int = 2, items: int = 2) -> list[dict[str, Any]]:
    return [
        REPORT | {"own_number": f"B-{n:05}", "items": [{"seq": i} | ITEM for i in range(1, items + 1)]}
        for n in range(1, count + 1)
    ]


def edited(change: Callable[[Any], None], filled: list[dict[str, Any]] | None = None) -> bytes:
    """A filled template after `change`, which gets the open workbook."""
    book = load_workbook(io.BytesIO(template(["report"], {"report": reports() if filled is None else filled})))
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(page: Any, name: str) -> int:
    """Number of the column of an identifier."""
    return next(c.column for row in page.iter_rows(max_row=6) for c in row if str(c.value).split("\n")[0] == name)


def typed(field: str, value: Any, number_format: str = "General", sheet: str = "报告") -> Read:
    """What is read when `value` is typed into the first report's, or first item's, `field`."""

    def change(book: Any) -> None:
        cell = book[sheet].cell(3, column(book[sheet], field))
        cell.value, cell.number_format = value, number_format

    return read(edited(change))


def only(read_: Read) -> Finding:
    (finding,) = read_.findings
    return finding
