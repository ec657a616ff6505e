"""What the platform answered to the records of a workbook, back at their cells and as a sheet of receipts."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from zhijian.spec.workbook.model import Finding, Read
from zhijian.spec.workbook.writing import as_text

RECEIPTS = "回执"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One record and what became of it. `state` is words for people; the other fields are empty when there is no code."""

    own_number: str
    state: str
    code: str = ""
    """As it is printed."""
    verifier: str = ""
    qr: str = ""
    qr_small: str = ""
    verify_url: str = ""
    registered_at: str = ""


_COLUMNS = (
    ("own_number", "机构报告编号 own number", 22), ("state", "结果 outcome", 26), ("code", "报告编码 code", 28),
    ("verifier", "校验码 verifier", 14), ("qr", "二维码文字 QR text", 60), ("qr_small", "小二维码文字 small QR text", 40),
    ("verify_url", "查询网址 address", 44), ("registered_at", "登记时间 registered at", 28),
)  # fmt: skip


def receipts(rows: Iterable[Receipt]) -> bytes:
    """An .xlsx with a row for each record, in their order."""
    book = Workbook()
    page: Any = book.active
    page.title = RECEIPTS
    for n, (_, title, width) in enumerate(_COLUMNS, 1):
        page.cell(1, n).value = title
        page.cell(1, n).font = Font(bold=True)
        page.column_dimensions["ABCDEFGH"[n - 1]].width = width
    page.freeze_panes = "B2"
    for row, receipt in enumerate(rows, 2):
        for n, (name, _, _) in enumerate(_COLUMNS, 1):
            as_text(page.cell(row, n), getattr(receipt, name))
            page.cell(row, n).alignment = Alignment(vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(read: Read, index: int, problem: Mapping[str, Any]) -> list[Finding]:
    """Findings out of a problem document (RFC 9457) about record `index`, each at the cell its pointer means."""
    remedy = problem.get("remedy") or {}
    whole = {"rule": problem.get("why"), "pointer": "", "remedy": remedy, "message": {"zh": problem.get("title")}}
    return [_finding(read, index, error) for error in problem.get("errors") or [whole]]


def _finding(read: Read, index: int, error: Mapping[str, Any]) -> Finding:
    place = read.locate(str(error.get("pointer") or ""), index)
    message, remedy = error.get("message") or {}, error.get("remedy") or {}
    law = error.get("legal_basis") or {}
    basis = f"（依据《{law['law']}》{law.get('article', '')}）" if law.get("law") else ""
    value = error.get("value")
    return Finding(
        place.sheet, place.cell, place.field, "error", str(error.get("rule") or "refused"),
        f"{message.get('zh') or ''}{basis}", str(message.get("en") or ""), str(remedy.get("zh") or ""),
        str(remedy.get("en") or ""), None if value is None else str(value),
    )  # fmt: skip
