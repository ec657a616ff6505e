"""The list of all checks as a page (docs/reference/checks.md)."""

from collections.abc import Sequence

from zhijian.exchange.checks.catalog import catalog
from zhijian.exchange.checks.model import Check
from zhijian.exchange.model import DIMENSIONS, Severity

_SEVERITY = {Severity.ERROR: "错误 error", Severity.WARNING: "警告 warning", Severity.NOTE: "提示 note"}


def markdown(checks: Sequence[Check] | None = None) -> str:
    """By dimension; a severity is the usual one, single rules may be milder."""
    shown = catalog() if checks is None else checks
    lines = [
        "# 检查目录 Checks",
        "",
        "由 `zhijian.exchange.checks.listing.markdown()` 生成，不要手工修改。如何新增见 [howto/checks.md](../howto/checks.md)。",
        "Generated; see the how-to for adding one.",
    ]
    for dimension, (zh, en) in DIMENSIONS.items():
        mine = [c for c in shown if c.dimension is dimension]
        if mine:
            lines += ["", f"## {zh} {en}", "", "| 检查 check | 名称 title | 程度 severity | 内容 what it looks at | 依据 basis |",
                      "|---|---|---|---|---|"]  # fmt: skip
            lines += [_row(c) for c in mine]
    return "\n".join(lines) + "\n"


def _row(c: Check) -> str:
    return f"| `{c.id}` | {c.title.zh}<br>{c.title.en} | {_SEVERITY[c.severity]} | {c.about.zh}<br>{c.about.en} | {c.basis} |"
