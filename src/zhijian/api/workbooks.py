"""POST /workbooks:read: a filled workbook as reports, with what is wrong at which cell. Nothing is kept."""

from dataclasses import asdict
from typing import Any

import msgspec

from zhijian import documents
from zhijian.api.aside import aside
from zhijian.api.caller import Received, authenticate
from zhijian.api.drafts import OF_THE_FILE
from zhijian.api.submit import AnsweredWithHeaders
from zhijian.kit.problem import Problem
from zhijian.spec.workbook import Row, WorkbookRefused, read
from zhijian.wiring import Node

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read_workbook(node: Node, received: Received) -> AnsweredWithHeaders:
    """The reports as the JSON API takes them, findings, and where each report and item stands: `columns` by sheet, and
    [sheet, row, items] by report.

    Raises: Problem 422 for what is no workbook that can be read, 503 when there is no room.
    """
    with node.transaction() as db:
        authenticate(db, node, received)
    try:
        found = aside(lambda: documents.aside(read, received.body, ["report"], frozenset(OF_THE_FILE)))
    except WorkbookRefused as why:
        raise Problem(422, why.why, why.zh, why.en, remedy_zh=why.zh, remedy_en=why.en) from why
    return 200, msgspec.json.encode({
        "reports": found.records,
        "findings": [{k: v for k, v in asdict(f).items() if not k.endswith(("zh", "en"))}
                     | {"message": {"zh": f.zh, "en": f.en}, "remedy": {"zh": f.remedy_zh, "en": f.remedy_en}} for f in found.findings],
        "columns": {sheet: dict(columns) for row in found.rows for sheet, columns in _columns(row).items()},
        "rows": [[row.sheet, row.number, [[item.sheet, item.number] for item in row.parts.get("items", ())]] for row in found.rows],
    }), {}  # fmt: skip


def _columns(row: Row) -> dict[str, Any]:
    return {row.sheet: row.columns} | {item.sheet: item.columns for item in row.parts.get("items", ())}
